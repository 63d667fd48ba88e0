"""Bank money: accounts, lines, and statements that are read in. Seen and written for whole companies, as on pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Table,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import companies_known, company_id, company_seen
from huikuan.connect.api.web.shapes import CURRENCY, ID
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.domain.accounts import account_number
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.operations.files import Choices, read_file
from huikuan.record.banking.operations.importing import Asked, File, record_statements
from huikuan.record.banking.queries.accounts import accounts
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.banking.queries.listing import STATES, LineFilter, line_seen, lines_page
from huikuan.record.banking.queries.presets import preset
from huikuan.record.banking.telling import account_json, brought_json, line_json

_VIEW, _IMPORT = Permission.VIEW_BANK, Permission.IMPORT_BANK
#: More statements or lines than any file has.
MANY = 1_000_000
MEMO = Text(100_000)
_NUMBER, _COUNT, _MONEY, _DAY = Text(60), Whole(0), Maybe(Amount()), Maybe(Day())

ACCOUNT = answered(
    id=ID, company=Text(20), number=_NUMBER, bank=Text(200), name=Text(200), currency=CURRENCY, lines=_COUNT,
    open_lines=_COUNT, through=_DAY, closing=_MONEY, gaps=_COUNT,
)  # fmt: skip
LINE = answered(
    id=ID, company=Text(20), account=_NUMBER, booked_on=Day(), value_on=_DAY, amount=Amount(), left=Amount(),
    currency=CURRENCY, payer_name=Text(200), payer_account=_NUMBER, memo=MEMO, bank_reference=Text(120),
    end_to_end=Text(120), reversal=Flag(),
)  # fmt: skip
_BROUGHT_PARTS: dict[str, Kind] = {
    "account": _NUMBER, "account_opened": Flag(), "currency": CURRENCY, "layout": Text(60), "number": Text(200),
    "from": _DAY, "through": _DAY, "booked": Flag(), "opening": _MONEY, "money_in": _MONEY, "money_out": _MONEY,
    "closing": _MONEY, "lines": _COUNT, "new": _COUNT, "known": _COUNT, "left_out": Listed(Table(), MANY),
    "notes": Listed(Table(), MANY),
}  # fmt: skip
BROUGHT = answered(file=Text(255), statements=Listed(answered(**_BROUGHT_PARTS), MANY))


@dataclass(frozen=True, slots=True)
class _Read:
    """A file as it was read, its original kept; nothing of it is recorded yet."""

    statements: Sequence[Statement]
    file: File


def list_accounts(call: Call) -> Reply:
    """Accounts in order of id."""
    scope = call.caller.scope(_VIEW)
    after = int(call.after) if call.after else 0
    rows = [row for row in accounts(scope, company_id=company_id(call.query["company"], scope)) if row.id > after]
    rows.sort(key=lambda row: row.id)
    more = [rows[call.limit - 1].id] if len(rows) > call.limit else None
    return Reply({"data": [{"id": row.id, **account_json(row)} for row in rows[: call.limit]]}, next=more)


def list_lines(call: Call) -> Reply:
    """Lines, the latest first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    company = company_id(asked["company"], scope)
    chosen = LineFilter(
        state=asked["state"],
        company_id=company,
        account_id=_account_named(asked["account"], company, scope) if asked["account"] else None,
        since=asked["since"],
        until=asked["until"],
        text=asked["q"],
    )
    after = (date.fromisoformat(str(call.place[0])), int(call.place[1])) if call.place else None
    page = lines_page(chosen, scope=scope, after=after, limit=call.limit)
    following = page.next and (page.next[0].isoformat(), page.next[1])
    return Reply({"data": told_lines(call, page.rows)}, next=following)


def told_lines(call: Call, rows: Sequence[LineRow]) -> list[dict[str, Any]]:
    """Lines in JSON; persons' accounts masked for whoever may not see them in the line's company."""
    people, codes = call.caller.scope(Permission.VIEW_PERSONAL).companies, companies_known().codes
    return [
        _told(
            row,
            codes[row.company_id],
            line_json(row, [Permission.VIEW_PERSONAL] if people is None or row.company_id in people else []),
        )
        for row in rows
    ]


def line_for(call: Call, permission: Permission) -> LineRow:
    """The line the address names, if the caller both sees it and may do this for its company."""
    row = found(lambda: line_seen(call.path["id"], scope=call.caller.scope(_VIEW)))
    if not call.caller.scope(permission).whole(row.company_id):
        raise Refusal("not_found")
    return row


