"""Instalment plans: asked for by who collects, agreed once another person has approved, broken by a miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.kinds import Asked
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.instalments import (
    BY_PLAN,
    INTERESTS,
    ON_MISS,
    PLAN,
    Debt,
    Instalment,
    check_instalments,
    spread,
)
from huikuan.record.promises.domain.promising import Claim, one_currency
from huikuan.record.promises.models import Plan, PlanItem, PlanLine
from huikuan.record.promises.operations.asking import (
    LONGEST,
    Paper,
    claims_held,
    company_of,
    filed,
    keep,
    last_seen,
    require_reach,
    sum_of,
    today_of,
)
from huikuan.record.promises.policies import rules_of
from huikuan.record.promises.queries.plans import items_bound
from huikuan.record.receivables.domain.schedules import governing
from huikuan.record.receivables.operations.schedules import Change, record_schedules
from huikuan.record.receivables.queries.schedules import versions_of

KIND = PLAN


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan says beside its instalments. `grace_days` None: as the policy says."""

    on_miss: str
    interest: str
    note: str = ""
    grace_days: int | None = None


def propose_plan(
    *,
    company: Company,
    customer_id: int,
    items: Sequence[int],
    lines: Sequence[Instalment],
    terms: Terms,
    paper: Paper | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask that instalments take the place of the claims' due dates; answers the request's id. The plan is agreed once
    another person has approved it; without its document it goes one row up in the authority matrix.

    Refuses claims that are not the customer's, in another plan, in two currencies or one without a rate; instalments
    that do not come to exactly what is open of them, and what `check_instalments` refuses.
    """
    _check_terms(terms)
    kept = keep(paper)

    def work() -> int:
        require_reach(company, customer_id, actor, at)
        shown = _drawn_up(company, customer_id, items, lines, terms, at)
        shown |= filed(kept, paper, actor=actor, at=at)
        total = to_minor(shown["total"], shown["currency"])
        return submit_request(
            about=About(KIND, f"customer:{customer_id}", company.pk, customer_id),
            shown=shown,
            sum_asked=sum_of(company, total, shown["currency"], at),
            off_policy=not shown["sha256"],
            note=shown["note"],
            actor=actor,
            at=at,
        )

    return retrying(work)


def plan_as_shown(asked: Asked, *, at: datetime) -> dict[str, Any]:
    """The document as it would be drawn up now: claims are held, and what is open of them read anew."""
    shown = asked.shown
    company = company_of(asked)
    terms = Terms(shown["on_miss"], shown["interest"], shown["note"], shown["grace_days"])
    items = [item for item, _ in shown["items"]]
    drawn = _drawn_up(company, shown["customer_id"], items, instalments_of(shown), terms, at, shown["total"])
    return {**drawn, "sha256": shown["sha256"], "file_name": shown["file_name"]}


def agree_plan(asked: Asked, *, actor: str, at: datetime) -> None:
    """What was approved is agreed: the plan is recorded and its claims fall due by it from today on."""
    shown = asked.shown
    company = company_of(asked)
    today, lines = today_of(company, at), instalments_of(shown)
    items = [item for item, _ in shown["items"]]
    whose = {"company_id": company.pk, "customer_id": shown["customer_id"]}
    debts = _debts(claims_held(company.pk, items))
    schedules = spread(lines, debts)
    note = tidy(shown["note"])[:LONGEST]
    changes = [
        Change(item, schedules[item], today, BY_PLAN, asked.maker, note, shown["sha256"]) for item in sorted(schedules)
    ]
    versions = dict(zip(sorted(schedules), record_schedules(changes, at=at), strict=True))
    said = {name: shown[name] for name in ("currency", "on_miss", "interest", "grace_days", "sha256", "file_name")}
    row = {
        **whose,
        **said,
        "total": to_minor(shown["total"], shown["currency"]),
        "agreed_on": today,
        "note": note,
        "request_id": asked.id,
        "approved_by": actor,
        "actor": asked.maker,
    }
    plan = record(Plan, [row], at=at)[0]
    numbered = enumerate(lines, start=1)
    record(
        PlanLine,
        [{"plan_id": plan, "line": number, "due_on": line.due_on, "amount": line.amount} for number, line in numbered],
        at=at,
    )
    record(PlanItem, [_item_row(debt, versions, {**whose, "plan_id": plan}) for debt in debts], at=at)
    same = {name: shown[name] for name in ("total", "sha256")}
    payload = {"plan": plan, "items": items, "agreed_on": today.isoformat(), **same}
    announce("promises.plan_agreed", at=at, **whose, payload=payload)


def instalments_of(shown: Any) -> list[Instalment]:
    """The instalments of a document."""
    return [Instalment(parse_date(day), to_minor(amount, shown["currency"])) for day, amount in shown["lines"]]


def _check_terms(terms: Terms) -> None:
    for name, value, known in (("on_miss", terms.on_miss, ON_MISS), ("interest", terms.interest, INTERESTS)):
        if value not in known:
            raise Refusal("plan_term_unknown", name=name, value=value, known=", ".join(known))
    if terms.grace_days is not None and not 0 <= terms.grace_days <= 31:
        raise Refusal("plan_grace_bad", value=terms.grace_days)


def _drawn_up(
    company: Company,
    customer_id: int,
    items: Sequence[int],
    lines: Sequence[Instalment],
    terms: Terms,
    at: datetime,
    total: str = "",
) -> dict[str, Any]:
    """The document of a plan. `total`: what it said when it was shown; what is open may be another sum by now, which
    shows in the document and not in a refusal."""
    claims = claims_held(company.pk, items)
    currency = one_currency(claims, items, one_with(customer_id))
    if taken := sorted(items_bound(company.pk, today_of(company, at)) & set(items)):
        raise Refusal("plan_item_taken", item=taken[0])
    debt = sum(claim.open_amount for claim in claims)
    if total in ("", to_text(debt, currency)):
        check_instalments(lines, debt, currency, today_of(company, at))
    grace = rules_of(company.pk, at).plan_grace_days if terms.grace_days is None else terms.grace_days
    return {
        "company": company.code,
        "customer_id": customer_id,
        "customer": customers_by_id({customer_id})[customer_id].name,
        "currency": currency,
        "total": to_text(debt, currency),
        "items": [[claim.item_id, to_text(claim.open_amount, currency)] for claim in claims],
        "lines": [[line.due_on.isoformat(), to_text(line.amount, currency)] for line in lines],
        "on_miss": terms.on_miss,
        "interest": terms.interest,
        "grace_days": grace,
        "note": tidy(terms.note)[:LONGEST],
    }


def _debts(claims: Sequence[Claim]) -> list[Debt]:
    """The claims with the lines each falls due by without the plan."""
    versions = versions_of(claim.item_id for claim in claims)
    return [
        Debt(claim.item_id, governing(versions[claim.item_id]).lines, claim.open_amount)
        for claim in sorted(claims, key=lambda one: one.item_id)
    ]


def _item_row(debt: Debt, versions: dict[int, int], whose: dict[str, Any]) -> dict[str, Any]:
    return {
        **whose,
        "item_id": debt.item_id,
        "amount": debt.open_amount,
        "version": versions[debt.item_id],
        "due_before": debt.due_on,
        "seen": last_seen(debt.item_id),
    }
