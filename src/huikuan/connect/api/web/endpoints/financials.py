"""Customers' financial statements: list, one with its checks and ratios, record, take back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Instant,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import customer_codes, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID, instant
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.financials.domain.checks import ERROR, WARNING, Finding
from huikuan.record.financials.domain.formats import FORMATS
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import RatioValue, ratios_of, zone_of
from huikuan.record.financials.domain.statements import SOURCES, UNITS, Statement
from huikuan.record.financials.operations.statements import record_statement, withdraw_statement
from huikuan.record.financials.queries.statements import (
    StatementRow,
    before,
    checked,
    statement_rows,
    statement_version,
    statements_of,
    versions_of,
)

_VIEW, _MANAGE = Permission.VIEW_CUSTOMERS, Permission.MANAGE_CUSTOMERS
_FORMAT, _UNIT, _SOURCE = Choice(tuple(FORMATS)), Choice(tuple(UNITS)), Choice(SOURCES)
_MONTHS, _TEXT, _LINE, _CELL = Whole(1, 12), Text(200), Text(60, 1), Maybe(Amount())
#: More than any format has.
_MOST_LINES = 200

_ROW: dict[str, Kind] = {
    "id": ID, "customer": CODE, "ends_on": Day(), "months": _MONTHS, "version": Whole(), "format": _FORMAT,
    "currency": CURRENCY, "unit": _UNIT, "audited": Flag(), "source": _SOURCE, "received_on": Day(), "note": _TEXT,
    "kept_reason": _TEXT, "file_name": Text(255), "withdrawn": Flag(), "actor": Text(150), "recorded_at": Instant(),
}  # fmt: skip
_CHECK = answered(
    level=Choice((ERROR, WARNING)), rule=Text(20), line=_LINE, column=Text(10), stated=Amount(), expected=Amount(),
    difference=Amount(), missing=Listed(_LINE, _MOST_LINES),
)  # fmt: skip
_RATIO = answered(
    ratio=_LINE, value=Maybe(Text(40)), reason=Text(20), missing=Listed(_LINE, _MOST_LINES), annualised=Flag(),
    zone=Text(10),
)  # fmt: skip
_WHOLE = answered(
    **_ROW,
    lines=Listed(answered(line=_LINE, closing=_CELL, opening=_CELL), _MOST_LINES),
    checks=Listed(_CHECK, 1_000),
    ratios=Listed(_RATIO, 100),
)


def list_financials(call: Call) -> Reply:
    """Versions, the one recorded last first."""
    scope = call.caller.scope(_VIEW)
    rows = statement_rows(
        scope=scope,
        customer_id=customer_id(call.query["customer"], scope),
        before=int(call.after) if call.after else None,
        limit=call.limit + 1,
    )
    told, more = rows[: call.limit], len(rows) > call.limit
    codes = customer_codes(row.customer_id for row in told)
    return Reply({"data": [_row(row, codes) for row in told]}, next=[told[-1].id] if more else None)


def show_financials(call: Call) -> Reply:
    """One version with its lines, what does not agree, and the ratios."""
    return _told(call, call.path["id"], _VIEW)


def create_financials(call: Call) -> Reply:
    """Record the statements of a period, or their correction."""
    scope, said = call.caller.scope(_MANAGE), call.body
    whose = customer_id(said["customer"], scope)
    if whose is None:
        raise Refusal("customer_code_unknown", customer=said["customer"])
    statement = _stated(said)
    version = record_statement(
        customer_id=whose, statement=statement, seen=said["seen"], actor=call.caller.actor, at=call.at
    )
    return _told(call, _recorded(scope, whose, statement.period, version), _MANAGE)


def withdraw_financials(call: Call) -> Reply:
    """Take the statements of a period back; answers the version that says so."""
    scope = call.caller.scope(_MANAGE)
    row = found(lambda: statement_version(call.path["id"], scope=scope))
    version = withdraw_statement(
        customer_id=row.customer_id,
        period=row.period,
        version=row.version,
        reason=call.body["reason"],
        actor=call.caller.actor,
        at=call.at,
    )
    return _told(call, _recorded(scope, row.customer_id, row.period, version), _MANAGE)


def _recorded(scope: Scope, whose: int, period: Period, version: int) -> int:
    """The id of this version of a period."""
    rows = versions_of(whose, scope=scope)
    return next(row.id for row in rows if (row.period, row.version) == (period, version))


def _stated(said: Mapping[str, Any]) -> Statement:
    names = ("format", "received_on", "currency", "unit", "audited", "source", "note", "kept_reason")
    return Statement(
        period=Period(said["ends_on"], said["months"]),
        **{name: said[name] for name in names},
        amounts=_amounts(said, "closing"),
        opening=_amounts(said, "opening"),
    )


def _amounts(said: Mapping[str, Any], column: str) -> dict[str, int]:
    amounts: dict[str, int] = {}
    for line in said["lines"]:
        if line[column] is not None:
            if line["line"] in amounts:
                raise Refusal("financials_line_repeated", line=line["line"])
            amounts[line["line"]] = to_minor(line[column], said["currency"])
    return amounts


def _told(call: Call, version_id: int, permission: Permission) -> Reply:
    scope = call.caller.scope(permission)
    row = found(lambda: statement_version(version_id, scope=scope))
    others = statements_of(row.customer_id, scope=scope, as_of=business_date(call.at))
    currency = row.statement.currency
    body = {
        **_row(row, customer_codes([row.customer_id])),
        "lines": _lines(row.statement),
        "checks": [_check(one, currency) for one in checked(row, others)],
        "ratios": [_ratio(one) for one in ratios_of(row.statement, before(row, others)).values()],
    }
    return Reply(body)


def _row(row: StatementRow, codes: Mapping[int, str]) -> dict[str, Any]:
    stated = row.statement
    names = ("format", "currency", "unit", "audited", "source", "note", "kept_reason")
    return {
        "id": row.id,
        "customer": codes[row.customer_id],
        "ends_on": row.period.ends_on.isoformat(),
        "months": row.period.months,
        "version": row.version,
        **{name: getattr(stated, name) for name in names},
        "received_on": stated.received_on.isoformat(),
        "file_name": row.file_name,
        "withdrawn": row.withdrawn,
        "actor": row.actor,
        "recorded_at": instant(row.recorded_at),
    }


def _lines(stated: Statement) -> list[dict[str, Any]]:
    """The lines that were stated, in the format's order."""

    def told(amounts: Mapping[str, int], code: str) -> str | None:
        return to_text(amounts[code], stated.currency) if code in amounts else None

    return [
        {"line": code, "closing": told(stated.amounts, code), "opening": told(stated.opening, code)}
        for code in _either(stated.form.by_code, stated)
    ]


