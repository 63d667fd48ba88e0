"""Commands of hand-overs: `huikuan handover list|show|preview|draw-up|sign|call-off`."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_command, person
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope

if TYPE_CHECKING:
    from huikuan.record.customers.domain.handover import Reader
    from huikuan.record.customers.queries.handovers import HandOverRow
    from huikuan.see.dossiers.queries.handing import Handed


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("handover", help=_("Customers going from one owner to another")).add_subparsers(
        dest="action", required=True
    )
    add_command(actions, "list", _list, _("Hand-overs, the newest first"))
    show = add_command(actions, "show", _show, _("One hand-over: what it moves and who signed"))
    show.add_argument("number", type=int)
    preview = add_command(actions, "preview", _preview, _("What a hand-over would move; nothing is written"))
    draw = add_command(actions, "draw-up", _draw_up, _("Draw up a hand-over for both to sign"))
    for parser in (preview, draw):
        parser.add_argument("--from", dest="giver", required=True, help=_("whose customers, by owner name"))
        parser.add_argument("--on", default="", help=_("from this day on, today by default"))
        parser.add_argument("--customer", action="append", default=[], help=_("only this code; may be repeated"))
    draw.add_argument("--to", dest="receiver", required=True, help=_("to whom, by owner name"))
    draw.add_argument("--reason", default="")
    sign = add_command(actions, "sign", _sign, _("Sign for one side what was drawn up"))
    sign.add_argument("number", type=int)
    sign.add_argument("--side", choices=("giver", "receiver"), required=True)
    off = add_command(actions, "call-off", _call_off, _("Call a hand-over off"))
    off.add_argument("number", type=int)
    off.add_argument("--reason", required=True)


def _list(options: Namespace) -> int:
    from huikuan.record.customers.queries.handovers import hand_overs

    found = hand_overs(reader=_reader(options))
    if options.json:
        print(json.dumps({"hand_overs": [_as_json(row) for row in found]}, ensure_ascii=False))
        return 0
    for row in found:
        print(f"{row.id}\t{row.from_owner} → {row.to_owner}\t{row.effective_on}\t{len(row.customer_ids)}\t{row.state}")
    return 0


def _show(options: Namespace) -> int:
    from huikuan.record.customers.queries.handovers import paper

    found = paper(options.number, reader=_reader(options))
    row, lines = found.row, found.lines
    if options.json:
        print(
            json.dumps({"hand_over": {**_as_json(row), "lines": [_exact(line) for line in lines]}}, ensure_ascii=False)
        )
        return 0
    print(f"{row.id} {row.from_owner} → {row.to_owner} {row.effective_on} ({row.state})")
    for line in lines:
        print(f"  {line['code']} {line['name']}: " + _money(line["sums"]))
    for step in row.steps:
        print(f"  {step.step} {step.actor} {step.recorded_at:%Y-%m-%d %H:%M}Z")
    return 0


def _preview(options: Namespace) -> int:
    from huikuan.see.dossiers.queries.handing import as_lines

    found, on = _handed(options)
    lines = as_lines(found, on)
    if options.json:
        body = {"from": options.giver, "on": on.isoformat(), "lines": [_exact(line) for line in lines]}
        print(json.dumps(body, ensure_ascii=False))
        return 0
    for line in lines:
        print(f"{line['code']} {line['name']}: " + _money(line["sums"]))
    return 0


def _draw_up(options: Namespace) -> int:
    from huikuan.record.customers.operations import draw_up_hand_over
    from huikuan.see.dossiers.queries.handing import as_lines, check_reach

    found, on = _handed(options)
    check_reach(options.giver, found, scope=_scope(options, Permission.HAND_OVER_CUSTOMERS))
    at = datetime.now(UTC)
    number = draw_up_hand_over(
        from_owner=options.giver,
        to_owner=options.receiver,
        customer_ids=[one.customer_id for one in found],
        effective_on=on,
        lines=as_lines(found, business_date(at)),
        reason=options.reason,
        actor=commander(options, Permission.HAND_OVER_CUSTOMERS, at=at),
        at=at,
    )
    return _told(options, {"hand_over": number}, _("Drawn up as %(number)s.") % {"number": number})


def _sign(options: Namespace) -> int:
    from huikuan.mechanisms.identity.queries import owner_names
    from huikuan.record.customers.domain.handover import Signer
    from huikuan.record.customers.operations import sign_hand_over
    from huikuan.record.customers.queries.handovers import paper

    at = datetime.now(UTC)
    row = paper(options.number, reader=_reader(options)).row
    if not row.whole:
        raise Refusal("hand_over_unknown", number=options.number)
    actor = commander(options, Permission.VIEW_CUSTOMERS, at=at)
    signer = Signer(actor, owner_names(person(actor)), _over(options, row, at))
    state = sign_hand_over(
        hand_over_id=row.id, side=options.side, content_sha256=row.content_sha256, signer=signer, at=at
    )
    return _told(options, {"state": state}, _("Signed."))


def _call_off(options: Namespace) -> int:
    from huikuan.record.customers.domain.handover import Reader
    from huikuan.record.customers.operations import call_off_hand_over
    from huikuan.record.customers.queries.handovers import hand_overs

    at = datetime.now(UTC)
    reader = Reader(frozenset(), _scope(options, Permission.HAND_OVER_CUSTOMERS))
    if not any(row.whole for row in hand_overs(reader=reader, number=options.number)):
        raise Refusal("hand_over_unknown", number=options.number)
    actor = commander(options, Permission.HAND_OVER_CUSTOMERS, at=at)
    call_off_hand_over(hand_over_id=options.number, reason=options.reason, actor=actor, at=at)
    return _told(options, {"state": "called_off"}, _("The hand-over was called off."))


def _handed(options: Namespace) -> tuple[list[Handed], date]:
    """The giver's customers, those named alone if any are; and the day."""
    from huikuan.record.customers.queries import customer
    from huikuan.see.cockpit.queries.standing import home_currency
    from huikuan.see.dossiers.queries.handing import handed
    from huikuan.see.dossiers.queries.standing import Books

    scope, today = _scope(options, Permission.HAND_OVER_CUSTOMERS), business_date(datetime.now(UTC))
    on = parse_date(options.on) if options.on else today
    chosen = {customer(code, scope=scope).id for code in options.customer} or None
    books = Books(today, None, None, home_currency(None))
    return handed(options.giver, on, books, scope=scope, chosen=chosen), on


