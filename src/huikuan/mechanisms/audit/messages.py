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
    "audit_file_missing": gettext_noop("There is no file “%(file)s”."),
    "audit_heads_missing": gettext_noop("There is no file of heads “%(file)s”."),
    "audit_heads_not_in_order": gettext_noop(
        "The head over %(old)s leaves is not an earlier, non-empty one of %(new)s."
    ),
    "audit_heads_unreadable": gettext_noop("“%(file)s” is not a file of heads: %(reason)s."),
    "audit_not_sealed": gettext_noop("Fact %(id)s of %(kind)s is newer than that head; seal first."),
    "audit_proof_unreadable": gettext_noop("“%(file)s” is no proof that a fact is in the ledger."),
    "audit_nothing_to_erase": gettext_noop("Fact %(id)s of %(kind)s holds no personal values, or no longer."),
}

#: What of a proof does not hold.
FAULTS: dict[str, str] = {
    "path": gettext_noop("The path does not lead from the leaf to the head's root."),
    "fact": gettext_noop("The fact it states is not the one in the leaf."),
    "personal": gettext_noop("Who it names is not who was recorded."),
    "file": gettext_noop("The fact does not state this file's SHA-256."),
    "kind": gettext_noop("The fact is of another table than the one asked for."),
    "signature": gettext_noop("The head is not signed by this installation."),
    "head": gettext_noop("The head is not among those that were kept."),
}
