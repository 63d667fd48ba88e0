"""Settlement in kind: asked for by who collects, agreed once another has approved, paid by delivery alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

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
from huikuan.mechanisms.work.operations import cancel_items
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.barter import DELIVERED, FAILED, Goods, check_due, check_goods, due_of
from huikuan.record.promises.domain.promising import Claim, check_promise
from huikuan.record.promises.models import Barter, BarterEnd, BarterPart
from huikuan.record.promises.operations.asking import (
    LONGEST,
    Paper,
    claims_held,
    company_of,
    filed,
    keep,
    require_reach,
    sum_of,
    today_of,
)
from huikuan.record.promises.work import GOODS_LATE, barter_key
from huikuan.record.receivables.domain.schedules import governing
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.record.receivables.queries.schedules import versions_of

KIND = "promises.barter"
#: The kind of the credit, and the reason of its settlements.
BY_GOODS = "barter"
_AMOUNTS = ("valued", "tax", "fair_value", "allowance")
_DAYS = ("valued_on", "deliver_by")

Parts = Sequence[tuple[int, int]]


def propose_barter(
    *,
    company: Company,
    customer_id: int,
    parts: Parts,
    goods: Goods,
    paper: Paper | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask that goods may pay `parts` (item, so much of it); answers the request's id. It is agreed once another person
    has approved it, and pays nothing before the goods are there.

    Refuses what `check_goods` refuses, claims that are not the customer's and open, and more of one than is due.
    Without the valuation's paper, or for more than the goods are worth, it goes one row up in the authority matrix.
    """
    stated = replace(goods, asset=tidy(goods.asset)[:LONGEST], valuer=tidy(goods.valuer)[:100])
    kept = keep(paper)

    def work() -> int:
        require_reach(company, customer_id, actor, at)
        shown = _drawn_up(company, customer_id, parts, stated, at)
        shown |= filed(kept, paper, actor=actor, at=at)
        agreed = sum(amount for _, amount in parts)
        return submit_request(
            about=About(KIND, f"customer:{customer_id}", company.pk, customer_id),
            shown=shown,
            sum_asked=sum_of(company, agreed, shown["currency"], at),
            off_policy=not shown["sha256"] or agreed > goods.valued,
            note=shown["note"],
            actor=actor,
            at=at,
        )

    return retrying(work)


def barter_as_shown(asked: Asked, *, at: datetime) -> dict[str, Any]:
    """The document as it would be drawn up now; the claims are held."""
    shown = asked.shown
    drawn = _drawn_up(company_of(asked), shown["customer_id"], parts_of(shown), goods_in(shown), at)
    return {**drawn, "sha256": shown["sha256"], "file_name": shown["file_name"]}


def agree_barter(asked: Asked, *, actor: str, at: datetime) -> None:
    """What was approved is agreed. The claims stay as they are."""
    shown, company = asked.shown, company_of(asked)
    parts, whose = parts_of(shown), {"company_id": company.pk, "customer_id": shown["customer_id"]}
    row = {
        **whose,
        **asdict(goods_in(shown)),
        "currency": shown["currency"],
        "agreed": sum(amount for _, amount in parts),
        "agreed_on": today_of(company, at),
        "sha256": shown["sha256"],
        "file_name": shown["file_name"],
        "request_id": asked.id,
        "approved_by": actor,
        "actor": asked.maker,
    }
    number = record(Barter, [row], at=at)[0]
    record(BarterPart, [{"barter_id": number, "item_id": item, "amount": amount} for item, amount in parts], at=at)
    payload = {"barter": number, "items": [item for item, _ in parts]}
    announce("promises.barter_agreed", at=at, **whose, payload=payload)


def deliver_barter(*, barter_id: int, on: date, note: str = "", actor: str, at: datetime) -> int:
    """The goods are there since `on`: a credit of kind barter is posted and settles the claims as far as they are
    still open; what is over stays the customer's. Answers the credit. Refuses goods that came or failed already, a day
    before the agreement or ahead, and what the ledger refuses."""

    def work() -> int:
        one, company = _standing(barter_id)
        if not one.agreed_on <= on <= today_of(company, at):
            raise Refusal("barter_day_bad", day=on, agreed_on=one.agreed_on)
        parts = list(BarterPart.objects.filter(barter_id=barter_id).order_by("pk"))
        claims = {claim.item_id: claim for claim in claims_held(company.pk, [part.item_id for part in parts])}
        credit = post_item(
            company=company,
            customer_id=one.customer_id,
            kind=BY_GOODS,
            amount=one.agreed,
            currency=one.currency,
            document_date=on,
            posting_date=on,
            text=one.asset,
            actor=actor,
            at=at,
        )
        settle_many(requests=list(_requests(credit, parts, claims, on)), actor=actor, at=at)
        _end(one, DELIVERED, on, credit, note, actor, at)
        return credit

    return retrying(work)


