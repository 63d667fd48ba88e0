"""`huikuan plan add|list|show`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.actors import add_command
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
from huikuan.record.promises.domain.instalments import INTERESTS, ON_MISS, PLAN_STATES, Instalment
from huikuan.record.promises.messages import PLAN_STATES as STATE_NAMES
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.queries.plans import PlanRow, plan, plans
from huikuan.record.promises.telling import plan_json


def add_word(subparsers: Any) -> None:
    """Add the word `plan` to `huikuan`."""
    actions = subparsers.add_parser("plan", help=_("instalments agreed instead of the due dates"))
    actions = actions.add_subparsers(dest="action", required=True)
    add = add_command(actions, "add", _add, _("ask for a plan; another person approves it"))
    add_whose(add)
    add.add_argument("claims", nargs="+", metavar="DOCUMENT", help=_("each with all that is open of it"))
    add.add_argument(
        "--line", action="append", required=True, metavar="DATE=AMOUNT", help=_("an instalment; once for each")
    )
    add.add_argument("--on-miss", choices=ON_MISS, default=ON_MISS[0])
    add.add_argument("--interest", choices=INTERESTS, default=INTERESTS[0])
    add.add_argument("--grace", type=int, metavar="DAYS", help=_("as the policy says if left out"))
    add.add_argument("--note", default="")
    add.add_argument("--file", default="", help=_("the agreement"))
    listing = add_command(actions, "list", _list, _("plans as they stood on a day, the latest first"))
    add_listing(listing, PLAN_STATES)
    show = add_command(actions, "show", _show, _("one plan, its schedule beside what was paid"))
    show.add_argument("plan", type=int)
    show.add_argument("--as-of", default="", metavar="DATE")


def _add(options: Namespace) -> int:
    who = caller(options)
    items = [item for item, _amount in parts_of(who, options.claims)]
    currency = currency_of(who, items[0])
    request = propose_plan(
        company=who.company,
        customer_id=who.whose.id,
        items=items,
        lines=[_instalment(text, currency) for text in options.line],
        terms=Terms(options.on_miss, options.interest, options.note, options.grace),
        paper=paper_of(options.file),
        actor=who.actor,
        at=who.at,
    )
    return asked(options, request)


def _instalment(text: str, currency: str) -> Instalment:
    day, _sign, amount = text.partition("=")
    return Instalment(parse_date(day), to_minor(amount, currency))


def _list(options: Namespace) -> int:
    given = reading(options)
    rows = plans(state=options.state, customer_id=customer_id(options, given["scope"]), **given)
    body = {"as_of": given["as_of"].isoformat(), "plans": [plan_json(row) for row in rows]}
    return tell(options, body, [_line(row) for row in rows])


def _show(options: Namespace) -> int:
    row = plan(options.plan, **reading(options))
    lines = [
        f"  {line.due_on}\t{said(line.paid, row.currency)} / {said(line.amount, row.currency)}" for line in row.lines
    ]
    return tell(options, plan_json(row), [_line(row), *lines])


def _line(row: PlanRow) -> str:
    state = STATE_NAMES[row.state]
    paid = f"{said(row.paid, row.currency)} / {said(row.total, row.currency)}"
    return "\t".join([f"#{row.id}", row.agreed_on.isoformat(), row.customer_name, paid, _(state)])
