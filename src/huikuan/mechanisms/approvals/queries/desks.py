"""A desk: what somebody may decide at an instant, by their own right and by what was delegated to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.deciding import (
    Delegation,
    Involved,
    Mandate,
    chosen,
    givers,
    linked,
    require_apart,
)
from huikuan.mechanisms.approvals.domain.lifecycle import Stand, Step, hands_of
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.policies import DECIDING
from huikuan.mechanisms.approvals.queries.requests import (
    RequestRow,
    delegations_around,
    ended,
    route_of,
    rows_of,
    stand_now,
    steps_of,
)
from huikuan.mechanisms.identity.actors import is_operator, person
from huikuan.mechanisms.identity.apart import rule_at
from huikuan.mechanisms.identity.domain.roles import ADMINISTRATOR, Permission, conflicting
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.mechanisms.identity.reaching import reached
from huikuan.mechanisms.policies.queries import lets_makers_approve


@dataclass(frozen=True, slots=True)
class Lender:
    """Who lent a right: the delegations around them, and whether they administer."""

    delegations: tuple[Delegation, ...]
    administers: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Each mandate with the rows it reaches; whoever administers has one in a small firm alone. `lenders`: those whose
    mandates are borrowed."""

    actor: str
    mandates: tuple[tuple[Mandate, Scope], ...]
    delegations: tuple[Delegation, ...]
    administers: bool
    lenders: Mapping[str, Lender]

    def require(
        self, record: ApprovalRequest, steps: Sequence[Step], stand: Stand, *, comment: str, at: datetime
    ) -> tuple[Mandate, bool]:
        """The mandate used to decide the request at its stop; True beside it for a maker's own in a small firm.

        Refuses whoever has no right to it, and whoever's hand is in it already.
        """
        small = lets_makers_approve(record.company_id, at=at)
        own = self.own(record, steps, small=small, comment=comment, at=at)
        roles = route_of(record)[stand.stop]
        alone = ApprovalRequest.objects.filter(pk=record.pk)
        found = [
            mandate
            for mandate, scope in self.mandates
            if mandate.role in roles
            and (small or not self.administers)
            and self.lent_apart(mandate.holder, record, steps, small=small, at=at)
            and reached(alone, scope).exists()
        ]
        return chosen(self.actor, found, roles=roles), own

    def lent_apart(
        self, holder: str, record: ApprovalRequest, steps: Sequence[Step], *, small: bool, at: datetime
    ) -> bool:
        """Whether a holder's right may be used: what they could not decide themselves nobody decides by it."""
        if small or holder == self.actor:
            return True
        lender = self.lenders[holder]
        if lender.administers:
            return False
        links = linked(holder, lender.delegations, since=record.recorded_at, until=at) - {self.actor}
        try:
            require_apart(holder, links, _involved(record, steps))
        except Refusal:
            return False
        return True

    def view(self, record: ApprovalRequest, steps: Sequence[Step], stand: Stand, *, at: datetime) -> Mandate | Refusal:
        """The mandate that would be used, or why there is none."""
        try:
            return self.require(record, steps, stand, comment="…", at=at)[0]
        except Refusal as refusal:
            return refusal

    def own(self, record: ApprovalRequest, steps: Sequence[Step], *, small: bool, comment: str, at: datetime) -> bool:
        """True where a small firm lets somebody decide who has a hand in it already, saying why; refuses them
        elsewhere."""
        involved = _involved(record, steps)
        links = linked(self.actor, self.delegations, since=record.recorded_at, until=at)
        try:
            require_apart(self.actor, links, involved)
        except Refusal:
            if not small:
                raise
            if not comment.strip():
                raise Refusal("request_reason_missing") from None
            return True
        return False


def desk_of(actor: str, *, at: datetime) -> Desk:
    """What `actor` may decide at `at`. Nobody decides on the command line but as a user who proved who they are, and
    nobody by a borrowed role that does not go with their own, or that its holder may not use: who administers."""
    if is_operator(actor):
        return Desk(actor, (), (), administers=False, lenders={})
    mine = {one.role for one in rights(actor, at=at).held}
    around = delegations_around(actor)
    lenders = givers(actor, around, at=at) if mine else ()
    pairs = rule_at(at).pairs
    borrowed = [
        one for lender in lenders for one in _mandates(lender, at=at) if not conflicting(one[0].role, mine, pairs)
    ]
    mandates = (*_mandates(actor, at=at), *borrowed)
    lent = {one: Lender(delegations_around(one), _administers(one, at=at)) for one in lenders}
    return Desk(actor, mandates, around, administers=ADMINISTRATOR in mine, lenders=lent)


def waiting_for(actor: str, *, at: datetime) -> list[RequestRow]:
    """The requests that `actor` may decide now, those due first."""
    desk = desk_of(actor, at=at)
    records = {one.pk: one for one in ApprovalRequest.objects.exclude(pk__in=ended())} if desk.mandates else {}
    steps = steps_of(list(records))
    reaches = [
        (mandate, set(reached(ApprovalRequest.objects.filter(pk__in=records), scope).values_list("pk", flat=True)))
        for mandate, scope in desk.mandates
    ]
    small = {one: lets_makers_approve(one, at=at) for one in {record.company_id for record in records.values()}}
    found = []
    for record in records.values():
        taken, lets = steps[record.pk], small[record.company_id]
        roles = route_of(record)[stand_now(record, taken).stop]
        mandated = any(
            mandate.role in roles
            and record.pk in ids
            and desk.lent_apart(mandate.holder, record, taken, small=lets, at=at)
            for mandate, ids in reaches
        )
        if mandated and _apart(desk, record, taken, small=lets, at=at):
            found.append(record)
    rows = rows_of(found)
    return sorted(rows, key=lambda row: (row.deadline or at, row.id))


def _involved(record: ApprovalRequest, steps: Sequence[Step]) -> Involved:
    return Involved(person(record.maker), frozenset(record.barred), hands_of(steps))


def _apart(desk: Desk, record: ApprovalRequest, steps: Sequence[Step], *, small: bool, at: datetime) -> bool:
    """Whether the desk may decide it, saying why where a small firm lets makers decide."""
    if desk.administers and not small:
        return False
    try:
        desk.own(record, steps, small=small, comment="…", at=at)
    except Refusal:
        return False
    return True


def _mandates(holder: str, *, at: datetime) -> list[tuple[Mandate, Scope]]:
    """The holder's own rights to decide, each role with its reach."""
    mine = rights(holder, at=at)
    return [
        (Mandate(holder, role), scope_under(mine.by(role), holder, Permission.APPROVE_REQUESTS, at=at))
        for role in DECIDING
        if mine.by(role).held
    ]


def _administers(holder: str, *, at: datetime) -> bool:
    return any(one.role == ADMINISTRATOR for one in rights(holder, at=at).held)
