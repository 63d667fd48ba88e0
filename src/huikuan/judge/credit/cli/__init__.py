"""Commands of the band: `huikuan credit exposure|limit|check|decide|held|release|dry-run`, and those of rating."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.checking import add_check
from huikuan.judge.credit.cli.dry_run import add_dry_run
from huikuan.judge.credit.cli.exposure import add_exposure
from huikuan.judge.credit.cli.limits import add_limit
from huikuan.judge.rating.cli import add_rating


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    group = subparsers.add_parser("credit", help=_("grades, exposure, limits, and whether an order fits in"))
    actions = group.add_subparsers(dest="action", required=True)
    add_rating(actions)
    add_exposure(actions)
    add_limit(actions)
    add_check(actions)
    add_dry_run(actions)
