"""Commands of visits: `huikuan calls add|list`, `huikuan visits plan|list|show|check-in|photo|finish`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.visits.domain.calls import RESULTS
from huikuan.act.visits.domain.visits import LARGEST_PHOTO, OUTCOMES, PURPOSES, SATISFACTION, SIGHTS, Ended
from huikuan.act.visits.messages import OUTCOMES as OUTCOME_NAMES
from huikuan.act.visits.messages import PURPOSES as PURPOSE_NAMES
from huikuan.act.visits.messages import RESULTS as RESULT_NAMES
from huikuan.act.visits.messages import STATES as STATE_NAMES
from huikuan.act.visits.operations import add_photo, check_in, finish_visit, plan_visit, record_call
from huikuan.act.visits.queries.calls import CallFilter, CallRow, calls_page
from huikuan.act.visits.queries.visits import STATES, VisitFilter, VisitRow, every_visit, visit
from huikuan.act.visits.telling import call_json, visit_json
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import companies, company_record
from huikuan.record.customers.queries import CustomerRow, customer, customers_by_id, seen
from huikuan.record.customers.queries.people import contact_of

_READS, _WRITES = Permission.VIEW_LEDGER, Permission.COLLECT
_MEASURE = 1_000_000


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    _add_calls(subparsers.add_parser("calls", help=_("calls with customers, and what came of them")))
    _add_visits(subparsers.add_parser("visits", help=_("visits to customers, and what came of them")))


def _add_calls(parser: Any) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    add = add_command(actions, "add", _call, _("write a call down that was made just now"))
    _about(add)
    add.add_argument("result", choices=RESULTS)
    add.add_argument("--person", type=int, metavar="NUMBER", help=_("the contact's number at the customer"))
    add.add_argument("--again-on", default="", metavar="DATE")
    add.add_argument("--note", default="")
    add.add_argument("--incoming", action="store_true", help=_("they called, or had asked to be called"))
    listing = add_command(actions, "list", _calls, _("calls, the last written down first"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--result", default="", choices=["", *RESULTS])
    for name in ("since", "until"):
        listing.add_argument(f"--{name}", default="", metavar="DATE")
    listing.add_argument("--limit", type=int, default=100)


def _add_visits(parser: Any) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    plan = add_command(actions, "plan", _plan, _("plan that somebody goes there"))
    _about(plan)
    plan.add_argument("--on", default="", metavar="DATE", help=_("today if left out"))
    plan.add_argument("--visitor", default="", metavar="USER", help=_("who goes; whoever is named with --actor"))
    plan.add_argument("--purpose", choices=PURPOSES, default=PURPOSES[0])
    plan.add_argument("--follows", type=int, metavar="VISIT", help=_("the visit it returns to"))
    plan.add_argument("--note", default="")
    listing = add_command(actions, "list", _visits, _("visits by their day"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--state", default="", choices=["", *STATES])
    listing.add_argument("--visitor", default="", metavar="USER")
    add_command(actions, "show", _show, _("one visit: where it stands and what came of it")).add_argument(
        "visit", type=int
    )
    there = add_command(actions, "check-in", _check_in, _("somebody stands there now"))
    there.add_argument("--place", default="", help=_("where, in words; or coordinates"))
    for name in ("latitude", "longitude"):
        there.add_argument(f"--{name}", default="", metavar="DEGREES")
    photo = add_command(actions, "photo", _photo, _("keep photographs of a visit"))
    finish = add_command(actions, "finish", _finish, _("what came of it, said once"))
    for one in (there, photo, finish):
        one.add_argument("visit", type=int)
    photo.add_argument("files", nargs="+", type=Path)
    finish.add_argument("outcome", choices=OUTCOMES)
    finish.add_argument(
        "--sight", action="append", default=[], choices=SIGHTS, help=_("what one saw; may be repeated")
    )
    finish.add_argument("--person", action="append", default=[], type=int, metavar="NUMBER")
    finish.add_argument("--others", default="", help=_("whom else, by name"))
    finish.add_argument("--satisfaction", type=int, choices=SATISFACTION)
    finish.add_argument("--follow-up", default="", metavar="DATE")
    finish.add_argument("--note", default="")


def _about(parser: Any) -> None:
    parser.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    parser.add_argument("--company", default="MAIN", metavar="CODE")


def _call(options: Namespace) -> int:
    at = _now()
    company, whose, actor = _whose(options, at)
    person = None if options.person is None else contact_of(whose.id, options.person, clear=False).id
    number = record_call(
        customer_id=whose.id,
        company_id=company.pk,
        person_id=person,
        result=options.result,
        note=options.note,
        again_on=parse_date(options.again_on) if options.again_on else None,
        incoming=options.incoming,
        actor=actor,
        at=at,
    )
    scope = reader_scope(options, _WRITES, at=at)
    [row] = calls_page(CallFilter(customer_id=whose.id), scope=scope, before=number + 1, limit=1)
    return _tell(options, _told_calls([row])[0], [_call_line(row, whose.name)])


def _calls(options: Namespace) -> int:
    scope = reader_scope(options, _WRITES, at=_now())
    chosen = CallFilter(
        customer_id=customer(options.customer, scope=scope).id if options.customer else None,
        result=options.result,
        since=parse_date(options.since) if options.since else None,
        until=parse_date(options.until) if options.until else None,
    )
    rows = calls_page(chosen, scope=scope, limit=max(options.limit, 1))
    names = customers_by_id({row.customer_id for row in rows})
    return _tell(options, {"calls": _told_calls(rows)}, [_call_line(row, names[row.customer_id].name) for row in rows])


def _plan(options: Namespace) -> int:
    at = _now()
    company, whose, actor = _whose(options, at)
    number = plan_visit(
        customer_id=whose.id,
        company_id=company.pk,
        planned_on=parse_date(options.on) if options.on else business_date(at, company.time_zone),
        visitor=options.visitor or options.actor or "",
        purpose=options.purpose,
        note=options.note,
        follows=options.follows,
        actor=actor,
        at=at,
    )
    return _tell_visit(options, number)


def _visits(options: Namespace) -> int:
    scope = reader_scope(options, _READS, at=_now())
    whose = customer(options.customer, scope=scope).id if options.customer else None
    chosen = VisitFilter(customer_id=whose, state=options.state or None, visitor=options.visitor or None)
    rows = every_visit(chosen, scope=scope)
    return _tell(options, {"visits": _told_visits(options, rows)}, [_visit_line(row) for row in rows])


def _show(options: Namespace) -> int:
    return _tell_visit(options, options.visit)


def _check_in(options: Namespace) -> int:
    by = _mine(options)
    latitude, longitude = _e6(options.latitude), _e6(options.longitude)
    check_in(place=options.place, latitude_e6=latitude, longitude_e6=longitude, **by)
    return _tell_visit(options, options.visit)


def _photo(options: Namespace) -> int:
    by = _mine(options)
    for path in options.files:
        add_photo(content=_picture(path), name=path.name, **by)
    return _tell_visit(options, options.visit)


def _finish(options: Namespace) -> int:
    by = _mine(options)
    whose = visit(options.visit, scope=reader_scope(options, _WRITES, at=by["at"])).customer_id
    ended = Ended(
        outcome=options.outcome,
        note=options.note,
        sights=tuple(dict.fromkeys(options.sight)),
        people=tuple(contact_of(whose, number, clear=False).id for number in dict.fromkeys(options.person)),
        others=options.others,
        satisfaction=options.satisfaction,
        follow_up_on=parse_date(options.follow_up) if options.follow_up else None,
    )
    finish_visit(ended=ended, **by)
    return _tell_visit(options, options.visit)


def _whose(options: Namespace, at: datetime) -> tuple[Company, CustomerRow, str]:
    """The company and the customer named, and who acts; a customer out of reach is not there."""
    company, scope = company_record(options.company), reader_scope(options, _WRITES, at=at)
    whose = customer(options.customer, scope=scope)
    if not seen(scope).has(company.pk, whose.id):
        raise Refusal("customer_unknown", customer=options.customer)
    return company, whose, commander(options, _WRITES, company_id=company.pk, at=at)


def _mine(options: Namespace) -> dict[str, Any]:
    """Which visit and by whom: a named user reaches their own customers' only."""
    at = _now()
    row = visit(options.visit, scope=reader_scope(options, _WRITES, at=at))
    return {"visit_id": row.id, "actor": commander(options, _WRITES, company_id=row.company_id, at=at), "at": at}


