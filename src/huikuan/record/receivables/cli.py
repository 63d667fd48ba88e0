"""Commands of receivables."""

from __future__ import annotations

from typing import Any

from huikuan.record.receivables.cli_aging import add_aging


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    add_aging(subparsers)