def company_for(call: Call, code: str, permission: Permission) -> Company:
    """The company, if the caller both sees its bank money and may do this for the whole of it."""
    company = company_seen(code, call.caller.scope(permission))
    if not all(call.caller.scope(one).whole(company.pk) for one in (_VIEW, permission)):
        raise Refusal("company_unknown", company=code)
    return company


def read_upload(call: Call) -> _Read:
    """The statements in the file. Reading takes a moment, in which nothing is locked."""
    if call.upload is None:
        raise AssertionError("an endpoint of files has one")
    asked, name = _asked(call), call.query["name"]
    with call.upload.as_file() as path:
        statements = read_file(path, name, asked, Choices(_mapping(call, asked.company), call.query["partial"]))
        return _Read(statements, File(keep_bytes(path), name))


def record_upload(call: Call) -> Reply:
    """Record what is new of what was read, all or nothing."""
    read: _Read = call.ready
    brought = record_statements(statements=read.statements, file=read.file, asked=_asked(call))
    return Reply({"file": read.file.name, "statements": [brought_json(one) for one in brought]})


def _asked(call: Call) -> Asked:
    said = call.query
    company = company_for(call, said["company"], _IMPORT)
    return Asked(company, call.caller.actor, call.at, account=said["account"], opens=said["open_account"])


def _mapping(call: Call, company: Company) -> object:
    """The mapping in the address, or the one the company has kept; None: the file says what it is."""
    if call.query["preset"]:
        return preset(company.pk, call.query["preset"]).mapping
    if not call.query["mapping"]:
        return None
    try:
        said = json.loads(call.query["mapping"])
        # Half a character can be escaped, and stored nowhere.
        json.dumps(said, ensure_ascii=False).encode()
        return said
    except (ValueError, RecursionError) as error:
        raise Refusal("bank_mapping_unreadable", file="mapping", problem=str(error)) from None


def _account_named(number: str, company: int | None, scope: Scope) -> int:
    known = (row.id for row in accounts(scope, company_id=company) if row.number == account_number(number))
    account = next(known, None)
    if account is None:
        raise Refusal("bank_account_unknown", number=number)
    return account


def _told(row: LineRow, company: str, said: dict[str, Any]) -> dict[str, Any]:
    return {"id": row.id, "company": company, **{name: value for name, value in said.items() if name != "line"}}


_COMPANY = Part(Text(20), gettext_noop("a company's code"), otherwise="")

READS = (
    Endpoint(
        "listBankAccounts", "GET", "/bank/accounts", gettext_noop("Bank accounts, and how far each was read in"),
        _VIEW, list_accounts, ACCOUNT, paged=True, query=Record({"company": _COMPANY}),
    ),
    Endpoint(
        "listBankLines", "GET", "/bank/lines", gettext_noop("Lines of bank statements, the latest first"), _VIEW,
        list_lines, LINE, paged=True,
        query=Record({
            "company": _COMPANY,
            "state": Part(
                Choice(("", *STATES)), gettext_noop("open: receipts of which something is left"), otherwise=""
            ),
            "account": Part(Text(60), gettext_noop("only of the account with this number"), otherwise=""),
            "since": Part(Day(), gettext_noop("booked on this day or later")),
            "until": Part(Day(), gettext_noop("booked on this day or earlier")),
            "q": Part(Text(100), gettext_noop("in name, account, memo or reference; or the amount"), otherwise=""),
        }),
    ),
)  # fmt: skip
WRITES = (
    Endpoint(
        "importBankStatements", "POST", "/bank/statements",
        gettext_noop("Read a bank's file in: each line once, all of it or nothing"), _IMPORT, record_upload, BROUGHT,
        status=201, file=True, beforehand=read_upload,
        query=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "name": Part(Text(255, 1), gettext_noop("what the file is called"), required=True),
            "account": Part(Text(60), gettext_noop("the account the file has to be of"), otherwise=""),
            "open_account": Part(
                Flag(), gettext_noop("open an account that is not here yet; else it is refused"), otherwise=False
            ),
            "mapping": Part(
                Text(3_000), gettext_noop("which column is what, as JSON, for a table of an unknown layout"),
                otherwise="",
            ),
            "preset": Part(Text(60), gettext_noop("a mapping the company has kept, by its name"), otherwise=""),
            "partial": Part(
                Flag(), gettext_noop("lines between the file's balances are left out on purpose"), otherwise=False
            ),
        }),
    ),
)  # fmt: skip
