"""Bills and cheques come in: the paper is registered, the customer's claims are paid, the acceptor owes instead.

In the ledger a bill is two items: a credit of kind `bill` that settles the customer's claims, and a claim of kind
`bill` due at maturity. docs/adr/bill-as-two-items.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.bills.domain.applying import suggest
from huikuan.record.bills.domain.classes import CLASSES, class_of
from huikuan.record.bills.domain.life import DIVIDE, IN_HAND, RECEIVE, SPLIT, follow
from huikuan.record.bills.domain.numbers import (
    CHEQUE,
    CURRENCY,
    KINDS,
    Range,
    divide,
    overlap,
    read_number,
)
from huikuan.record.bills.models import Bill
from huikuan.record.bills.operations.facts import BY_BILL, LONGEST, hold_package, ledger_day, write_event
from huikuan.record.bills.policies import rules_of
from huikuan.record.bills.queries.bills import bill_now, range_of, rules_in_force, stand_of, standing_pieces
from huikuan.record.bills.queries.claims import claims_of, common_contract
from huikuan.record.receivables.domain.posting import CREDIT, DEBIT, Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.record.receivables.operations.settlements import Request, settle_many

_KIND = "bill"


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a bill. `amount` in minor units; `acceptor_class` '': by the acceptor's name."""

    kind: str
    number: str
    amount: int
    drawer: str
    acceptor: str
    issued_on: date
    matures_on: date
    range: Range | None = None
    currency: str = CURRENCY
    transferable: bool = True
    acceptor_class: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A picture or file of the paper."""

    content: Path | bytes
    name: str


def receive_bill(
    *,
    company: Company,
    customer_id: int,
    paper: Paper,
    received_on: date,
    claims: Sequence[tuple[int, int]] | None = None,
    scan: Scan | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Register a bill a customer paid with, and settle claims with it; answers its id.

    `claims`: (item, so much of it), as the customer said; None: the earliest due first, as far as it reaches. What no
    claim takes stays open for the customer, and is no cash before the bill is paid. Refuses a number or range that is
    none, a face that differs from the range, paper that is in hand already, and what the ledger refuses.
    """
    read, document = _checked(paper, received_on), rules_in_force(company.pk, at)
    kept = keep_bytes(scan.content) if scan else None

    def work() -> int:
        hold_package(company.pk, read.number)
        _require_new(company.pk, read)
        day = ledger_day(company.pk, received_on)
        wanted = claims if claims is not None else suggest(
            claims_of(company.pk, customer_id, read.currency, posted_by=day), read.amount
        )  # fmt: skip
        credit_id, debit_id = _post(company, customer_id, read, received_on, day, wanted, actor, at)
        filed = store_kept(kept, scan.name, actor=actor, at=at) if kept and scan else None
        row = {
            **_row(read),
            "company_id": company.pk,
            "customer_id": customer_id,
            "acceptor_class": read.acceptor_class or class_of(read.kind, read.acceptor, document["large_banks"]),
            "received_on": received_on,
            "credit_id": credit_id,
            "debit_id": debit_id,
            "sha256": filed.sha256 if filed else "",
            "file_name": filed.name if filed else "",
            "actor": actor,
        }
        bill = _open(row, received_on, day, actor, at)
        payload = {"bill": bill.pk}
        announce("bills.received", at=at, company_id=company.pk, customer_id=customer_id, payload=payload)
        return bill.pk

    return retrying(work)


def split_bill(*, bill_id: int, faces: Sequence[int], on: date, actor: str, at: datetime) -> list[int]:
    """Cut a divisible bill that is in hand into pieces worth `faces`, in this order; answers their ids. Each piece is
    a bill of its own with the same maturity; together they are worth what the whole was."""

    def work() -> list[int]:
        whole, last = bill_now(bill_id)
        hold_package(whole.company_id, whole.number)
        whole, last = bill_now(bill_id)
        rules = rules_of(rules_in_force(whole.company_id, at))
        follow(stand_of(whole, last), DIVIDE, on, rules)
        pieces = divide(range_of(whole), faces)
        day = ledger_day(whole.company_id, on)
        said = {"move": DIVIDE, "state": SPLIT, "happened_on": on, "effective_on": day}
        write_event(whole, last.sequence + 1, said, actor=actor, at=at)
        same = {field.name: getattr(whole, field.name) for field in Bill._meta.fields}
        for name in ("id", "tx", "recorded_at"):
            del same[name]
        return [
            _open(
                {
                    **same,
                    "range_start": piece.start,
                    "range_end": piece.end,
                    "amount": piece.face,
                    "parent_id": whole.pk,
                    "actor": actor,
                },
                on,
                day,
                actor,
                at,
            ).pk
            for piece in pieces
        ]

    return retrying(work)


