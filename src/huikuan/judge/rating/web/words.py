"""What the pages of ratings call things."""

from __future__ import annotations

from django.utils.translation import gettext_noop

#: Where a rating stands in the calendar, as the list can be narrowed to.
STATES = {
    "due": gettext_noop("Review due"),
    "soon": gettext_noop("Review within 30 days"),
    "never": gettext_noop("Never assessed"),
}
STATE_TONES = {"due": "bad", "soon": "warn", "never": ""}
#: The shipped grades' tones; a finer scale's grades have none.
TONES = {"A": "ok", "B": "", "C": "bad"}
NO_GRADE = "none"

CAUSES = {
    "first": gettext_noop("first assessment"),
    "review": gettext_noop("review"),
    "event": gettext_noop("event"),
    "request": gettext_noop("asked for"),
}
RELIABILITIES = {
    1: gettext_noop("said"),
    2: gettext_noop("reported"),
    3: gettext_noop("proven"),
}
OVERRIDES = {
    "drawn_up": gettext_noop("awaits approval"),
    "approved": gettext_noop("approved"),
    "declined": gettext_noop("declined"),
    "ended": gettext_noop("ended early"),
}
