"""The cast of these tests: a company, a customer with a contact, somebody who goes there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations import create_customer
from huikuan.record.customers.operations.people import add_contact

#: A Monday, 10:00 in Shanghai.
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 16)
WHO: dict[str, Any] = {"actor": "he", "at": AT}
JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 20
PNG = b"\x89PNG\r\n\x1a\n" + b"another" * 20


@dataclass(frozen=True)
class Debtor:
    company: Company
    customer: int
    person: int


@pytest.fixture
def debtor(db: None) -> Debtor:
    company, _ = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工装备股份"})
    User.objects.create_user("he", display_name="何渝")
    grant_role(username="he", role="collector", actor="cli:root", at=AT - timedelta(days=1))
    customer = create_customer(master=Master("C1", "北麓矿业装备集团有限公司"), **WHO)
    add_contact(customer_id=customer, contact=Contact("韩立", position="总经理", phone="13800002046"), **WHO)
    return Debtor(company, customer, ContactVersion.objects.get(customer_id=customer).pk)
