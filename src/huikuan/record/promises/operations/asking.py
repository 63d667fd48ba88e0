"""What plans, settlements in kind and freezes have in common when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import convert
from huikuan.mechanisms.approvals.kinds import Asked
from huikuan.mechanisms.approvals.operations.asking import Sum
from huikuan.mechanisms.approvals.policies import authority_of
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require, scope
from huikuan.record.customers.queries import seen
from huikuan.record.promises.domain.promising import Claim
from huikuan.record.receivables.models import Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.rates import rate_on

#: Who collects may ask for it.
WRITES = Permission.COLLECT
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """The document something rests on, as it was handed in."""

    content: Path | bytes
    name: str


def require_reach(company: Company, customer_id: int, actor: str, at: datetime) -> None:
    """Refuse who may not collect for the company, and a customer out of the reach in which they do."""
    require(actor, WRITES, company_id=company.pk, at=at)
    if not seen(scope(actor, WRITES, at=at)).has(company.pk, customer_id):
        raise Refusal("customer_unknown", customer=customer_id)


def claims_held(company_id: int, item_ids: Sequence[int]) -> list[Claim]:
    """The open items among those asked for, of the company, held until this transaction ends."""
    return [
        Claim(side.item_id, side.customer_id, side.company_id, side.side, side.currency, side.open_amount)
        for side in open_items.lock(item_ids).sides.values()
        if side.company_id == company_id
    ]


def last_seen(item_id: int) -> int:
    """The last settlement of a claim there is, 0 where there is none. Call while the claim is held."""
    last = Settlement.objects.filter(debit_id=item_id).order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def keep(paper: Paper | None) -> Kept | None:
    """The document's bytes on the disk, before the transaction that names them."""
    return keep_bytes(paper.content) if paper else None


def filed(kept: Kept | None, paper: Paper | None, *, actor: str, at: datetime) -> dict[str, str]:
    """`sha256` and `file_name` of a document kept before; both '' where there is none."""
    if kept is None or paper is None:
        return {"sha256": "", "file_name": ""}
    stored = store_kept(kept, paper.name, actor=actor, at=at)
    return {"sha256": stored.sha256, "file_name": stored.name}


def sum_of(company: Company, amount: int, currency: str, at: datetime) -> Sum:
    """An amount to be asked for, measured in the currency of the authority matrix; refuses one without a rate."""
    into = authority_of(company.pk, at=at)[0].currency
    rate = rate_on(currency, into, business_date(at, company.time_zone))
    if rate is None:
        raise Refusal("promise_without_rate", currency=currency, into=into)
    return Sum(amount, currency, convert(amount, currency, rate.rate_e8, into))


def today_of(company: Company, at: datetime) -> date:
    """The company's day."""
    return business_date(at, company.time_zone)


def company_of(asked: Asked) -> Company:
    """The company of a request of ours; each has one."""
    return Company.objects.get(code=asked.shown["company"])
