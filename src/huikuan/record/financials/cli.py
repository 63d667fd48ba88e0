"""Commands of statements: `huikuan financials import|show|ratios|template|withdraw|references`."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers import queries as customers
from huikuan.record.financials.domain.formats import FORMATS
from huikuan.record.financials.domain.ratios import ratios_of, rounded, zone_of
from huikuan.record.financials.messages import RATIOS as RATIO_NAMES
from huikuan.record.financials.messages import REASONS, RULES
from huikuan.record.financials.queries.references import references_for, standing_of
from huikuan.record.financials.queries.statements import StatementRow, before, checked, statements_of


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("financials", help=_("customers' financial statements and ratios")).add_subparsers(
        dest="action", required=True
    )
    take = add_command(actions, "import", _import, _("record statements from a filled template (xlsx, xls, csv)"))
    take.add_argument("file")
    take.add_argument("--customer", default="", metavar="CODE", help=_("whose; else the file says it"))
    take.add_argument("--kept-reason", default="", help=_("why figures that do not agree are kept"))
    show = add_command(actions, "show", _show, _("a customer's statements as of a day, and what does not agree"))
    ratios = add_command(actions, "ratios", _ratios, _("the ratios of every period, the latest first"))
    ratios.add_argument("--size", default="", help=_("size of firms whose reference values are meant"))
    for parser in (show, ratios):
        parser.add_argument("customer", metavar="CUSTOMER")
        parser.add_argument("--as-of", default="", metavar="DATE")
    blank = add_command(actions, "template", _template, _("write an empty template"))
    blank.add_argument("file")
    blank.add_argument("--format", choices=list(FORMATS), default="small")
    values = add_command(
        actions, "references", _references, _("record reference values of industries from a csv file")
    )
    values.add_argument("file")


def _import(options: Namespace) -> int:
    # Operations are loaded only when something is written: reading answers sooner.
    from huikuan.mechanisms.files.operations import keep_bytes
    from huikuan.record.financials.domain.sheet import CUSTOMER
    from huikuan.record.financials.domain.typed import statement_stated
    from huikuan.record.financials.operations.files import read_fields
    from huikuan.record.financials.operations.statements import record_statement

    path, at = _existing(options.file), datetime.now(UTC)
    typed = read_fields(path, path.name)
    if options.kept_reason:
        typed["kept_reason"] = options.kept_reason
    whose = customers.customer(
        options.customer or typed.get(CUSTOMER, ""), scope=reader_scope(options, Permission.MANAGE_CUSTOMERS, at=at)
    )
    statement = statement_stated(typed)
    version = record_statement(
        customer_id=whose.id,
        statement=statement,
        actor=commander(options, Permission.MANAGE_CUSTOMERS, at=at),
        at=at,
        original=keep_bytes(path),
        file_name=path.name,
    )
    period = statement.period
    said = _("Recorded as version %(version)s of %(period)s of %(customer)s.")
    body = {"customer": whose.code, "ends_on": period.ends_on.isoformat(), "months": period.months, "version": version}
    _tell(options, body, [said % {"version": version, "period": period.key, "customer": whose.code}])
    return 0


def _show(options: Namespace) -> int:
    whose, rows, day = _asked(options)
    body = {"customer": whose, "as_of": day.isoformat(), "statements": [_stated(row, rows) for row in rows]}
    lines = []
    for row in rows:
        stated = row.statement
        lines.append(f"{row.period.key} v{row.version} {stated.format} {stated.currency}")
        lines += [
            f"  {stated.form.by_code[code].zh}\t{to_text(amount, stated.currency)}"
            for code, amount in stated.amounts.items()
        ]
        lines += [
            f"  {one.level}: {stated.form.by_code[one.line].zh}: {_(RULES[one.rule])}"
            f" ({to_text(one.difference, stated.currency)})"
            for one in checked(row, rows)
        ]
    _tell(options, body, lines)
    return 0


def _ratios(options: Namespace) -> int:
    whose, rows, day = _asked(options)
    industry = customers.customer(options.customer, scope=_scope(options)).industry
    references = references_for(industry, size=options.size, as_of=day)
    told, lines = [], []
    for row in rows:
        values = []
        lines.append(row.period.key)
        for code, value in ratios_of(row.statement, before(row, rows)).items():
            stands = standing_of(value, references)
            plainly = None if value.value is None else f"{value.value:f}"
            values.append({
                "ratio": code,
                "value": plainly,
                "reason": value.reason,
                "missing": [line for line, _column in value.blamed],
                "annualised": value.annualised,
                "zone": zone_of(value),
                "points": None if stands is None else f"{rounded(stands.points, 2)}",
            })  # fmt: skip
            lines.append(f"  {_(RATIO_NAMES[code])}\t{plainly if plainly is not None else _(REASONS[value.reason])}")
        told.append({**_about(row), "ratios": values})
    _tell(options, {"customer": whose, "as_of": day.isoformat(), "periods": told}, lines)
    return 0


def _template(options: Namespace) -> int:
    from huikuan.mechanisms.files.exports import write_csv, write_xlsx
    from huikuan.record.financials.domain.sheet import template_rows

    path = Path(options.file)
    if path.exists():
        raise Refusal("financials_template_exists", file=path.name)
    rows = list(template_rows(FORMATS[options.format], {}))
    head = [str(cell) for cell in rows[0]]
    write = write_csv if path.suffix == ".csv" else write_xlsx
    write(path, head, rows[1:])
    _tell(options, {"file": path.name, "format": options.format}, [_("Written: %(file)s") % {"file": path.name}])
    return 0


def _references(options: Namespace) -> int:
    from huikuan.record.financials.operations.files import read_references
    from huikuan.record.financials.operations.references import record_references

    path, at = _existing(options.file), datetime.now(UTC)
    actor = commander(options, Permission.MANAGE_CUSTOMERS, at=at)
    done = record_references(references=read_references(path, path.name), actor=actor, at=at)
    said = _("%(written)s recorded, %(known)s known already.") % {"written": done.written, "known": done.known}
    _tell(options, {"written": done.written, "known": done.known}, [said])
    return 0


def _asked(options: Namespace) -> tuple[str, list[StatementRow], date]:
    scope = _scope(options)
    whose = customers.customer(options.customer, scope=scope)
    day = parse_date(options.as_of) if options.as_of else business_date(datetime.now(UTC))
    return whose.code, statements_of(whose.id, scope=scope, as_of=day), day


def _scope(options: Namespace) -> Scope:
    return reader_scope(options, Permission.VIEW_CUSTOMERS, at=datetime.now(UTC))


def _existing(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise Refusal("financials_file_missing", file=text)
    return path


def _about(row: StatementRow) -> dict[str, Any]:
    stated = row.statement
    return {
        "ends_on": row.period.ends_on.isoformat(),
        "months": row.period.months,
        "version": row.version,
        "currency": stated.currency,
        "audited": stated.audited,
        "source": stated.source,
        "received_on": stated.received_on.isoformat(),
    }


def _stated(row: StatementRow, rows: list[StatementRow]) -> dict[str, Any]:
    stated = row.statement

    def told(amounts: Any) -> dict[str, str]:
        return {code: to_text(amount, stated.currency) for code, amount in amounts.items()}

    return {
        **_about(row),
        "format": stated.format,
        "unit": stated.unit,
        "note": stated.note,
        "kept_reason": stated.kept_reason,
        "amounts": told(stated.amounts),
        "opening": told(stated.opening),
        "checks": [
            {
                "level": one.level,
                "rule": one.rule,
                "line": one.line,
                "column": one.column,
                "stated": to_text(one.stated, stated.currency),
                "expected": to_text(one.expected, stated.currency),
                "difference": to_text(one.difference, stated.currency),
                "missing": list(one.missing),
            }
            for one in checked(row, rows)
        ],
    }


def _tell(options: Namespace, body: Any, lines: list[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
