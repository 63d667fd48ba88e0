"""Who gives a command, and whether they may."""

from __future__ import annotations

import argparse
from datetime import datetime

from huikuan.mechanisms.identity.actors import cli_actor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require


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
