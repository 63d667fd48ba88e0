"""What a kind of job is: the function that does it and how patiently it is tried.

The kinds themselves are listed in huikuan.shell.wiring; this mechanism knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from huikuan.mechanisms.jobs.work import Work

#: Does the job; what it returns (plain JSON values) is kept as the job's result.
Run = Callable[[Work], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind is done.

    `attempts` claims are made before the job counts as failed; `every` makes the kind recur
    (its key is then empty). `run` may be called again after a crash: it commits its effects in
    `Work.step` and goes on from `Work.cursor`.
    """

    run: Run
    attempts: int = 5
    every: timedelta | None = None


def wait_before(attempt: int) -> timedelta:
    """How long to wait before trying again after the `attempt`-th failure: 5 s, 10, 20 … 10 min."""
    return timedelta(seconds=min(5 * 2 ** (attempt - 1), 600))
