"""Commands of work: `huikuan work …`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.actors import add_actor_option, person
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.queries import rights
from huikuan.mechanisms.work import operations, queries
from huikuan.mechanisms.work.kinds import DONE, kind_named
from huikuan.mechanisms.work.messages import STATE_TITLES, STEP_TITLES
from huikuan.mechanisms.work.queries import Chosen, ItemRow, Reader
from huikuan.mechanisms.work.queries.listing import ALL, SHOWS

Command = Callable[[argparse.Namespace], int]


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("work", help=_("what waits for people, and who does it")).add_subparsers(
        dest="action", required=True
    )
    listing = _add(actions, "list", _("work items, those due first"), _list)
    listing.add_argument("--show", choices=[one for one in SHOWS if one], default="")
    listing.add_argument("--kind", default="")
    _on_item(actions, "show", _("a work item with its history"), _show)
    _on_item(actions, "take", _("make it one's own"), _take)
    handing = _on_item(actions, "hand", _("hand it to a person or a role"), _hand)
    handing.add_argument("--to", default="", metavar="NAME")
    handing.add_argument("--role", default="")
    handing.add_argument("--note", default="")
    finishing = _on_item(actions, "finish", _("close it with a result"), _finish)
    finishing.add_argument("--result", default=DONE)
    finishing.add_argument("--note", default="")
    _add(actions, "tend", _("put what is late to the role above, as the worker does"), _tend)


def _add(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("--json", action="store_true")
    add_actor_option(action)
    action.set_defaults(run=run)
    return action


def _on_item(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action = _add(actions, name, told, run)
    action.add_argument("item", type=int)
    return action


def _list(options: argparse.Namespace) -> int:
    """Of a user named with --actor their inbox, else everything that is open."""
    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.VIEW_WORK, at=at)
    name = options.actor or ""
    reader = Reader(name, rights(name, at=at), scope, business_date(at))
    chosen = Chosen(options.show or ("" if name else ALL), kind_named(options.kind).name if options.kind else "")
    rows = list(queries.every_item(chosen, reader))
    if options.json:
        _print_json({"items": [asdict(row) for row in rows]})
        return 0
    for row in rows:
        print(_line(row))
    return 0


def _show(options: argparse.Namespace) -> int:
    return _print_item(options)


def _take(options: argparse.Namespace) -> int:
    actor, at = _actor(options)
    operations.take_item(item_id=options.item, actor=actor, at=at)
    return _print_item(options)


def _hand(options: argparse.Namespace) -> int:
    actor, at = _actor(options)
    operations.hand_item(item_id=options.item, to=options.to, role=options.role, note=options.note, actor=actor, at=at)
    return _print_item(options)


def _finish(options: argparse.Namespace) -> int:
    actor, at = _actor(options)
    operations.finish_item(item_id=options.item, result=options.result, note=options.note, actor=actor, at=at)
    return _print_item(options)


def _tend(options: argparse.Namespace) -> int:
    _who, at = _actor(options)
    escalated = operations.tend_items(at=at)
    if options.json:
        _print_json({"escalated": escalated})
    else:
        print(_("Put to the role above: %(count)s") % {"count": escalated})
    return 0


def _actor(options: argparse.Namespace) -> tuple[str, datetime]:
    at = datetime.now(UTC)
    return commander(options, Permission.VIEW_WORK, at=at), at


def _print_item(options: argparse.Namespace) -> int:
    row = queries.item(options.item, scope=reader_scope(options, Permission.VIEW_WORK, at=datetime.now(UTC)))
    steps = queries.history(row.id)
    if options.json:
        _print_json({**asdict(row), "history": [asdict(step) for step in steps]})
        return 0
    print(_line(row))
    for step in steps:
        said = f"{step.at.isoformat()} {_(STEP_TITLES[step.step])} {person(step.actor)} {step.result} {step.note}"
        print("  " + " ".join(said.split()))
    return 0


def _line(row: ItemRow) -> str:
    kind = kind_named(row.kind)
    whose = row.owner or (_(ROLE_TITLES[row.role]) if row.role else "")
    above = f" ↑ {_(ROLE_TITLES[row.above])}" if row.above else ""
    title, detail = _(kind.title_of(row.about)), kind.describe(row.about)
    return f"#{row.id} {row.due_on} {title} · {detail} · {_(STATE_TITLES[row.state])} → {whose}{above}"


def _print_json(body: Mapping[str, object]) -> None:
    print(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder))
