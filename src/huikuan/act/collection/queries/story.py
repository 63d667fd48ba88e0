"""An entry of a customer's timeline, and who adds entries from above: contexts that know more of the customer.

Light on purpose: a context registers its reader when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huikuan.kernel.dates import day_end
from huikuan.mechanisms.identity.domain.scope import Scope

if TYPE_CHECKING:  # a context says who tells its story before there are models
    from huikuan.mechanisms.approvals.queries import Reader as Reads

PEOPLE, MONEY = "people", "money"


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` says which source, `what` which of its events, `about` PEOPLE (somebody spoke) or MONEY, '' neither.
    `words`: what was said, as it was; `shown`: what the sentence needs, amounts in minor units of `currency`. `link`:
    an address's name and its arguments."""

    kind: str
    what: str
    on: date
    at: datetime
    actor: str
    about: str = ""
    words: str = ""
    amount: int | None = None
    currency: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    link: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose story for whom, as of which day; `requests`: who reads what was asked for (None: somebody who may not),
    `known`: by facts whose tx lies below (None: by all), `people`: over whom people are named (None: over `scope`)."""

    customer_id: int
    scope: Scope
    day: date
    requests: Reads | None = None
    known: int | None = None
    people: Scope | None = None

    @property
    def before(self) -> datetime:
        """When the day ends: what is recorded later was not so yet."""
        return day_end(self.day)


Reader = Callable[[Asked], Iterator[Entry]]

#: Readers of contexts above, in the order they were added.
ABOVE: list[Reader] = []


def add_reader(reader: Reader) -> None:
    """Have the timeline tell what a context above knows of a customer too."""
    if reader not in ABOVE:
        ABOVE.append(reader)
