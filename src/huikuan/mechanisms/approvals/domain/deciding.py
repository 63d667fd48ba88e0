"""Who may decide at a stop: four eyes, also across delegations.

A person, those who act for them and those they act for count as one: none of them decides what another of them made
or has decided already.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from huikuan.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Delegation:
    """`giver` lets `delegate` decide for them from `begins_at` until before `ends_at`."""

    giver: str
    delegate: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Mandate:
    """A right to decide at the stop: whose it is, and by which role they hold it."""

    holder: str
    role: str


@dataclass(frozen=True, slots=True)
class Involved:
    """Who has a hand in a request: its maker, those it may not be decided by (`barred`: whom it concerns), and who
    decided along the route so far."""

    maker: str
    barred: frozenset[str]
    hands: frozenset[str]


def linked(person: str, delegations: Sequence[Delegation], *, since: datetime, until: datetime) -> frozenset[str]:
    """Those the person acted for, or who acted for them, at any time between the two instants."""
    alive = [one for one in delegations if one.begins_at <= until and one.ends_at > since]
    return frozenset(
        other
        for one in alive
        for mine, other in ((one.giver, one.delegate), (one.delegate, one.giver))
        if mine == person
    )


def givers(person: str, delegations: Sequence[Delegation], *, at: datetime) -> tuple[str, ...]:
    """Those for whom the person may decide now, by name."""
    return tuple(
        sorted({one.giver for one in delegations if one.delegate == person and one.begins_at <= at < one.ends_at})
    )


def require_apart(actor: str, links: Collection[str], involved: Involved) -> None:
    """Refuse the maker, whom it concerns, and whoever decided before; each also through a delegation."""
    if actor == involved.maker:
        raise Refusal("request_own", actor=actor)
    if actor in involved.barred:
        raise Refusal("request_concerns_you", actor=actor)
    if actor in involved.hands:
        raise Refusal("request_decided_by_you", actor=actor)
    entangled = sorted(set(links) & ({involved.maker} | involved.barred | involved.hands))
    if entangled:
        raise Refusal("request_delegate_conflict", actor=actor, other=", ".join(entangled))


def chosen(actor: str, mandates: Sequence[Mandate], *, roles: Sequence[str]) -> Mandate:
    """The mandate that is used: one's own before another's, the role nearest to the stop first.

    Refuses where there is none.
    """
    if not mandates:
        raise Refusal("request_not_yours", actor=actor, roles=", ".join(roles))
    return min(mandates, key=lambda one: (one.holder != actor, roles.index(one.role), one.holder))