def _over(options: Namespace, row: HandOverRow, at: datetime) -> frozenset[str] | None:
    """For whom the actor may hand over what the paper names; who operates the machine, for anybody."""
    from huikuan.mechanisms.identity.queries import scope
    from huikuan.see.dossiers.queries.handing import handed_by

    if not options.actor:
        return None
    return handed_by(row.customer_ids, scope=scope(options.actor, Permission.HAND_OVER_CUSTOMERS, at=at))


def _scope(options: Namespace, permission: Permission) -> Scope:
    return reader_scope(options, permission, at=datetime.now(UTC))


def _reader(options: Namespace) -> Reader:
    """Papers tell amounts: whoever is named sees what they see in the ledger."""
    from huikuan.mechanisms.identity.queries import owner_names
    from huikuan.record.customers.domain.handover import READS_ALL, Reader

    _scope(options, Permission.VIEW_CUSTOMERS)
    if not options.actor:
        return READS_ALL
    return Reader(owner_names(options.actor), _scope(options, Permission.VIEW_LEDGER))


def _as_json(row: HandOverRow) -> dict[str, Any]:
    return {
        "number": row.id,
        "from": row.from_owner,
        "to": row.to_owner,
        "effective_on": row.effective_on.isoformat(),
        "reason": row.reason,
        "customers": len(row.customer_ids),
        "state": row.state,
        "content_sha256": row.content_sha256,
        "steps": [{**asdict(step), "recorded_at": step.recorded_at.isoformat()} for step in row.steps],
    }


def _exact(line: dict[str, Any]) -> dict[str, Any]:
    """A customer's line with its amounts as decimal strings."""

    def text(entry: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        return {**entry, **{name: to_text(entry[name], entry["currency"]) for name in names}}

    return {
        **line,
        "sums": [text(one, ("debit", "overdue", "credit")) for one in line["sums"]],
        "items": [text(one, ("open",)) for one in line["items"]],
    }


def _money(sums: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['currency']} {to_text(one['debit'], one['currency'])}" for one in sums) or "–"


def _told(options: Namespace, body: dict[str, Any], said: str) -> int:
    print(json.dumps(body, ensure_ascii=False) if options.json else said)
    return 0
