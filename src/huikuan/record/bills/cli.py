"""Commands of bills: `huikuan bill receive|split|list|show|calendar`, and a word for each move."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.kernel.rates import parse_rate
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record, company_zone
from huikuan.record.bills.domain.classes import CLASSES
from huikuan.record.bills.domain.life import STATES
from huikuan.record.bills.domain.numbers import CURRENCY, KINDS, read_range
from huikuan.record.bills.messages import KINDS as KIND_NAMES
from huikuan.record.bills.messages import STATES as STATE_NAMES
from huikuan.record.bills.operations import moving
from huikuan.record.bills.operations.moving import Move
from huikuan.record.bills.operations.receiving import Paper, Scan, receive_bill, split_bill
from huikuan.record.bills.queries.bills import BillRow, bill, events_of
from huikuan.record.bills.queries.listing import GROUPS, BillFilter, every_bill, maturing
from huikuan.record.bills.telling import bill_json, move_json
from huikuan.record.customers.queries import customer

WRITES = Permission.SETTLE


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("bill", help=_("acceptance bills and cheques")).add_subparsers(
        dest="action", required=True
    )
    _add_receive(actions)
    _add_moves(actions)
    listing = add_command(actions, "list", _list, _("bills on a day, the first to mature first"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--state", default="", choices=["", *GROUPS, *STATES])
    show = add_command(actions, "show", _show, _("a bill and everything that became of it"))
    show.add_argument("bill", type=int)
    calendar = add_command(actions, "calendar", _calendar, _("what matures when, of the bills that are held"))
    calendar.add_argument("--by", choices=["day", "week", "month"], default="month")
    for parser in (listing, show, calendar):
        parser.add_argument("--as-of", default="", metavar="DATE")


def _add_receive(actions: Any) -> None:
    receive = add_command(actions, "receive", _receive, _("register a bill a customer paid with; it pays its claims"))
    receive.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    receive.add_argument("number", help=_("30 digits of an electronic bill, 16 of a paper one, or a cheque's number"))
    receive.add_argument("amount")
    receive.add_argument("--kind", choices=KINDS, required=True)
    receive.add_argument("--range", default="0", metavar="FIRST-LAST", help=_("units of 0.01; 0: not divisible"))
    receive.add_argument("--drawer", required=True)
    receive.add_argument("--acceptor", required=True)
    receive.add_argument("--class", dest="acceptor_class", default="", choices=["", *CLASSES])
    receive.add_argument("--issued", required=True, metavar="DATE")
    receive.add_argument("--matures", required=True, metavar="DATE")
    receive.add_argument("--received", default="", metavar="DATE", help=_("today if left out"))
    receive.add_argument("--not-transferable", action="store_true", help=_("the drawer wrote so"))
    receive.add_argument("--company", default="MAIN", metavar="CODE")
    receive.add_argument("--currency", default=CURRENCY, metavar="CODE")
    receive.add_argument(
        "--claim",
        action="append",
        metavar="ITEM=AMOUNT",
        help=_("a claim it pays, by the id of the item; left out: the earliest due first"),
    )
    receive.add_argument("--file", default="", help=_("a picture of the paper"))
    receive.add_argument("--note", default="")


def _add_moves(actions: Any) -> None:
    moves = {
        "endorse": (_endorse, _("pass a bill on to somebody who takes it as payment")),
        "discount": (_discount, _("sell a bill to a bank")),
        "pledge": (_pledge, _("give a bill as security")),
        "release": (_release, _("a pledged bill is in hand again")),
        "present": (_present, _("ask the acceptor to pay")),
        "pay": (_pay, _("the acceptor has paid")),
        "dishonour": (_dishonour, _("the acceptor did not pay: the claims come back")),
        "split": (_split, _("cut a divisible bill into pieces")),
    }
    parsers = {name: add_command(actions, name, run, told) for name, (run, told) in moves.items()}
    for parser in parsers.values():
        parser.add_argument("bill", type=int)
        parser.add_argument("--on", default="", metavar="DATE", help=_("today if left out"))
        parser.add_argument("--note", default="")
    for name in ("endorse", "pledge", "discount"):
        parsers[name].add_argument("--to", required=True, help=_("to whom"))
    for name in ("endorse", "discount"):
        parsers[name].add_argument("--no-recourse", action="store_true", help=_("it can never come back"))
    parsers["discount"].add_argument("--rate", required=True, metavar="PERCENT", help=_("per year"))
    parsers["discount"].add_argument("--extra-days", type=int, default=0)
    parsers["pay"].add_argument("--receipt", type=int, metavar="ITEM", help=_("the receipt that is posted already"))
    parsers["dishonour"].add_argument("--reason", required=True)
    parsers["split"].add_argument("faces", nargs="+", metavar="AMOUNT")


def _receive(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    whose = customer(options.customer, scope=reader_scope(options, WRITES, at=at))
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    paper = Paper(
        kind=options.kind,
        number=options.number,
        amount=to_minor(options.amount, options.currency),
        drawer=options.drawer,
        acceptor=options.acceptor,
        issued_on=parse_date(options.issued),
        matures_on=parse_date(options.matures),
        range=read_range(options.range),
        currency=options.currency,
        transferable=not options.not_transferable,
        acceptor_class=options.acceptor_class,
        note=options.note,
    )
    number = receive_bill(
        company=company,
        customer_id=whose.id,
        paper=paper,
        received_on=_day(options.received, company.pk, at),
        claims=_claims(options),
        scan=_scan(options.file),
        actor=actor,
        at=at,
    )
    return _answer(options, [number])


def _endorse(options: Namespace) -> int:
    return _moved(options, lambda move: moving.endorse_bill(move, to=options.to, recourse=not options.no_recourse))


def _discount(options: Namespace) -> int:
    rate = parse_rate(options.rate) // 100
    return _moved(
        options,
        lambda move: moving.discount_bill(
            move, bank=options.to, rate_e8=rate, extra_days=options.extra_days, recourse=not options.no_recourse
        ),
    )


def _pledge(options: Namespace) -> int:
    return _moved(options, lambda move: moving.pledge_bill(move, to=options.to))


def _release(options: Namespace) -> int:
    return _moved(options, moving.release_bill)


def _present(options: Namespace) -> int:
    return _moved(options, moving.present_bill)


def _pay(options: Namespace) -> int:
    return _moved(options, lambda move: moving.pay_bill(move, receipt_id=options.receipt))


def _dishonour(options: Namespace) -> int:
    return _moved(options, lambda move: moving.dishonour_bill(move, reason=options.reason))


def _split(options: Namespace) -> int:
    row, move = _move(options)
    faces = [to_minor(text, row.currency) for text in options.faces]
    pieces = split_bill(bill_id=row.id, faces=faces, on=move.on, actor=move.actor, at=move.at)
    return _answer(options, pieces)


def _moved(options: Namespace, work: Callable[[Move], None]) -> int:
    row, move = _move(options)
    work(move)
    return _answer(options, [row.id])


def _move(options: Namespace) -> tuple[BillRow, Move]:
    at = datetime.now(UTC)
    row = bill(options.bill, scope=reader_scope(options, WRITES, at=at))
    actor = commander(options, WRITES, company_id=row.company_id, at=at)
    return row, Move(row.id, _day(options.on, row.company_id, at), actor, at, note=options.note)


def _list(options: Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else business_date(at)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    rows = list(every_bill(BillFilter(state=options.state, customer_id=whose), scope=scope, day=day))
    _tell(options, {"as_of": day.isoformat(), "bills": [bill_json(row) for row in rows]}, [_line(row) for row in rows])
    return 0


def _show(options: Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else None
    row = bill(options.bill, scope=reader_scope(options, Permission.VIEW_LEDGER, at=at), day=day)
    moves = [move_json(one, row.currency) for one in events_of(row.id, day=day)]
    lines = [f"  {one['on']} {_(STATE_NAMES[str(one['state'])])} {one['counterparty'] or ''}" for one in moves]
    _tell(options, {**bill_json(row), "moves": moves}, [_line(row), *lines])
    return 0


def _calendar(options: Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else business_date(at)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    found = maturing(scope=scope, day=day, by=options.by)
    body = [
        {
            "from": one.first.isoformat(),
            "until": one.last.isoformat(),
            "currency": one.currency,
            "count": one.count,
            "amount": to_text(one.amount, one.currency),
        }
        for one in found
    ]
    lines = [f"{one['from']}\t{one['until']}\t{one['count']}\t{one['currency']} {one['amount']}" for one in body]
    _tell(options, {"as_of": day.isoformat(), "maturing": body}, lines)
    return 0


def _line(row: BillRow) -> str:
    parts = [
        f"#{row.id}", row.customer_name, _(KIND_NAMES[row.kind]), f"{row.number} {row.range}".strip(), row.acceptor,
        f"{row.currency} {to_text(row.amount, row.currency)}", row.matures_on.isoformat(), _(STATE_NAMES[row.state]),
    ]  # fmt: skip
    return "\t".join(parts)


def _answer(options: Namespace, numbers: Sequence[int]) -> int:
    """The bills as they are now, to whoever has just acted on them."""
    scope = reader_scope(options, WRITES, at=datetime.now(UTC))
    rows = [bill(number, scope=scope) for number in numbers]
    _tell(options, {"bills": [bill_json(row) for row in rows]}, [_line(row) for row in rows])
    return 0


def _claims(options: Namespace) -> list[tuple[int, int]] | None:
    if options.claim is None:
        return None
    found = []
    for text in options.claim:
        item, _equals, amount = text.partition("=")
        if not item.isdecimal():
            raise Refusal("bill_claim_bad", value=text)
        found.append((int(item), to_minor(amount, options.currency)))
    return found


def _day(text: str, company_id: int, at: datetime) -> date:
    return parse_date(text) if text else business_date(at, company_zone(company_id))


def _scan(name: str) -> Scan | None:
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise Refusal("bill_file_missing", file=name)
    return Scan(path, path.name)


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
