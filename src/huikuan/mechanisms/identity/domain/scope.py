"""Whose rows a reader may see: the union of what each of their grants reaches.

A grant reaches the customers its holder owns, those of the holder's teams, every customer of one company,
or everything. Customers of a salesperson are those whose owner is theirs today, whatever day is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

_Value = TypeVar("_Value")


class Reach(StrEnum):
    """How far a grant of a role goes."""

    OWN = "own"
    TEAM = "team"
    COMPANY = "company"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of these companies (None: of every one) and of customers owned by one of these (None: whosoever)."""

    companies: frozenset[int] | None
    owners: frozenset[str] | None

    def covers(self, other: Part) -> bool:
        """Whether every row of `other` is one of ours."""
        return _within(other.companies, self.companies) and _within(other.owners, self.owners)


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows some part reaches. `on`: the day whose owners count; needed where a part names owners."""

    parts: tuple[Part, ...]
    on: date | None = None

    @property
    def companies(self) -> frozenset[int] | None:
        """The companies of which anything is seen; None: every one, also those added later."""
        return _union(part.companies for part in self.parts)

    @property
    def owners(self) -> frozenset[str] | None:
        """The owners whose customers are seen; None: some company's customers are seen whosoever they are."""
        return _union(part.owners for part in self.parts)

    @property
    def everything(self) -> bool:
        return EVERYWHERE in self.parts

    @property
    def nothing(self) -> bool:
        return not self.parts

    @property
    def whole_companies(self) -> frozenset[int] | None:
        """The companies of which every row is seen (None: of every one): files are shown whole or not at all."""
        return _union(part.companies for part in self.parts if part.owners is None)

    def whole(self, company_id: int) -> bool:
        """Whether every row of the company is seen."""
        return _within(frozenset({company_id}), self.whole_companies)

    def owners_across(self, companies: frozenset[int] | None) -> frozenset[str] | None:
        """The owners all of whose rows in these companies (None: in every one) are reached; None: everybody's."""

        def reached(owner: str | None) -> bool:
            whose = [one for one in self.parts if one.owners is None or owner in one.owners]
            return bool(whose) and _within(companies, _union(one.companies for one in whose))

        if reached(None):
            return None
        named = frozenset[str]().union(*(one.owners for one in self.parts if one.owners is not None))
        return frozenset(owner for owner in named if reached(owner))

    def part_of(self, company_id: int) -> Scope:
        """The same, of one company alone."""
        one = frozenset({company_id})
        return scope_of([Part(one, part.owners) for part in self.parts if _within(one, part.companies)], on=self.on)


EVERYWHERE = Part(None, None)
EVERYTHING = Scope((EVERYWHERE,))
NOTHING = Scope(())


def scope_of(parts: Iterable[Part], *, on: date | None) -> Scope:
    """The union of `parts`: those of the same owners become one, those inside another one go."""
    companies: dict[frozenset[str] | None, frozenset[int] | None] = {}
    for part in parts:
        known = companies.get(part.owners, frozenset())
        companies[part.owners] = None if known is None or part.companies is None else known | part.companies
    merged = [Part(where, owners) for owners, where in companies.items()]
    kept = [one for one in merged if not any(other is not one and other.covers(one) for other in merged)]
    return Scope(tuple(sorted(kept, key=_order)), on)


def _within(inner: frozenset[_Value] | None, outer: frozenset[_Value] | None) -> bool:
    return outer is None or (inner is not None and inner <= outer)


def _union(sets: Iterable[frozenset[_Value] | None]) -> frozenset[_Value] | None:
    whole: frozenset[_Value] = frozenset()
    for one in sets:
        if one is None:
            return None
        whole |= one
    return whole


def _order(part: Part) -> tuple[bool, list[int], list[str]]:
    return part.companies is not None, sorted(part.companies or ()), sorted(part.owners or ())
