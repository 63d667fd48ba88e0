"""What other projects' test suites expect of their bank files, read as data: nothing of theirs is ever executed.

The expectations of MT940 are Python objects written as YAML: they are read line by line as text.
"""

from __future__ import annotations

import ast
import base64
import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

_TRANSACTION = re.compile(r"^[-!&a-z0-9 ]*- !!python/object:mt940\.models\.Transaction$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Expected:
    """One movement as another project's suite expects it; None where it says nothing."""

    amount: Decimal
    value_on: date | None
    booked_on: date | None
    bank_reference: str
    name: str
    account: str


def of_mt940(path: Path) -> list[Expected]:
    """The transactions of a .yml beside a .sta file."""
    text = path.read_text("utf-8")
    _, _, listed = text.partition("\ntransactions:")
    return [_transaction(part) for part in _TRANSACTION.split(listed)[1:]]


def _transaction(text: str) -> Expected:
    def said(name: str) -> str:
        found = re.search(rf"^    {name}: (.*(?:\n      .*)*)$", text, re.MULTILINE)
        plain = " ".join(found[1].split()) if found else "null"
        return "" if plain in ("null", "''") else str(ast.literal_eval(plain)) if plain[:1] in "'\"" else plain

    def day(name: str) -> date | None:
        found = re.search(
            rf"^    {name}: !!python/object/apply:mt940\.models\.Date\n    - !!binary \|\n\s+(\S+)$",
            text,
            re.MULTILINE,
        )
        if found is None:
            return None
        high, low, month, number = base64.b64decode(found[1])
        return date(high * 256 + low, month, number)

    amount = re.search(r"amount: !!python/object/apply:decimal\.Decimal\n\s+- '([^']*)'", text)
    assert amount
    return Expected(
        Decimal(amount[1]),
        day("date"),
        day("entry_date"),
        said("bank_reference"),
        said("applicant_name"),
        said("applicant_iban"),
    )


def of_camt(path: Path) -> list[Expected]:
    """The entries of a .json beside an .xml file."""
    entries = json.loads(path.read_text("utf-8"))["getEntries"]
    return [_entry(entry) for entry in entries]


def _entry(entry: dict[str, Any]) -> Expected:
    def day(name: str) -> date | None:
        said = entry[name]
        return date.fromisoformat(said["0"][:10]) if said else None

    minor = Decimal(entry["getAmount"]["getAmount"])
    return Expected(
        minor, day("getValueDate"), day("getBookingDate"), entry["getAccountServicerReference"] or "", "", ""
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """What OCA's suite expects of one statement."""

    account: str
    currency: str
    number: str
    opening: Decimal
    closing: Decimal
    lines: list[Expected]


def of_oca(path: Path) -> list[Ledger]:
    """The statements of a .pydata file: a literal, nothing else."""
    currency, account, statements = ast.literal_eval(path.read_text("utf-8"))
    return [
        Ledger(
            account,
            currency,
            one["name"],
            Decimal(str(one["balance_start"])),
            Decimal(str(one["balance_end_real"])),
            [
                Expected(
                    Decimal(str(line["amount"])),
                    None,
                    date.fromisoformat(line["date"]),
                    "",
                    line["partner_name"],
                    line["account_number"],
                )
                for line in one["transactions"]
            ],
        )
        for one in statements
    ]
