"""Whether somebody may let so much stand at once: by the company's authority matrix, the one requests go by."""

from __future__ import annotations

from datetime import datetime

from huikuan.judge.credit.queries.releasing import Reaching
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company


def require_reach(company: Company, customer_id: int, stands: int, currency: str, *, actor: str, at: datetime) -> None:
    """Refuse whose authority over the customer does not reach `stands`, minor units of `currency`. What is compared is
    all that will stand, not what is added to it: nobody counts up here."""
    found = Reaching(actor, at=at).over(company, customer_id, stands, currency)
    if not found.reach.reached:
        amount = f"{found.into} {to_text(found.amount, found.into)}"
        raise Refusal("beyond_authority", actor=actor, amount=amount, least=found.reach.least)
