"""Whether somebody may let so much stand: by the company's authority matrix, in its own currency."""

from __future__ import annotations

from datetime import datetime

from huikuan.judge.credit.domain.authority import require_authority
from huikuan.judge.credit.policies import CREDIT_AUTHORITY, levels_of
from huikuan.judge.credit.queries.exposure import converter
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import rights
from huikuan.mechanisms.policies.queries import in_force


def require_reach(company: Company, stands: int, currency: str, *, actor: str, at: datetime) -> None:
    """Refuse whose authority does not reach `stands`, minor units of `currency`, valued on the day of `at`."""
    amount = converter(company.currency, business_date(at, company.time_zone))(stands, currency)
    matrix = in_force(CREDIT_AUTHORITY.name, company_id=company.pk, at=at)
    require_authority(
        amount=amount,
        roles=rights(actor, at=at).roles(company.pk),
        levels=levels_of(matrix.document, company.currency),
        actor=actor,
        shown=f"{company.currency} {to_text(amount, company.currency)}",
    )
