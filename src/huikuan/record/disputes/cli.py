"""Commands of disputes: `huikuan dispute raise|list|show|answer|resolve|stats`."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.queries import customer, seen
from huikuan.record.disputes.domain.life import OUTCOMES, POSTING, REASONS, TOLD, WITHDRAWN
from huikuan.record.disputes.domain.statistics import BY, Figures
from huikuan.record.disputes.messages import OUTCOMES as OUTCOME_NAMES
from huikuan.record.disputes.messages import REASONS as REASON_NAMES
from huikuan.record.disputes.messages import STATES as STATE_NAMES
from huikuan.record.disputes.messages import STEPS as STEP_NAMES
from huikuan.record.disputes.operations.facts import Paper
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.operations.resolving import Waits, resolve_dispute
from huikuan.record.disputes.operations.steps import Doing, answer_dispute
from huikuan.record.disputes.queries.disputes import DisputeRow, StepRow, dispute, steps_of
from huikuan.record.disputes.queries.listing import ALL, SHOWS, Asking, DisputeFilter, every_dispute
from huikuan.record.disputes.queries.statistics import statistics
from huikuan.record.disputes.telling import dispute_json, figures_json, step_json
from huikuan.record.receivables.queries.ledger import ItemRow, item


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("dispute", help=_("what customers do not accept of claims")).add_subparsers(
        dest="action", required=True
    )
    _add_raise(actions)
    listing = add_command(actions, "list", _list, _("disputes on a day, the first to be answered first"))
    listing.add_argument("--show", default="", choices=SHOWS, help=_("those not resolved if left out"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--reason", default=None, choices=REASONS)
    listing.add_argument("--department", default=None)
    show = add_command(actions, "show", _show, _("a dispute and its life"))
    stats = add_command(actions, "stats", _stats, _("how many, over how much, what was granted, how long they took"))
    stats.add_argument("--by", default=BY[0], choices=BY)
    stats.add_argument("--from", dest="since", default="", metavar="DATE", help=_("raised on this day or later"))
    stats.add_argument("--until", default="", metavar="DATE", help=_("raised on this day or earlier"))
    for parser in (listing, show, stats):
        parser.add_argument("--as-of", default="", metavar="DATE")
    answer = add_command(actions, "answer", _answer, _("what the department says, and how much it finds right"))
    resolve = add_command(actions, "resolve", _resolve, _("end a dispute; a credit is posted and settled at once"))
    resolve.add_argument("--outcome", required=True, choices=OUTCOMES)
    resolve.add_argument("--document", default="", metavar="NUMBER", help=_("number of the credit note"))
    for parser in (show, answer, resolve):
        parser.add_argument("number", type=int)
    for parser in (answer, resolve):
        parser.add_argument("--amount", default="", help=_("what is found right, or granted"))
        parser.add_argument("--seen", type=int, metavar="STEP", help=_("refuse if it has another last step by now"))
        _add_words(parser)


def _add_raise(actions: Any) -> None:
    parser = add_command(actions, "raise", _raise, _("a customer does not accept a claim"))
    parser.add_argument("item", type=int, help=_("number of the item"))
    parser.add_argument("--amount", default="", help=_("all that is open and not disputed yet if left out"))
    parser.add_argument("--reason", required=True, choices=REASONS)
    parser.add_argument("--source", default="call", choices=TOLD)
    parser.add_argument("--said-by", default="", metavar="NAME", help=_("who at the customer"))
    parser.add_argument("--on", default="", metavar="DATE", help=_("today if left out"))
    _add_words(parser)


def _add_words(parser: ArgumentParser) -> None:
    parser.add_argument("--note", default="", help=_("in words"))
    parser.add_argument("--file", action="append", default=[], help=_("a file that proves it; may be repeated"))


def _raise(options: Namespace) -> int:
    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.COLLECT, at=at)
    subject = item(options.item)
    if not seen(scope).has(subject.company_id, subject.customer_id):
        raise Refusal("item_unknown", item=options.item)
    actor = commander(options, Permission.COLLECT, company_id=subject.company_id, at=at)
    number = raise_dispute(
        company_id=subject.company_id,
        item_id=subject.id,
        amount=_amount(options, subject),
        reason=options.reason,
        note=options.note,
        files=_papers(options),
        source=options.source,
        said_by=options.said_by,
        opened_on=parse_date(options.on) if options.on else None,
        actor=actor,
        at=at,
    )
    return _tell_one(options, number)


def _list(options: Namespace) -> int:
    asking = _asking(options)
    whose = customer(options.customer, scope=asking.scope).id if options.customer else None
    chosen = DisputeFilter(show=options.show, reason=options.reason, department=options.department, customer_id=whose)
    rows = list(every_dispute(chosen, asking))
    body = {"as_of": asking.day.isoformat(), "disputes": [dispute_json(row) for row in rows]}
    return _tell(options, body, [_line(row) for row in rows])


def _show(options: Namespace) -> int:
    asking = _asking(options)
    row = dispute(options.number, scope=asking.scope, day=asking.day)
    steps = steps_of(row.id, day=asking.day)
    body = {**dispute_json(row), "steps": [step_json(one, row.currency) for one in steps]}
    return _tell(options, body, [_line(row), *(_step_line(one) for one in steps)])


def _stats(options: Namespace) -> int:
    asking = _asking(options)
    since, until = (parse_date(text) if text else None for text in (options.since, options.until))
    found = statistics(options.by, DisputeFilter(show=ALL, since=since, until=until), asking)
    body = {"as_of": asking.day.isoformat(), "by": options.by, "figures": [figures_json(one) for one in found]}
    return _tell(options, body, [_figures_line(one) for one in found])


def _answer(options: Namespace) -> int:
    row, doing = _acted(options, (Permission.RESOLVE_DISPUTES,))
    answer_dispute(doing, accepted=_amount(options, row))
    return _tell_one(options, row.id)


def _resolve(options: Namespace) -> int:
    needed = (Permission.COLLECT,) if options.outcome == WITHDRAWN else (Permission.RESOLVE_DISPUTES,)
    row, doing = _acted(options, (*needed, Permission.POST_ITEMS) if options.outcome in POSTING else needed)
    ended = resolve_dispute(
        doing, outcome=options.outcome, accepted=_amount(options, row), document_number=options.document
    )
    if isinstance(ended, Waits):
        line = _("Asked for as request %(request)s; it holds once another person has approved it.")
        body = {"request": ended.request_id, "state": "waiting", "dispute": row.id}
        return _tell(options, body, [line % {"request": ended.request_id}])
    return _tell_one(options, row.id)


def _acted(options: Namespace, needed: Sequence[Permission]) -> tuple[DisputeRow, Doing]:
    """The dispute and who does something about it, on whose rows they hold all that it takes."""
    at = datetime.now(UTC)
    row = dispute(options.number, scope=reader_scope(options, needed[0], at=at))
    for permission in needed:
        actor = commander(options, permission, company_id=row.company_id, at=at)
    return row, Doing(row.id, actor, at, options.note, _papers(options), options.seen)


def _asking(options: Namespace) -> Asking:
    at = datetime.now(UTC)
    day: date = parse_date(options.as_of) if options.as_of else business_date(at)
    return Asking(reader_scope(options, Permission.VIEW_LEDGER, at=at), day)


def _amount(options: Namespace, subject: ItemRow | DisputeRow) -> int | None:
    return to_minor(options.amount, subject.currency) if options.amount else None


def _papers(options: Namespace) -> list[Paper]:
    missing = next((name for name in options.file if not Path(name).is_file()), None)
    if missing is not None:
        raise Refusal("dispute_file_missing", file=missing)
    return [Paper(Path(name), Path(name).name) for name in options.file]


def _tell_one(options: Namespace, number: int) -> int:
    """The dispute as it is now, to whoever has just acted on it."""
    row = dispute(number, scope=EVERYTHING)
    return _tell(options, dispute_json(row), [_line(row)])


def _line(row: DisputeRow) -> str:
    reason, state = REASON_NAMES[row.reason], STATE_NAMES[row.state]
    parts = [
        f"#{row.id}", row.customer_name, row.document_number or str(row.item_id), _(reason),
        f"{row.currency} {to_text(row.standing, row.currency)} / {to_text(row.amount, row.currency)}", _(state),
        row.department, row.due_on.isoformat(),
    ]  # fmt: skip
    title = OUTCOME_NAMES[row.outcome] if row.outcome else ""
    return "\t".join([*parts, _(title)] if title else parts)


def _step_line(one: StepRow) -> str:
    title = STEP_NAMES[one.step]
    return f"  {one.effective_on}\t{_(title)}\t{one.department}\t{one.note}"


def _figures_line(one: Figures) -> str:
    told = figures_json(one)
    return "\t".join(str(told[name] or "–") for name in told)


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> int:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0
