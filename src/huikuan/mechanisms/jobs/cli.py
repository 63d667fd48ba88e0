"""Commands of jobs: `huikuan job list|show|retry`. The worker itself is started by the shell."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.mechanisms.jobs import operations, queries
from huikuan.mechanisms.jobs.models import Job


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("job", help=_("background work: list, show, retry")).add_subparsers(
        dest="action", required=True
    )
    listing = actions.add_parser("list", help=_("the latest jobs"))
    listing.add_argument("--state", choices=Job.State.values)
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=_list)
    for name, run, told in (
        ("show", _show, _("one job and its result")),
        ("retry", _retry, _("try a failed job again")),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("job", type=int)
        action.set_defaults(run=run)
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true")


def _list(options: argparse.Namespace) -> int:
    rows = queries.jobs(state=options.state, limit=options.limit)
    if options.json:
        _print_json({"jobs": [asdict(row) for row in rows]})
        return 0
    for row in rows:
        print(_line(row))
    return 0


def _show(options: argparse.Namespace) -> int:
    row, result = queries.job(options.job)
    if options.json:
        _print_json({**asdict(row), "result": result})
    else:
        print(_line(row), json.dumps(result, ensure_ascii=False), sep="\n")
    return 0


def _retry(options: argparse.Namespace) -> int:
    operations.retry_job(options.job, at=datetime.now(UTC))
    return _show(options)


def _line(row: queries.JobRow) -> str:
    progress = f" {row.done}/{row.total}" if row.total else ""
    return f"{row.id} {row.kind} {row.key} {row.state}{progress} {row.message}".strip()


def _print_json(body: object) -> None:
    print(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder))
