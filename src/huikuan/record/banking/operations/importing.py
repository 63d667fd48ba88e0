"""Statements in (导入流水): the original kept, each line recorded once, all of a file or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import Kept, store_kept
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.domain.accounts import account_number, same_account
from huikuan.record.banking.domain.fitting import fitted
from huikuan.record.banking.domain.sifting import Sifted, sift
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, OpenLine
from huikuan.record.banking.operations.accounts import WRITES, Account, account_called, add_account, hold_accounts
from huikuan.record.banking.queries.recorded import left_at, lines_like, told_before

_NOTHING = Sifted((), (), ())


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose file, and who brings it. `account`: the number it has to be of ('': as the file says). `opens`: an account
    that is not here yet is opened; else the file is refused with `bank_account_new`."""

    company: Company
    actor: str
    at: datetime
    account: str = ""
    opens: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """The original: its bytes, kept and flushed, and what its sender calls it."""

    kept: Kept
    name: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What one statement of a file brought. `opened`: its account was opened with it. Nothing of a statement that is
    not booked is recorded; `statement_id` is null there, and where the same file told it before."""

    statement: Statement
    account: str
    opened: bool = False
    statement_id: int | None = None
    sifted: Sifted = _NOTHING


def record_statements(*, statements: Sequence[Statement], file: File, asked: Asked) -> list[Brought]:
    """Record the statements of one file: the lines that are new, each once; all of it or nothing.

    Refuses an account that is not the one asked for, not here (unless it may be opened) or of another company, and
    a currency that is not the account's. The same file again brings nothing.
    """
    ready = [fitted(statement, file.name) for statement in statements]
    return retrying(lambda: _record(ready, file, asked))


def _record(statements: Sequence[Statement], file: File, asked: Asked) -> list[Brought]:
    require(asked.actor, WRITES, company_id=asked.company.pk, at=asked.at)
    hold_accounts(asked.company.pk)
    accounts, opened = _accounts(statements, file, asked)
    sifted = _sifted(statements, accounts)
    ids = _write(statements, accounts, sifted, file, asked)
    return [
        Brought(
            statement=statement,
            account=account.number if account else account_number(statement.account),
            opened=account is not None and account.id in opened,
            statement_id=ids.get(number),
            sifted=sifted.get(number, _NOTHING),
        )
        for number, (statement, account) in enumerate(zip(statements, accounts, strict=True))
    ]


def _accounts(
    statements: Sequence[Statement], file: File, asked: Asked
) -> tuple[list[BankAccount | None], frozenset[int]]:
    """Whose each statement is (None: not booked, and of no account here), and the accounts opened for it."""
    found = [_account(statement, file, asked) for statement in statements]
    unknown = {
        _told(statement, asked): statement
        for statement, account in zip(statements, found, strict=True)
        if account is None and statement.booked
    }
    if not unknown:
        return found, frozenset()
    if not asked.opens:
        raise _asks_to_open(unknown, file)
    ids = {
        number: add_account(asked.company, _described(number, statement), actor=asked.actor, at=asked.at)
        for number, statement in unknown.items()
    }
    opened = BankAccount.objects.in_bulk(ids.values())
    complete = [
        account or opened.get(ids.get(_told(statement, asked), 0))
        for statement, account in zip(statements, found, strict=True)
    ]
    return complete, frozenset(opened)


def _account(statement: Statement, file: File, asked: Asked) -> BankAccount | None:
    told = _told(statement, asked)
    if statement.account and asked.account and not same_account(statement.account, account_number(asked.account)):
        raise Refusal(
            "bank_account_differs",
            told=statement.account,
            wanted=account_number(asked.account),
            where=[Place(file=file.name)],
        )
    if not told:
        raise Refusal("bank_account_unsaid", where=[Place(file=file.name)])
    account = account_called(asked.company.pk, told)
    if account is not None and account.currency != statement.currency:
        raise Refusal(
            "bank_currency_differs",
            number=account.number,
            currency=account.currency,
            told=statement.currency,
            where=[Place(file=file.name)],
        )
    return account


def _told(statement: Statement, asked: Asked) -> str:
    return account_number(asked.account or statement.account)


def _asks_to_open(unknown: Mapping[str, Statement], file: File) -> Refusal:
    refusal = Refusal("bank_account_new", numbers=", ".join(unknown), where=[Place(file=file.name)])
    refusal.also["accounts"] = [
        {"number": number, "bank": one.bank, "name": one.account_name, "currency": one.currency}
        for number, one in unknown.items()
    ]
    return refusal


def _described(number: str, statement: Statement) -> Account:
    return Account(number, statement.currency, statement.bank, statement.account_name)


def _sifted(statements: Sequence[Statement], accounts: Sequence[BankAccount | None]) -> dict[int, Sifted]:
    """Place in the file → what of the statement is new; account by account."""
    of_account: dict[int, list[int]] = {}
    for number, (statement, account) in enumerate(zip(statements, accounts, strict=True)):
        if account is not None and statement.booked:
            of_account.setdefault(account.id, []).append(number)
    found: dict[int, Sifted] = {}
    for account_id, numbers in of_account.items():
        mine = [statements[number] for number in numbers]
        before = lines_like(account_id, [line for one in mine for line in one.lines])
        found.update(zip(numbers, sift(mine, before, left_at(account_id)), strict=True))
    return found


def _write(
    statements: Sequence[Statement],
    accounts: Sequence[BankAccount | None],
    sifted: Mapping[int, Sifted],
    file: File,
    asked: Asked,
) -> dict[int, int]:
    """Place in the file → id of the statement; of what this very file told before there is none."""
    told = {
        number: account
        for number, account in enumerate(accounts)
        if account is not None
        and number in sifted
        and (sifted[number].new or not told_before(account.id, file.kept.sha256, statements[number]))
    }
    if not told:
        return {}
    store_kept(file.kept, file.name, actor=asked.actor, at=asked.at)
    rows = [
        _statement_row(statements[number], sifted[number], file) | _whose(account, asked)
        for number, account in told.items()
    ]
    ids = dict(zip(told, record(BankStatement, rows, at=asked.at), strict=True))
    lines = [
        _line_row(line, key) | _whose(account, asked) | {"statement_id": ids[number]}
        for number, account in told.items()
        for line, key in sifted[number].new
    ]
    _open(record(BankLine, lines, at=asked.at), lines)
    payload = {"file": file.kept.sha256, "statements": list(ids.values()), "lines": len(lines)}
    announce("banking.imported", at=asked.at, company_id=asked.company.pk, payload=payload)
    return ids


def _whose(account: BankAccount, asked: Asked) -> dict[str, Any]:
    return {"company_id": account.company_id, "account_id": account.id, "actor": asked.actor}


def _statement_row(statement: Statement, sifted: Sifted, file: File) -> dict[str, Any]:
    copied = ("layout", "number", "currency", "opening", "closing")
    days = [line.booked_on for line in statement.lines]
    return {name: getattr(statement, name) for name in copied} | {
        "file_sha256": file.kept.sha256,
        "file_name": clean_name(file.name),
        "period_from": statement.period_from or min(days, default=None),
        "period_through": statement.period_through or max(days, default=None),
        "lines_new": len(sifted.new),
        "lines_known": len(sifted.known),
    }


def _line_row(line: Line, key: str) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__} | {"raw": dict(line.raw), "key": key}


def _open(ids: Sequence[int], lines: Sequence[Mapping[str, Any]]) -> None:
    copied = ("company_id", "account_id", "currency", "booked_on")
    OpenLine.objects.bulk_create(
        [
            OpenLine(line_id=line_id, left=row["amount"], **{name: row[name] for name in copied})
            for line_id, row in zip(ids, lines, strict=True)
        ],
        batch_size=1_000,
    )
