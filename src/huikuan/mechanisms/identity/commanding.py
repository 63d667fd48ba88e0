"""Who gives a command, and whether they may."""

from __future__ import annotations

import argparse
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import cli_actor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.queries import require, scope


def commander(
    options: argparse.Namespace, permission: Permission, *, company_id: int | None = None, at: datetime
) -> str:
    """The actor of a command that needs `permission`.

    Whoever is named (--actor) has to be a user who may do this on the web too, else `not_permitted`; where
    nobody is named it is the operating system's user, who operates the installation.
    """
    named: str | None = getattr(options, "actor", None)
    if named:
        require(named, permission, company_id=company_id, at=at)
    return cli_actor(options)


def reader_scope(options: argparse.Namespace, permission: Permission, *, at: datetime) -> Scope:
    """The rows a command shows: those the user named with --actor sees on the web, else all there are.

    Refuses somebody who sees none by this permission.
    """
    named: str | None = getattr(options, "actor", None)
    if not named:
        return EVERYTHING
    found = scope(named, permission, at=at)
    if found.nothing:
        raise Refusal("not_permitted", actor=named, permission=permission.value)
    return found
