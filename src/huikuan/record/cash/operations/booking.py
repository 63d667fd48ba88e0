"""Writing what was decided: items out of the money, settlements, uses of bank lines, and the application itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.operations.uses import Use, use_lines
from huikuan.record.cash.domain.applying import MONEY, Basis, Paid, Settled, effective_day
from huikuan.record.cash.domain.differences import POSTED_AS
from huikuan.record.cash.domain.order import Order
from huikuan.record.cash.models import Application
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.operations.items import post_items
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.record.receivables.queries.periods import locked_through

#: The origin of what is posted when money is applied; its key names the application.
ORIGIN = "cash"
_LONGEST_TEXT = 200
_LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Money:
    """Where the money of an application is: a bank line (`line_id`), or a credit that stands on account.

    `left` minor units; `day`: when it came in; `reference` and `payer` as the receipt will carry them.
    """

    currency: str
    left: int
    day: date
    line_id: int | None = None
    credit_id: int | None = None
    reference: str = ""
    payer: str = ""


@dataclass(slots=True)
class Booking:
    """One portion on its way into the books; `items` are those posted with it, once they are."""

    application_id: int
    portion: int
    money: Money
    settled: Settled
    order: Order
    reason: str
    basis: Basis
    request_key: str | None
    items: list[int] = field(default_factory=list)

    @property
    def credit_id(self) -> int:
        """The money as a credit of the ledger."""
        return self.items[0] if self.money.credit_id is None else self.money.credit_id

    @property
    def differences(self) -> list[int]:
        """The items posted for its differences."""
        return self.items[len(self.items) - len(self.settled.differences) :]


def reason_of(application_id: int) -> str:
    """The reason of the ledger's settlements that an application made."""
    return f"application {application_id}"


def book(
    company: Company,
    bookings: Sequence[Booking],
    sides: Mapping[int, OpenSide],
    numbers: Mapping[int, str],
    *,
    actor: str,
    at: datetime,
) -> None:
    """Write them, inside the caller's transaction and under its locks. `sides`: the items as they were locked;
    `numbers`: their documents."""
    lock = locked_through(company.pk)
    postings = [list(_postings(one, sides, numbers, lock)) for one in bookings]
    ids = post_items(company=company, postings=[posting for of in postings for posting in of], actor=actor, at=at)
    for one, of in zip(bookings, postings, strict=True):
        one.items, ids = ids[: len(of)], ids[len(of) :]
    settle_many(requests=[request for one in bookings for request in _requests(one, sides, lock)], actor=actor, at=at)
    taken = [list(_uses(one, of)) for one, of in zip(bookings, postings, strict=True)]
    uses = use_lines(uses=[use for of in taken for use in of], actor=actor, at=at)
    rows = []
    for one, mine_of in zip(bookings, taken, strict=True):
        mine, uses = uses[: len(mine_of)], uses[len(mine_of) :]
        rows.append({**_row(one, mine, lock), "company_id": company.pk, "actor": actor})
    record(Application, rows, at=at)
    told = [
        (
            company.pk,
            one.settled.customer_id,
            {"application": one.application_id, "line": one.money.line_id, "credit": one.credit_id},
        )
        for one in bookings
    ]
    announce_all("cash.applied", told, at=at)


def _postings(
    one: Booking, sides: Mapping[int, OpenSide], numbers: Mapping[int, str], lock: date | None
) -> Iterator[Posting]:
    """The receipt, the advance for a contract, and a credit for each difference; in this order."""
    settled, money = one.settled, one.money
    made: list[tuple[str, int, str, str, str]] = []
    if money.credit_id is None:
        reference = (money.reference or f"BANK-{money.line_id}")[:_LONGEST_NUMBER]
        advance = settled.rest if settled.contract_number else 0
        if settled.amount > advance:
            made.append(("receipt", settled.amount - advance, money.currency, reference, ""))
        if advance:
            made.append(("advance", advance, money.currency, reference, settled.contract_number))
    for each in settled.differences:
        currency, number = sides[each.item_id].currency, numbers.get(each.item_id, "")
        made.append((POSTED_AS[each.kind], each.amount, currency, number, ""))
    for place, (kind, amount, currency, number, contract) in enumerate(made, start=1):
        yield Posting(
            customer_id=settled.customer_id,
            kind=kind,
            side="credit",
            currency=currency,
            amount=amount,
            document_number=number,
            contract_number=contract,
            document_date=money.day,
            posting_date=first_open_day(money.day, lock),
            text=tidy(money.payer)[:_LONGEST_TEXT],
            origin_system=ORIGIN,
            origin_key=f"{one.application_id}/{place}",
        )


def _requests(one: Booking, sides: Mapping[int, OpenSide], lock: date | None) -> Iterator[Request]:
    cleared = [
        (one.credit_id if clearing.credit_id == MONEY else clearing.credit_id, clearing.debit_id,
         clearing.credit_amount, clearing.debit_amount)
        for clearing in one.settled.clearings
    ]  # fmt: skip
    cleared += [
        (item_id, each.item_id, each.amount, each.amount)
        for item_id, each in zip(one.differences, one.settled.differences, strict=True)
    ]
    for credit, debit, amount, in_claim in cleared:
        day = effective_day(one.money.day, [sides[item_id] for item_id in (credit, debit) if item_id in sides])
        yield Request(credit, debit, amount, first_open_day(day, lock), reason_of(one.application_id), in_claim)


def _uses(one: Booking, postings: Sequence[Posting]) -> Iterator[Use]:
    """What the portion takes of its line: for the receipt, and for the advance."""
    if one.money.line_id is not None:
        for item_id, posting in zip(one.items, postings[: len(one.items) - len(one.differences)], strict=False):
            yield Use(one.money.line_id, posting.amount, "receipt", item_id)


def _row(one: Booking, uses: Sequence[int], lock: date | None) -> dict[str, Any]:
    settled, basis = one.settled, one.basis
    return {
        "id": one.application_id,
        "customer_id": settled.customer_id,
        "line_id": one.money.line_id,
        "uses": list(uses),
        "credit_id": one.credit_id,
        "posted": list(one.items),
        "kind": basis.kind,
        "currency": one.money.currency,
        "amount": settled.amount,
        "rest": settled.rest,
        "parts": [_part(part) for part in settled.parts],
        "differences": [
            {"kind": each.kind, "item": each.item_id, "amount": each.amount, "posted": item_id}
            for each, item_id in zip(settled.differences, one.differences, strict=True)
        ],
        "effective_on": first_open_day(one.money.day, lock),
        "ordered_by": one.order.value,
        "order_reason": one.reason,
        "probability_e6": basis.probability_e6,
        "reasons": [asdict(reason) for reason in basis.reasons],
        "policy_version": basis.policy_version,
        "digest": basis.digest,
        "request_key": one.request_key,
        "portion": one.portion,
    }


def _part(part: Paid) -> dict[str, Any]:
    return {"item": part.item_id, "amount": part.amount, "debit_amount": part.debit_amount, "short": part.short}
