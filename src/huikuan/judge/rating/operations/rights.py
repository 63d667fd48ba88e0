"""Who may do what to whose rating, asked again in the transaction that acts."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations.people import held
from huikuan.record.customers.queries import seen


def hold(customer_id: int) -> str:
    """Hold the customer's row until the transaction ends; answers its code. Refuses an unknown one, and one that is
    shown under another: what is found is found of that."""
    code = held(customer_id)
    into = Customer.objects.filter(pk=customer_id).values_list("merged_into__code", flat=True).get()
    if into:
        raise Refusal("customer_merged", customer=code, into=into)
    return code


def require_for(actor: str, permission: Permission, customer_id: int, *, at: datetime) -> None:
    """Refuse unless the actor may do this and sees the customer by it."""
    if not seen(scope(actor, permission, at=at)).has_customer(customer_id):
        raise Refusal("not_permitted", actor=actor, permission=permission.value)


def require_for_all(actor: str, permission: Permission, *, at: datetime) -> None:
    """Refuse unless the actor may do this to every customer."""
    if not scope(actor, permission, at=at).everything:
        raise Refusal("not_permitted", actor=actor, permission=permission.value)
