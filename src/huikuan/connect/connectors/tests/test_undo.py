"""Undo: never into a locked period, last first, and what stood before stands again in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.operations.undo import Undone, undo_batch
from huikuan.connect.connectors.tests.ledgers import (
    AT,
    checked,
    company,
    item,
    open_by_key,
    query,
    receipt,
    sizes,
    task,
)
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations import withdrawals
from huikuan.record.receivables.operations.bulk import write
from huikuan.record.receivables.operations.drafts import Draft, pairs_frame
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.operations.settlements import settle
from huikuan.record.receivables.queries.bulk import items_where, states_where
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH, LATER = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 12, 31)


def imported(kind: str, rows: list[dict[str, Any]], **changes: Any) -> int:
    batch = import_checked(task(kind, **changes), checked(kind, rows)).batch
    assert batch is not None
    return batch


def snapshot(day: date, rows: list[dict[str, Any]], **changes: Any) -> int:
    sha = f"{day}{len(query('SELECT 1 FROM connectors_batch'))}"
    return imported("open-items", rows, as_of=day, file_sha256=sha, force=True, **changes)


def undo(batch_id: int) -> Undone:
    return undo_batch(batch_id=batch_id, actor="tester", at=AT)


def lock(through: date) -> None:
    lock_period(company=company(), through=through, actor="tester", at=AT)


def refused(work: Callable[[], Any]) -> Refusal:
    """The refusal of `work`, which has written nothing."""
    before = sizes()
    with pytest.raises(Refusal) as caught:
        work()
    assert sizes() == before
    return caught.value


def listed(refusal: Refusal) -> list[tuple[str, str]]:
    return [(place.column, place.value) for place in refusal.where]


def item_id(key: str) -> int:
    return int(query("SELECT max(id) FROM receivables_item WHERE origin_key = %s", key)[0][0])


def test_a_replacement_undone_after_the_lock_stands_again_from_the_first_open_day() -> None:
    imported("items", [item(2, "A", 10_000)])
    replaced = imported("items", [item(2, "A", 12_000)], on_conflict="replace")
    lock(JANUARY)
    undo(replaced)
    assert open_by_key(JANUARY) == {"A": 12_000}
    assert open_by_key(date(2026, 2, 1)) == {"A": 10_000}
    assert check_ledger() == []


def test_a_snapshot_undone_after_the_lock_leaves_the_locked_days() -> None:
    may = date(2026, 5, 1)
    snapshot(JANUARY, [item(2, "A", 10_000), item(3, "B", 10_000)])
    snapshot(FEBRUARY, [item(2, "A", 10_000), item(3, "B", 5_000)])
    last = snapshot(date(2026, 3, 10), [item(2, "A", 10_000, due_date=may), item(3, "B", 10_000)])
    lock(date(2026, 3, 15))
    undo(last)
    assert open_by_key(date(2026, 3, 12)) == {"A": 10_000, "B": 10_000}
    assert open_by_key(date(2026, 3, 16)) == {"A": 10_000, "B": 5_000}
    found = query("SELECT version, effective_on, due_date FROM receivables_schedule ORDER BY version")
    assert [(row[0], str(row[1]), str(row[2])) for row in found] == [
        (1, "2026-03-10", "2026-05-01"),
        (2, "2026-03-16", "2026-02-10"),
    ]
    assert check_ledger() == []


@pytest.mark.parametrize("what", ["item", "settlement", "schedule"])
def test_no_draft_enters_a_locked_period(what: str) -> None:
    imported("items", [item(2, "A", 100), item(3, "B", 100, kind="credit_note", side="credit", due_date=None)])
    lock(JANUARY)
    draft = Draft(company(), None, "tester", AT)
    draft.touch(states_where("i.company_id = %s", [company().pk]))
    if what == "item":
        rows = items_where("i.id = %s", [item_id("A")]).drop("id")
        draft.post(rows.with_columns(origin_generation=rows["origin_generation"] + 1))
    elif what == "settlement":
        pair = {"credit_id": item_id("B"), "debit_id": item_id("A"), "amount": 100, "reason": "x", "batch_row": None}
        draft.settle(pairs_frame([{**pair, "effective_on": JANUARY}]))
    else:
        line = {"item_id": item_id("A"), "version": 1, "due_date": MARCH, "awaits": "", "amount": 100, "reason": "x"}
        draft.reschedule(pl.DataFrame([{**line, "effective_on": JANUARY}]))
    assert refused(lambda: write(draft, first=lambda: None, last=lambda: None)).code == "period_locked"
    assert check_ledger() == []


def test_batches_are_undone_last_first() -> None:
    first = imported("items", [item(2, "A", 10_000)])
    second = imported("items", [item(2, "A", 12_000)], on_conflict="replace")
    third = imported("items", [item(2, "A", 15_000)], on_conflict="replace")
    refusal = refused(lambda: undo(first))
    assert (refusal.code, listed(refusal)) == ("batch_has_dependants", [("batch", str(second))])
    assert listed(refused(lambda: undo(second))) == [("batch", str(third))]
    opened = []
    for batch in (third, second, first):
        undo(batch)
        opened.append(open_by_key(LATER))
        assert check_ledger() == []
    assert opened == [{"A": 12_000}, {"A": 10_000}, {}]


def test_snapshots_are_undone_last_first() -> None:
    days = [date(2026, 2, day) for day in (1, 2, 3, 4)]
    a, z = item(2, "A", 10_000), item(3, "Z", 1)
    batches = [snapshot(day, rows) for day, rows in zip(days, ([a, z], [z], [a, z], [z]), strict=True)]
    stood = [open_by_key(day) for day in days]
    assert stood == [{"A": 10_000, "Z": 1}, {"Z": 1}, {"A": 10_000, "Z": 1}, {"Z": 1}]
    assert listed(refused(lambda: undo(batches[2]))) == [("batch", str(batches[3]))]
    assert listed(refused(lambda: undo(batches[1]))) == [("batch", str(number)) for number in batches[2:]]
    undo(batches[3])
    assert [open_by_key(day) for day in days] == [*stood[:3], stood[2]]
    undo(batches[2])
    assert [open_by_key(day) for day in days] == [*stood[:2], stood[1], stood[1]]
    undo(batches[1])
    # The 3rd had taken back the clearing of the 2nd from the 3rd on; what it did on the 2nd is history.
    assert [open_by_key(day) for day in days] == [*stood[:2], stood[0], stood[0]]
    assert check_ledger() == []


def test_a_snapshot_undone_twice_over_in_a_foreign_currency_divides_by_nothing() -> None:
    a, z = (item(row, key, 10_000, currency="USD") for row, key in ((2, "A"), (3, "Z")))
    snapshot(date(2026, 2, 1), [a, z])
    snapshot(date(2026, 2, 2), [z])
    back = snapshot(date(2026, 2, 3), [a, z])
    gone = snapshot(date(2026, 2, 4), [z])
    assert refused(lambda: undo(back)).code == "batch_has_dependants"
    undo(gone)
    undo(back)
    assert open_by_key(LATER) == {"Z": 10_000}
    assert check_ledger() == []


def test_a_batch_that_a_later_snapshot_rests_on_waits_for_it() -> None:
    made = imported("items", [item(2, "A", 1_000)])
    paid = imported("receipts", [receipt(2, "R1", 400, "A")])
    taken = snapshot(FEBRUARY, [item(2, "A", 600)])
    assert ("batch", str(taken)) in listed(refused(lambda: undo(made)))
    assert listed(refused(lambda: undo(paid))) == [("batch", str(taken))]
    for batch in (taken, paid, made):
        undo(batch)
    assert open_by_key(LATER) == {}
    assert check_ledger() == []


def test_a_key_in_use_again_is_not_restored_beside_it() -> None:
    imported("items", [item(2, "A", 10_000)])
    replaced = imported("items", [item(2, "A", 12_000)], on_conflict="replace")
    reverse_item(item_id=item_id("A"), reason="x", actor="tester", at=AT)
    anew = imported("items", [item(2, "A", 15_000)])
    assert listed(refused(lambda: undo(replaced))) == [("batch", str(anew))]
    assert open_by_key(LATER) == {"A": 15_000}


def test_what_was_paid_otherwise_since_cannot_be_settled_again() -> None:
    imported("items", [item(2, "A", 1_000)])
    imported("receipts", [receipt(2, "R1", 1_000, "A")])
    replaced = imported("receipts", [receipt(2, "R1", 1_000)], on_conflict="replace")
    imported("receipts", [receipt(2, "R2", 1_000, "A")])
    refusal = refused(lambda: undo(replaced))
    assert (refusal.code, listed(refusal)) == ("more_than_open", [("item", str(item_id("A")))])
    assert refusal.params == {"item": item_id("A"), "amount": 1_000, "open": 0}
    assert open_by_key(LATER) == {"R1": -1_000}
    assert check_ledger() == []


def test_a_draft_never_settles_more_than_is_open() -> None:
    imported("items", [item(2, "A", 100, settled_on=date(2026, 1, 20)), item(3, "B", 100)])
    draft = Draft(company(), None, "tester", AT)
    draft.touch(states_where("i.company_id = %s", [company().pk]))
    pair = {"credit_id": item_id("A#receipt"), "debit_id": item_id("B"), "effective_on": MARCH}
    with pytest.raises(Refusal) as caught:
        draft.settle(pairs_frame([{**pair, "amount": 1, "reason": "x", "batch_row": None}]))
    assert (caught.value.code, caught.value.params["open"]) == ("more_than_open", 0)
    assert draft.settlements.is_empty()


def test_what_a_milestone_made_due_blocks_no_undo_and_a_plan_somebody_gave_does() -> None:
    waiting = {"due_date": None, "awaits": "acceptance", "contract_number": "HT-1"}
    batch = imported("items", [item(2, "A", 10_000, **waiting), item(3, "B", 10_000, **waiting)])
    customer = query("SELECT customer_id FROM receivables_item LIMIT 1")[0][0]
    terms = Terms(
        name="主轴", currency="CNY", signed_on=date(2026, 1, 2), milestones=read_milestones("验收 100% 30天")
    )
    who: dict[str, Any] = {"actor": "tester", "at": AT}
    contract = create_contract(company=company(), customer_id=customer, number="HT-1", terms=terms, **who)
    event = record_milestone(contract_id=contract, milestone="acceptance", happened_on=date(2026, 2, 1), **who)
    assert {str(row[0]) for row in query("SELECT due_date FROM receivables_openitem")} == {"2026-03-03"}
    undo(batch)
    assert open_by_key(LATER) == {}
    assert check_ledger() == []
    withdraw_milestone(event_id=event, reason="x", **who)
    again = imported("items", [item(2, "A", 10_000, **waiting)])
    plan = [Line(date(2026, 5, 1), "", 10_000)]
    live = query("SELECT item_id FROM receivables_openitem")[0][0]
    record_schedule(item_id=live, lines=plan, effective_on=date(2026, 2, 2), reason="plan", **who)
    assert refused(lambda: undo(again)).code == "batch_has_dependants"
    assert open_by_key(LATER) == {"A": 10_000}


def test_undo_restores_every_line_of_the_plan_that_governed() -> None:
    snapshot(JANUARY, [item(2, "A", 10_000)])
    plan = [Line(date(2026, 3, 1), "", 3_000), Line(date(2026, 6, 1), "", 3_000), Line(None, "acceptance", 4_000)]
    record_schedule(
        item_id=item_id("A"), lines=plan, effective_on=date(2026, 2, 1), reason="plan", actor="tester", at=AT
    )
    moved = snapshot(FEBRUARY, [item(2, "A", 10_000, due_date=date(2026, 4, 1))])
    undo(moved)
    rows = query(
        "SELECT line, effective_on, due_date, awaits, amount FROM receivables_schedule WHERE version = 3 ORDER BY line"
    )
    assert [(row[0], str(row[1]), str(row[2]), row[3], row[4]) for row in rows] == [
        (1, "2026-02-28", "2026-03-01", "", 3_000),
        (2, "2026-02-28", "2026-06-01", "", 3_000),
        (3, "2026-02-28", "None", "acceptance", 4_000),
    ]
    assert [str(row[0]) for row in query("SELECT due_date FROM receivables_openitem")] == ["2026-03-01"]
    assert check_ledger() == []


def test_due_dates_moved_twice_come_back_one_after_the_other() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    snapshot(JANUARY, [item(2, "A", 10_000)])
    batches = [snapshot(day, [item(2, "A", 10_000, due_date=due)]) for day, due in ((FEBRUARY, april), (MARCH, may))]
    dues = []
    for batch in reversed(batches):
        undo(batch)
        dues.append(str(query("SELECT due_date FROM receivables_openitem")[0][0]))
        assert check_ledger() == []
    assert dues == ["2026-04-01", "2026-02-10"]


def test_a_replaced_item_stands_again_with_its_schedule() -> None:
    imported("items", [item(2, "A", 10_000)])
    plan = [Line(date(2026, 3, 1), "", 4_000), Line(date(2026, 6, 1), "", 6_000)]
    record_schedule(
        item_id=item_id("A"), lines=plan, effective_on=date(2026, 2, 1), reason="plan", actor="tester", at=AT
    )
    undo(imported("items", [item(2, "A", 12_000)], on_conflict="replace"))
    rows = query(
        "SELECT due_date, amount, reason FROM receivables_schedule WHERE item_id = %s ORDER BY line", item_id("A")
    )
    assert [(str(row[0]), row[1], row[2]) for row in rows] == [
        ("2026-03-01", 4_000, "plan"),
        ("2026-06-01", 6_000, "plan"),
    ]
    assert check_ledger() == []


def test_a_schedule_that_takes_effect_later_keeps_its_due_date() -> None:
    snapshot(JANUARY, [item(2, "A", 10_000)])
    record_schedule(
        item_id=item_id("A"), lines=[Line(date(2026, 9, 1), "", 10_000)], effective_on=MARCH, reason="plan",
        actor="tester", at=AT,
    )  # fmt: skip
    moved = snapshot(FEBRUARY, [item(2, "A", 10_000, due_date=date(2026, 4, 1))])
    assert check_ledger() == []
    undo(moved)
    assert [str(row[0]) for row in query("SELECT due_date FROM receivables_openitem")] == ["2026-09-01"]
    assert check_ledger() == []


def test_an_applied_receipt_can_be_replaced() -> None:
    imported("items", [item(2, "A", 10_000), item(3, "B", 500)])
    first = imported("receipts", [receipt(2, "R1", 10_000, "A"), receipt(3, "R2", 200, "B")])
    later = receipt(2, "R1", 10_000, "A", received_on=date(2026, 2, 5))
    replaced = imported("receipts", [later], on_conflict="replace")
    assert open_by_key(date(2026, 2, 4)) == {"A": 10_000, "B": 300}
    assert open_by_key(LATER) == {"B": 300}
    assert check_ledger() == []
    assert listed(refused(lambda: undo(first))) == [("batch", str(replaced))]
    undo(replaced)
    assert open_by_key(date(2026, 2, 4)) == {"B": 300}
    assert check_ledger() == []
    undo(first)
    assert open_by_key(LATER) == {"A": 10_000, "B": 500}
    assert check_ledger() == []


def test_a_receipt_that_others_settled_with_is_not_replaced() -> None:
    imported("items", [item(2, "A", 10_000)])
    imported("receipts", [receipt(2, "R1", 10_000)])
    by_hand = settle(
        credit_id=item_id("R1"), debit_id=item_id("A"), credit_amount=10, effective_on=MARCH, reason="x",
        actor="tester", at=AT,
    )  # fmt: skip
    refusal = refused(lambda: imported("receipts", [receipt(2, "R1", 9_000)], on_conflict="replace"))
    assert (refusal.code, listed(refusal)) == ("replace_blocked", [("settlement", str(by_hand))])


def test_an_applied_receipt_replaced_after_the_lock_pays_from_the_first_open_day() -> None:
    imported("items", [item(2, "A", 10_000)])
    imported("receipts", [receipt(2, "R1", 10_000, "A", received_on=date(2026, 1, 20))])
    lock(JANUARY)
    imported("receipts", [receipt(2, "R1", 9_000, "A")], on_conflict="replace")
    assert open_by_key(JANUARY) == {}
    assert open_by_key(date(2026, 2, 1)) == {"A": 1_000}
    assert check_ledger() == []


def test_an_older_snapshot_replaces_nothing_that_later_ones_found() -> None:
    changed = item(2, "A", 10_000, document_date=date(2026, 1, 12))
    snapshot(JANUARY, [item(2, "A", 10_000)])
    march = snapshot(MARCH, [item(2, "B", 10_000)])
    refusal = refused(lambda: snapshot(FEBRUARY, [changed], on_conflict="replace"))
    assert (refusal.code, listed(refusal)) == ("replace_too_early", [("batch", str(march))])
    assert (open_by_key(FEBRUARY), open_by_key(MARCH)) == ({"A": 10_000, "B": 10_000}, {"B": 10_000})
    undo(march)
    snapshot(FEBRUARY, [changed], on_conflict="replace")
    assert (open_by_key(JANUARY), open_by_key(FEBRUARY)) == ({"A": 10_000}, {"A": 10_000})
    assert check_ledger() == []


def test_a_snapshot_replaces_nothing_posted_after_its_day() -> None:
    imported("items", [item(2, "A", 10_000, posting_date=MARCH)])
    refusal = refused(lambda: snapshot(FEBRUARY, [item(2, "A", 9_000)], on_conflict="replace"))
    assert (refusal.code, listed(refusal)) == ("replace_too_early", [("item", str(item_id("A")))])


def test_withdrawing_many_follows_the_rule_of_reversing_one() -> None:
    """A settlement reversed late: both doors put the mirror on the day it came back."""
    mirrors = []
    for code in ("MAIN", "TWIN"):
        owner: Company = company(code)
        rows = [item(2, "A", 100, settled_on=date(2026, 1, 20))]
        import_checked(task("items", company=owner), checked("items", rows))
        lock_period(company=owner, through=FEBRUARY, actor="tester", at=AT)
        number = query("SELECT max(id) FROM receivables_settlement")[0][0]
        reverse_settlement(settlement_id=number, reason="x", actor="tester", at=AT)
        if code == "MAIN":
            reverse_item(item_id=item_id("A"), reason="x", actor="tester", at=AT)
        else:
            draft = Draft(owner, None, "tester", AT)
            draft.touch(states_where("i.id = %s", [item_id("A")]))
            withdrawals.mirror(draft, items_where("i.id = %s", [item_id("A")]), "x")
            write(draft, first=lambda: None, last=lambda: None)
        mirrors.append(query("SELECT posting_date, side, amount, text FROM receivables_item ORDER BY id DESC LIMIT 1"))
    assert mirrors[0] == mirrors[1]
    assert str(mirrors[0][0][0]) == "2026-03-01"
    assert check_ledger() == []


def test_undone_batches_say_so() -> None:
    batch = imported("items", [item(2, "A", 10)])
    undo(batch)
    assert Batch.objects.get(pk=batch).state == "undone"
    assert refused(lambda: undo(batch)).code == "batch_undone"
