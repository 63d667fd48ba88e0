"""Commands of credit: `huikuan credit exposure|limit|check|held|release`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.checking import add_check
from huikuan.judge.credit.cli.exposure import add_exposure
from huikuan.judge.credit.cli.limits import add_limit


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("credit", help=_("exposure, limits, and whether an order fits in")).add_subparsers(
        dest="action", required=True
    )
    add_exposure(actions)
    add_limit(actions)
    add_check(actions)
