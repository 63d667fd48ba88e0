"""Kinds of work collecting gives people: calls, visits and what else no message does; messages to let go."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.act.collection.reasons import reasons_said
from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _task(about: About) -> str:
    told = amounts_apart(about.shown)
    said = _("%(amounts)s, %(lines)s claims, the longest %(late)s days late") % told
    if not about.shown.get("since"):
        return said
    why = reasons_said(about.shown["since"].split(","))
    return _("%(said)s; %(was)s on the day of the run, less since: %(why)s") % {**told, "said": said, "why": why}


def _waiting(about: About) -> str:
    return _("%(count)s messages of %(day)s wait to be let go") % amounts_apart(about.shown)


def _run_page(about: About) -> str:
    return reverse("collection:run", args=[about.shown["run"]])


def _kind(name: str, title: str, *, role: str, above: str, days: int, **more: Any) -> WorkKind:
    return register(
        WorkKind(
            f"collection.{name}",
            title,
            role=role,
            escalates_to=above,
            days=days,
            describe=_task,
            address=_run_page,
            **more,
        )
    )


_SAID = {"promised": gettext_noop("promised"), "disputed": gettext_noop("disputed"), "paid": gettext_noop("paid")}
CALL = _kind(
    "call", gettext_noop("Call the customer"), role="collector", above="credit_manager", days=1, results=_SAID
)
VISIT = _kind("visit", gettext_noop("Visit the customer"), role="sales", above="sales_manager", days=7, results=_SAID)
LAWYER = _kind("lawyer", gettext_noop("Hand to the lawyer"), role="legal", above="finance_manager", days=7)
FREEZE = _kind("freeze", gettext_noop("Freeze supply"), role="credit_manager", above="finance_manager", days=1)
DEBIT = _kind(
    "debit", gettext_noop("Debit the customer's account"), role="cash_clerk", above="finance_manager", days=1
)
TRANSFER = _kind(
    "transfer", gettext_noop("Offer the claim for transfer"), role="treasurer", above="finance_manager", days=7
)
TRIAGE = register(
    WorkKind(
        "collection.triage",
        gettext_noop("Messages to let go"),
        role="credit_manager",
        escalates_to="finance_manager",
        days=1,
        describe=_waiting,
        address=_run_page,
    )
)
#: Channel of a task → its kind of work.
TASKS = {one.name.removeprefix("collection."): one for one in (CALL, VISIT, LAWYER, FREEZE, DEBIT, TRANSFER)}