def _open(row: dict[str, Any], on: date, day: date, actor: str, at: datetime) -> Bill:
    """Record a bill and that it is in hand."""
    bill = Bill(id=record(Bill, [row], at=at)[0], **row)
    said = {"move": RECEIVE, "state": IN_HAND, "happened_on": on, "effective_on": day}
    write_event(bill, 1, said, actor=actor, at=at)
    return bill


def _post(
    company: Company,
    customer_id: int,
    paper: Paper,
    received_on: date,
    day: date,
    claims: Sequence[tuple[int, int]],
    actor: str,
    at: datetime,
) -> tuple[int, int]:
    """The two items of a bill, and what it settles; (credit, debit)."""
    if sum(amount for _, amount in claims) > paper.amount:
        raise Refusal("bill_claims_exceed", amount=to_text(paper.amount, paper.currency))
    credit = Posting(
        customer_id,
        _KIND,
        paper.currency,
        paper.amount,
        received_on,
        day,
        side=CREDIT,
        document_number=paper.number,
        contract_number=common_contract([item for item, _ in claims]),
    )
    debit = replace(credit, side=DEBIT, due_date=paper.matures_on)
    credit_id, debit_id = post_items(company=company, postings=[credit, debit], actor=actor, at=at)
    asked = [Request(credit_id, item, amount, day, BY_BILL) for item, amount in claims]
    settle_many(requests=asked, actor=actor, at=at)
    return credit_id, debit_id


def _checked(paper: Paper, received_on: date) -> Paper:
    """The paper with its texts tidied and its number read; refuses what says nothing sensible."""
    if paper.kind not in KINDS:
        raise Refusal("bill_kind_unknown", value=paper.kind, known=", ".join(KINDS))
    number = read_number(paper.number, paper.kind)
    drawer, acceptor, note = (tidy(text)[:LONGEST] for text in (paper.drawer, paper.acceptor, paper.note))
    if not drawer or not acceptor:
        raise Refusal("bill_field_missing", field="acceptor" if drawer else "drawer")
    if not 0 < paper.amount <= LARGEST_MINOR:
        raise Refusal("bill_amount_bad", value=to_text(paper.amount, paper.currency))
    if paper.range is not None and (not number.divisible or paper.currency != CURRENCY):
        raise Refusal("bill_not_divisible")
    if paper.range is not None and paper.range.face != paper.amount:
        raise Refusal(
            "bill_range_differs",
            range=str(paper.range),
            worth=to_text(paper.range.face, CURRENCY),
            amount=to_text(paper.amount, CURRENCY),
        )
    if paper.acceptor_class not in ("", *CLASSES):
        raise Refusal("bill_class_unknown", value=paper.acceptor_class, known=", ".join(CLASSES))
    _require_days(paper, received_on)
    return replace(paper, number=number.digits, drawer=drawer, acceptor=acceptor, note=note)


def _require_days(paper: Paper, received_on: date) -> None:
    """Refuse paper that matures before it was issued, and receipt before that."""
    if not paper.issued_on <= paper.matures_on:
        raise Refusal("bill_days_bad", issued_on=paper.issued_on, matures_on=paper.matures_on)
    if received_on < paper.issued_on:
        raise Refusal("bill_received_too_early", day=received_on, issued_on=paper.issued_on)


def _require_new(company_id: int, paper: Paper) -> None:
    """Refuse paper that shares a unit with a piece that is held, or was paid or dishonoured with us."""
    for piece in standing_pieces(company_id, paper.number):
        same = paper.kind != CHEQUE or piece.acceptor == paper.acceptor
        if same and overlap(range_of(piece), paper.range):
            raise Refusal("bill_known", bill=piece.pk, number=paper.number)


def _row(paper: Paper) -> dict[str, Any]:
    return {
        "kind": paper.kind,
        "number": paper.number,
        "range_start": paper.range.start if paper.range else None,
        "range_end": paper.range.end if paper.range else None,
        "amount": paper.amount,
        "currency": paper.currency,
        "drawer": paper.drawer,
        "acceptor": paper.acceptor,
        "issued_on": paper.issued_on,
        "matures_on": paper.matures_on,
        "transferable": paper.transferable,
        "note": paper.note,
    }
