"""What an import says of customers is taken back with it; what file it came from is a fact."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.tests.ledgers import AT, checked, item, query, task
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import affiliation_as_of
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

EARLY, LATE = date(2026, 2, 15), date(2026, 4, 1)


def owners(day: date) -> list[str]:
    return sorted(affiliation_as_of(day, dimension="owner").values())


def post(key: str, owner: str, days: int = 0) -> int:
    rows = checked("items", [item(2, key, 10_000, owner=owner)])
    return import_checked(task("items", at=AT + timedelta(days=days)), rows).batch


def test_after_an_undo_the_corrected_file_holds_since_ever() -> None:
    wrong = post("A", "张三")
    undo_batch(batch_id=wrong, actor="tester", at=AT)
    assert (owners(EARLY), owners(LATE)) == ([], [])
    post("A", "李四")
    assert (owners(EARLY), owners(LATE)) == (["李四"], ["李四"])


def test_an_undo_gives_the_former_owner_back() -> None:
    post("A", "张三")
    second = post("B", "李四", days=3)
    assert (owners(EARLY), owners(LATE)) == (["张三"], ["李四"])
    undo_batch(batch_id=second, actor="tester", at=AT + timedelta(days=4))
    assert (owners(EARLY), owners(LATE)) == (["张三"], ["张三"])
    assert check_ledger() == []


def test_the_check_finds_a_customer_no_fact_tells_of() -> None:
    stranger = Customer.objects.create(code="X", name="无来历")
    (found,) = check_ledger()
    assert (found.kind, found.where, found.expected) == ("customer_content", f"customer {stranger.id}", "none")
    assert "无来历" in found.found


def test_the_check_finds_a_customer_and_a_batch_written_over() -> None:
    batch = post("A", "张三")
    assert check_ledger() == []
    customer = query("SELECT id FROM customers_customer")[0][0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET name = '别人'")
        cursor.execute("UPDATE connectors_batch SET file_sha256 = %s", ["f" * 64])
    found = {finding.kind: finding for finding in check_ledger()}
    assert set(found) == {"customer_content", "batch_file"}
    assert found["batch_file"].where == f"batch {batch}"
    assert (found["batch_file"].expected, found["batch_file"].found) == ("0" * 64, "f" * 64)
    assert found["customer_content"].where == f"customer {customer}"
    assert "江临试制" in found["customer_content"].expected
    assert "别人" in found["customer_content"].found
