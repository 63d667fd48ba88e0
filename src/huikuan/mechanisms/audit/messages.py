"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "audit_fact_unknown": gettext_noop("No fact %(id)s is recorded in %(kind)s."),
    "audit_frontier_broken": gettext_noop(
        "The head over %(size)s leaves was changed in the database; run “huikuan audit verify”."
    ),
    "audit_head_unknown": gettext_noop("There is no head over %(size)s leaves."),
    "audit_heads_ahead": gettext_noop(
        "%(file)s states a head over %(size)s leaves that this database does not have: it was cut off or replaced."
        " Run “huikuan audit verify”; after restoring an older backup, move the file away and keep it."
    ),
    "audit_heads_missing": gettext_noop("There is no file of heads “%(file)s”."),
    "audit_heads_not_in_order": gettext_noop(
        "The head over %(old)s leaves is not an earlier, non-empty one of %(new)s."
    ),
    "audit_heads_unreadable": gettext_noop("“%(file)s” is not a file of heads: %(reason)s."),
    "audit_not_sealed": gettext_noop("Fact %(id)s of %(kind)s is newer than that head; seal first."),
    "audit_nothing_to_erase": gettext_noop("Fact %(id)s of %(kind)s holds no personal values, or no longer."),
}
