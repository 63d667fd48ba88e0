"""What the commands of this context have in common."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers import queries as customers


def add_list_options(parser: Any) -> None:
    """What narrows a list."""
    parser.add_argument("--find", default="", help=_("part of a number, name or customer"))
    parser.add_argument("--customer", default="", metavar="CODE")
    parser.add_argument("--after", default="", help=_("begin after this place (next in the answer)"))
    parser.add_argument("--limit", type=int, default=50)


def finish(parser: Any, run: Any, *, company: bool = False) -> None:
    """The company it is about, who gives it, JSON, and what it does."""
    if company:
        parser.add_argument("--company", default="MAIN", metavar="CODE")
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def seen_by(options: Namespace, permission: Permission) -> Scope:
    """The rows a command may look at or change: those of the user it names by the permission, else all there are."""
    return reader_scope(options, permission, at=datetime.now(UTC))


def customer_id(options: Namespace, scope: Scope) -> int | None:
    """The customer a list is narrowed to; refuses an unknown code, and one out of scope likewise."""
    return customers.customer(options.customer, scope=scope).id if options.customer else None


def show(options: Namespace, body: Any, lines: list[str]) -> None:
    """JSON alone where it is asked for, else the lines."""
    print(json.dumps(body, ensure_ascii=False, default=str) if options.json else "\n".join(lines))
