"""Whether somebody may let so much stand at once: by the company's authority matrix, the one requests go by."""

from __future__ import annotations

from datetime import datetime

from huikuan.judge.credit.queries.exposure import converter
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals.queries import measured_in, reach
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.record.customers.queries import seen

#: What the matrix calls the release of an order, where it has rows of its own for it.
RELEASE = "credit.release"


def require_reach(company: Company, customer_id: int, stands: int, currency: str, *, actor: str, at: datetime) -> None:
    """Refuse whose authority over the customer does not reach `stands`, minor units of `currency`, valued on the day
    of `at` in the matrix's currency. What is compared is all that will stand, not what is added to it: nobody counts
    up here. Each role counts as far as it reaches itself: one held over a team gives none over what another shows."""
    into = measured_in(company.pk, at=at)
    amount = converter(into, business_date(at, company.time_zone))(stands, currency)
    found = reach(_roles(company.pk, customer_id, actor, at), RELEASE, amount, company_id=company.pk, at=at)
    if not found.reached:
        raise Refusal("beyond_authority", actor=actor, amount=f"{into} {to_text(amount, into)}", least=found.least)


def _roles(company_id: int, customer_id: int, actor: str, at: datetime) -> frozenset[str]:
    """The actor's roles that release orders of the customer."""
    mine = rights(actor, at=at)
    scopes = {
        role: scope_under(mine.by(role), actor, Permission.RELEASE_ORDER, at=at) for role in mine.roles(company_id)
    }
    return frozenset(role for role, scope in scopes.items() if seen(scope).has(company_id, customer_id))
