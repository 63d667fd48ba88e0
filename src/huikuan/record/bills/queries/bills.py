"""Bills as they stand: one to be moved, pieces of a package, rows for pages and commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.bills.domain.life import DISHONOURED, HELD, PAID, PASSED_ON, Stand
from huikuan.record.bills.domain.numbers import Range
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.bills.policies import BILL_RULES
from huikuan.record.customers.queries import customers_by_id, narrowed, seen


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill as it stands on a day. `recourse`: passed on, it may come back."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    kind: str
    number: str
    range: str
    amount: int
    currency: str
    drawer: str
    acceptor: str
    acceptor_class: str
    issued_on: date
    matures_on: date
    transferable: bool
    received_on: date
    parent_id: int | None
    credit_id: int
    debit_id: int
    note: str
    sha256: str
    file_name: str
    actor: str
    recorded_at: datetime
    state: str
    since: date
    sequence: int
    recourse: bool
    counterparty: str

    @property
    def held(self) -> bool:
        """Whether its money is still to come to us."""
        return self.state in HELD

    @property
    def passed_on(self) -> bool:
        return self.state in PASSED_ON


@dataclass(frozen=True, slots=True)
class EventRow:
    """One move of a bill."""

    sequence: int
    move: str
    state: str
    happened_on: date
    effective_on: date
    counterparty: str
    recourse: bool
    rate_e8: int | None
    cost: int | None
    net: int | None
    item_id: int | None
    note: str
    actor: str
    recorded_at: datetime


def rules_in_force(company_id: int, at: datetime) -> Mapping[str, Any]:
    """The company's document of rules of bills at an instant."""
    return in_force(BILL_RULES.name, company_id=company_id, at=at).document


def bill_now(bill_id: int) -> tuple[Bill, BillEvent]:
    """A bill and its last move, whatever its day; refuses an unknown one. For operations: whose rows a reader sees,
    `bill` asks."""
    found = Bill.objects.filter(pk=bill_id).first()
    last = BillEvent.objects.filter(bill_id=bill_id).order_by("sequence").last()
    if found is None or last is None:
        raise Refusal("bill_unknown", bill=bill_id)
    return found, last


def stand_of(bill: Bill, last: BillEvent) -> Stand:
    return Stand(bill.kind, last.state, last.happened_on, bill.matures_on, bill.transferable, last.recourse)


def range_of(bill: Bill) -> Range | None:
    """Its units; None: it is not divisible."""
    if bill.range_start is None or bill.range_end is None:
        return None
    return Range(bill.range_start, bill.range_end)


def standing_pieces(company_id: int, number: str) -> list[Bill]:
    """The pieces of a package that could not be received again: held, or ended with us. One that was passed on may
    come back as payment."""
    pieces = Bill.objects.filter(company_id=company_id, number=number)
    return list(with_state(pieces).filter(state__in=[*HELD, PAID, DISHONOURED]))


def sharing(debit_id: int) -> list[tuple[Bill, str]]:
    """The pieces whose money the claim stands for, with their states; what was split stands by its pieces."""
    pieces = with_state(Bill.objects.filter(debit_id=debit_id)).order_by("pk")
    return [(one, one.state) for one in pieces]


def with_state(bills: QuerySet[Bill], day: date | None = None, known: int | None = None) -> QuerySet[Any]:
    """The bills received by `day`, each with `state`, `since`, `sequence`, `recourse` and `counterparty` of its last
    move by then (None: of all that is recorded)."""
    moves = BillEvent.objects.filter(bill_id=OuterRef("pk"), tx__lt=ALWAYS_KNOWN if known is None else known)
    if day is not None:
        moves = moves.filter(effective_on__lte=day)
    last = moves.order_by("-sequence")
    return bills.annotate(
        state=Subquery(last.values("state")[:1]),
        since=Subquery(last.values("happened_on")[:1]),
        sequence=Subquery(last.values("sequence")[:1]),
        recourse=Subquery(last.values("recourse")[:1]),
        counterparty=Subquery(last.values("counterparty")[:1]),
    ).filter(state__isnull=False)


def bill(bill_id: int, *, scope: Scope, day: date | None = None, known: int | None = None) -> BillRow:
    """One bill as of a day; refuses one that is unknown then, or out of scope, which is the same to the reader."""
    found = named(with_state(narrowed(Bill.objects.filter(pk=bill_id), seen(scope)), day, known))
    if not found:
        raise Refusal("bill_unknown", bill=bill_id)
    return found[0]


def events_of(bill_id: int, *, day: date | None = None, known: int | None = None) -> list[EventRow]:
    """Its moves by a day, the first first."""
    moves = BillEvent.objects.filter(bill_id=bill_id, tx__lt=ALWAYS_KNOWN if known is None else known)
    if day is not None:
        moves = moves.filter(effective_on__lte=day)
    names = tuple(EventRow.__dataclass_fields__)
    return [EventRow(**{name: getattr(one, name) for name in names}) for one in moves.order_by("sequence")]


def named(bills: Iterable[Any]) -> list[BillRow]:
    """Annotated bills as rows with the names of company and customer, in their order."""
    found = list(bills)
    customers = customers_by_id({one.customer_id for one in found})
    companies = dict(Company.objects.values_list("pk", "code"))
    return [_row(one, companies[one.company_id], customers[one.customer_id]) for one in found]


_COPIED = tuple(
    name
    for name in BillRow.__dataclass_fields__
    if name not in ("company_code", "customer_code", "customer_name", "range", "recourse", "counterparty")
)


def _row(one: Any, company: str, customer: Any) -> BillRow:
    units = range_of(one)
    return BillRow(
        **{name: getattr(one, name) for name in _COPIED},
        company_code=company,
        customer_code=customer.code,
        customer_name=customer.name,
        range=str(units) if units else "",
        recourse=bool(one.recourse),
        counterparty=one.counterparty or "",
    )
