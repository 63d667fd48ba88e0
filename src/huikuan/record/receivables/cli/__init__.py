"""Commands of receivables: aging, ledger check, exchange rates, period locks."""

from __future__ import annotations

from typing import Any

from huikuan.record.receivables.cli.aging import add_aging
from huikuan.record.receivables.cli.ledger import add_ledger, add_period, add_rates


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    add_aging(subparsers)
    add_ledger(subparsers)
    add_rates(subparsers)
    add_period(subparsers)
