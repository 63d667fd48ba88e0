"""Names of what the workbench shows and asks."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.record.cash import messages
from huikuan.record.cash.domain.differences import BANK_FEE, DISCOUNT, TOLERANCE

APPLICATIONS = {
    "automatic": gettext_noop("automatic"),
    "accepted": gettext_noop("accepted"),
    "manual": gettext_noop("by hand"),
}
VERDICTS = {"suggested": gettext_noop("with a suggestion"), "left": gettext_noop("no suggestion")}
AGES = {
    "week": gettext_noop("up to 7 days"),
    "month": gettext_noop("8 to 30 days"),
    "older": gettext_noop("over 30 days"),
}
SIGNS = {"name": gettext_noop("name"), "account": gettext_noop("account number")}
UNAPPLIED = {
    "line": gettext_noop("bank line without a customer"),
    "account": gettext_noop("on a customer's account"),
}
#: What becomes of what a claim is not paid in full by: it stays open, or is closed as …
LEAVE = "leave"
SHORTS = {
    LEAVE: gettext_noop("leave it open and go on asking for it"),
    TOLERANCE: gettext_noop("write it off as a small difference"),
    DISCOUNT: gettext_noop("early-payment discount"),
    BANK_FEE: gettext_noop("bank fee"),
}
#: Why a claim is not paid in full, kept with it; most often nobody says.
WHYS = {"": "", **messages.SHORTS}
#: Of an account so much is shown at each end.
_ENDS = 4


def masked(number: str) -> str:
    """An account's ends, enough to know it by: 6217 **** 4410. A short number is shown whole."""
    return number if len(number) <= 2 * _ENDS else f"{number[:_ENDS]} **** {number[-_ENDS:]}"
