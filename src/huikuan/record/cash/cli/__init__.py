"""Commands of cash, under the word `bank`: `huikuan bank apply|undo`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.record.cash.cli.applying import add_applying


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan bank`."""
    actions = subparsers.add_parser("bank", help=_("bank lines, and what they pay")).add_subparsers(
        dest="action", required=True
    )
    add_applying(actions)
