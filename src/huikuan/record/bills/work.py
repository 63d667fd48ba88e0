"""The kinds of work bills and cash give people: to present, to answer, to sign, and money that went astray."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _present(about: About) -> str:
    said = _("%(number)s of %(acceptor)s over %(amount)s matures on %(matures_on)s; present it by %(by)s")
    return said % amounts_apart(about.shown)


def _answer(about: About) -> str:
    return _("%(number)s of %(acceptor)s over %(amount)s was presented on %(since)s: paid or not?") % amounts_apart(
        about.shown
    )


def _sign(about: About) -> str:
    return _("Cash of %(customer)s over %(amount)s, taken by %(taken_by)s on %(received_on)s: count it and sign") % (
        amounts_apart(about.shown)
    )


def _own_account(about: About) -> str:
    return _("%(customer)s %(amount)s may have gone to somebody's own account: %(says)s") % amounts_apart(about.shown)


def _cash_page(_about: About) -> str:
    return reverse("bills:cash") + "?state=waiting"


def _own_page(_about: About) -> str:
    return reverse("bills:own-payments")


def _page(about: About) -> str:
    return reverse("bills:bill", args=[about.shown["bill"]])


#: Presented, the item goes by itself. Late, earlier endorsers are free.
PRESENT = register(
    WorkKind(
        "bills.present",
        gettext_noop("Bill to present"),
        role="cash_clerk",
        escalates_to="finance_manager",
        days=10,
        describe=_present,
        address=_page,
    )
)
#: Paid or dishonoured, the item goes by itself.
ANSWER = register(
    WorkKind(
        "bills.answer",
        gettext_noop("Presented bill without an answer"),
        role="cash_clerk",
        escalates_to="finance_manager",
        days=3,
        describe=_answer,
        address=_page,
    )
)
#: Signed or turned down, the item goes by itself.
CASH = register(
    WorkKind(
        "bills.cash",
        gettext_noop("Cash without a second signature"),
        role="finance_manager",
        escalates_to="management",
        days=1,
        describe=_sign,
        address=_cash_page,
    )
)
#: For finance alone: whose account it is, is never asked to look.
OWN_ACCOUNT = register(
    WorkKind(
        "bills.own_account",
        gettext_noop("Customer's money in somebody's own account"),
        role="finance_manager",
        escalates_to="management",
        days=1,
        describe=_own_account,
        address=_own_page,
        results={"paid_in": gettext_noop("paid in to the company"), "unfounded": gettext_noop("unfounded")},
    )
)
