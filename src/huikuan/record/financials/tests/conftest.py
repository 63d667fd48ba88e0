"""The cast of these tests: a company, two customers, and who writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import translation

from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import Customer
from huikuan.record.financials.domain.statements import Statement
from huikuan.record.financials.operations.statements import record_statement
from huikuan.record.financials.tests.samples import small, year_before

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}


class Files:
    """Two customers; the first one's statements are recorded by `record`."""

    def __init__(self) -> None:
        self.company = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工"})[0]
        self.customer = Customer.objects.create(code="K-1", name="北麓矿业装备", industry="机械制造")
        self.other = Customer.objects.create(code="K-2", name="宏朔钢构")

    def record(self, statement: Statement, **more: Any) -> int:
        return record_statement(**{"customer_id": self.customer.pk, "statement": statement, **WHO, **more})

    def two_years(self) -> None:
        self.record(year_before())
        self.record(small())


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are asserted in the language of the sources, whether or not catalogues are built."""
    with translation.override("en"):
        yield


@pytest.fixture
def files(db: None) -> Files:
    return Files()
