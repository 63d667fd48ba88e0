"""Commands of cash, beside those of banking under the word `bank`: `huikuan bank apply|undo`."""

from __future__ import annotations

from typing import Any

from huikuan.record.banking.cli import add_bank
from huikuan.record.cash.cli.applying import add_applying


def add_commands(subparsers: Any) -> None:
    """Add the word `bank` with what banking does and what becomes of the money."""
    add_applying(add_bank(subparsers))
