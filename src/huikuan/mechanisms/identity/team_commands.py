"""Commands of teams: `huikuan team …`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.mechanisms.identity import operations, queries
from huikuan.mechanisms.identity.actors import add_actor_option, cli_actor


def add_team_commands(subparsers: Any) -> None:
    """Add `huikuan team add|move|join|leave|list`."""
    actions = subparsers.add_parser("team", help=_("teams and who is in them")).add_subparsers(
        dest="action", required=True
    )
    add = _action(actions, "add", _add, _("a new team"))
    add.add_argument("code")
    add.add_argument("--name", required=True)
    add.add_argument("--below", default="", metavar="CODE", help=_("the team it is part of"))
    move = _action(actions, "move", _move, _("put a team below another"))
    move.add_argument("code")
    move.add_argument("--below", default="", metavar="CODE", help=_("the team it is part of"))
    for name, run, told in (("join", _join, _("somebody is in the team")), ("leave", _leave, _("is no longer"))):
        action = _action(actions, name, run, told)
        action.add_argument("code")
        action.add_argument("username")
        action.add_argument("--from", dest="effective_on", help=_("the day, like 2026-11-21 (default: today)"))
    _action(actions, "list", _list, _("all teams"))


def _action(actions: Any, name: str, run: Any, told: str) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("--json", action="store_true")
    add_actor_option(action)
    action.set_defaults(run=run)
    return action


def _add(options: argparse.Namespace) -> int:
    operations.add_team(
        code=options.code, name=options.name, parent=options.below, actor=cli_actor(options), at=datetime.now(UTC)
    )
    return _list(options)


def _move(options: argparse.Namespace) -> int:
    operations.move_team(code=options.code, parent=options.below, actor=cli_actor(options), at=datetime.now(UTC))
    return _list(options)


def _join(options: argparse.Namespace) -> int:
    return _stay(operations.join_team, options)


def _leave(options: argparse.Namespace) -> int:
    return _stay(operations.leave_team, options)


def _stay(change: Any, options: argparse.Namespace) -> int:
    day = parse_date(options.effective_on) if options.effective_on else None
    change(
        username=options.username,
        team=options.code,
        effective_on=day,
        actor=cli_actor(options),
        at=datetime.now(UTC),
    )
    return _list(options)


def _list(options: argparse.Namespace) -> int:
    rows = queries.teams(at=datetime.now(UTC))
    if options.json:
        print(json.dumps({"teams": [asdict(row) for row in rows]}, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{'  ' * row.depth}{row.code} · {row.name} · {', '.join(row.members) or '–'}")
    return 0
