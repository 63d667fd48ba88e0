"""Which customers a statement may be about: every list, page, file and run of this context asks here."""

from __future__ import annotations

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.models import Item


def customers() -> QuerySet[Customer]:
    """Those that statements may be made for."""
    return Customer.objects.all()


def has_account(*, company_id: int, customer_id: int) -> bool:
    """Whether the company ever had an item of this customer; without one there is nothing to show of them."""
    return Item.objects.filter(company_id=company_id, customer_id=customer_id).exists()


def customer_named(code: str) -> Customer:
    """The one with this code; refuses an unknown one."""
    found = customers().filter(code=code).first()
    if found is None:
        raise Refusal("customer_unknown", customer=code)
    return found
