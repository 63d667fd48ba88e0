"""What each refusal of this context says, and the names of kinds and strengths; translated in its locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "limitation_rules_invalid": gettext_noop("The rules of limitation cannot be read; see the places named."),
    "limitation_no_clock": gettext_noop("Item %(item)s has no limitation clock: claims do, other than bills."),
    "limitation_items_missing": gettext_noop("Name the items it concerns."),
    "limitation_kind_unknown": gettext_noop("“%(value)s” interrupts nothing; it is one of: %(known)s."),
    "limitation_strength_bad": gettext_noop("Evidence of this kind is not “%(value)s”; at best it is “%(best)s”."),
    "limitation_proof_missing": gettext_noop("Strong evidence needs its paper; hand the file in, or call it medium."),
    "limitation_file_missing": gettext_noop("%(file)s is no file."),
    "limitation_ahead": gettext_noop("%(day)s lies ahead; today is %(today)s."),
    "limitation_before_claim": gettext_noop(
        "The debt of %(number)s exists since %(since)s; nothing can have interrupted limitation before, on %(day)s."
    ),
    "limitation_reason_missing": gettext_noop("Say why."),
    "limitation_days_reversed": gettext_noop("It ends on %(last)s, before it begins on %(first)s."),
    "limitation_cause_unknown": gettext_noop("“%(value)s” suspends nothing; it is one of: %(known)s."),
    "limitation_suspension_unknown": gettext_noop("There is no suspension %(suspension)s."),
    "limitation_suspension_stands": gettext_noop(
        "Suspension %(suspension)s is of the same cause and day: end it, or take it back first."
    ),
    "limitation_suspension_changed": gettext_noop(
        "Something else was said of suspension %(suspension)s since; look at it again."
    ),
    "limitation_interruption_unknown": gettext_noop("There is no interruption %(interruption)s."),
    "limitation_withdrawn_already": gettext_noop("Interruption %(interruption)s is taken back already."),
}

KINDS: dict[str, str] = {
    "demand": gettext_noop("Demand that arrived"),
    "sent": gettext_noop("Demand sent, without proof of arrival"),
    "statement": gettext_noop("Statement of account confirmed"),
    "audit": gettext_noop("Audit confirmation"),
    "call": gettext_noop("Demand by telephone or in person"),
    "public_notice": gettext_noop("Demand by public notice"),
    "suit": gettext_noop("Suit or arbitration"),
    "payment_order": gettext_noop("Application for a payment order"),
    "bankruptcy_claim": gettext_noop("Claim filed in bankruptcy"),
    "preservation": gettext_noop("Preservation before suit"),
    "enforcement": gettext_noop("Application for enforcement"),
    "set_off": gettext_noop("Set-off claimed in suit"),
    "mediation": gettext_noop("Brought before a mediation body"),
    "police_report": gettext_noop("Reported to the police"),
    "payment": gettext_noop("Part payment"),
    "plan": gettext_noop("Instalment plan agreed"),
    "promise": gettext_noop("Promise to pay"),
    "security": gettext_noop("Security given"),
    "deferral": gettext_noop("Deferral asked for by the debtor"),
    "joint_debtor": gettext_noop("Interrupted against a joint debtor"),
    "assignment": gettext_noop("Notice of assignment that arrived"),
    "agreement": gettext_noop("New agreement to pay"),
}

CAUSES: dict[str, str] = {
    "force_majeure": gettext_noop("Force majeure"),
    "no_representative": gettext_noop("No legal representative, or one who cannot act"),
    "succession": gettext_noop("Heir or administrator of an estate not settled"),
    "controlled": gettext_noop("Controlled by the debtor or somebody else"),
    "other": gettext_noop("Another obstacle"),
}

STRENGTHS: dict[str, str] = {
    "strong": gettext_noop("Strong evidence"),
    "medium": gettext_noop("Medium evidence"),
    "weak": gettext_noop("Weak evidence"),
}
