"""Two imports of one file at the same moment."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection

from huikuan.connect.connectors.operations.importing import Result, import_checked
from huikuan.connect.connectors.tests.ledgers import checked, item, query, task
from huikuan.mechanisms.store.bulk import copy_frame, read_frame
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def only_postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrent writers are a claim about PostgreSQL")


def test_a_copy_of_a_taken_key_is_an_integrity_error() -> None:
    import_checked(task("items"), checked("items", [item(2, "A", 100)]))
    rows = read_frame("SELECT code, name, currency, time_zone FROM identity_company")
    with pytest.raises(IntegrityError):
        copy_frame('"identity_company"', rows)


def test_one_creates_and_the_other_finds_duplicates() -> None:
    import_checked(task("items"), checked("items", [item(2, "before", 100)]))
    both = threading.Barrier(2, timeout=20)
    answers: list[Result | BaseException] = []

    def work() -> None:
        try:
            both.wait()
            answers.append(import_checked(task("items"), checked("items", [item(2, "A", 10_000), item(3, "B", 500)])))
        except BaseException as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((one.created, one.duplicates) for one in answers) == [(0, 2), (2, 0)]
    assert query("SELECT origin_key, amount FROM receivables_item ORDER BY 1") == [
        ("A", 10_000),
        ("B", 500),
        ("before", 100),
    ]
    assert check_ledger() == []
