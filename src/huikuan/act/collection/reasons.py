"""Why a message of a run was not sent any more: codes and their titles."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

PAID = "collection_paid"
MEANWHILE_DISPUTED = "collection_disputed"
MEANWHILE_PROMISED = "collection_promised"
MEANWHILE_PLANNED = "collection_planned"
MEANWHILE_HELD = "collection_held"
MONEY_CAME = "collection_money_came"
CHANGED = "collection_changed"
MOVED = "collection_moved"
UNREACHABLE = "collection_unreachable"
MEANWHILE_INSURED = "collection_insured"
MEANWHILE_OVERCLAIMED = "collection_overclaimed"
SUPERSEDED = "collection_superseded"
WENT_OUT = "collection_went_out"
#: What notices says of one that was cancelled.
REASONS = {
    PAID: gettext_noop("paid meanwhile"),
    MEANWHILE_DISPUTED: gettext_noop("disputed meanwhile"),
    MEANWHILE_PROMISED: gettext_noop("promised meanwhile"),
    MEANWHILE_PLANNED: gettext_noop("in a payment plan meanwhile"),
    MEANWHILE_HELD: gettext_noop("collecting is held back meanwhile"),
    MONEY_CAME: gettext_noop("money came that is not applied yet"),
    CHANGED: gettext_noop("written anew: what it says has changed"),
    MOVED: gettext_noop("written anew: it goes to another address now"),
    UNREACHABLE: gettext_noop("whoever it was for is not there any more, or wants nothing"),
    MEANWHILE_INSURED: gettext_noop("the insurer has it by now"),
    MEANWHILE_OVERCLAIMED: gettext_noop("more interest was claimed than the days bear"),
    SUPERSEDED: gettext_noop("a newer message asks for it"),
    WENT_OUT: gettext_noop("the letter it was written instead of had been posted"),
}


def reasons_said(codes: Iterable[str]) -> str:
    """The reasons in a row, as a sentence takes them; '' where there are none."""
    return _(", ").join(_(REASONS[one]) for one in codes)
