"""Imports at the same moment: what was planned on a ledger that moved is planned anew. Each with its twin."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations import plans, turns, undo
from huikuan.connect.connectors.operations.importing import Result, import_checked
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.tests.ledgers import AT, checked, company, item, open_by_key, query, receipt, task
from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations import bulk
from huikuan.record.receivables.operations.schedules import Change, record_schedules
from huikuan.record.receivables.operations.settlements import settle
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db(transaction=True)

JANUARY, FEBRUARY, MARCH = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
A, B = item(2, "A", 10_000), item(3, "B", 7_000)


def snapshot(day: date, rows: list[dict[str, Any]], **changes: Any) -> Result:
    return import_checked(task("open-items", as_of=day, file_sha256=f"{day}", **changes), checked("open-items", rows))


def between(monkeypatch: pytest.MonkeyPatch, owner: Any, work: Callable[[], Any]) -> None:
    """`work` happens once, after the first planning and before its writing."""
    write, waiting = owner._write, [work]

    def write_late(*given: Any) -> None:
        if waiting:
            waiting.pop()()
        write(*given)

    monkeypatch.setattr(owner, "_write", write_late)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guards off: nobody looks whether the ledger moved."""
    monkeypatch.setattr(plans, "standing_batches", lambda _company: (0, 0))
    monkeypatch.setattr(undo, "standing_batches", lambda _company: (0, 0))
    monkeypatch.setattr(bulk, "moved_since", lambda _moment, _company: False)


