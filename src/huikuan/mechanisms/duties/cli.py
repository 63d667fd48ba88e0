"""Commands of duties: `huikuan duty …`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.mechanisms.duties.operations import ask_exception
from huikuan.mechanisms.duties.policies import matrix_at
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.queries import company_named, exceptions


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("duty", help=_("duties kept apart, and exceptions")).add_subparsers(
        dest="action", required=True
    )
    listing = actions.add_parser("list", help=_("pairs of roles kept apart, and every exception"))
    listing.set_defaults(run=_list)
    asking = actions.add_parser("except", help=_("ask that one person may hold both for a while"))
    asking.add_argument("username", metavar="USER")
    asking.add_argument("role", metavar="ROLE", choices=list(ROLES))
    asking.add_argument("--company", metavar="CODE", default="", help=_("for this company only"))
    asking.add_argument("--because", required=True, help=_("why one person holds duties that conflict"))
    asking.add_argument("--until", metavar="DATE", required=True, help=_("the last day of it"))
    asking.set_defaults(run=_ask)
    add_actor_option(asking)
    for action in (listing, asking):
        action.add_argument("--json", action="store_true")


def _list(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    pairs, found = sorted(sorted(pair) for pair in matrix_at(at).pairs), exceptions(at=at)
    if options.json:
        body = {"apart": pairs, "exceptions": [asdict(row) for row in found]}
        print(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder))
        return 0
    for left, right in pairs:
        print(f"{_(ROLE_TITLES[left])} × {_(ROLE_TITLES[right])}")
    for row in found:
        until = row.ends_at.isoformat() if row.ends_at else "–"
        mark = "" if row.held else f" ({_('over')})"
        print(f"{row.username} · {_(ROLE_TITLES[row.grant.role])} → {until}{mark} · {row.reason} · {row.approved_by}")
    return 0


def _ask(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    company_id = company_named(options.company).id if options.company else None
    request = ask_exception(
        username=options.username,
        role=options.role,
        company=options.company,
        reason=options.because,
        until=parse_date(options.until),
        actor=commander(options, Permission.MANAGE_USERS, company_id=company_id, at=at),
        at=at,
    )
    print(json.dumps({"request": request}) if options.json else _("Asked: request %(number)s") % {"number": request})
    return 0
