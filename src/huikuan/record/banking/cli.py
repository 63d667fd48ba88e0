"""Commands of bank money: `huikuan bank import|accounts|account add|lines`.

The word is shared: context cash adds what becomes of the money to the same actions (`add_bank`).
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import SYSTEM, add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.queries import company_record, permissions
from huikuan.record.banking.domain.accounts import account_number
from huikuan.record.banking.operations.accounts import WRITES, Account, open_account
from huikuan.record.banking.operations.files import Choices, import_statements, sample_of
from huikuan.record.banking.operations.importing import Asked
from huikuan.record.banking.operations.presets import forget_preset, save_preset
from huikuan.record.banking.queries.accounts import AccountRow, accounts
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.banking.queries.listing import OPEN, STATES, LineFilter, every_line
from huikuan.record.banking.queries.presets import preset, presets
from huikuan.record.banking.telling import account_json, brought_json, brought_line, line_json

_MOST_MAPPING = 1_000_000


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    add_bank(subparsers)


def add_bank(subparsers: Any) -> Any:
    """Add the word `bank` with what this context does; answers its actions, for others to add theirs."""
    bank = subparsers.add_parser("bank", help=_("bank statements and the money on them"))
    actions = bank.add_subparsers(dest="action", required=True)
    _add_import(actions)
    listing = add_command(actions, "accounts", _accounts, _("the company's bank accounts"))
    listing.add_argument("--company", default="", metavar="CODE")
    _add_account(actions)
    _add_lines(actions)
    kept = add_command(actions, "presets", _presets, _("how files of unknown layouts are read"))
    kept.add_argument("--company", default="MAIN", metavar="CODE")
    kept.add_argument("--forget", default="", metavar="NAME", help=_("read no more files by this one"))
    return actions


def _add_import(actions: Any) -> None:
    parser = add_command(actions, "import", _import, _("read bank statements in; each line once"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    parser.add_argument("--account", default="", metavar="NUMBER", help=_("the account the file has to be of"))
    read_by = parser.add_mutually_exclusive_group()
    read_by.add_argument("--mapping", type=Path, metavar="FILE", help=_("which column is what (JSON)"))
    read_by.add_argument("--preset", default="", metavar="NAME", help=_("a mapping the company has kept"))
    parser.add_argument("--save-preset", default="", metavar="NAME", help=_("keep the mapping under a name"))
    parser.add_argument(
        "--partial", action="store_true", help=_("lines between the file's balances are left out on purpose")
    )


def _add_account(actions: Any) -> None:
    nouns = actions.add_parser("account", help=_("an account of the company")).add_subparsers(
        dest="verb", required=True
    )
    add = add_command(nouns, "add", _account_add, _("have an account here"))
    add.add_argument("number")
    add.add_argument("--company", default="MAIN", metavar="CODE")
    add.add_argument("--currency", default="", metavar="CODE")
    add.add_argument("--bank", default="")
    add.add_argument("--name", default="", help=_("whom the bank says it belongs to"))


def _add_lines(actions: Any) -> None:
    lines = add_command(actions, "lines", _lines, _("lines of the statements, the latest first"))
    lines.add_argument("--company", default="", metavar="CODE")
    lines.add_argument("--account", default="", metavar="NUMBER")
    states = lines.add_mutually_exclusive_group()
    states.add_argument(
        "--open", dest="state", action="store_const", const=OPEN, default="", help=_("receipts with something left")
    )
    states.add_argument("--state", choices=STATES, default="")
    lines.add_argument("--from", dest="since", default="", metavar="DATE")
    lines.add_argument("--until", default="", metavar="DATE")
    lines.add_argument("--text", default="", help=_("in name, account, memo or reference; or the amount"))


def _import(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    path = _existing(options.file)
    choices = Choices(_mapping(options, company.pk), options.partial)
    # On the machine an account is opened as it comes, and said so; the page asks first.
    asked = Asked(company, actor, at, account=options.account, opens=True)
    brought = import_statements(path=path, name=path.name, asked=asked, choices=choices)
    if options.save_preset:
        headers = sample_of(path, path.name).headers
        given = choices.mapping if isinstance(choices.mapping, dict) else {}
        save_preset(
            company_id=company.pk, name=options.save_preset, mapping=given, headers=headers, actor=actor, at=at
        )
    body = {"file": path.name, "statements": [brought_json(one) for one in brought]}
    _tell(options, body, [brought_line(one) for one in brought])
    return 0


def _accounts(options: Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_BANK, at=datetime.now(UTC))
    company_id = company_record(options.company).pk if options.company else None
    rows = accounts(scope, company_id=company_id)
    _tell(options, {"accounts": [account_json(row) for row in rows]}, [_account_line(row) for row in rows])
    return 0


def _account_add(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    given = Account(options.number, options.currency, options.bank, options.name)
    account_id = open_account(company=company, account=given, actor=actor, at=at)
    row = next(row for row in accounts(EVERYTHING, company_id=company.pk) if row.id == account_id)
    _tell(options, account_json(row), [_account_line(row)])
    return 0


def _lines(options: Namespace) -> int:
    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.VIEW_BANK, at=at)
    company_id = company_record(options.company).pk if options.company else None
    chosen = LineFilter(
        state=options.state,
        company_id=company_id,
        account_id=_account_named(options.account, company_id, scope) if options.account else None,
        since=parse_date(options.since) if options.since else None,
        until=parse_date(options.until) if options.until else None,
        text=options.text,
    )
    shows = _permissions(options, at)
    rows = list(every_line(chosen, scope=scope))
    _tell(options, {"lines": [line_json(row, shows) for row in rows]}, [_line(row) for row in rows])
    return 0


def _presets(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    reader_scope(options, Permission.VIEW_BANK, at=at)
    if options.forget:
        actor = commander(options, WRITES, company_id=company.pk, at=at)
        forget_preset(company_id=company.pk, name=options.forget, actor=actor, at=at)
    rows = presets(company.pk)
    body = {"presets": [{"name": row.name, "mapping": row.mapping, "headers": list(row.headers)} for row in rows]}
    _tell(options, body, [row.name for row in rows])
    return 0


def _mapping(options: Namespace, company_id: int) -> object:
    if options.preset:
        return preset(company_id, options.preset).mapping
    if options.mapping is None:
        return None
    try:
        with _existing(options.mapping).open("rb") as file:
            return json.loads(file.read(_MOST_MAPPING))
    except ValueError as error:
        raise Refusal("bank_mapping_unreadable", file=str(options.mapping), problem=str(error)) from error


def _account_named(number: str, company_id: int | None, scope: Scope) -> int:
    """The account of any company that is seen."""
    rows = accounts(scope, company_id=company_id)
    found = next((row.id for row in rows if row.number == account_number(number)), None)
    if found is None:
        raise Refusal("bank_account_unknown", number=number)
    return found


def _permissions(options: Namespace, at: datetime) -> Collection[Permission]:
    named: str | None = getattr(options, "actor", None)
    return permissions(named or SYSTEM, company_id=None, at=at)


def _account_line(row: AccountRow) -> str:
    closing = to_text(row.closing, row.currency) if row.closing is not None else ""
    gaps = [ngettext("%(count)s gap", "%(count)s gaps", row.gaps) % {"count": row.gaps}] if row.gaps else []
    return "\t".join(
        [row.company_code, row.number, row.bank, row.currency, str(row.lines), str(row.through or ""), closing, *gaps]
    )


def _line(row: LineRow) -> str:
    parts = [
        f"#{row.id}", row.account_number, row.booked_on.isoformat(),
        f"{row.currency} {to_text(row.amount, row.currency)}", to_text(row.left, row.currency),
        row.counterparty_name, row.memo, row.bank_reference,
    ]  # fmt: skip
    return "\t".join(parts)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise Refusal("bank_file_missing", file=str(path))
    return path


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
