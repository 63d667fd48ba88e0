"""What the page of the day shows, as frozen rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the reader. `amount` in minor units, None where no money hangs on it; `deadline`
    None where there is none. `act` is the word on its button."""

    title: str
    detail: str
    url: str
    act: str
    icon: str
    amount: int | None = None
    currency: str = ""
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks of one kind: those shown, of `total`. `url`: where all of them are, '' where no page lists them."""

    title: str
    tasks: tuple[Task, ...]
    total: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the program did by itself. `good` None: neither good nor bad."""

    icon: str
    title: str
    detail: str = ""
    good: bool | None = None
    url: str = ""


def urgency(days: int) -> str:
    """A deadline's tag, by days from the day: past or today is bad, within three days a warning."""
    return "bad" if days <= 0 else "warn" if days <= 3 else ""
