"""Statements as they are typed, or stand in a file: texts by field ↔ a statement.

Fields: `ends_on`, `months` … as in Statement; `closing-cash` a closing balance or flow, `opening-cash` an opening
balance, in the paper's unit; `nil-balance` not empty: blank lines of that sheet mean nil.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from huikuan.kernel.amounts import SCALE_DIGITS, Style, read_amount
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import minor_digits
from huikuan.kernel.text import plain, tidy
from huikuan.record.financials.domain.checks import CLOSING, OPENING
from huikuan.record.financials.domain.formats import FORMATS, format_named
from huikuan.record.financials.domain.lines import BALANCE, SHEETS, Format
from huikuan.record.financials.domain.period import YEAR, Period
from huikuan.record.financials.domain.statements import UNITS, Statement, check_statement, with_nil

#: What stands for nothing in an amount's cell.
_BLANKS = {"", "-", "--", "—", "——", "–", "−", "/"}
_YES = {"1", "on", "yes", "true", "是", "已审计"}
HEADINGS = (
    "format", "ends_on", "months", "currency", "unit", "audited", "source", "received_on", "note", "kept_reason",
)  # fmt: skip
Value = TypeVar("Value")


@dataclass(slots=True)
class Read:
    """`statement` None: something has to be mended first. `problems`: by field, '' the whole."""

    statement: Statement | None = None
    problems: dict[str, Refusal] = field(default_factory=dict)


def typed_of(statement: Statement) -> dict[str, str]:
    """Every field as it would have to be typed for this statement."""
    typed = {
        name: getattr(statement, name) for name in ("format", "currency", "unit", "source", "note", "kept_reason")
    }
    typed |= {
        "ends_on": statement.period.ends_on.isoformat(),
        "months": str(statement.period.months),
        "received_on": statement.received_on.isoformat(),
        "audited": "yes" if statement.audited else "",
    }
    for column, amounts in ((CLOSING, statement.amounts), (OPENING, statement.opening)):
        typed |= {f"{column}-{code}": in_unit(minor, statement) for code, minor in amounts.items()}
    return typed


def in_unit(minor: int, statement: Statement) -> str:
    """Minor units as a decimal of the paper's unit, without noughts at its end: 123450000 in wan → 123.45."""
    exact = Decimal(minor).scaleb(-minor_digits(statement.currency)) / UNITS[statement.unit]
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_statement(typed: Mapping[str, str]) -> Read:
    """The statement the fields say, or everything that is wrong with them."""
    read = Read()
    form = _parsed(read, "format", typed, format_named) or next(iter(FORMATS.values()))
    ends_on = _parsed(read, "ends_on", typed, parse_date, needed=True)
    months = _parsed(read, "months", typed, _months) or YEAR
    received_on = _parsed(read, "received_on", typed, parse_date, needed=True)
    unit, currency = typed.get("unit", "") or "yuan", plain(typed.get("currency", "")).upper() or "CNY"
    columns = {
        column: _amounts(read, typed, column, form, currency, UNITS.get(unit, 1)) for column in (CLOSING, OPENING)
    }
    if read.problems or ends_on is None or received_on is None:
        return read
    statement = Statement(
        period=Period(ends_on, months),
        format=form.name,
        received_on=received_on,
        currency=currency,
        unit=unit,
        audited=typed.get("audited", "").lower() in _YES,
        source=typed.get("source", "") or "customer",
        note=tidy(typed.get("note", "")),
        kept_reason=tidy(typed.get("kept_reason", "")),
        amounts=columns[CLOSING],
        opening=columns[OPENING],
    )
    try:
        check_statement(statement)
    except Refusal as refusal:
        read.problems[_FIELDS.get(refusal.code, str(refusal.params.get("field", "")))] = refusal
        return read
    read.statement = statement
    return read


def statement_stated(typed: Mapping[str, str]) -> Statement:
    """The same, refused as a whole with the first thing that is wrong."""
    read = read_statement(typed)
    if read.statement is None:
        raise next(iter(read.problems.values()))
    return read.statement


#: Which field a refusal of the whole belongs to.
_FIELDS = {
    "financials_end_bad": "ends_on",
    "financials_months_bad": "months",
    "financials_received_early": "received_on",
    "currency_bad": "currency",
    "financials_unit_unknown": "unit",
    "financials_source_unknown": "source",
}


def _amounts(
    read: Read, typed: Mapping[str, str], column: str, form: Format, currency: str, unit: int
) -> dict[str, int]:
    """The column's amounts in minor units; blank lines as nil where the sheet says so."""
    lines = form.lines if column == CLOSING else form.of_sheet(BALANCE)
    found: dict[str, int] = {}
    for line in lines:
        text = typed.get(name := f"{column}-{line.code}", "").strip()
        if text in _BLANKS:
            continue
        said = read_amount(text, minor_digits(currency), Style(unit=unit))
        if isinstance(said, str):
            read.problems[name] = Refusal(said, value=text, currency=currency)
        else:
            found[line.code] = said // 10 ** (SCALE_DIGITS - minor_digits(currency))
    for sheet in SHEETS:
        if typed.get(f"nil-{sheet}") and (column == CLOSING or sheet == BALANCE):
            found = with_nil(form, found, sheet)
    return found


def _parsed(
    read: Read, name: str, typed: Mapping[str, str], parse: Callable[[str], Value], *, needed: bool = False
) -> Value | None:
    text = typed.get(name, "").strip()
    if not text:
        if needed:
            read.problems[name] = Refusal("financials_field_missing", field=name)
        return None
    try:
        return parse(text)
    except Refusal as refusal:
        read.problems[name] = refusal
        return None


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= YEAR):
        raise Refusal("financials_months_bad", value=text)
    return int(text)
