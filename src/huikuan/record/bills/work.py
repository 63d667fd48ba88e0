"""The kinds of work bills give people: one to present, one that was presented and is not answered."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _present(about: About) -> str:
    said = _("%(number)s of %(acceptor)s over %(amount)s matures on %(matures_on)s; present it by %(by)s")
    return said % about.shown


def _answer(about: About) -> str:
    return _("%(number)s of %(acceptor)s over %(amount)s was presented on %(since)s: paid or not?") % about.shown


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
