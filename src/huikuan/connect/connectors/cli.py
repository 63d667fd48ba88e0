"""Commands of connectors."""

from __future__ import annotations

from typing import Any


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
