"""Commands of cash, beside those of banking under the word `bank`: `huikuan bank match|apply|undo|remittance …`."""

from __future__ import annotations

from typing import Any

from huikuan.record.banking.cli import add_bank
from huikuan.record.cash.cli.advising import add_advising
from huikuan.record.cash.cli.applying import add_applying
from huikuan.record.cash.cli.feedback import add_feedback
from huikuan.record.cash.cli.matching import add_matching
from huikuan.record.cash.cli.payers import add_payers


def add_commands(subparsers: Any) -> None:
    """Add the word `bank` with what banking does and what becomes of the money."""
    actions = add_bank(subparsers)
    add_matching(actions)
    add_applying(actions)
    add_advising(actions)
    add_payers(actions)
    add_feedback(actions)
