"""Items: duplicates, conflicts, generations, receipts of settled rows, and the cache."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.connect.connectors.domain.rows import BadCell
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.importing import ConflictRefusal, import_checked
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.tests.ledgers import AT, checked, item, open_by_key, query, receipt, sizes, task
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import create_customer, merge_customers
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.items import ItemFilter, items_page

pytestmark = pytest.mark.django_db


def sound() -> None:
    assert check_ledger() == []


def test_a_prospect_named_in_a_file_of_items_is_a_customer_from_then_on() -> None:
    create_customer(master=Master("C1", "江临试制", status="prospect"), actor="t", at=AT)
    import_checked(task("items"), checked("items", [item(2, "A", 10_000)]))
    row = Customer.objects.get()
    assert (row.code, row.status, row.version) == ("C1", "customer", 2)
    sound()


def test_rows_become_items_with_receipts_and_customers() -> None:
    rows = [
        item(2, "A", 10_000),
        item(3, "B", 5_000, settled_on=date(2026, 1, 20)),
        item(4, "C", 700, settled_on=date(2026, 1, 5)),
        item(5, "D", 300, kind="credit_note", side="credit", due_date=None, customer_code="C2"),
    ]
    result = import_checked(task("items"), checked("items", rows))

    assert (result.read, result.created, result.duplicates, result.conflicts, result.rejected) == (4, 4, 0, 0, 0)
    assert result.totals == [
        {"currency": "CNY", "items": 4, "receipts": 2, "settlements": 2, "debits": "157.00", "credits": "60.00"}
    ]
    assert result.customers_created == 2
    assert {row.code: row.status for row in Customer.objects.all()} == {"C1": "customer", "C2": "customer"}
    assert open_by_key(date(2026, 12, 31)) == {"A": 10_000, "D": -300}
    assert open_by_key(date(2026, 1, 7)) == {"C#receipt": -700}, "a receipt before the document is an advance"
    assert query("SELECT kind FROM receivables_item WHERE origin_key = 'C#receipt'") == [("advance",)]
    assert query("SELECT effective_on FROM receivables_settlement ORDER BY id")[1][0] in (
        date(2026, 1, 10),
        "2026-01-10",
    )
    assert Batch.objects.get(pk=result.batch).counts["created"] == 4
    sound()


def test_a_new_customer_has_the_first_name_any_row_gives_it() -> None:
    rows = [item(2, "A", 100, customer_name=""), item(3, "B", 100, customer_name="晴屿环保"), item(4, "C", 100)]
    import_checked(task("items"), checked("items", [*rows, item(5, "D", 100, customer_code="C2", customer_name="")]))
    assert dict(Customer.objects.values_list("code", "name")) == {"C1": "晴屿环保", "C2": "C2"}


def test_the_same_rows_again_add_nothing() -> None:
    rows = [item(2, "A", 10_000), item(3, "B", 5_000, settled_on=date(2026, 1, 20))]
    import_checked(task("items"), checked("items", rows))
    before = sizes()
    again = import_checked(task("items"), checked("items", rows))
    assert (again.batch, again.created, again.duplicates, again.totals) == (None, 0, 2, [])
    assert sizes() == before


def test_rows_equal_in_all_but_the_key_are_both_kept() -> None:
    result = import_checked(task("items"), checked("items", [item(2, "A-1", 500), item(3, "A-2", 500)]))
    assert result.created == 2


def test_other_content_under_a_key_refuses_and_lists() -> None:
    import_checked(task("items"), checked("items", [item(2, "A", 10_000), item(3, "B", 1)]))
    before = sizes()
    with pytest.raises(ConflictRefusal) as refused:
        import_checked(task("items"), checked("items", [item(7, "A", 12_000), item(8, "B", 1), item(9, "N", 5)]))
    assert [(place.row, place.column, place.value) for place in refused.value.where] == [(7, "amount", "120.00")]
    assert "100.00" in refused.value.where[0].reason
    counts = refused.value.result
    assert (counts.read, counts.duplicates, counts.conflicts) == (3, 1, 1)
    assert sizes() == before


def test_conflicts_kept_leave_the_ledger_row() -> None:
    import_checked(task("items"), checked("items", [item(2, "A", 10_000)]))
    result = import_checked(
        task("items", on_conflict="keep"), checked("items", [item(2, "A", 12_000), item(3, "N", 5)])
    )
    assert (result.created, result.conflicts) == (1, 1)
    assert open_by_key(date(2026, 12, 31)) == {"A": 10_000, "N": 5}
    sound()


def test_conflicts_replaced_open_the_next_generation() -> None:
    import_checked(task("items"), checked("items", [item(2, "A", 10_000, settled_on=date(2026, 1, 20))]))
    result = import_checked(
        task("items", on_conflict="replace"), checked("items", [item(2, "A", 12_000, settled_on=date(2026, 1, 22))])
    )
    assert (result.created, result.conflicts) == (0, 1)
    assert query("SELECT origin_generation, amount FROM receivables_item WHERE origin_key = 'A' ORDER BY id") == [
        (1, 10_000),
        (2, 12_000),
    ]
    assert open_by_key(date(2026, 12, 31)) == {}
    assert open_by_key(date(2026, 1, 21)) == {"A": 12_000}
    sound()


def test_a_bad_cell_refuses_everything_unless_skipped() -> None:
    bad = BadCell(3, "金额", "abc", "amount_unreadable")
    good = checked("items", [item(2, "A", 10)], bad=[bad], read=2, rejected=1)
    before = sizes()
    with pytest.raises(Refusal) as refused:
        import_checked(task("items"), good)
    assert [(place.file, place.row, place.column, place.value) for place in refused.value.where] == [
        ("file.csv", 3, "金额", "abc")
    ]
    assert sizes() == before
    result = import_checked(task("items"), good, skip_rejected=True)
    assert (result.read, result.created, result.rejected) == (2, 1, 1)


def test_a_dry_run_writes_nothing() -> None:
    before = sizes()
    result = import_checked(task("items"), checked("items", [item(2, "A", 10)]), dry_run=True)
    assert (result.batch, result.created, result.totals[0]["debits"]) == (None, 1, "0.10")
    assert sizes() == before


def test_receipts_pay_the_document_they_name_and_the_rest_stays_on_account() -> None:
    rows = [item(2, "A", 1_000), item(3, "B", 500)]
    import_checked(task("items"), checked("items", rows))
    payments = [receipt(2, "R1", 400, "A"), receipt(3, "R2", 900, "A"), receipt(4, "R3", 50, "X"), receipt(5, "R4", 7)]
    result = import_checked(task("receipts"), checked("receipts", payments))
    assert result.created == 4
    assert result.totals == [
        {"currency": "CNY", "items": 0, "receipts": 4, "settlements": 2, "debits": "0.00", "credits": "13.57"}
    ]
    assert open_by_key(date(2026, 12, 31)) == {"B": 500, "R2": -300, "R3": -50, "R4": -7}
    assert result.notes[0].params == {"count": "1"}
    sound()
    again = import_checked(task("receipts"), checked("receipts", payments))
    assert (again.created, again.duplicates) == (0, 4)


def test_of_customers_that_are_one_a_receipt_pays_the_document_of_either() -> None:
    rows = [item(2, "A", 1_000), item(3, "B", 500, customer_code="C2"), item(4, "X", 70, customer_code="C3")]
    import_checked(task("items"), checked("items", rows))
    ids = dict(Customer.objects.values_list("code", "pk"))
    merge_customers(from_id=ids["C2"], into_id=ids["C1"], reason="同一户", actor="cli:test", at=AT)
    # Each code names the other's document; a third customer's stays out of reach.
    payments = [
        receipt(2, "R1", 400, "B"),
        receipt(3, "R2", 900, "A", customer_code="C2"),
        receipt(4, "R3", 50, "X", customer_code="C2"),
    ]
    result = import_checked(task("receipts"), checked("receipts", payments))
    assert (result.created, result.totals[0]["settlements"]) == (3, 2)
    assert open_by_key(date(2026, 12, 31)) == {"A": 100, "B": 100, "R3": -50, "X": 70}
    sound()


def test_what_names_a_merged_customer_lands_there_and_shows_under_the_other() -> None:
    rows = [item(2, "A", 1_000), item(3, "B", 500, customer_code="C2")]
    import_checked(task("items"), checked("items", rows))
    ids = dict(Customer.objects.values_list("code", "pk"))
    merge_customers(from_id=ids["C2"], into_id=ids["C1"], reason="同一户", actor="cli:test", at=AT)
    later = item(2, "D", 70, customer_code="C2")
    result = import_checked(task("items"), checked("items", [later]))
    assert (result.created, result.customers_created) == (1, 0)
    again = import_checked(task("items"), checked("items", [*rows, later]))
    assert (again.created, again.duplicates, again.conflicts) == (0, 3, 0)
    assert query("SELECT customer_id FROM receivables_item WHERE document_number = 'D'") == [(ids["C2"],)]
    for asked in ids.values():
        found = items_page(ItemFilter(customer_id=asked), as_of=date(2026, 12, 31), scope=EVERYTHING, limit=9).rows
        assert {(row.customer_code, row.document_number) for row in found} == {("C1", "A"), ("C1", "B"), ("C1", "D")}
    undo_batch(batch_id=result.batch, actor="tester", at=AT)
    assert open_by_key(date(2026, 12, 31)) == {"A": 1_000, "B": 500}
    sound()


def test_undo_and_the_corrected_file() -> None:
    wrong = import_checked(
        task("items"), checked("items", [item(2, "A", 10_000), item(3, "B", 5_000, settled_on=date(2026, 1, 20))])
    )
    done = undo_batch(batch_id=wrong.batch, actor="tester", at=AT)
    assert (done.items, done.settlements) == (3, 1)
    for day in (date(2026, 1, 15), date(2026, 1, 20), date(2026, 12, 31)):
        net = open_by_key(day)
        assert sum(net.values()) == 0, (day, net)
    assert open_by_key(date(2026, 12, 31)) == {}
    sound()
    right = import_checked(
        task("items"), checked("items", [item(2, "A", 11_000), item(3, "B", 5_000, settled_on=date(2026, 1, 20))])
    )
    assert (right.created, right.duplicates, right.conflicts) == (2, 0, 0)
    assert open_by_key(date(2026, 12, 31)) == {"A": 11_000}
    assert query("SELECT max(origin_generation) FROM receivables_item WHERE origin_key = 'A'") == [(2,)]
    sound()
    with pytest.raises(Refusal) as refused:
        undo_batch(batch_id=wrong.batch, actor="tester", at=AT)
    assert refused.value.code == "batch_undone"


def test_undo_is_refused_with_the_list_while_others_depend() -> None:
    made = import_checked(task("items"), checked("items", [item(2, "A", 1_000)]))
    paid = import_checked(task("receipts"), checked("receipts", [receipt(2, "R1", 400, "A")]))
    before = sizes()
    with pytest.raises(Refusal) as refused:
        undo_batch(batch_id=made.batch, actor="tester", at=AT)
    assert refused.value.code == "batch_has_dependants"
    assert [place.column for place in refused.value.where] == ["settlement"]
    assert sizes() == before
    undo_batch(batch_id=paid.batch, actor="tester", at=AT)
    undo_batch(batch_id=made.batch, actor="tester", at=AT)
    assert open_by_key(date(2026, 12, 31)) == {}
    sound()


def test_undo_of_a_replacement_restores_what_it_replaced() -> None:
    import_checked(task("items"), checked("items", [item(2, "A", 10_000, settled_on=date(2026, 1, 20))]))
    as_it_was = {day: open_by_key(day) for day in (date(2026, 1, 15), date(2026, 1, 25))}
    replaced = import_checked(task("items", on_conflict="replace"), checked("items", [item(2, "A", 12_000)]))
    undo_batch(batch_id=replaced.batch, actor="tester", at=AT)
    assert {day: open_by_key(day) for day in as_it_was} == as_it_was
    again = import_checked(task("items"), checked("items", [item(2, "A", 10_000, settled_on=date(2026, 1, 20))]))
    assert (again.created, again.duplicates) == (0, 1)
    sound()


def test_an_item_reversed_by_hand_comes_again_with_one_receipt() -> None:
    rows = [item(2, "A", 10_000, settled_on=date(2026, 2, 1))]
    import_checked(task("items"), checked("items", rows))
    settlement, paid = query("SELECT id, debit_id FROM receivables_settlement")[0]
    reverse_settlement(settlement_id=settlement, reason="wrong", actor="tester", at=AT)
    reverse_item(item_id=paid, reason="wrong", actor="tester", at=AT)
    again = import_checked(task("items"), checked("items", rows))
    assert (again.created, again.duplicates) == (1, 0)
    assert open_by_key(date(2026, 12, 31)) == {}
    live = (
        "SELECT origin_key, origin_generation FROM receivables_item i WHERE reversal_of IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM receivables_item m WHERE m.reversal_of = i.id) ORDER BY 1"
    )
    assert query(live) == [("A", 2), ("A#receipt", 2)]
    sound()
