"""`huikuan collect preview`: who should get what on a day, and who should but does not."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.bodies import day_json
from huikuan.act.collection.cli.answers import day_of, finish, tell, waiting_said
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.queries.preview import Left, Row, preview
from huikuan.act.collection.queries.runs import WAITING, approaches, run_excluded, run_lines, run_of
from huikuan.act.collection.telling import CHANNELS, late_text, reason_text, step_text, stop_text
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record


def add_running(actions: Any) -> None:
    """Add `preview` and `run`."""
    for name, words, done in (
        ("preview", _("who gets what on a day and why; nothing is written"), _preview),
        ("run", _("do what the strategy in force asks for on a day, once"), _run),
    ):
        parser = finish(actions.add_parser(name, help=words), done)
        parser.add_argument("--date", metavar="DATE", help=_("the day (default: today)"))


def _preview(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    on = day_of(options.date, company, at)
    found = preview(company, on, scope=scope, at=at)
    answer(options, on, found.rows, found.excluded)
    return 0


def _run(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.SEND_NOTICES, company_id=company.pk, at=at)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    ran = run_day(company=company, on=day_of(options.date, company, at), actor=actor, at=at)
    run = run_of(ran.run_id, scope=scope)
    answer(options, ran.on, run_lines(run, scope=scope), run_excluded(run, scope=scope))
    if not options.json:
        for line in waiting_said(approaches(run, scope=scope, state=WAITING)):
            print(f"  {line}")
    return 0


def answer(options: Namespace, on: date, rows: Sequence[Row], excluded: Sequence[Left]) -> None:
    """Rows and excluded, in the order of the customers."""
    tell(options, day_json(on, rows, excluded), [*_said(rows, excluded)])


def _said(rows: Sequence[Row], excluded: Sequence[Left]) -> list[str]:
    counts = {"rows": len(rows), "excluded": len(excluded)}
    lines = [_("%(rows)s steps due, %(excluded)s held back") % counts]
    for row in rows:
        how = _(CHANNELS[row.channel])
        amount = f"{row.currency} {to_text(row.amount, row.currency)}"
        lines.append(
            f"  {row.customer}\t{row.document_number}\t{amount}\t{step_text(row.step)}\t{how}\t{reason_text(row.why)}"
        )
    lines += [
        f"  {one.customer}\t{one.document_number}\t{late_text(one.late)}\t{stop_text(one.stop)}" for one in excluded
    ]
    return lines
