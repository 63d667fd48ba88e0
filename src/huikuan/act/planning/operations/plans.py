"""The plan of a month: drafted from what is due, edited by whoever sees to it, agreed by another, explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.act.planning.domain.drafting import (
    AGREED,
    DRAFTED,
    EDITED,
    METHODS,
    SLIPS,
    Expected,
    Key,
    expected,
    with_cash,
)
from huikuan.act.planning.models import PlanLine, PlanVersion
from huikuan.act.planning.queries.actual import by_key, claims_moved
from huikuan.act.planning.queries.owing import owing
from huikuan.act.planning.queries.plans import keys_of
from huikuan.kernel.dates import business_date, month_end
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_zone, require, require_whole, scope
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import belongings, seen
from huikuan.record.customers.queries.merging import merged

#: Who edits, and who agrees.
WRITES, AGREES = Permission.COLLECT, Permission.APPROVE_REQUESTS
_LONGEST = {"owner": 150, "strategy": 200, "note": 500}
_SAID = ("planned_on", "amount", "method", "owner", "strategy", "state", "slip", "slip_note", "note")
_EDITED = ("planned_on", "amount", "method", "owner", "strategy", "note", "state")


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many lines were made, changed, and left as somebody had edited or agreed them."""

    made: int
    changed: int
    kept: int


def draft_plan(*, company_id: int, month: date, actor: str, at: datetime) -> Drafted:
    """Draft the month that begins on `month` from what is open now and, where it goes on, what came in it. Drafted
    again only what the product drafted itself follows; what people edited or agreed stays. Refuses a month that is
    over, and who reaches only some of the company's customers."""
    require_whole(actor, WRITES, company_id=company_id, at=at)
    today = business_date(at, company_zone(company_id))
    if month.day != 1 or month_end(month) < today:
        raise Refusal("plan_month_bad", month=month.isoformat()[:7])

    def work() -> Drafted:
        wanted = expected(owing(company_id, today), month, today)
        came = _came(company_id, month, today)
        lines = PlanLine.objects.filter(company_id=company_id, month=month)
        known = {key: line_id for line_id, key in keys_of(lines, merged()).items()}
        owners = belongings([key[0] for key in wanted], today)
        new = {key: with_cash(one, came.get(key, 0)) for key, one in wanted.items() if key not in known}
        _make(company_id, month, new, owners, today, actor=actor, at=at)
        changed, kept = _follow(known, wanted, came, actor=actor, at=at)
        return Drafted(len(new), changed, kept)

    return retrying(work)


def edit_line(*, line_id: int, seen_version: int, changes: Mapping[str, Any], actor: str, at: datetime) -> None:
    """Say otherwise what a line was read to say (`changes`: planned_on, amount, method, owner, strategy, note). What
    was agreed has to be agreed anew. Refuses a day outside the month, and when somebody changed it since."""

    def work() -> None:
        line, last = _held(line_id, seen_version, WRITES, actor, at)
        said = {**changes, **{name: tidy(changes[name])[:most] for name, most in _LONGEST.items() if name in changes}}
        after = {name: said.get(name, getattr(last, name)) for name in _SAID}
        if after["method"] not in METHODS:
            raise Refusal("plan_method_unknown", value=after["method"], known=", ".join(METHODS))
        if after["amount"] < 0:
            raise Refusal("plan_amount_bad")
        if not line.month <= after["planned_on"] <= month_end(line.month):
            raise Refusal("plan_day_outside", day=after["planned_on"], month=line.month.isoformat()[:7])
        _write(line, last, {**after, "state": EDITED}, actor=actor, at=at)

    retrying(work)


def agree_lines(*, versions: Mapping[int, int], actor: str, at: datetime) -> int:
    """Agree lines (id → version that was read), all or none; answers how many were not agreed already. Nobody agrees
    what they edited themselves, whoever wrote of it since."""

    def work() -> int:
        count = 0
        for line_id, version in sorted(versions.items()):
            line, last = _held(line_id, version, AGREES, actor, at)
            if last.state == AGREED:
                continue
            if last.state == EDITED and person(actor) == _editor(line_id):
                raise Refusal("plan_agree_own", line=line_id)
            _write(line, last, {"state": AGREED}, actor=actor, at=at)
            count += 1
        return count

    return retrying(work)


