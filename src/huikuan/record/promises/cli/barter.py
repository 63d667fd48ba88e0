"""`huikuan in-kind add|list|show|deliver|fail`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.promises.cli.common import (
    add_listing,
    add_whose,
    asked,
    caller,
    currency_of,
    customer_id,
    paper_of,
    parts_of,
    reading,
    said,
    tell,
)
from huikuan.record.promises.domain.barter import BARTER_STATES, METHODS, Goods
from huikuan.record.promises.messages import BARTER_STATES as STATE_NAMES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.bartering import deliver_barter, fail_barter, propose_barter
from huikuan.record.promises.queries.barters import BarterRow, barter, barters
from huikuan.record.promises.telling import barter_json


def add_word(subparsers: Any) -> None:
    """Add the word `in-kind` to `huikuan`."""
    actions = subparsers.add_parser("in-kind", help=_("goods instead of money"))
    actions = actions.add_subparsers(dest="action", required=True)
    add = add_command(actions, "add", _add, _("ask that goods may pay claims; another person approves it"))
    add_whose(add)
    add.add_argument(
        "claims", nargs="+", metavar="DOCUMENT[=AMOUNT]", help=_("all that is open where no amount is said")
    )
    add.add_argument("--asset", required=True, help=_("what is handed over"))
    add.add_argument("--valued", required=True, metavar="AMOUNT")
    add.add_argument("--valuer", required=True)
    add.add_argument("--valued-on", required=True, metavar="DATE")
    add.add_argument("--method", choices=METHODS, required=True)
    add.add_argument("--deliver-by", required=True, metavar="DATE")
    for name in ("tax", "fair-value", "allowance"):
        add.add_argument(f"--{name}", default="", metavar="AMOUNT", help=_("for the voucher"))
    add.add_argument("--note", default="")
    add.add_argument("--file", default="", help=_("the valuation"))
    listing = add_command(actions, "list", _list, _("settlements in kind as they stood on a day, the latest first"))
    add_listing(listing, BARTER_STATES)
    show = add_command(actions, "show", _show, _("one settlement in kind with its voucher"))
    show.add_argument("--as-of", default="", metavar="DATE")
    deliver = add_command(actions, "deliver", _deliver, _("the goods are there: the claims are paid"))
    deliver.add_argument("--on", default="", metavar="DATE", help=_("today if left out"))
    deliver.add_argument("--note", default="")
    fail = add_command(actions, "fail", _fail, _("the goods did not come: the claims are pursued"))
    fail.add_argument("--reason", required=True)
    for parser in (show, deliver, fail):
        parser.add_argument("number", type=int)


def _add(options: Namespace) -> int:
    who = caller(options)
    parts = parts_of(who, options.claims)
    currency = currency_of(who, parts[0][0])

    def minor(text: str) -> int | None:
        return to_minor(text, currency) if text else None

    goods = Goods(
        asset=options.asset,
        valued=to_minor(options.valued, currency),
        valuer=options.valuer,
        valued_on=parse_date(options.valued_on),
        method=options.method,
        deliver_by=parse_date(options.deliver_by),
        note=options.note,
        tax=minor(options.tax),
        fair_value=minor(options.fair_value),
        allowance=minor(options.allowance),
    )
    request = propose_barter(
        company=who.company,
        customer_id=who.whose.id,
        parts=parts,
        goods=goods,
        paper=paper_of(options.file),
        actor=who.actor,
        at=who.at,
    )
    return asked(options, request)


def _list(options: Namespace) -> int:
    given = reading(options)
    rows = barters(state=options.state, customer_id=customer_id(options, given["scope"]), **given)
    body = {"as_of": given["as_of"].isoformat(), "in_kind": [barter_json(row) for row in rows]}
    return tell(options, body, [_line(row) for row in rows])


def _show(options: Namespace) -> int:
    row = barter(options.number, **reading(options))
    return tell(options, barter_json(row), [_line(row)])


def _deliver(options: Namespace) -> int:
    row, actor, at = _held(options, Permission.SETTLE)
    on = parse_date(options.on) if options.on else business_date(at)
    deliver_barter(barter_id=row.id, on=on, note=options.note, actor=actor, at=at)
    return _answer(options, row.id)


def _fail(options: Namespace) -> int:
    row, actor, at = _held(options, WRITES)
    fail_barter(barter_id=row.id, note=options.reason, actor=actor, at=at)
    return _answer(options, row.id)


def _held(options: Namespace, permission: Permission) -> tuple[BarterRow, str, datetime]:
    at = datetime.now(UTC)
    row = barter(options.number, scope=reader_scope(options, permission, at=at), as_of=business_date(at))
    return row, commander(options, permission, company_id=row.company_id, at=at), at


def _answer(options: Namespace, number: int) -> int:
    at = datetime.now(UTC)
    row = barter(number, scope=reader_scope(options, Permission.VIEW_LEDGER, at=at), as_of=business_date(at))
    return tell(options, barter_json(row), [_line(row)])


def _line(row: BarterRow) -> str:
    state = STATE_NAMES[row.state]
    goods = [row.customer_name, row.goods.asset, said(row.agreed, row.currency), _(state)]
    return "\t".join([f"#{row.id}", row.goods.deliver_by.isoformat(), *goods])
