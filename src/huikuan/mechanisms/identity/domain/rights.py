"""What somebody may do and whose rows they see, from the grants they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, OPERATOR, Permission, permissions_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Reach, Scope, scope_of


class Held(NamedTuple):
    """A grant in force: of one company, or (None) of all."""

    role: str
    company_id: int | None
    reach: Reach


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything an actor held at an instant: asked for once, answered from often."""

    held: frozenset[Held] = frozenset()
    operator: bool = False

    def roles(self, company_id: int | None) -> frozenset[str]:
        """The roles for the company: those given for it and those given for all."""
        return frozenset(one.role for one in self.held if one.company_id is None or one.company_id == company_id)

    def by(self, role: str) -> Rights:
        """What is held by this role alone, with its own reach."""
        return Rights(frozenset(one for one in self.held if one.role == role))

    def permissions(self, company_id: int | None, *, apart: bool = True) -> frozenset[Permission]:
        """What they allow for the company together. Whoever administers any company approves nothing anywhere,
        and administers no other company for it (`apart`: see domain.roles.permissions_of)."""
        if self.operator:
            return OPERATOR
        return permissions_of(self.roles(company_id), administers=self._administers, apart=apart)

    def anywhere(self) -> frozenset[Permission]:
        """What they allow for some company."""
        if self.operator:
            return OPERATOR
        return permissions_of((one.role for one in self.held), administers=self._administers)

    def companies_with(self, permission: Permission) -> frozenset[int] | None:
        """The companies this is allowed for; None: every one, also those added later."""
        if permission in self.permissions(None):
            return None
        named = {one.company_id for one in self.held if one.company_id is not None}
        return frozenset(company for company in named if permission in self.permissions(company))

    def scope(self, permission: Permission, *, own: Iterable[str], team: Iterable[str], on: date) -> Scope:
        """The rows this is allowed on. `own`: the holder's names as an owner, `team`: those of everybody in
        their teams and the teams below."""
        if self.operator:
            return EVERYTHING if permission in OPERATOR else NOTHING
        owners = {Reach.OWN: frozenset(own), Reach.TEAM: frozenset(own) | frozenset(team)}
        return scope_of(
            (
                Part(None if one.company_id is None else frozenset({one.company_id}), owners.get(one.reach))
                for one in self.held
                if permission in permissions_of([one.role], administers=self._administers)
            ),
            on=on,
        )

    @property
    def _administers(self) -> bool:
        return any(one.role == ADMINISTRATOR for one in self.held)
