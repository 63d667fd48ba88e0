"""Open-item snapshots: as of its day the ledger equals the file, whatever the day before was."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.connect.connectors.domain.rows import BadCell
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.importing import ConflictRefusal, Result, import_checked
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.tests.ledgers import AT, checked, item, open_by_key, query, receipt, sizes, task
from huikuan.kernel.errors import Refusal
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import merge_customers
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


def snapshot(day: date, amounts: dict[str, int], rows: list[dict[str, Any]] | None = None, **changes: Any) -> Result:
    """Import a snapshot of the day: key → amount, negative for a credit."""
    stated = rows or [
        item(number, key, abs(amount), **({} if amount > 0 else {"kind": "credit_note", "side": "credit"}))
        for number, (key, amount) in enumerate(amounts.items(), start=2)
    ]
    sha = changes.pop("file_sha256", f"{day}-{sorted(amounts.items())}"[:64])
    return import_checked(task("open-items", as_of=day, file_sha256=sha, **changes), checked("open-items", stated))


def changes_of(result: Result) -> dict[str, tuple[int, str]]:
    return {entry["change"]: (entry["count"], entry["amount"]) for entry in result.diff or []}


def test_new_smaller_gone_and_back() -> None:
    first = snapshot(MAY, {"A": 1_000, "B": 500, "C": 300, "D": -40})
    assert changes_of(first) == {"new": (4, "18.40")}
    second = snapshot(JUNE, {"A": 1_000, "B": 200, "D": -40, "N": 70})
    assert changes_of(second) == {
        "new": (1, "0.70"),
        "smaller": (1, "3.00"),
        "gone": (1, "3.00"),
        "same": (2, "10.40"),
    }
    assert (second.read, second.created, second.duplicates) == (4, 2, 2), "B changed the ledger: no duplicate"
    third = snapshot(JULY, {"A": 1_000, "B": 350, "C": 300, "N": 70})
    assert changes_of(third)["back"] == (2, "6.00"), "B's clearing of 3.00 and C's of 3.00 are reversed"
    assert open_by_key(MAY) == {"A": 1_000, "B": 500, "C": 300, "D": -40}
    assert open_by_key(JUNE) == {"A": 1_000, "B": 200, "D": -40, "N": 70}
    assert open_by_key(JULY) == {"A": 1_000, "B": 350, "C": 300, "N": 70}
    assert query("SELECT DISTINCT text FROM receivables_item WHERE origin_key = 'C#cleared'") == [
        ("源系统已核销 settled in source system",)
    ]
    assert check_ledger() == []


def test_the_same_snapshot_again_adds_nothing() -> None:
    snapshot(MAY, {"A": 1_000, "B": 500})
    before = sizes()
    again = snapshot(MAY, {"A": 1_000, "B": 500})
    assert (again.batch, again.created, again.duplicates) == (None, 0, 2)
    assert sizes() == before


def test_an_older_or_shrunk_snapshot_asks() -> None:
    snapshot(JUNE, dict.fromkeys("ABCDEFGHIJ", 100))
    before = sizes()
    for day, keys, code in ((MAY, "ABCDEFGHIJ", "snapshot_older"), (JULY, "ABCDEFG", "snapshot_shrunk")):
        with pytest.raises(Refusal) as refused:
            snapshot(day, dict.fromkeys(keys, 100))
        assert refused.value.code == code
    assert sizes() == before
    assert snapshot(JULY, dict.fromkeys("ABCDEFGH", 100)).batch, "80 % is enough"
    assert snapshot(JULY, dict.fromkeys("ABC", 100), force=True).batch
    assert open_by_key(JULY) == {"A": 100, "B": 100, "C": 100}


def test_a_moved_due_date_is_a_new_schedule_from_that_day() -> None:
    snapshot(MAY, {"A": 1_000})
    later = item(2, "A", 1_000, due_date=date(2026, 9, 1))
    result = snapshot(JUNE, {}, [later])
    assert changes_of(result)["due_moved"] == (1, "10.00")
    assert [str(row[0]) for row in query("SELECT due_date FROM receivables_openitem")] == ["2026-09-01"]
    assert [str(row[0]) for row in query("SELECT effective_on FROM receivables_schedule")] == ["2026-06-30"]
    assert check_ledger() == []
    july = snapshot(JULY, {}, [later])
    assert july.batch is not None, "a new day is remembered"
    assert len(query("SELECT 1 FROM receivables_schedule")) == 1, "but the due date did not move again"
    undo_batch(batch_id=july.batch, actor="tester", at=AT)
    undo_batch(batch_id=result.batch, actor="tester", at=AT)
    assert [str(row[0]) for row in query("SELECT due_date FROM receivables_openitem")] == ["2026-02-10"]
    assert check_ledger() == []


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"customer_code": "C9"}, "customer_code"),
        ({"currency": "USD"}, "currency"),
        ({"document_date": date(2026, 1, 11)}, "document_date"),
        ({"amount": 1_001}, "amount"),
    ],
)
def test_what_cannot_be_the_same_claim_is_a_conflict(changed: dict[str, Any], column: str) -> None:
    snapshot(MAY, {"A": 1_000})
    before = sizes()
    with pytest.raises(ConflictRefusal) as refused:
        snapshot(JUNE, {}, [item(2, "A", **{"amount": 1_000, **changed})])
    assert [place.column for place in refused.value.where] == [column]
    assert sizes() == before
    kept = snapshot(JUNE, {}, [item(2, "A", **{"amount": 1_000, **changed})], on_conflict="keep")
    assert kept.conflicts == 1
    assert open_by_key(JUNE) == {"A": 1_000}
    replaced = snapshot(JULY, {}, [item(2, "A", **{"amount": 1_000, **changed})], on_conflict="replace")
    assert replaced.conflicts == 1
    assert open_by_key(JULY) == {"A": changed.get("amount", 1_000)}
    assert check_ledger() == []


def test_a_claim_that_comes_under_the_code_of_a_customer_that_is_one_with_its_own_is_the_same() -> None:
    snapshot(MAY, {}, [item(2, "A", 1_000), item(3, "B", 500, customer_code="C2")])
    ids = dict(Customer.objects.values_list("code", "pk"))
    merge_customers(from_id=ids["C2"], into_id=ids["C1"], reason="同一户", actor="tester", at=AT)
    # The source has one code left; of either it is the other's claim.
    june = snapshot(JUNE, {}, [item(2, "A", 1_000, customer_code="C2"), item(3, "B", 200)])
    assert (june.conflicts, changes_of(june)) == (0, {"smaller": (1, "3.00"), "same": (1, "10.00")})
    assert open_by_key(JUNE) == {"A": 1_000, "B": 200}
    owing = query("SELECT DISTINCT customer_id FROM receivables_item WHERE origin_key IN ('B', 'B#cleared')")
    assert owing == [(ids["C2"],)]
    assert check_ledger() == []


def test_rejected_rows_do_not_clear_what_they_may_be() -> None:
    snapshot(MAY, {"A": 1_000, "B": 500})
    rows = checked("open-items", [item(2, "A", 1_000)], read=2, rejected=1)
    result = import_checked(task("open-items", as_of=JUNE), rows, skip_rejected=True)
    assert result.notes[-1].params == {"count": "1", "rejected": "1"}
    assert open_by_key(JUNE) == {"A": 1_000, "B": 500}


def test_a_payment_recorded_here_and_then_gone_in_the_source_is_cleared_once() -> None:
    snapshot(MAY, {"A": 1_000})
    import_checked(task("receipts"), checked("receipts", [receipt(2, "R1", 400, "A", received_on=date(2026, 6, 5))]))
    snapshot(JUNE, {}, [item(2, "Z", 5)], force=True)
    assert open_by_key(JUNE) == {"Z": 5}
    assert query("SELECT amount FROM receivables_item WHERE origin_key = 'A#cleared'") == [(600,)]
    assert check_ledger() == []


def test_undo_of_a_snapshot_gives_back_what_it_cleared_and_clears_what_it_gave_back() -> None:
    snapshot(MAY, {"A": 1_000, "B": 500, "C": 9})
    cleared = snapshot(JUNE, {"A": 400, "C": 9}, force=True)
    before = open_by_key(JULY)
    back = snapshot(JULY, {"A": 1_000, "B": 500, "C": 9})
    undo_batch(batch_id=back.batch, actor="tester", at=AT)
    assert open_by_key(JULY) == before
    assert open_by_key(JUNE) == {"A": 400, "C": 9}
    assert check_ledger() == []
    assert Batch.objects.get(pk=back.batch).state == "undone"
    undo_batch(batch_id=cleared.batch, actor="tester", at=AT)
    assert open_by_key(JULY) == {"A": 1_000, "B": 500, "C": 9}
    assert check_ledger() == []


SERIES = 100 if os.environ.get("HUIKUAN_PROVE") == "1" else 4
amounts = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(1, 30), min_size=1)


@pytest.mark.sealed
@settings(
    max_examples=SERIES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(days=st.lists(amounts, min_size=1, max_size=5))
def test_as_of_each_snapshot_day_the_ledger_equals_that_file(days: list[dict[str, int]]) -> None:
    """Any series of snapshots (amounts never above the first seen, which would be a conflict)."""
    from django.db import transaction

    with transaction.atomic():
        ceiling: dict[str, int] = {}
        expected: list[tuple[date, dict[str, int]]] = []
        for number, stated in enumerate(days):
            limited = {key: min(amount, ceiling.setdefault(key, amount)) for key, amount in stated.items()}
            day = date(2026, 4, 1 + number)
            snapshot(day, limited, force=True)
            expected.append((day, limited))
        assert [(day, open_by_key(day)) for day, _ in expected] == expected
        assert check_ledger() == []
        transaction.set_rollback(True)


def test_a_row_that_only_moves_a_due_date_is_no_duplicate() -> None:
    snapshot(MAY, {}, [item(2, "A", 1_000), item(3, "B", 500)])
    moved = snapshot(JUNE, {"A": 1}, [item(2, "A", 1_000, due_date=date(2026, 9, 1)), item(3, "B", 500)])
    assert (moved.read, moved.created, moved.duplicates) == (2, 1, 1)
    assert changes_of(moved)["due_moved"] == (1, "10.00")


def test_a_shorter_file_is_measured_against_all_rows_of_the_last_one() -> None:
    rows = [item(number, f"K{number}", 100) for number in range(2, 9)]
    bad = [BadCell(row, "金额", "abc", "amount_unreadable") for row in (9, 10, 11)]
    ten = checked("open-items", rows, bad=bad, read=10, rejected=3)
    import_checked(task("open-items", as_of=MAY), ten, skip_rejected=True)
    with pytest.raises(Refusal) as refused:
        import_checked(task("open-items", as_of=JUNE), checked("open-items", rows))
    assert (refused.value.code, refused.value.params) == ("snapshot_shrunk", {"count": 7, "last": 10})
