"""A bank statement as read, whatever wrote it: the one shape every reader gives and everything else takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from huikuan.kernel.errors import Place


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement (流水明细).

    `amount` in minor units of `currency`, > 0: money in. `bank_reference`: the bank's own serial number, '' where it
    gives none; `end_to_end`: the reference the payer gave. `reversal`: the bank takes an earlier line back; the sign
    is what it does to the account. `balance_after` where the file tells it. `row`: line or row of the file, from 1.
    `raw`: what the file says, column by column. `part_of`: the bank's reference of the whole entry where this line is
    one of the payments inside it; a file that books the entry as one line means the same money.
    """

    ordinal: int
    booked_on: date
    amount: int
    currency: str
    value_on: date | None = None
    counterparty_name: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""
    memo: str = ""
    bank_reference: str = ""
    end_to_end: str = ""
    reversal: bool = False
    balance_after: int | None = None
    row: int = 0
    part_of: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of one account (银行对账单): opening + lines = closing where it tells both.

    `booked` is false for what a bank only announces (camt.052, MT942): read and shown, never recorded. Amounts in
    minor units. `account` '' where the file names none. `currency_told`: the file says the currency; else it is the
    one its reader was told to assume. `left_out`: rows that are no movement of money (a closed order, a footer line),
    with the code of the reason.
    """

    account: str
    currency: str
    lines: tuple[Line, ...]
    account_name: str = ""
    bank: str = ""
    number: str = ""
    opening: int | None = None
    closing: int | None = None
    period_from: date | None = None
    period_through: date | None = None
    booked: bool = True
    layout: str = ""
    currency_told: bool = True
    left_out: tuple[Place, ...] = ()
