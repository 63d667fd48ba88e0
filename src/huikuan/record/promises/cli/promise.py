"""`huikuan promise add|list|show|replace|withdraw|judge|rates`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customers_by_id, seen
from huikuan.record.promises.cli.common import (
    add_listing,
    add_whose,
    caller,
    customer_id,
    parts_of,
    reading,
    said,
    tell,
)
from huikuan.record.promises.domain.promising import HEARD, STATES
from huikuan.record.promises.messages import STATES as STATE_NAMES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.judging import judge_promises
from huikuan.record.promises.operations.promising import promise_payment, replace_promise, withdraw_promise
from huikuan.record.promises.queries.promises import PromiseFilter, PromiseRow, every_promise, promise
from huikuan.record.promises.queries.standing import kept_rates
from huikuan.record.promises.telling import kept_json, promise_json


def add_word(subparsers: Any) -> None:
    """Add the word `promise` to `huikuan`."""
    actions = subparsers.add_parser("promise", help=_("what customers promised to pay by when"))
    actions = actions.add_subparsers(dest="action", required=True)
    add = add_command(actions, "add", _add, _("write a promise down; an open one about the same claims is replaced"))
    add_whose(add)
    add.add_argument(
        "claims", nargs="+", metavar="DOCUMENT[=AMOUNT]", help=_("all that is open where no amount is said")
    )
    listing = add_command(actions, "list", _list, _("promises as they stood on a day, the first to be paid first"))
    add_listing(listing, STATES)
    show = add_command(actions, "show", _show, _("one promise, claim by claim"))
    show.add_argument("--as-of", default="", metavar="DATE")
    replace = add_command(actions, "replace", _replace, _("the customer named another day"))
    withdraw = add_command(actions, "withdraw", _withdraw, _("what is still open was not promised"))
    withdraw.add_argument("--note", required=True, help=_("why"))
    for parser in (add, replace):
        parser.add_argument("--by", required=True, metavar="DATE")
        parser.add_argument("--said-by", default="", help=_("who said it"))
        parser.add_argument("--source", default="phone", choices=HEARD, help=_("how it was heard"))
        parser.add_argument("--note", default="")
    for parser in (show, replace, withdraw):
        parser.add_argument("promise", type=int)
    judge = add_command(actions, "judge", _judge, _("say what was kept and broken since it was asked last"))
    rates = add_command(actions, "rates", _rates, _("how customers kept their word within a year"))
    rates.add_argument("--as-of", default="", metavar="DATE")
    for parser in (judge, rates):
        parser.add_argument("--company", default="MAIN", metavar="CODE")


def _add(options: Namespace) -> int:
    who = caller(options)
    number = promise_payment(
        customer_id=who.whose.id,
        company_id=who.company.pk,
        parts=parts_of(who, options.claims),
        by=parse_date(options.by),
        said_by=options.said_by,
        source=options.source,
        note=options.note,
        actor=who.actor,
        at=who.at,
    )
    return _answer(options, number)


def _list(options: Namespace) -> int:
    asked = reading(options)
    chosen = PromiseFilter(options.state, customer_id=customer_id(options, asked["scope"]))
    rows = every_promise(chosen, **asked)
    body = {"as_of": asked["as_of"].isoformat(), "promises": [promise_json(row) for row in rows]}
    return tell(options, body, [_line(row) for row in rows])


def _show(options: Namespace) -> int:
    row = promise(options.promise, **reading(options))
    return tell(options, promise_json(row), [_line(row)])


def _replace(options: Namespace) -> int:
    row, actor, at = _held(options)
    number = replace_promise(
        promise_id=row.id,
        by=parse_date(options.by),
        said_by=options.said_by,
        source=options.source,
        note=options.note,
        actor=actor,
        at=at,
    )
    return _answer(options, number)


def _withdraw(options: Namespace) -> int:
    row, actor, at = _held(options)
    withdraw_promise(promise_id=row.id, note=options.note, actor=actor, at=at)
    return _answer(options, row.id)


def _judge(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    commander(options, WRITES, company_id=company.pk, at=at)
    found = judge_promises(company=company, at=at)
    return tell(options, found, [_("%(kept)s kept, %(broken)s broken") % found])


def _rates(options: Namespace) -> int:
    asked = reading(options)
    company, reach = company_record(options.company), seen(asked["scope"])
    found = {one: kept for one, kept in kept_rates(company.pk, asked["as_of"]).items() if reach.has(company.pk, one)}
    names = customers_by_id(found)
    rows = [(names[one].code, kept) for one, kept in sorted(found.items(), key=lambda pair: names[pair[0]].code)]
    body = {"as_of": asked["as_of"].isoformat(), "rates": [kept_json(code, kept) for code, kept in rows]}
    lines = [f"{code}\t{kept.kept}/{kept.judged}\t{kept_json(code, kept)['share']}" for code, kept in rows]
    return tell(options, body, lines)


def _held(options: Namespace) -> tuple[PromiseRow, str, datetime]:
    at = datetime.now(UTC)
    row = promise(options.promise, scope=reader_scope(options, WRITES, at=at), as_of=business_date(at))
    return row, commander(options, WRITES, company_id=row.company_id, at=at), at


def _answer(options: Namespace, number: int) -> int:
    at = datetime.now(UTC)
    row = promise(number, scope=reader_scope(options, WRITES, at=at), as_of=business_date(at))
    return tell(options, promise_json(row), [_line(row)])


def _line(row: PromiseRow) -> str:
    state = STATE_NAMES[row.state]
    paid = f"{said(row.paid, row.currency)} / {said(row.amount, row.currency)}"
    return "\t".join([f"#{row.id}", row.pay_by.isoformat(), row.customer_name, paid, _(state)])
