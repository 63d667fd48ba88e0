"""Teams form a tree; who is in one by a day, from what was recorded of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple


class Stay(NamedTuple):
    """From `effective_on` on the user is (or is no longer) in the team. Given in order of record."""

    user_id: int
    team_id: int
    effective_on: date
    member: bool


def members_on(stays: Iterable[Stay], day: date) -> dict[int, frozenset[int]]:
    """Team → users in it on `day`: of each pair the latest effective stay governs, of one day the last recorded."""
    latest: dict[tuple[int, int], Stay] = {}
    for stay in stays:
        pair = (stay.team_id, stay.user_id)
        if stay.effective_on <= day and (pair not in latest or stay.effective_on >= latest[pair].effective_on):
            latest[pair] = stay
    teams: dict[int, set[int]] = {}
    for (team, user), stay in latest.items():
        if stay.member:
            teams.setdefault(team, set()).add(user)
    return {team: frozenset(users) for team, users in teams.items()}


def with_those_below(teams: Iterable[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """The teams and every team below one of them."""
    found = set(teams)
    below: dict[int, list[int]] = {}
    for team, parent in parents.items():
        if parent is not None:
            below.setdefault(parent, []).append(team)
    waiting = list(found)
    while waiting:
        fresh = [team for team in below.get(waiting.pop(), []) if team not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)


def stands_below(team: int, above: int, parents: Mapping[int, int | None]) -> bool:
    """Whether `team` is `above` itself or lies below it."""
    return team in with_those_below([above], parents)