def fail_barter(*, barter_id: int, note: str, actor: str, at: datetime) -> None:
    """The goods did not come: the claims are pursued as they always were. Refuses no reason."""
    why = tidy(note)[:LONGEST]
    if not why:
        raise Refusal("promise_reason_missing")

    def work() -> None:
        one, company = _standing(barter_id)
        _end(one, FAILED, today_of(company, at), None, why, actor, at)

    retrying(work)


def parts_of(shown: Mapping[str, Any]) -> list[tuple[int, int]]:
    """The parts of a document."""
    return [(item, to_minor(amount, shown["currency"])) for item, amount in shown["parts"]]


def goods_in(shown: Mapping[str, Any]) -> Goods:
    """The goods of a document."""
    currency = shown["currency"]

    def minor(name: str) -> int | None:
        return None if shown[name] is None else to_minor(shown[name], currency)

    return Goods(
        asset=shown["asset"],
        valued=to_minor(shown["valued"], currency),
        valuer=shown["valuer"],
        valued_on=parse_date(shown["valued_on"]),
        method=shown["method"],
        deliver_by=parse_date(shown["deliver_by"]),
        note=shown["note"],
        tax=minor("tax"),
        fair_value=minor("fair_value"),
        allowance=minor("allowance"),
    )


def _drawn_up(company: Company, customer_id: int, parts: Parts, goods: Goods, at: datetime) -> dict[str, Any]:
    today = today_of(company, at)
    check_goods(goods, today)
    claims = claims_held(company.pk, [item for item, _ in parts])
    currency = check_promise(parts, claims, one_with(customer_id))
    versions = versions_of(item for item, _ in parts)
    due = {one.item_id: due_of(governing(versions[one.item_id]).lines, one.open_amount, today) for one in claims}
    check_due(parts, due)
    amounts = {name: getattr(goods, name) for name in _AMOUNTS}
    return {
        "company": company.code,
        "customer_id": customer_id,
        "customer": customers_by_id({customer_id})[customer_id].name,
        "currency": currency,
        "parts": [[item, to_text(amount, currency)] for item, amount in parts],
        "agreed": to_text(sum(amount for _, amount in parts), currency),
        "asset": goods.asset,
        "valuer": goods.valuer,
        "method": goods.method,
        "note": tidy(goods.note)[:LONGEST],
        **{name: None if minor is None else to_text(minor, currency) for name, minor in amounts.items()},
        **{name: getattr(goods, name).isoformat() for name in _DAYS},
    }


def _standing(barter_id: int) -> tuple[Barter, Company]:
    one = Barter.objects.filter(pk=barter_id).first()
    if one is None:
        raise Refusal("barter_unknown", barter=barter_id)
    if BarterEnd.objects.filter(barter_id=barter_id).exists():
        raise Refusal("barter_over", barter=barter_id)
    return one, Company.objects.get(pk=one.company_id)


def _requests(credit: int, parts: Sequence[BarterPart], claims: Mapping[int, Claim], on: date) -> list[Request]:
    found = []
    for part in parts:
        claim = claims.get(part.item_id)
        if claim is not None:
            found.append(Request(credit, part.item_id, min(part.amount, claim.open_amount), on, BY_GOODS))
    return found


#: How it ended → the event that tells it.
_ENDED = {DELIVERED: "promises.barter_delivered", FAILED: "promises.barter_failed"}


def _end(one: Barter, kind: str, day: date, credit_id: int | None, note: str, actor: str, at: datetime) -> None:
    whose = {"company_id": one.company_id, "customer_id": one.customer_id}
    row = {
        **whose,
        "barter_id": one.pk,
        "kind": kind,
        "ended_on": day,
        "credit_id": credit_id,
        "note": tidy(note)[:LONGEST],
        "actor": actor,
    }
    try:
        with transaction.atomic():
            record(BarterEnd, [row], at=at)
    except IntegrityError as error:
        raise Refusal("barter_over", barter=one.pk) from error
    cancel_items(kind=GOODS_LATE.name, keys=[barter_key(one.pk)], because="", actor=actor, at=at)
    announce(_ENDED[kind], at=at, **whose, payload={"barter": one.pk, "credit": credit_id})