def explain_line(*, line_id: int, slip: str, words: str, actor: str, at: datetime) -> None:
    """Why it did not come as planned, in a code and in words; what was agreed stays agreed."""
    if slip not in SLIPS:
        raise Refusal("plan_slip_unknown", value=slip, known=", ".join(SLIPS))
    note = tidy(words)[:500]
    if not note:
        raise Refusal("plan_words_missing")

    def work() -> None:
        line, last = _held(line_id, None, WRITES, actor, at)
        _write(line, last, {"slip": slip, "slip_note": note}, actor=actor, at=at)

    retrying(work)


def _came(company_id: int, month: date, today: date) -> dict[Key, int]:
    """What came in the month by today; of a month ahead nothing."""
    if month > today:
        return {}
    return {key: actual.cash for key, actual in by_key(claims_moved(company_id, month, today)).items()}


def _make(
    company_id: int, month: date, new: Mapping[Key, Expected], owners: Mapping[int, Mapping[str, str]], today: date,
    *, actor: str, at: datetime,
) -> None:  # fmt: skip
    rows = [
        {"company_id": company_id, "month": month, "customer_id": key[0], "contract_number": key[1],
         "currency": key[2], "actor": actor}
        for key in new
    ]  # fmt: skip
    try:
        with transaction.atomic():
            ids = record(PlanLine, rows, at=at) if rows else []
    except IntegrityError as error:
        raise Refusal("plan_drafted_meanwhile") from error
    versions = [
        {"line_id": line_id, "company_id": company_id, "customer_id": key[0], "version": 1, "effective_on": today,
         "planned_on": one.by, "amount": one.amount, "method": METHODS[0], "state": DRAFTED, "slip": "",
         "slip_note": "", "note": "", "strategy": "", "owner": owners.get(key[0], {}).get("owner", ""),
         "actor": actor}
        for line_id, (key, one) in zip(ids, new.items(), strict=True)
    ]  # fmt: skip
    if versions:
        record(PlanVersion, versions, at=at)


def _follow(
    known: Mapping[Key, int], wanted: Mapping[Key, Expected], came: Mapping[Key, int], *, actor: str, at: datetime
) -> tuple[int, int]:
    """Bring what was drafted before up to date: (lines changed, lines left to people)."""
    changed = kept = 0
    for key, line_id in known.items():
        line, last = PlanLine.objects.get(pk=line_id), _last(line_id)
        now = with_cash(wanted.get(key, Expected(0, last.planned_on)), came.get(key, 0))
        if last.state != DRAFTED:
            kept += 1
        elif (last.amount, last.planned_on) != (now.amount, now.by):
            _write(line, last, {"amount": now.amount, "planned_on": now.by}, actor=actor, at=at)
            changed += 1
    return changed, kept


def _last(line_id: int) -> PlanVersion:
    return PlanVersion.objects.filter(line_id=line_id).order_by("-version")[0]


def _editor(line_id: int) -> str:
    """Who changed last what the line says; to explain it changes nothing of that."""
    editor, before = "", None
    for one in PlanVersion.objects.filter(line_id=line_id).order_by("version"):
        if one.state == EDITED and any(getattr(one, name) != getattr(before, name, None) for name in _EDITED):
            editor = one.actor
        before = one
    return person(editor)


def _held(
    line_id: int, seen_version: int | None, permission: Permission, actor: str, at: datetime
) -> tuple[PlanLine, PlanVersion]:
    """The line and its last version. Refuses who may not write it, and another version than was read."""
    line = PlanLine.objects.filter(pk=line_id).first()
    if line is None or not seen(scope(actor, permission, at=at)).has(line.company_id, line.customer_id):
        raise Refusal("plan_line_unknown", line=line_id)
    # Whoever operates the machine reaches every line, and agrees none.
    require(actor, permission, company_id=line.company_id, at=at)
    last = _last(line_id)
    if seen_version is not None and last.version != seen_version:
        raise Refusal("plan_changed_since", line=line_id)
    return line, last


def _write(line: PlanLine, last: PlanVersion, said: Mapping[str, Any], *, actor: str, at: datetime) -> None:
    row = {
        "line_id": line.pk,
        "company_id": line.company_id,
        "customer_id": line.customer_id,
        "version": last.version + 1,
        "effective_on": max(business_date(at, company_zone(line.company_id)), last.effective_on),
        **{name: getattr(last, name) for name in _SAID},
        **said,
        "actor": actor,
    }
    try:
        with transaction.atomic():
            record(PlanVersion, [row], at=at)
    except IntegrityError as error:
        raise Refusal("plan_changed_since", line=line.pk) from error
