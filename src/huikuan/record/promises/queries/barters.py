"""Settlements in kind as they stand on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.barter import AGREED, LATE, Entry, Goods, voucher
from huikuan.record.promises.models import Barter, BarterEnd, BarterPart
from huikuan.record.receivables.models import Item


@dataclass(frozen=True, slots=True)
class BarterRow:
    """A settlement in kind as it stood on a day. `parts`: (item, its document, so much of it); `entries`: the voucher
    of its delivery. Amounts in minor units."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    currency: str
    agreed: int
    agreed_on: date
    goods: Goods
    sha256: str
    file_name: str
    request_id: int
    approved_by: str
    actor: str
    recorded_at: datetime
    state: str
    ended_on: date | None
    credit_id: int | None
    ended_note: str
    parts: tuple[tuple[int, str, int], ...]

    @property
    def entries(self) -> list[Entry]:
        return voucher(self.agreed, self.goods)


def barter(number: int, *, scope: Scope, as_of: date) -> BarterRow:
    """One; refuses one that is unknown by then or out of reach, which is the same to the reader."""
    found = [row for row in barters(scope=scope, as_of=as_of) if row.id == number]
    if not found:
        raise Refusal("barter_unknown", barter=number)
    return found[0]


def barters(
    *, scope: Scope, as_of: date, state: str = "", company_id: int | None = None, customer_id: int | None = None
) -> list[BarterRow]:
    """Those agreed by a day, the latest first; `state` '': whatever became of them."""
    facts = narrowed(Barter.objects.filter(agreed_on__lte=as_of), seen(scope)).order_by("-pk")
    if company_id is not None:
        facts = facts.filter(company_id=company_id)
    if customer_id is not None:
        facts = facts.filter(customer_id__in=one_with(customer_id))
    return [row for row in _rows(list(facts), as_of) if not state or row.state == state]


def barters_open(company_id: int, day: date) -> list[Barter]:
    """Those agreed by a day whose goods neither came nor failed by then."""
    ended = BarterEnd.objects.filter(company_id=company_id, ended_on__lte=day).values("barter_id")
    return list(Barter.objects.filter(company_id=company_id, agreed_on__lte=day).exclude(pk__in=ended))


def goods_of(one: Barter) -> Goods:
    """What is to be handed over."""
    return Goods(
        one.asset, one.valued, one.valuer, one.valued_on, one.method, one.deliver_by, one.note, one.tax,
        one.fair_value, one.allowance,
    )  # fmt: skip


def _rows(found: list[Barter], day: date) -> list[BarterRow]:
    ids = [one.pk for one in found]
    ends = {end.barter_id: end for end in BarterEnd.objects.filter(barter_id__in=ids, ended_on__lte=day)}
    parts: defaultdict[int, list[BarterPart]] = defaultdict(list)
    for part in BarterPart.objects.filter(barter_id__in=ids).order_by("pk"):
        parts[part.barter_id].append(part)
    items = {part.item_id for some in parts.values() for part in some}
    numbers = dict(Item.objects.filter(pk__in=items).values_list("pk", "document_number"))
    customers = customers_by_id({one.customer_id for one in found})
    companies = dict(Company.objects.values_list("pk", "code"))
    rows = []
    for one in found:
        end = ends.get(one.pk)
        rows.append(
            BarterRow(
                id=one.pk,
                company_id=one.company_id,
                company_code=companies[one.company_id],
                customer_id=one.customer_id,
                customer_code=customers[one.customer_id].code,
                customer_name=customers[one.customer_id].name,
                currency=one.currency,
                agreed=one.agreed,
                agreed_on=one.agreed_on,
                goods=goods_of(one),
                sha256=one.sha256,
                file_name=one.file_name,
                request_id=one.request_id,
                approved_by=one.approved_by,
                actor=one.actor,
                recorded_at=one.recorded_at,
                state=end.kind if end else LATE if day > one.deliver_by else AGREED,
                ended_on=end.ended_on if end else None,
                credit_id=end.credit_id if end else None,
                ended_note=end.note if end else "",
                parts=tuple((part.item_id, numbers[part.item_id], part.amount) for part in parts[one.pk]),
            )
        )
    return rows
