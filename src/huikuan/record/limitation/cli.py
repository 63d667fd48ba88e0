"""Commands of limitation: `huikuan limitation …`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customer
from huikuan.record.limitation.domain.clock import Clock, Interruption, Suspension
from huikuan.record.limitation.domain.kinds import CAUSES, KINDS, STRENGTHS
from huikuan.record.limitation.messages import CAUSES as CAUSE_NAMES
from huikuan.record.limitation.messages import KINDS as KIND_NAMES
from huikuan.record.limitation.operations.interrupting import Paper, record_interruption, withdraw_interruption
from huikuan.record.limitation.operations.suspending import (
    Obstacle,
    end_suspension,
    lift_suspension,
    record_suspension,
)
from huikuan.record.limitation.queries.clocks import ClockRow, clock_of, expiring
from huikuan.record.limitation.queries.reaching import claims_seen, interruption_seen, suspension_seen

READS, WRITES = Permission.VIEW_LEDGER, Permission.COLLECT


def add_commands(subparsers: Any) -> None:
    """Add the word `limitation` to `huikuan`."""
    actions = subparsers.add_parser("limitation", help=_("limitation of actions: until when claims can be sued for"))
    actions = actions.add_subparsers(dest="action", required=True)
    listing = add_command(actions, "list", _list, _("claims whose period runs out, the first first"))
    listing.add_argument("--within", type=int, default=180, metavar="DAYS")
    listing.add_argument("--customer", default="", metavar="CODE")
    show = add_command(actions, "show", _show, _("an item's clock and everything that interrupted it"))
    show.add_argument("item", type=int)
    for parser in (listing, show):
        parser.add_argument("--as-of", default="", metavar="DATE")
        parser.add_argument("--company", default="MAIN", metavar="CODE")
    record = add_command(actions, "record", _record, _("something interrupted the period of these items"))
    record.add_argument("items", type=int, nargs="+", metavar="ITEM")
    record.add_argument("--kind", required=True, choices=list(KINDS))
    record.add_argument("--on", required=True, metavar="DATE")
    record.add_argument("--strength", required=True, choices=STRENGTHS)
    record.add_argument("--file", type=Path, help=_("the proof"))
    record.add_argument("--note", default="")
    suspend = add_command(actions, "suspend", _suspend, _("something kept us from suing for these items"))
    suspend.add_argument("items", type=int, nargs="+", metavar="ITEM")
    suspend.add_argument("--cause", required=True, choices=list(CAUSES))
    suspend.add_argument("--from", dest="since", required=True, metavar="DATE")
    suspend.add_argument("--until", default="", metavar="DATE", help=_("it still does if left out"))
    suspend.add_argument("--file", type=Path, help=_("the proof"))
    suspend.add_argument("--note", required=True)
    ended = add_command(actions, "resume", _resume, _("what kept us from suing has ended, or never was"))
    ended.add_argument("suspension", type=int)
    how = ended.add_mutually_exclusive_group(required=True)
    how.add_argument("--until", metavar="DATE", help=_("its last day"))
    how.add_argument("--never", metavar="REASON", help=_("it was none after all, and why"))
    withdraw = add_command(actions, "withdraw", _withdraw, _("it did not happen: the clock is as it was without"))
    withdraw.add_argument("interruption", type=int)
    withdraw.add_argument("--reason", required=True)


def _list(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, READS, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    day = parse_date(options.as_of) if options.as_of else business_date(at, company.time_zone)
    rows = expiring(as_of=day, scope=scope, at=at, within=options.within, company_id=company.pk, customer_id=whose)
    _tell(options, {"as_of": day.isoformat(), "claims": [row_json(row) for row in rows]}, [_line(row) for row in rows])
    return 0


def _show(options: Namespace) -> int:
    at = datetime.now(UTC)
    company_id = claims_seen([options.item], reader_scope(options, READS, at=at))[0].company_id
    company = company_record(options.company)
    day = parse_date(options.as_of) if options.as_of else business_date(at, company.time_zone)
    debt, clock = clock_of(options.item, as_of=day, at=at)
    body = {
        "item": options.item,
        "company": company_id,
        "debt": sorted(debt.item_ids),
        **clock_json(clock),
        "interruptions": [_interruption_json(one) for one in debt.interruptions],
        "suspensions": [_suspension_json(one) for one in debt.suspensions],
    }
    lines = [f"{_('safe until')} {clock.safe_on}", f"{_('if all arrived')} {clock.hoped_on}"]
    lines += [f"{one.on}\t{_(KIND_NAMES[one.kind])}\t{one.strength}\t{one.note}" for one in debt.interruptions]
    lines += [
        f"{one.first} – {one.last or _('still')}\t{_(CAUSE_NAMES[one.cause])}\t{one.note}" for one in debt.suspensions
    ]
    _tell(options, body, lines)
    return 0


def _record(options: Namespace) -> int:
    at = datetime.now(UTC)
    seen = claims_seen(options.items, reader_scope(options, WRITES, at=at))
    actors = {commander(options, WRITES, company_id=item.company_id, at=at) for item in seen}
    ids = record_interruption(
        item_ids=options.items,
        kind=options.kind,
        on=parse_date(options.on),
        strength=options.strength,
        file=_paper(options),
        note=options.note,
        actor=actors.pop(),
        at=at,
    )
    _tell(options, {"interruptions": ids}, [_("Recorded.")])
    return 0


def _suspend(options: Namespace) -> int:
    at = datetime.now(UTC)
    found = claims_seen(options.items, reader_scope(options, WRITES, at=at))
    actors = {commander(options, WRITES, company_id=item.company_id, at=at) for item in found}
    until = parse_date(options.until) if options.until else None
    ids = record_suspension(
        item_ids=options.items,
        obstacle=Obstacle(options.cause, parse_date(options.since), until, options.note),
        file=_paper(options),
        actor=actors.pop(),
        at=at,
    )
    _tell(options, {"suspensions": ids}, [_("Recorded.")])
    return 0


def _resume(options: Namespace) -> int:
    at, number = datetime.now(UTC), options.suspension
    company_id = suspension_seen(number, reader_scope(options, WRITES, at=at)).company_id
    actor = commander(options, WRITES, company_id=company_id, at=at)
    if options.until:
        fact = end_suspension(suspension_id=number, until_on=parse_date(options.until), actor=actor, at=at)
    else:
        fact = lift_suspension(suspension_id=number, note=options.never, actor=actor, at=at)
    _tell(options, {"suspension": fact, "replaces": number}, [_("Recorded.")])
    return 0


def _paper(options: Namespace) -> Paper | None:
    if options.file and not options.file.is_file():
        raise Refusal("limitation_file_missing", file=str(options.file))
    return Paper(options.file, options.file.name) if options.file else None


def _withdraw(options: Namespace) -> int:
    at = datetime.now(UTC)
    company_id = interruption_seen(options.interruption, reader_scope(options, WRITES, at=at)).company_id
    actor = commander(options, WRITES, company_id=company_id, at=at)
    withdraw_interruption(interruption_id=options.interruption, note=options.reason, actor=actor, at=at)
    _tell(options, {"withdrawn": options.interruption}, [_("Recorded.")])
    return 0


def clock_json(clock: Clock) -> dict[str, Any]:
    """The days of a clock; null: none is set."""
    days = {name: getattr(clock, name) for name in ("starts_on", "safe_on", "hoped_on", "absolute_on")}
    return {name: day.isoformat() if day else None for name, day in days.items()}


def row_json(row: ClockRow) -> dict[str, Any]:
    """The keys of a claim whose clock runs."""
    return {
        "item": row.item_id,
        "company": row.company_code,
        "customer": row.customer_code,
        "document_no": row.document_number,
        "currency": row.currency,
        "open": to_text(row.open_amount, row.currency),
        **clock_json(row.clock),
        "days_left": row.days_left,
        "alarm": row.stage,
        "over": row.over,
    }


def _interruption_json(one: Interruption) -> dict[str, Any]:
    return {
        "id": one.id,
        "settlement": one.settlement_id,
        "on": one.on.isoformat(),
        "kind": one.kind,
        "strength": one.strength,
        "article": KINDS[one.kind].source,
        "note": one.note,
        "source": one.source,
        "file": one.file_name or None,
        "sha256": one.sha256 or None,
    }


def _suspension_json(one: Suspension) -> dict[str, Any]:
    return {
        "id": one.id,
        "cause": one.cause,
        "from": one.first.isoformat(),
        "until": one.last.isoformat() if one.last else None,
        "strength": one.strength,
        "note": one.note,
        "file": one.file_name or None,
        "sha256": one.sha256 or None,
    }


def _line(row: ClockRow) -> str:
    amount = f"{row.currency} {to_text(row.open_amount, row.currency)}"
    safe, hoped = f"{row.clock.safe_on or '–'}", f"{row.clock.hoped_on or '–'}"
    return "\t".join(
        [f"#{row.item_id}", row.customer_name, row.document_number, amount, safe, hoped, f"{row.days_left}"]
    )


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