def _either(codes: Iterable[str], stated: Statement) -> list[str]:
    return [code for code in codes if code in stated.amounts or code in stated.opening]


def _check(one: Finding, currency: str) -> dict[str, Any]:
    amounts = {name: to_text(getattr(one, name), currency) for name in ("stated", "expected", "difference")}
    said = {name: getattr(one, name) for name in ("level", "rule", "line", "column")}
    return {**said, **amounts, "missing": list(one.missing)}


def _ratio(one: RatioValue) -> dict[str, Any]:
    return {
        "ratio": one.ratio,
        "value": None if one.value is None else f"{one.value:f}",
        "reason": one.reason,
        "missing": [line for line, _column in one.blamed],
        "annualised": one.annualised,
        "zone": zone_of(one),
    }


ENDPOINTS = (
    Endpoint(
        "listFinancials", "GET", "/financials", gettext_noop("Customers' financial statements, the latest first"),
        _VIEW, list_financials, answered(**_ROW), paged=True,
        query=Record({"customer": Part(Text(40), gettext_noop("a customer's code"), otherwise="")}),
    ),
    Endpoint(
        "showFinancials", "GET", "/financials/{id}",
        gettext_noop("Statements of one period with lines, checks and ratios"), _VIEW, show_financials, _WHOLE,
        params={"id": ID},
    ),
    Endpoint(
        "createFinancials", "POST", "/financials", gettext_noop("Record the statements of a period, or correct them"),
        _MANAGE, create_financials, _WHOLE, status=201,
        body=Record({
            "customer": Part(CODE, required=True),
            "ends_on": Part(Day(), gettext_noop("a month's last day"), required=True),
            "months": Part(_MONTHS, gettext_noop("how many months its flows cover"), otherwise=12),
            "format": Part(_FORMAT, required=True),
            "currency": Part(CURRENCY, otherwise="CNY"),
            "unit": Part(_UNIT, gettext_noop("how the paper states amounts; here they are in whole units"),
                         otherwise="yuan"),
            "audited": Part(Flag(), otherwise=False),
            "source": Part(_SOURCE, otherwise="customer"),
            "received_on": Part(Day(), required=True),
            "note": Part(_TEXT, otherwise=""),
            "kept_reason": Part(_TEXT, gettext_noop("why figures that do not agree are recorded"), otherwise=""),
            "seen": Part(Whole(0), gettext_noop("the version this corrects, 0 for none; left out: whichever stands")),
            "lines": Part(Listed(Record({
                "line": Part(_LINE, required=True), "closing": Part(Amount()), "opening": Part(Amount()),
            }), _MOST_LINES, 1), required=True),
        }),
    ),
    Endpoint(
        "withdrawFinancials", "POST", "/financials/{id}/withdrawal",
        gettext_noop("Take the statements of a period back"), _MANAGE, withdraw_financials, _WHOLE,
        params={"id": ID}, body=Record({"reason": Part(Text(200, 1), required=True)}),
    ),
)  # fmt: skip
