"""The kinds of request by which what was agreed with a customer comes to hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, Paper, register
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.customers.queries import seen
from huikuan.record.promises.messages import FREEZES, INTERESTS, METHODS, ON_MISS
from huikuan.record.promises.operations.asking import company_of, today_of
from huikuan.record.promises.operations.bartering import KIND as BARTER_KIND
from huikuan.record.promises.operations.bartering import agree_barter, barter_as_shown
from huikuan.record.promises.operations.freezing import KIND as FREEZE_KIND
from huikuan.record.promises.operations.freezing import freeze_as_shown, freeze_or_release
from huikuan.record.promises.operations.plans import KIND as PLAN_KIND
from huikuan.record.promises.operations.plans import agree_plan, plan_as_shown
from huikuan.record.promises.queries.standing import open_parts
from huikuan.record.receivables.models import Item


def _money(currency: str, amount: str) -> str:
    return f"{currency} {grouped(amount)}"


def _papers(shown: Mapping[str, Any]) -> list[Paper]:
    return [Paper(shown["sha256"], shown["file_name"])] if shown["sha256"] else []


def _plan_described(shown: Mapping[str, Any]) -> Described:
    lines = [(f"{_('Instalment')} {number}", f"{day} · {_money(shown['currency'], amount)}")
             for number, (day, amount) in enumerate(shown["lines"], start=1)]  # fmt: skip
    on_miss, interest = ON_MISS[shown["on_miss"]], INTERESTS[shown["interest"]]
    return [
        (_("Customer"), shown["customer"]),
        (_("Debt"), _money(shown["currency"], shown["total"])),
        *_claims(shown),
        *lines,
        (_("Grace days"), str(shown["grace_days"])),
        (_("On a miss"), _(on_miss)),
        (_("Late interest"), _(interest)),
        (_("Agreement"), shown["file_name"] or _("none was handed in, which deviates from policy")),
    ]


def _claims(shown: Mapping[str, Any]) -> Described:
    numbers = _numbers(item for item, _amount in shown["items"])
    return [(_("Claim"), f"{numbers[item]} · {_money(shown['currency'], amount)}") for item, amount in shown["items"]]


def _numbers(item_ids: Iterable[int]) -> dict[int, str]:
    rows = Item.objects.filter(pk__in=list(item_ids)).values_list("pk", "document_number")
    return {number: document or f"#{number}" for number, document in rows}


def _plan_beside(asked: Asked, *, scope: Scope, at: datetime) -> Described:
    """What is promised of the claims now: the promises stay, though the plan gives other days."""
    company = company_of(asked)
    rows = open_parts(company.pk, today_of(company, at), [item for item, _amount in asked.shown["items"]])
    theirs, numbers = seen(scope), _numbers(row.item_id for row in rows)
    return [
        (
            _("Promise"),
            f"#{row.promise_id} · {numbers[row.item_id]} ·"
            f" {_money(row.currency, to_text(row.standing.awaited, row.currency))} · {row.pay_by}",
        )
        for row in rows
        if theirs.has(row.company_id, row.customer_id)
    ]


def _plans_page(_asked: Asked) -> str:
    return reverse("promises:plans")


def _barters_page(_asked: Asked) -> str:
    return reverse("promises:barters")


def _freezes_page(_asked: Asked) -> str:
    return reverse("promises:freezes")


PLAN = register(
    ApprovalKind(
        PLAN_KIND,
        gettext_noop("instalment plan"),
        still_shown=plan_as_shown,
        execute=agree_plan,
        describe=_plan_described,
        address=_plans_page,
        beside=_plan_beside,
        papers=_papers,
    )
)


def _freeze_described(shown: Mapping[str, Any]) -> Described:
    kind = FREEZES[shown["kind"]]
    what = _("Freeze") if shown["freeze"] is None else _("Release of the freeze")
    return [(_("Customer"), shown["customer"]), (_("What"), f"{what}: {_(kind)}"), (_("Reason"), shown["reason"])]


FREEZE = register(
    ApprovalKind(
        FREEZE_KIND,
        gettext_noop("freeze of a customer"),
        still_shown=freeze_as_shown,
        execute=freeze_or_release,
        describe=_freeze_described,
        address=_freezes_page,
    )
)


def _barter_described(shown: Mapping[str, Any]) -> Described:
    method = METHODS[shown["method"]]
    return [
        (_("Customer"), shown["customer"]),
        (_("What is handed over"), shown["asset"]),
        (_("They pay"), _money(shown["currency"], shown["agreed"])),
        (_("Claims"), str(len(shown["parts"]))),
        (
            _("Valued at"),
            f"{_money(shown['currency'], shown['valued'])} · {_(method)} · {shown['valuer']} · {shown['valued_on']}",
        ),
        (_("To deliver by"), shown["deliver_by"]),
        (_("Valuation"), shown["file_name"] or _("none was handed in")),
    ]


BARTER = register(
    ApprovalKind(
        BARTER_KIND,
        gettext_noop("settlement in kind"),
        still_shown=barter_as_shown,
        execute=agree_barter,
        describe=_barter_described,
        address=_barters_page,
        papers=_papers,
    )
)
