"""Commands of contracts: `huikuan contract list|show|milestone`, `huikuan order list|show|deliver|invoice`."""

from __future__ import annotations

from typing import Any

from huikuan.record.contracts.cli.contracts import add_contract
from huikuan.record.contracts.cli.orders import add_order


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    add_contract(subparsers)
    add_order(subparsers)
