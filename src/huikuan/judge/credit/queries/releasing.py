"""How far somebody's authority over standing credit reaches, and which orders that wait they may release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.judge.credit.domain.deciding import HOLD, PAUSED
from huikuan.judge.credit.queries.covering import Value
from huikuan.judge.credit.queries.exposure import converter
from huikuan.judge.credit.queries.standings import WaitingRow, waiting_page
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries import Matrix, Reach, matrix_of
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import seen

#: What the matrix calls the release of an order, where it has rows of its own for it.
RELEASE = "credit.release"


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether somebody's authority reaches `amount`, in minor units of the matrix's currency `into`."""

    reach: Reach
    amount: int
    into: str


class Reaching:
    """How far the authority of `actor` reaches at `at`; roles, matrices and rates are each looked up once."""

    def __init__(self, actor: str, *, at: datetime) -> None:
        self._actor, self._at = actor, at
        self._mine = rights(actor, at=at)
        self._seen: dict[str, Seen] = {}
        self._matrices: dict[int, tuple[Matrix, Value]] = {}

    def over(self, company: Company, customer_id: int, stands: int, currency: str) -> Reached:
        """Over so much standing with the customer, minor units of `currency`, valued on the day in the matrix's
        currency. Each role counts as far as it reaches itself: one held over a team gives none over what another
        shows. Refuses a currency without a rate."""
        if company.pk not in self._matrices:
            matrix = matrix_of(company.pk, at=self._at)
            value = converter(matrix.currency, business_date(self._at, company.time_zone))
            self._matrices[company.pk] = matrix, value
        matrix, value = self._matrices[company.pk]
        amount = value(stands, currency)
        return Reached(matrix.reach(self._roles(company.pk, customer_id), RELEASE, amount), amount, matrix.currency)

    def _roles(self, company_id: int, customer_id: int) -> frozenset[str]:
        """The actor's roles that release orders of the customer."""
        held = self._mine.roles(company_id)
        return frozenset(role for role in held if self._sees(role).has(company_id, customer_id))

    def _sees(self, role: str) -> Seen:
        if role not in self._seen:
            scope = scope_under(self._mine.by(role), self._actor, Permission.RELEASE_ORDER, at=self._at)
            self._seen[role] = seen(scope)
        return self._seen[role]


def releasable(
    actor: str, *, scope: Scope, company_id: int | None = None, at: datetime, limit: int
) -> list[WaitingRow]:
    """Of the first `limit` orders that wait in the scope, in which the actor releases: the paused ones, and those held
    whose sum, as it was decided about, the actor's authority reaches. Who entered an order and what stands by now the
    release itself looks at."""
    rows = waiting_page(scope=scope, company_id=company_id, limit=limit)
    reaching, companies = Reaching(actor, at=at), Company.objects.in_bulk({row.company_id for row in rows})
    return [row for row in rows if row.state == PAUSED or _reaches(reaching, companies[row.company_id], row)]


def _reaches(reaching: Reaching, company: Company, row: WaitingRow) -> bool:
    """Over what would stand with the customer, and with each group whose limit holds the order."""
    nodes = _measured(row.content)
    try:
        found = [reaching.over(company, row.customer_id, one["after"], one["currency"]) for one in nodes]
    except Refusal as refusal:
        if refusal.code != "exposure_without_rate":
            raise
        return False
    return bool(found) and all(one.reach.reached for one in found)


def _measured(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    holding = {reason["group"] for reason in content["reasons"] if reason["decision"] == HOLD}
    return [one for one in content["nodes"] if not one["group"] or one["group"] in holding]
