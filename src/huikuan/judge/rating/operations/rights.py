"""Who may do what to whose rating, asked again in the transaction that acts."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers.queries import seen


def require_for(actor: str, permission: Permission, customer_id: int, *, at: datetime) -> None:
    """Refuse unless the actor may do this and sees the customer by it."""
    if not seen(scope(actor, permission, at=at)).has_customer(customer_id):
        raise Refusal("not_permitted", actor=actor, permission=permission.value)


def require_for_all(actor: str, permission: Permission, *, at: datetime) -> None:
    """Refuse unless the actor may do this to every customer."""
    if not scope(actor, permission, at=at).everything:
        raise Refusal("not_permitted", actor=actor, permission=permission.value)
