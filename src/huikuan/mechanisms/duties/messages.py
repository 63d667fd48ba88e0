"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "exception_not_needed": gettext_noop("%(role)s goes with all that %(username)s holds; give it without exception."),
    "exception_span_bad": gettext_noop("An exception lasts from today on, and %(days)s days at the longest."),
}
