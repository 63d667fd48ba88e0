"""Statements: recorded, corrected, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, store_kept
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.operations.people import held
from huikuan.record.financials.domain.checks import ERROR, Finding, findings
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.statements import Statement, check_statement, content_of
from huikuan.record.financials.messages import COLUMNS, RULES
from huikuan.record.financials.models import StatementVersion
from huikuan.record.financials.queries.statements import preceding

#: What of a version repeats the one before when it is taken back.
_STATED = ("format", "currency", "unit", "audited", "source", "received_on", "kept_reason", "content", "sha256",
           "file_name")  # fmt: skip


def record_statement(
    *,
    customer_id: int,
    statement: Statement,
    actor: str,
    at: datetime,
    seen: int | None = None,
    original: Kept | None = None,
    file_name: str = "",
) -> int:
    """Record statements, or the correction of those of the same period; answers the version.

    `seen`: the version the writer read (0: there was none; None: nobody looked). `original`: the file they come from,
    kept before. Said again exactly they change nothing. Refuses what `check_statement` refuses, what is yet to
    be received, errors in their figures without a `kept_reason`, and when somebody else recorded a version since.
    """
    stated = replace(statement, note=tidy(statement.note), kept_reason=tidy(statement.kept_reason))
    check_statement(stated)
    today = business_date(at)
    if stated.received_on > today:
        raise Refusal("financials_received_late", value=stated.received_on, today=today)

    def work() -> int:
        code = held(customer_id)
        latest = _latest(customer_id, stated.period)
        if seen is not None and seen != (latest.version if latest else 0):
            raise Refusal("financials_changed_since", customer=code, seen=seen, now=latest.version if latest else 0)
        kept = _decided(customer_id, stated)
        row = _row(kept)
        if original is not None:
            row |= {"sha256": original.sha256, "file_name": store_kept(original, file_name, actor=actor, at=at).name}
        elif latest is not None:
            row |= {"sha256": latest.sha256, "file_name": latest.file_name}
        if latest is not None and not latest.withdrawn and all(getattr(latest, name) == row[name] for name in row):
            return latest.version
        version = latest.version + 1 if latest else 1
        _record(customer_id, kept.period, version, {**row, "withdrawn": False}, actor, at)
        return version

    return retrying(work)


def withdraw_statement(
    *, customer_id: int, period: Period, version: int, reason: str, actor: str, at: datetime
) -> int:
    """The statements of the period do not count any more; they stay readable. Answers the version that says so.

    Refuses without a reason, what is not there, and when somebody recorded a version since `version`.
    """
    if not tidy(reason):
        raise Refusal("financials_reason_missing")

    def work() -> int:
        code = held(customer_id)
        latest = _latest(customer_id, period)
        if latest is None or latest.withdrawn:
            raise Refusal("financials_unknown", period=period.key)
        if latest.version != version:
            raise Refusal("financials_changed_since", customer=code, seen=version, now=latest.version)
        row = {name: getattr(latest, name) for name in _STATED}
        row |= {"note": tidy(reason)[:200], "withdrawn": True}
        _record(customer_id, period, version + 1, row, actor, at)
        return version + 1

    return retrying(work)


def _decided(customer_id: int, stated: Statement) -> Statement:
    """What is recorded: figures with errors with the reason they are kept for, others without one."""
    before = preceding(customer_id, stated.period)
    errors = [one for one in findings(stated, before) if one.level == ERROR]
    if errors and not stated.kept_reason:
        raise Refusal("financials_inconsistent", where=places(stated, errors), count=len(errors))
    return stated if errors else replace(stated, kept_reason="")


def places(statement: Statement, found: Iterable[Finding]) -> list[Place]:
    """Where the figures do not agree and by how much, in words."""
    return [
        Place(
            column=f"{gettext(COLUMNS[one.column])} {statement.form.by_code[one.line].zh}",
            value=to_text(one.stated, statement.currency),
            reason=gettext(RULES[one.rule]),
            fix=gettext("expected %(expected)s, difference %(difference)s")
            % {
                "expected": to_text(one.expected, statement.currency),
                "difference": to_text(one.difference, statement.currency),
            },
        )
        for one in found
    ]


def _latest(customer_id: int, period: Period) -> StatementVersion | None:
    found = StatementVersion.objects.filter(
        customer_id=customer_id, ends_on=period.ends_on, months=period.months
    ).order_by("-version")
    return found.first()


def _row(stated: Statement) -> dict[str, Any]:
    names = ("format", "currency", "unit", "audited", "source", "received_on", "note", "kept_reason")
    return {**{name: getattr(stated, name) for name in names}, "content": content_of(stated), "sha256": "",
            "file_name": ""}  # fmt: skip


def _record(customer_id: int, period: Period, version: int, row: dict[str, Any], actor: str, at: datetime) -> None:
    about = {"customer_id": customer_id, "ends_on": period.ends_on, "months": period.months, "version": version}
    (fact_id,) = record(StatementVersion, [{**row, **about, "actor": actor}], at=at)
    payload = {"statement_id": fact_id, "ends_on": period.ends_on.isoformat(), "months": period.months}
    announce(
        "financials.withdrawn" if row["withdrawn"] else "financials.recorded",
        at=at,
        customer_id=customer_id,
        payload={**payload, "version": version},
    )
