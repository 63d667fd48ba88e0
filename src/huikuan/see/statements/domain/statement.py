"""A statement of account (往来对账单): who says it to whom, the account, and the sealed head it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.money import to_text
from huikuan.see.statements.domain.account import Account, Movement, OpenLine


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where to pay. `currency` '': any."""

    currency: str
    holder: str
    bank: str
    number: str
    swift: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose books these are, as its letterhead says; '' where the letterhead is silent."""

    company_id: int
    code: str
    name: str
    english_name: str
    uscc: str
    address: str
    english_address: str
    department: str
    phone: str
    email: str
    bank_accounts: tuple[BankAccount, ...]
    letterhead: int

    def accounts_for(self, currency: str) -> tuple[BankAccount, ...]:
        """Those for the currency, else those for any."""
        own = tuple(one for one in self.bank_accounts if one.currency == currency)
        return own or tuple(one for one in self.bank_accounts if not one.currency)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer."""

    customer_id: int
    code: str
    name: str
    english_name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Rest:
    """The signed head below which every fact counts: its size, root (hex) and instant."""

    size: int
    root: str
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """`head` None: as known now, for looking only; a document always rests on a head.

    `on`: the day of the head on the company's calendar, which the document is dated. `aging_policy`: the
    version of the buckets, 0 the shipped ones.
    """

    issuer: Issuer
    recipient: Recipient
    currency: str
    account: Account
    head: Rest | None
    on: date
    zone: str
    aging_policy: int

    @property
    def is_empty(self) -> bool:
        """Nothing was owed, nothing moved."""
        figures = self.account.figures
        return not (figures.opening or figures.closing or self.account.movements or self.account.open_lines)

    def lacking(self) -> tuple[str, ...]:
        """What a statement must name (DOMAIN rules for 对账函) and this one cannot."""
        wanted = {
            "issuer_uscc": self.issuer.uscc,
            "recipient_uscc": self.recipient.uscc,
            "reply": self.issuer.email or self.issuer.address,
            "bank": self.issuer.accounts_for(self.currency),
        }
        return tuple(name for name, value in wanted.items() if not value)


def number_text(year: int, number: int) -> str:
    """'2026-000012'."""
    return f"{year}-{number:06d}"


def as_json(statement: Statement) -> dict[str, Any]:
    """The content, in no language: what the digest commits to and the API answers. Amounts are decimal strings."""
    account, figures = statement.account, statement.account.figures

    def text(amount: int) -> str:
        return to_text(amount, statement.currency)

    return {
        "company": {"code": statement.issuer.code, "name": statement.issuer.name, "uscc": statement.issuer.uscc},
        "customer": {
            "code": statement.recipient.code,
            "name": statement.recipient.name,
            "uscc": statement.recipient.uscc,
        },
        "currency": statement.currency,
        "from": account.period.since.isoformat(),
        "to": account.period.until.isoformat(),
        "head": _head(statement.head),
        "aging_policy": statement.aging_policy,
        "letterhead": statement.issuer.letterhead,
        "figures": {name: text(getattr(figures, name)) for name in figures.__dataclass_fields__},
        "movements": [_movement(line, text) for line in account.movements],
        "open": [_open_line(line, text) for line in account.open_lines],
        "aging": {
            "not_due": text(account.aged.not_due),
            "awaiting": text(account.aged.awaiting),
            "buckets": [{"from": low, "to": high, "amount": text(part)} for low, high, part in account.aged.buckets],
            "credits": text(account.aged.credits),
        },
        "bank_accounts": [
            {name: getattr(one, name) for name in one.__dataclass_fields__}
            for one in statement.issuer.accounts_for(statement.currency)
        ],
    }


def _head(head: Rest | None) -> Mapping[str, Any] | None:
    if head is None:
        return None
    return {"size": head.size, "root": head.root, "sealed_at": head.sealed_at.isoformat()}


def _movement(line: Movement, text: Any) -> dict[str, Any]:
    return {
        "date": line.on.isoformat(),
        "category": line.category,
        "kind": line.kind,
        "item": line.item_id,
        "document": line.document_number,
        "due_date": _day(line.due_date),
        "amount": text(line.amount),
        "balance": text(line.balance),
        "settlement": line.is_settlement,
        "reversal": line.is_reversal,
        "with": line.settled_with,
    }


def _open_line(line: OpenLine, text: Any) -> dict[str, Any]:
    return {
        "item": line.item_id,
        "kind": line.kind,
        "side": line.side,
        "document": line.document_number,
        "document_date": line.document_date.isoformat(),
        "due_date": _day(line.due_date),
        "amount": text(line.amount),
        "open": text(line.open_amount),
        "overdue_days": line.overdue_days,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
