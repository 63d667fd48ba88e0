"""What is known of a customer's payers, counted up from the words said of them, in the order they were said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NAME, ACCOUNT = "name", "account"
CONFIRMED, DENIED, REGISTERED, REVOKED = "confirmed", "denied", "registered", "revoked"


@dataclass(frozen=True, slots=True)
class Known:
    """How often each name and account was confirmed as this customer's payer; who pays for it by which mandate."""

    aliases: Mapping[str, int] = field(default_factory=dict)
    accounts: Mapping[str, int] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One word about a payer's name or account and a customer."""

    customer_id: int
    sign: str
    value: str
    word: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What comes of all words about one name or account and one customer.

    `confirmed`: how often more it was confirmed than denied since it last began to count; `denied`: how often more it
    was denied; one of them is 0. `revoked`: a person said it no longer counts; only a person makes it count again.
    """

    confirmed: int = 0
    denied: int = 0
    revoked: bool = False

    @property
    def counts(self) -> bool:
        return self.confirmed > 0 and not self.revoked


def counted(words: Iterable[Said]) -> dict[tuple[int, str, str], Standing]:
    """(customer, sign, value) → what stands of it.

    A confirmation adds one, a denial takes one away, below nothing too: twice denied, once confirmed is still denied.
    A registration counts as one confirmation and ends a revocation; a revocation takes all away, and what is confirmed
    before somebody registers it again counts nothing.
    """
    balance: dict[tuple[int, str, str], int] = defaultdict(int)
    revoked: dict[tuple[int, str, str], bool] = defaultdict(bool)
    for one in words:
        key = (one.customer_id, one.sign, one.value)
        if one.word == REVOKED:
            balance[key], revoked[key] = 0, True
        elif one.word == REGISTERED:
            balance[key], revoked[key] = max(balance[key], 0) + 1, False
        elif one.word == DENIED:
            balance[key] -= 1
        elif not revoked[key]:
            balance[key] += 1
    return {
        key: Standing(max(times, 0) if not revoked[key] else 0, max(-times, 0), revoked[key])
        for key, times in balance.items()
    }