@pytest.mark.parametrize("guarded", [True, False])
def test_a_snapshot_regards_the_one_that_came_between(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    snapshot(JANUARY, [A])
    between(monkeypatch, plans, lambda: snapshot(FEBRUARY, [A, B]))
    if not guarded:
        blind(monkeypatch)
    snapshot(MARCH, [A], force=True)
    assert open_by_key(MARCH) == ({"A": 10_000} if guarded else {"A": 10_000, "B": 7_000})
    assert check_ledger() == []


@pytest.mark.parametrize("guarded", [True, False])
def test_the_same_snapshot_twice_at_once_is_one_batch(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    between(monkeypatch, plans, lambda: snapshot(JANUARY, [A]))
    if not guarded:
        blind(monkeypatch)
    second = snapshot(JANUARY, [A])
    assert (second.batch, second.created, second.duplicates) == (None, 0, 1), "the origin key lets one through"
    between(monkeypatch, plans, lambda: snapshot(FEBRUARY, [A]))
    again = snapshot(FEBRUARY, [A])
    assert (again.batch is None) == guarded, "no fact, so only the guard tells that it was there already"
    assert Batch.objects.count() == (2 if guarded else 3)


@pytest.mark.parametrize("guarded", [True, False])
def test_an_older_snapshot_that_was_overtaken_asks(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    snapshot(JANUARY, [A, B])
    between(monkeypatch, plans, lambda: snapshot(MARCH, [A, B]))
    if not guarded:
        blind(monkeypatch)
        assert snapshot(FEBRUARY, [A, B, item(4, "N", 3_000)]).batch
        return
    with pytest.raises(Refusal) as refused:
        snapshot(FEBRUARY, [A, B, item(4, "N", 3_000)])
    assert refused.value.code == "snapshot_older"
    assert open_by_key(MARCH) == {"A": 10_000, "B": 7_000}


@pytest.mark.parametrize("guarded", [True, False])
def test_what_the_snapshot_left_alone_may_not_move_either(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    snapshot(JANUARY, [A])
    import_checked(task("receipts"), checked("receipts", [receipt(2, "R", 400)]))
    ids = dict(query("SELECT origin_key, id FROM receivables_item"))

    def pay() -> None:
        settle(
            credit_id=ids["R"], debit_id=ids["A"], credit_amount=400, effective_on=date(2026, 2, 15), reason="x",
            actor="tester", at=AT,
        )  # fmt: skip

    between(monkeypatch, plans, pay)
    if not guarded:
        blind(monkeypatch)
        snapshot(FEBRUARY, [A])
        assert open_by_key(FEBRUARY) == {"A": 9_600}, "the file says 10 000"
        return
    with pytest.raises(Refusal) as refused:
        snapshot(FEBRUARY, [A])
    assert refused.value.code == "import_conflicts", "more than the ledger has open, and nothing cleared it from there"
    assert snapshot(FEBRUARY, [{**A, "amount": 9_600}]).batch


def test_two_imports_of_one_file_make_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, plans, lambda: import_checked(task("items"), checked("items", [A])))
    second = import_checked(task("items"), checked("items", [A]))
    assert (second.batch, second.created, second.duplicates) == (None, 0, 1)
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_an_undo_regards_the_snapshot_that_came_between(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    first = snapshot(JANUARY, [A, B])
    between(monkeypatch, undo, lambda: snapshot(FEBRUARY, [A, B]))
    if not guarded:
        blind(monkeypatch)
        undo_batch(batch_id=first.batch or 0, actor="tester", at=AT)
        assert open_by_key(FEBRUARY) == {}, "the file of February lists both"
        return
    with pytest.raises(Refusal) as refused:
        undo_batch(batch_id=first.batch or 0, actor="tester", at=AT)
    assert refused.value.code == "batch_has_dependants"
    assert open_by_key(FEBRUARY) == {"A": 10_000, "B": 7_000}


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show")
@pytest.mark.parametrize("guarded", [True, False])
def test_an_import_waits_for_the_settlement_that_is_being_made(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """A receipt in a file and one settled by hand want the same 10 000; the settlement has taken it, but not yet
    committed, when the import writes. Twin: the import looks without locking, and both take it."""
    import_checked(task("items"), checked("items", [A]))
    import_checked(task("receipts"), checked("receipts", [receipt(2, "by hand", 10_000)]))
    ids = dict(query("SELECT origin_key, id FROM receivables_item"))
    settled, settler = threading.Event(), []

    def pay_slowly() -> None:
        with transaction.atomic():
            settle(
                credit_id=ids["by hand"], debit_id=ids["A"], credit_amount=10_000, effective_on=date(2026, 2, 15),
                reason="x", actor="tester", at=AT,
            )  # fmt: skip
            settled.set()
            time.sleep(0.5)
        connection.close()

    def begin_paying() -> None:
        settler.append(threading.Thread(target=pay_slowly))
        settler[0].start()
        assert settled.wait(10)

    between(monkeypatch, plans, begin_paying)
    if not guarded:
        monkeypatch.setattr(bulk, "_LOCK", bulk._LOCK.replace("FOR UPDATE OF o", ""))
    done = import_checked(
        task("receipts", file_sha256="1" * 64), checked("receipts", [receipt(2, "in the file", 10_000, "A")])
    )
    settler[0].join(10)
    taken = query("SELECT sum(debit_amount) FROM receivables_settlement WHERE debit_id = %s", ids["A"])[0][0]
    if not guarded:
        assert taken == 20_000
        assert "over_settled" in {finding.kind for finding in check_ledger()}
        return
    assert taken == 10_000
    assert (done.created, done.totals[0]["settlements"], len(done.notes)) == (1, 0, 1), "on account, and it says so"
    assert check_ledger() == []


@pytest.mark.parametrize("paid", [False, True], ids=["part open", "paid, its receipt withdrawn"])
@pytest.mark.parametrize("guarded", [True, False])
def test_a_due_date_given_between_planning_and_writing_stays(
    monkeypatch: pytest.MonkeyPatch, guarded: bool, paid: bool
) -> None:
    """What falls due meanwhile (a milestone was reached) is not put back by the plan, which knew nothing of it."""
    import_checked(task("items"), checked("items", [{**A, "due_date": None, "awaits": "acceptance"}]))
    (item_id,) = query("SELECT id FROM receivables_item")[0]
    receipts = checked("receipts", [receipt(2, "in the file", 10_000 if paid else 4_000, "A")])
    lines = [Line(date(2026, 5, 1), "", 10_000)]

    def fall_due() -> None:
        changes = [Change(item_id, lines, date(2026, 3, 1), "milestone", "tester")]
        with transaction.atomic():
            record_schedules(changes, at=AT, closed=True)

    if not guarded:
        monkeypatch.setattr(bulk, "_UNMOVED", bulk._UNMOVED.replace("(due_date = due_before OR", "(1 = 1 OR"))
    if paid:
        done = import_checked(task("receipts", file_sha256="1" * 64), receipts)
        between(monkeypatch, undo, fall_due)
        undo_batch(batch_id=done.batch or 0, actor="tester", at=AT)
    else:
        between(monkeypatch, plans, fall_due)
        import_checked(task("receipts", file_sha256="1" * 64), receipts)
    due = query("SELECT due_date FROM receivables_openitem WHERE item_id = %s", item_id)[0][0]
    if not guarded:
        assert due is None
        assert [finding.kind for finding in check_ledger()] != []
        return
    assert str(due) == "2026-05-01"
    assert check_ledger() == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show")
def test_imports_of_a_kind_wait_for_one_another() -> None:
    """The second plans only once the first has let go; one of another kind does not wait."""
    held, seen = threading.Event(), []

    def hold() -> None:
        with turns.one_at_a_time(company().pk, "open-items", "erp"):
            held.set()
            time.sleep(0.5)
            seen.append("first done")
        connection.close()

    company()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    with turns.one_at_a_time(company().pk, "items", "erp"):
        seen.append("another kind")
    with turns.one_at_a_time(company().pk, "open-items", "erp"):
        seen.append("second")
    holder.join(10)
    assert seen == ["another kind", "first done", "second"]
