"""What a message of a run goes by in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

CASE = "collect"


@dataclass(frozen=True, slots=True)
class Case:
    """What a message of a run goes by. Of one written anew: `instead_of` the notice it takes the place of, the day it
    was written for, and what it asks for by its digest; the run's facts say so of the first one."""

    run_id: int
    customer_id: int
    instead_of: int | None = None
    on: date | None = None
    digest: str = ""

    def __str__(self) -> str:
        first = f"{CASE}:{self.run_id}:{self.customer_id}"
        if self.instead_of is None or self.on is None:
            return first
        return f"{first}:{self.instead_of}:{self.on:%Y%m%d}:{self.digest}"

    @property
    def first(self) -> str:
        """How every case begins that takes the place of the same notice."""
        return f"{CASE}:{self.run_id}:{self.customer_id}:{self.instead_of}:"


def case_said(text: str) -> Case | None:
    """The case a notice was queued by; None: it is no message of a run."""
    kind, *said = text.split(":")
    if kind != CASE:
        return None
    if len(said) == 2:
        return Case(int(said[0]), int(said[1]))
    return Case(int(said[0]), int(said[1]), int(said[2]), date.fromisoformat(said[3]), said[4])
