"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "cover_amount_bad": gettext_noop("%(value)s is no amount of a piece of cover."),
    "cover_changed_since": gettext_noop(
        "Piece of cover %(number)s was changed meanwhile. Nothing was written; look at it again."
    ),
    "cover_ends_early": gettext_noop("The last day %(until)s lies before the first (%(day)s)."),
    "cover_field_missing": gettext_noop("A piece of cover needs its %(field)s."),
    "cover_field_too_long": gettext_noop("The %(field)s takes at most %(longest)s characters."),
    "cover_file_missing": gettext_noop("There is no file %(file)s."),
    "cover_insured_bad": gettext_noop(
        "Only a credit insurance pays a part of the loss; anything else covers it whole."
    ),
    "cover_kind_unknown": gettext_noop("“%(value)s” is not a kind of cover; known are %(known)s."),
    "cover_known": gettext_noop(
        "%(reference)s is recorded already as piece of cover %(number)s, and a paper covers once. Revalue or release"
        " that one."
    ),
    "cover_of_itself": gettext_noop("%(provider)s cannot stand for its own debts."),
    "cover_of_nobody": gettext_noop("A piece of cover is for a customer, one of its contracts, or a group."),
    "cover_over_already": gettext_noop("It ended on %(until)s: what is over covers nothing."),
    "cover_reason_missing": gettext_noop("Say why the piece of cover counts no more."),
    "cover_released_already": gettext_noop("Piece of cover %(number)s is released already."),
    "cover_share_bad": gettext_noop(
        "“%(value)s” is no share; write it in percent, above 0 and up to 100, like 80 or 92.5."
    ),
    "cover_unchanged": gettext_noop("Piece of cover %(number)s says this already."),
    "cover_unknown": gettext_noop("There is no piece of cover %(number)s."),
    "cover_without_rate": gettext_noop(
        "There is no exchange rate of %(currency)s into %(into)s, so nobody knows whose authority reaches so far."
    ),
}

KINDS: dict[str, str] = {
    "guarantee": gettext_noop("Guarantee"),
    "bank_guarantee": gettext_noop("Bank guarantee"),
    "mortgage": gettext_noop("Mortgage"),
    "pledge": gettext_noop("Pledge"),
    "insurance": gettext_noop("Credit insurance"),
}

STATES: dict[str, str] = {
    "ahead": gettext_noop("Not begun"),
    "standing": gettext_noop("Counts"),
    "expiring": gettext_noop("Counts, ends soon"),
    "ended": gettext_noop("Expired"),
    "released": gettext_noop("Covers no longer"),
}

#: Fields of a piece as the form and a refusal name them.
FIELDS: dict[str, str] = {
    "provider": gettext_noop("Guarantor"),
    "reference": gettext_noop("Number of the paper"),
    "note": gettext_noop("Note"),
}
