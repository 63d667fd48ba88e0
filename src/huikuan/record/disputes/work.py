"""The kinds of work disputes give people: a department to answer, somebody to decide."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register
from huikuan.record.disputes.messages import REASONS


def _answer(about: About) -> str:
    said = _("%(department)s: %(reason)s of %(customer)s, %(amount)s of %(document)s")
    return said % _words(about)


def _decide(about: About) -> str:
    said = _("%(department)s has answered: %(reason)s of %(customer)s, %(amount)s of %(document)s")
    return said % _words(about)


def _words(about: About) -> dict[str, Any]:
    title = REASONS[about.shown["reason"]]
    return {**amounts_apart(about.shown), "reason": _(title)}


def _page(about: About) -> str:
    return reverse("disputes:dispute", args=[about.shown["dispute"]])


#: Whose it is comes from the routing; answered, handed on or resolved, the item goes by itself.
ANSWERING = register(
    WorkKind(
        "disputes.answer",
        gettext_noop("Dispute to answer"),
        role="resolver",
        escalates_to="finance_manager",
        days=5,
        describe=_answer,
        address=_page,
    )
)
#: Resolved or sent back, the item goes by itself.
DECIDING = register(
    WorkKind(
        "disputes.decide",
        gettext_noop("Answered dispute to decide"),
        role="finance_manager",
        escalates_to="management",
        days=3,
        describe=_decide,
        address=_page,
    )
)
