"""`huikuan collect …`: who gets which word today, and what holds it back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.cli.holding import add_holding
from huikuan.act.collection.cli.lettering import add_lettering
from huikuan.act.collection.cli.running import add_running
from huikuan.act.collection.cli.trying import add_trying


def add_commands(subparsers: Any) -> None:
    """Add `collect` to `huikuan`."""
    collect = subparsers.add_parser("collect", help=_("the daily run of collecting, holds, strategies tried"))
    actions = collect.add_subparsers(required=True)
    add_running(actions)
    add_holding(actions)
    add_trying(actions)
    add_lettering(actions)
