"""Commands of cash, beside those of banking under the word `bank`: `huikuan bank apply|undo`."""
"""Commands of cash, under the word `bank`: `huikuan bank match|apply|undo`."""

from __future__ import annotations

from typing import Any

from huikuan.record.banking.cli import add_bank
from huikuan.record.cash.cli.applying import add_applying
from huikuan.record.cash.cli.matching import add_matching


def add_commands(subparsers: Any) -> None:
    """Add the word `bank` with what banking does and what becomes of the money."""
    add_applying(add_bank(subparsers))
    """Add this context's commands to `huikuan bank`."""
    actions = subparsers.add_parser("bank", help=_("bank lines, and what they pay")).add_subparsers(
        dest="action", required=True
    )
    add_matching(actions)
    add_applying(actions)
