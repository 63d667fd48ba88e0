"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "concentration_invalid": gettext_noop("This concentration rule cannot be used."),
    "finding_unknown": gettext_noop("There is no rule “%(value)s” in the checkup."),
    "findings_invalid": gettext_noop("These thresholds of the checkup cannot be used."),
    "overview_order_unknown": gettext_noop("The largest customers cannot be ranked by “%(value)s”."),
}
