"""What the pages of ratings call things."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.record.customers.web import words

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
#: Kinds of factors, as the editor offers them.
GROUPS = {
    "behaviour": gettext_noop("Own ledger"),
    "ratio": gettext_noop("Financial statements"),
    "standing": gettext_noop("Standing in the industry"),
    "others": gettext_noop("What others say"),
}
#: What a factor's edges are typed in.
UNITS = {
    "share": "%",
    "days": gettext_noop("in days"),
    "months": gettext_noop("in months"),
    "years": gettext_noop("in years"),
}

#: Whom a card may be chosen for: states of a customer, and its value class ('-': not said).
STATUSES = words.STATUSES
CLASSES = {**words.VALUE_CLASSES, "-": gettext_noop("not said")}
POLICY_STATES = {
    "draft": gettext_noop("drafted"),
    "submitted": gettext_noop("waits for approval"),
    "approved": gettext_noop("approved"),
    "returned": gettext_noop("returned"),
    "in_force": gettext_noop("in force"),
    "retired": gettext_noop("retired"),
}