def _picture(path: Path) -> bytes:
    """The photograph, no more of a larger one than tells that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PHOTO + 1)
    except OSError as error:
        raise Refusal("visit_photo_missing", file=path.name) from error


def _e6(degrees: str) -> int | None:
    """Degrees × 10⁶; '' is none."""
    try:
        return int(Decimal(degrees) * _MEASURE) if degrees else None
    except (InvalidOperation, OverflowError, ValueError):
        raise Refusal("visit_coordinates_bad") from None


def _told_calls(rows: Sequence[CallRow]) -> list[dict[str, Any]]:
    ours, theirs = _codes(rows)
    return [call_json(row, ours, theirs) for row in rows]


def _told_visits(options: Namespace, rows: Sequence[VisitRow]) -> list[dict[str, Any]]:
    """What is personal is told to whoever collects from the customer."""
    ours, theirs = _codes(rows)
    reach = seen(_collecting(options))
    return [visit_json(row, ours, theirs, people=reach.has(row.company_id, row.customer_id)) for row in rows]


def _collecting(options: Namespace) -> Scope:
    """The rows the reader collects on; of somebody who does not collect, none."""
    try:
        return reader_scope(options, _WRITES, at=_now())
    except Refusal:
        return NOTHING


def _codes(rows: Sequence[CallRow] | Sequence[VisitRow]) -> tuple[dict[int, str], dict[int, str]]:
    named = customers_by_id({row.customer_id for row in rows})
    return {one.id: one.code for one in companies()}, {number: one.code for number, one in named.items()}


def _tell_visit(options: Namespace, number: int) -> int:
    row = visit(number, scope=reader_scope(options, _READS, at=_now()))
    return _tell(options, _told_visits(options, [row])[0], [_visit_line(row)])


def _call_line(row: CallRow, name: str) -> str:
    again = f"→ {row.again_on.isoformat()}" if row.again_on else ""
    return "\t".join([f"#{row.id}", row.called_on.isoformat(), name, _(RESULT_NAMES[row.result]), again, row.note])


def _visit_line(row: VisitRow) -> str:
    how = _(OUTCOME_NAMES[row.end.outcome]) if row.end else _(STATE_NAMES[row.state])
    said = [row.planned_on.isoformat(), row.customer, row.visitor, _(PURPOSE_NAMES[row.purpose]), how]
    return "\t".join([f"#{row.id}", *said])


def _tell(options: Namespace, body: Mapping[str, Any], lines: Sequence[str]) -> int:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0


def _now() -> datetime:
    return datetime.now(UTC)
