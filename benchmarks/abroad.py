"""Cash application as it is abroad: cheques, wires and remittance lines, in the shape of the third-party problems.

    python benchmarks/abroad.py [--seed 1] [--invoices 100] > problem.json

A second generator, so that matching is not fitted to the first nor to anybody's files: numbers of six makings, names
as banks mangle them, remittance lines with typed, shortened and wrong numbers, or none. Everything follows from the
seed. Every name is put together by chance and belongs to nobody. Amounts with two decimals, of one currency.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

_FIRST = [
    "Amber",
    "Birch",
    "Copper",
    "Drift",
    "Ember",
    "Fern",
    "Granite",
    "Heron",
    "Ivory",
    "Juniper",
    "Kestrel",
    "Larch",
]
_SECOND = ("field", "gate", "haven", "mere", "moor", "ridge", "stone", "vale", "water", "wick", "worth", "yard")
_TRADE = [
    "Textiles",
    "Instruments",
    "Logistics",
    "Foods",
    "Packaging",
    "Bearings",
    "Glass",
    "Paper",
    "Optics",
    "Tools",
]
_FORM = ("Ltd", "Inc", "LLC", "GmbH", "Corp", "Group", "& Sons", "SA")
_NUMBERS = ("INV-{:05}", "{:06}", "SI-2026-{:04}", "2026/{:04}", "F{:07}", "RE{:08}")
#: Kind and share in per cent.
_KINDS = {
    "simple_1to1": 28, "no_remittance": 12, "multi_invoice": 16, "multi_invoice_partial": 5, "partial_payment": 9,
    "short_pay_deduction": 6, "overpayment": 4, "discount_taken": 5, "credit_memo": 4, "duplicate_payment": 3,
    "cross_reference": 4, "unmatched": 4,
}  # fmt: skip


@dataclass
class Desk:
    """A problem while it is made."""

    rng: random.Random
    shape: str
    customers: list[tuple[str, str]]
    invoices: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    remittance: list[dict[str, Any]] = field(default_factory=list)
    applied: list[dict[str, Any]] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    number: int = 0

    def invoice(self, customer: tuple[str, str], amount: Decimal | None = None) -> dict[str, Any]:
        """One more invoice, or a credit note where the amount is negative."""
        self.number += self.rng.randint(1, 3)
        on = date(2026, 3, 2) + timedelta(days=self.rng.randrange(120))
        made = {
            "invoice_id": self.shape.format(self.number),
            "customer_id": customer[0],
            "customer_name": customer[1],
            "invoice_date": on.isoformat(),
            "due_date": (on + timedelta(days=self.rng.choice((14, 30, 45, 60)))).isoformat(),
            "amount": self.amount() if amount is None else amount,
            "description": "Credit note" if amount and amount < 0 else "Goods",
        }
        self.invoices.append(made)
        return made

    def amount(self) -> Decimal:
        """Half of them without cents, as price lists make them."""
        value = Decimal(max(round(self.rng.lognormvariate(8.3, 1.4) * 100), 50_00)) / 100
        return value.quantize(Decimal(1)) if self.rng.random() < 0.5 else value

    def pay(self, customer: str, amount: Decimal, after: str) -> str:
        """A payment some weeks after that day, by cheque, wire or transfer."""
        rng, number = self.rng, f"P{len(self.payments) + 1:06}"
        on = date.fromisoformat(after) + timedelta(days=rng.randint(5, 75))
        cheque, wire = f"CHK {rng.randint(1000, 99999)}", f"WIRE {rng.getrandbits(40):X}"
        made = {"payment_id": number, "payment_date": on.isoformat(), "payer_name": self.mangled(customer)}
        shown = rng.choice((cheque, wire, f"ACH {customer[:16]}", ""))
        self.payments.append({**made, "amount": amount, "reference_info": shown})
        return number

    def mangled(self, name: str) -> str:
        """As a bank shows it: in full, without its form, in capitals, cut, or its initials."""
        words = name.split(" ")
        return self.rng.choice(
            (name, name, name, " ".join(words[:-1]), name.upper(), name[:18], name.replace("&", "AND"),
             "".join(word[0] for word in words[:-1]).upper() + " " + words[-1])
        )  # fmt: skip

    def advise(self, payment: str, number: str, amount: Decimal | None) -> None:
        """A remittance line; the number as people write it, in full more often than not."""
        digits = re.sub(r".*\D", "", number)
        short = (digits, f"Invoice #{int(digits)}", number.replace("-", " "))
        self.say(payment, self.rng.choice((number, number, number, number, *short)), amount)

    def say(self, payment: str, written: str, amount: Decimal | None) -> None:
        self.remittance.append({"payment_id": payment, "invoice_ref": written, "amount": amount, "memo": ""})

    def apply(self, payment: str, invoice: dict[str, Any], amount: Decimal, kind: str) -> None:
        self.applied.append(
            {"payment_id": payment, "invoice_id": invoice["invoice_id"], "applied_amount": amount, "match_type": kind}
        )


def problem(seed: int, invoices: int) -> dict[str, Any]:
    """About so many invoices, of a sixth as many customers, with what paid them."""
    rng = random.Random(seed)  # noqa: S311 (a benchmark, not a secret)
    names: dict[str, None] = {}
    while len(names) < max(invoices // 6, 4):
        names[f"{rng.choice(_FIRST)}{rng.choice(_SECOND)} {rng.choice(_TRADE)} {rng.choice(_FORM)}"] = None
    desk = Desk(rng, rng.choice(_NUMBERS), [(f"C{at:04}", name) for at, name in enumerate(names, 1)], number=seed * 7)
    while len(desk.invoices) < invoices:
        (kind,) = rng.choices(list(_KINDS), weights=list(_KINDS.values()))
        _MAKERS.get(kind, _one)(desk, rng.choice(desk.customers), kind)
        if rng.random() < 0.15:
            desk.invoice(rng.choice(desk.customers))
    rng.shuffle(desk.payments)
    rng.shuffle(desk.remittance)
    return {
        "invoices": desk.invoices,
        "payments": sorted(desk.payments, key=lambda one: one["payment_date"]),
        "remittance_lines": desk.remittance,
        "ground_truth": {"applications": desk.applied, "unmatched_payments": desk.unmatched},
    }


def _one(desk: Desk, customer: tuple[str, str], kind: str) -> None:
    """One invoice: paid whole, in part, short, over, or less a discount."""
    rng, invoice = desk.rng, desk.invoice(customer)
    owed = invoice["amount"]
    share = {
        "partial_payment": Decimal(rng.choice((25, 40, 50, 60))),
        "short_pay_deduction": Decimal(rng.randint(88, 97)),
        "discount_taken": Decimal(rng.choice(("97", "97.5", "98", "99"))),
        "overpayment": Decimal(rng.choice((105, 110))),
    }.get(kind, Decimal(100))
    paid = (owed * share / 100).quantize(Decimal("0.01"))
    payment = desk.pay(customer[1], paid, invoice["invoice_date"])
    if kind == "cross_reference":
        desk.say(payment, _slip(desk, invoice["invoice_id"]), paid)
    elif kind != "no_remittance":
        desk.advise(payment, invoice["invoice_id"], paid)
    desk.apply(payment, invoice, min(paid, owed), kind)
    if kind == "duplicate_payment":
        again = desk.pay(customer[1], paid, desk.payments[-1]["payment_date"])
        desk.advise(again, invoice["invoice_id"], paid)
        desk.unmatched.append(again)


def _slip(desk: Desk, number: str) -> str:
    """Two neighbouring digits changed about, or one digit wrong, at the end."""
    if number[-1] != number[-2] and desk.rng.random() < 0.5:
        return f"{number[:-2]}{number[-1]}{number[-2]}"
    return f"{number[:-1]}{(int(number[-1]) + 5) % 10}"


def _several(desk: Desk, customer: tuple[str, str], kind: str) -> None:
    """Two to six invoices in one payment; the last in part where the kind says so."""
    rng = desk.rng
    chosen = [desk.invoice(customer) for _ in range(rng.randint(2, 6))]
    amounts = [one["amount"] for one in chosen]
    if kind == "multi_invoice_partial":
        amounts[-1] = (amounts[-1] * rng.choice((30, 50, 70)) / 100).quantize(Decimal("0.01"))
    payment = desk.pay(customer[1], sum(amounts, Decimal(0)), max(one["invoice_date"] for one in chosen))
    for one, amount in zip(chosen, amounts, strict=True):
        desk.advise(payment, one["invoice_id"], amount)
        desk.apply(payment, one, amount, kind)


def _netted(desk: Desk, customer: tuple[str, str], kind: str) -> None:
    """An invoice less a credit note, both advised."""
    invoice = desk.invoice(customer)
    note = desk.invoice(customer, -(invoice["amount"] * desk.rng.randint(10, 40) / 100).quantize(Decimal("0.01")))
    payment = desk.pay(
        customer[1], invoice["amount"] + note["amount"], max(invoice["invoice_date"], note["invoice_date"])
    )
    for one in (invoice, note):
        desk.advise(payment, one["invoice_id"], one["amount"])
        desk.apply(payment, one, one["amount"], kind)


def _nobodys(desk: Desk, customer: tuple[str, str], _kind: str) -> None:
    """Money that pays no invoice: of somebody else, or of a customer and no amount it owes."""
    payer = customer[1] if desk.rng.random() < 0.5 else f"{desk.rng.choice(('Zephyr', 'Quill'))} Holdings"
    desk.unmatched.append(desk.pay(payer, desk.amount() + Decimal("0.37"), "2026-05-01"))


_MAKERS: dict[str, Callable[[Desk, tuple[str, str], str], None]] = {
    "multi_invoice": _several, "multi_invoice_partial": _several, "credit_memo": _netted, "unmatched": _nobodys,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--invoices", type=int, default=100)
    options = parser.parse_args()
    json.dump(problem(options.seed, options.invoices), sys.stdout, indent=1, default=float)


if __name__ == "__main__":
    main()
