"""Background work: orders that wait, asked again as time goes by."""

from __future__ import annotations

from huikuan.judge.credit.operations.orders import ask_waiting
from huikuan.mechanisms.jobs.work import Work


def ask(work: Work) -> dict[str, int]:
    """Let go on what fits in by now: limits begin and rules come into force with a day."""
    return ask_waiting(at=work.at)
