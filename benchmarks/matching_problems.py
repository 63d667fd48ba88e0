"""Reads third-party cash application problems with their truth: invoices, payments, remittance lines, applications.

A file is one JSON object; negative invoices are credit notes. Payers are known by the customers' names alone. Amounts
in the file are of one currency with two decimals. The memos of remittance lines are left aside: the product's plain
remittance file has no column for them.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from memo_book import Certainty, Scene, Truth

from huikuan.record.cash.domain.book import Advice, Claim, Part, Party, Payment

CURRENCY = "USD"


def load(path: Path) -> dict[str, Any]:
    """The file as it is, amounts as decimals."""
    problem: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return problem


def scene_of(problem: dict[str, Any]) -> Scene:
    """The problem as matching is shown it."""
    customers = {code: at for at, code in enumerate(sorted({row["customer_id"] for row in problem["invoices"]}), 1)}
    claims = tuple(_claim(at, row, customers) for at, row in enumerate(problem["invoices"], 1))
    names: dict[str, set[str]] = defaultdict(set)
    for row in problem["invoices"]:
        names[row["customer_id"]].add(row["customer_name"])
    parties = tuple(Party(at, code, tuple(sorted(names[code]))) for code, at in customers.items())
    payments = tuple(_payment(at, row) for at, row in enumerate(problem["payments"], 1))
    advices = tuple(
        Advice(row["payment_id"], row["invoice_ref"] or "", None if row["amount"] is None else minor(row["amount"]))
        for row in problem["remittance_lines"]
    )
    return Scene(claims, parties, payments, _truths(problem, claims, payments), advices)


def minor(amount: Decimal | int) -> int:
    return int((Decimal(amount) * 100).to_integral_value())


def _claim(item_id: int, row: dict[str, Any], customers: dict[str, int]) -> Claim:
    amount = minor(row["amount"])
    return Claim(
        item_id=item_id,
        customer_id=customers[row["customer_id"]],
        document_number=row["invoice_id"],
        side="credit" if amount < 0 else "debit",
        currency=CURRENCY,
        open_amount=abs(amount),
        amount=abs(amount),
        document_date=date.fromisoformat(row["invoice_date"]),
        due_date=date.fromisoformat(row["due_date"]),
        kind="credit_note" if amount < 0 else "invoice",
    )


def _payment(line_id: int, row: dict[str, Any]) -> Payment:
    return Payment(
        line_id=line_id,
        booked_on=date.fromisoformat(row["payment_date"]),
        amount=minor(row["amount"]),
        currency=CURRENCY,
        payer_name=row["payer_name"],
        memo=row["reference_info"],
        bank_reference=row["payment_id"],
    )


def _truths(problem: dict[str, Any], claims: tuple[Claim, ...], payments: tuple[Payment, ...]) -> tuple[Truth, ...]:
    by_number = {claim.document_number: claim for claim in claims}
    applied: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in problem["ground_truth"]["applications"]:
        applied[row["payment_id"]].append(row)
    truths = []
    for payment in payments:
        rows = applied[payment.bank_reference]
        parts = tuple(Part(by_number[row["invoice_id"]].item_id, minor(row["applied_amount"])) for row in rows)
        rest = payment.amount - sum(part.amount for part in parts)
        if not rows:
            truths.append(Truth(payment.line_id, "unmatched", Certainty.UNKNOWABLE, None, (), rest, None, False))
            continue
        kind = Counter(row["match_type"] for row in rows).most_common(1)[0][0]
        customer = by_number[rows[0]["invoice_id"]].customer_id
        truths.append(Truth(payment.line_id, kind, Certainty.CERTAIN, customer, parts, rest, None))
    return tuple(truths)
