"""Handing customers over: who may sign for which side, and when it holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope

GIVER, RECEIVER, CALLED_OFF = "giver", "receiver", "called_off"
OPEN, DONE = "open", "done"

LONGEST_OWNER = 100


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the names the books call them by as an owner, and whose customers they may hand over
    (None: anybody's)."""

    actor: str
    names: frozenset[str]
    over: frozenset[str] | None

    def speaks_for(self, owner: str) -> bool:
        """For oneself, or for somebody whose customers one may hand over: people leave before they sign."""
        return owner in self.names or self.over is None or owner in self.over


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads papers: the names the books call them by as an owner, and the rows of the ledger they see."""

    names: frozenset[str]
    ledger: Scope


#: Who operates the machine.
READS_ALL = Reader(frozenset(), EVERYTHING)


@dataclass(frozen=True, slots=True)
class Place:
    """A customer on a paper with items of one company; None: nothing of it is open."""

    customer_id: int
    company_id: int | None


def state_of(steps: Collection[str]) -> str:
    """called_off, done once both have signed, else open."""
    if CALLED_OFF in steps:
        return CALLED_OFF
    return DONE if {GIVER, RECEIVER} <= set(steps) else OPEN


def check_proposal(from_owner: str, to_owner: str, customers: Collection[int]) -> None:
    """Refuse nobody's, to nobody, to oneself, and nothing."""
    if not from_owner or not to_owner:
        raise Refusal("hand_over_owner_missing")
    if max(len(from_owner), len(to_owner)) > LONGEST_OWNER:
        raise Refusal("affiliation_too_long", longest=LONGEST_OWNER)
    if from_owner == to_owner:
        raise Refusal("hand_over_to_oneself", owner=to_owner)
    if not customers:
        raise Refusal("hand_over_of_nothing")


def check_signature(side: str, owner: str, signer: Signer, signed: Mapping[str, str]) -> None:
    """Refuse a side that has signed, one who does not speak for it, and one hand for both sides.

    `signed`: step → who did it.
    """
    if state_of(signed) != OPEN or side in signed:
        raise Refusal("hand_over_signed_already", side=side)
    if not signer.speaks_for(owner):
        raise Refusal("hand_over_not_yours", owner=owner)
    if signer.actor in signed.values():
        raise Refusal("hand_over_one_hand", actor=signer.actor)


def places_of(customer_ids: Collection[int], lines: Sequence[Mapping[str, Any]]) -> list[Place]:
    """Each customer with the companies its line hands items over of."""
    companies: dict[int, set[int]] = {one: set() for one in customer_ids}
    nothing: list[int | None] = [None]
    for line in lines:
        companies[line["customer_id"]] |= {item["company_id"] for item in line["items"]}
    return [Place(one, company) for one in companies for company in sorted(companies[one]) or nothing]


def part_of(line: Mapping[str, Any], companies: Collection[int | None]) -> dict[str, Any]:
    """A customer's line with the items of these companies alone, summed anew; `part` says that some are left out."""
    shown = [item for item in line["items"] if item.get("company_id") in companies]
    if len(shown) == len(line["items"]):
        return dict(line)
    return {**line, "items": shown, "sums": sums_of(shown), "part": True}


def sums_of(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a line's items come to per currency, in minor units; credits apart."""
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        empty = {"currency": item["currency"], "items": 0, "debit": 0, "overdue": 0, "credit": 0}
        sums = found.setdefault(item["currency"], empty)
        sums["items"] += 1
        sums["credit" if item["side"] == "credit" else "debit"] += item["open"]
        sums["overdue"] += item["open"] if item["overdue_days"] else 0
    return [found[currency] for currency in sorted(found)]


def content_of(lines: Sequence[Mapping[str, Any]]) -> str:
    """What is handed over as canonical JSON text."""
    return json.dumps(list(lines), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
