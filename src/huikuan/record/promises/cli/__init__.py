"""Commands: `huikuan promise …`, `plan …`, `in-kind …`, `freeze …`."""

from __future__ import annotations

from typing import Any

from huikuan.record.promises.cli import barter, freeze, plan, promise


def add_commands(subparsers: Any) -> None:
    """Add this context's four words to `huikuan`."""
    for word in (promise, plan, barter, freeze):
        word.add_word(subparsers)
