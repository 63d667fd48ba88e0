"""`huikuan ledger reverse|schedule|milestone`: what is changed by recording something more."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.record.customers.queries import seen
from huikuan.record.receivables.cli.answers import show
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import reach_milestone, record_schedule
from huikuan.record.receivables.queries.ledger import ItemRow, item, settlement_items

_LONGEST_REASON = 60
_LONGEST_CODE = 30


def add_changes(actions: Any) -> None:
    """Add them to the verbs of `huikuan ledger`."""
    reverse = actions.add_parser("reverse", help=gettext("undo an item or a settlement by its mirror"))
    subjects = reverse.add_subparsers(dest="subject", required=True, parser_class=type(reverse))
    for name, told, run in (
        ("item", gettext("an item nothing is settled with"), _reverse_item),
        ("settlement", gettext("a settlement: both sides are open again"), _reverse_settlement),
    ):
        subject = _finish(subjects.add_parser(name, help=told), run)
        subject.add_argument("id", type=int)
        subject.add_argument("--reason", required=True, type=_text(_LONGEST_REASON), help=gettext("why"))
    schedule = _finish(
        actions.add_parser("schedule", help=gettext("from a day on, an item falls due later")), _reschedule
    )
    milestone = _finish(actions.add_parser("milestone", help=gettext("the event an item awaits has happened")), _reach)
    milestone.add_argument("event", help=gettext("the event, as the item names it"))
    for parser in (schedule, milestone):
        parser.add_argument("item", type=int)
        parser.add_argument("--due", required=True, metavar="DATE", help=gettext("the due date from now on"))
        parser.add_argument(
            "--from", dest="effective_on", metavar="DATE", help=gettext("since when; today if left out")
        )
    schedule.add_argument(
        "--reason", default="extension", type=_text(_LONGEST_CODE), help=gettext("why; an extension if left out")
    )


def _finish(parser: Any, run: Any) -> Any:
    parser.add_argument("--json", action="store_true")
    add_actor_option(parser)
    parser.set_defaults(run=run)
    return parser


def _text(longest: int) -> Any:
    """An argument of 1 to `longest` characters."""

    def read(text: str) -> str:
        if not 0 < len(text.strip()) <= longest:
            raise argparse.ArgumentTypeError(gettext("say it in 1 to %(most)s characters") % {"most": longest})
        return text.strip()

    return read


def _reverse_item(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    row = _theirs(options, options.id, Permission.POST_ITEMS, at)
    actor = commander(options, Permission.POST_ITEMS, company_id=row.company_id, at=at)
    done = reverse_item(item_id=options.id, reason=options.reason, actor=actor, at=at)
    body = {"item": options.id, "mirror": done.mirror_id, "settlement": done.settlement_id}
    told = gettext("Item %(item)s is reversed from %(day)s on by item %(mirror)s.")
    show(options, {**body, "effective_on": done.effective_on.isoformat()}, [told % {**body, "day": done.effective_on}])
    return 0


def _reverse_settlement(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    row, _other = (_theirs(options, one, Permission.SETTLE, at) for one in settlement_items(options.id))
    actor = commander(options, Permission.SETTLE, company_id=row.company_id, at=at)
    reversal = reverse_settlement(settlement_id=options.id, reason=options.reason, actor=actor, at=at)
    body = {"settlement": options.id, "reversal": reversal}
    show(options, body, [gettext("Settlement %(settlement)s is reversed by %(reversal)s.") % body])
    return 0


def _reschedule(options: argparse.Namespace) -> int:
    at, due = datetime.now(UTC), parse_date(options.due)
    row = _theirs(options, options.item, Permission.RESCHEDULE, at)
    version = record_schedule(
        item_id=row.id,
        lines=[Line(due, "", row.amount)],
        effective_on=_effective_on(options, row.company_id, at),
        reason=options.reason,
        actor=commander(options, Permission.RESCHEDULE, company_id=row.company_id, at=at),
        at=at,
    )
    return _tell_due(options, version)


def _reach(options: argparse.Namespace) -> int:
    at, due = datetime.now(UTC), parse_date(options.due)
    row = _theirs(options, options.item, Permission.RESCHEDULE, at)
    version = reach_milestone(
        item_id=row.id,
        awaits=options.event,
        due_date=due,
        effective_on=_effective_on(options, row.company_id, at),
        actor=commander(options, Permission.RESCHEDULE, company_id=row.company_id, at=at),
        at=at,
    )
    return _tell_due(options, version)


def _theirs(options: argparse.Namespace, item_id: int, permission: Permission, at: datetime) -> ItemRow:
    """The item; one on whose rows the named user may not do this is as unknown as one that does not exist."""
    row = item(item_id)
    if not seen(reader_scope(options, permission, at=at)).has(row.company_id, row.customer_id):
        raise Refusal("item_unknown", item=item_id)
    return row


def _effective_on(options: argparse.Namespace, company_id: int, at: datetime) -> Any:
    return parse_date(options.effective_on) if options.effective_on else business_date(at, company_zone(company_id))


def _tell_due(options: argparse.Namespace, version: int) -> int:
    body = {"item": options.item, "version": version, "due_date": options.due}
    show(options, body, [gettext("Item %(item)s falls due on %(due_date)s (schedule %(version)s).") % body])
    return 0
