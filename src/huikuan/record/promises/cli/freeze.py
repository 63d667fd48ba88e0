"""`huikuan freeze add|list|release`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander
from huikuan.record.promises.cli.common import add_whose, asked, caller, customer_id, reading, tell
from huikuan.record.promises.domain.freezing import KINDS
from huikuan.record.promises.messages import FREEZES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.freezing import propose_freeze, propose_release
from huikuan.record.promises.queries.freezes import FreezeRow, freeze_record, freezes
from huikuan.record.promises.telling import freeze_json


def add_word(subparsers: Any) -> None:
    """Add the word `freeze` to `huikuan`."""
    actions = subparsers.add_parser("freeze", help=_("customers nothing is supplied to, or sold to on credit"))
    actions = actions.add_subparsers(dest="action", required=True)
    add = add_command(actions, "add", _add, _("ask that a customer be frozen; another person approves it"))
    add_whose(add)
    add.add_argument("--kind", choices=KINDS, required=True)
    release = add_command(actions, "release", _release, _("ask that a freeze end; another person approves it"))
    release.add_argument("freeze", type=int)
    for parser in (add, release):
        parser.add_argument("--reason", required=True)
    listing = add_command(actions, "list", _list, _("freezes as they stood on a day, the latest first"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--all", action="store_true", help=_("those released too"))
    listing.add_argument("--as-of", default="", metavar="DATE")


def _add(options: Namespace) -> int:
    who = caller(options)
    request = propose_freeze(
        company=who.company,
        customer_id=who.whose.id,
        kind=options.kind,
        reason=options.reason,
        actor=who.actor,
        at=who.at,
    )
    return asked(options, request)


def _release(options: Namespace) -> int:
    at = datetime.now(UTC)
    actor = commander(options, WRITES, company_id=freeze_record(options.freeze).company_id, at=at)
    return asked(options, propose_release(freeze_id=options.freeze, reason=options.reason, actor=actor, at=at))


def _list(options: Namespace) -> int:
    given = reading(options)
    whose = customer_id(options, given["scope"])
    rows = freezes(standing=not options.all, customer_id=whose, **given)
    body = {"as_of": given["as_of"].isoformat(), "freezes": [freeze_json(row) for row in rows]}
    return tell(options, body, [_line(row) for row in rows])


def _line(row: FreezeRow) -> str:
    kind, until = FREEZES[row.kind], row.released_on.isoformat() if row.released_on else ""
    return "\t".join([f"#{row.id}", row.frozen_on.isoformat(), until, row.customer_name, _(kind), row.reason])
