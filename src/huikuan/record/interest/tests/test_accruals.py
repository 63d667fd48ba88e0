"""What items of the ledger bear: their own days, schedules, payments, contracts and parties."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.interest.queries.accruals import accruals, accrued
from huikuan.record.interest.tests.conftest import AT, WHO, Late, day
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule

pytestmark = pytest.mark.django_db


def test_a_clause_in_the_items_contract_governs_it(late: Late) -> None:
    late.contract("HT-1", "LPR×1.5")
    item = late.invoice(contract_number="HT-1")
    found = late.accrual(item, "2025-06-30")
    assert (found.governing.basis, found.whole.amount, found.most) == ("clause", 47_441_10, None)
    assert late.accrued(item, "2025-06-30") == 47_441_10


def test_without_a_contract_the_law_does_and_the_range_is_shown(late: Late) -> None:
    found = late.accrual(late.invoice(), "2025-06-30")
    # 1,000,000 × 3.45 % × 1.3 × 364 / 365, and × 1.5
    assert (found.governing.basis, found.whole.amount, found.most) == ("law", 44_727_12, 51_608_22)


def test_a_payment_counts_from_the_day_it_came_not_the_day_it_was_applied(late: Late) -> None:
    late.contract("HT-1", "日万分之五")
    item = late.invoice(100_000_00, "2025-01-10", contract_number="HT-1", posted="2025-01-01")
    late.pay(item, 40_000_00, "2025-01-16", applied="2025-01-19")
    assert late.accrued(item, "2025-01-21") == 250_00 + 150_00


def test_an_advance_counts_from_the_day_it_was_applied(late: Late) -> None:
    late.contract("HT-1", "日万分之五")
    item = late.invoice(100_000_00, "2025-01-10", contract_number="HT-1", posted="2025-01-01")
    late.settle(late.post("advance", 40_000_00, "2024-12-01"), item, 40_000_00, "2025-01-16")
    assert late.accrued(item, "2025-01-21") == 250_00 + 150_00


def test_what_was_settled_by_mistake_was_never_paid(late: Late) -> None:
    item = late.invoice()
    whole = late.accrued(item, "2025-06-30")
    settlement = late.pay(item, 1_000_000_00, "2024-12-01")
    assert late.accrued(item, "2025-06-30") < whole
    reverse_settlement(settlement_id=settlement, reason="wrong payer", **WHO)
    assert late.accrued(item, "2025-06-30") == whole


def test_paid_in_full_it_goes_on_owing_the_days_it_was_late(late: Late) -> None:
    late.contract("HT-1", "LPR×1.5")
    item = late.invoice(contract_number="HT-1")
    late.pay(item, 1_000_000_00, "2025-06-30")
    assert late.accrued(item, "2026-06-30") == 47_441_10


def test_a_payment_date_that_is_changed_moves_the_start(late: Late) -> None:
    late.contract("HT-1", "日万分之五")
    item = late.invoice(100_000_00, "2025-01-10", contract_number="HT-1", posted="2025-01-01")
    assert late.accrued(item, "2025-02-10") == 30 * 50_00
    lines = [Line(day("2025-01-31"), "", 40_000_00), Line(day("2025-02-28"), "", 60_000_00)]
    record_schedule(item_id=item, lines=lines, effective_on=day("2025-02-05"), reason="extension", **WHO)
    assert late.accrued(item, "2025-02-04") == 24 * 50_00
    assert late.accrued(item, "2025-02-10") == 9 * 20_00
    assert [str(one.due) for one in late.accrual(item, "2025-02-10").owed] == ["2025-01-31", "2025-02-28"]


def test_what_waits_for_an_event_is_not_late(late: Late) -> None:
    item = late.post("retention", 50_000_00, "2024-01-05", awaits="end of warranty")
    assert late.accrued(item, "2026-06-30") == 0


def test_credits_interest_and_what_was_reversed_bear_none(late: Late) -> None:
    reversed_item, interest = late.invoice(), late.post("interest", 5_00, "2024-06-01", due_date=day("2024-06-01"))
    reverse_item(item_id=reversed_item, reason="wrong", **WHO)
    receipt = late.post("receipt", 5_00, "2024-06-01")
    assert accruals([reversed_item, interest, receipt, 999], day("2026-01-01"), at=AT) == []
    with pytest.raises(Refusal, match="interest_not_borne"):
        late.accrual(interest, "2026-01-01")


def test_many_items_take_as_many_questions_as_few(late: Late, django_assert_max_num_queries: object) -> None:
    late.contract("HT-1", "LPR×1.5")
    few = [late.invoice(10_000_00, contract_number="HT-1")]
    many = [late.invoice(10_000_00 + number, contract_number="HT-1") for number in range(30)]
    with django_assert_max_num_queries(20) as asked_of_few:  # type: ignore[operator]
        accrued(few, day("2025-06-30"), at=AT)
    with django_assert_max_num_queries(len(asked_of_few)):  # type: ignore[operator]
        assert len(accrued(many, day("2025-06-30"), at=AT)) == 30


def test_a_table_that_ended_long_ago_is_said_so(late: Late) -> None:
    late.contract("HT-1", "LPR×1.5")
    floating, fixed = late.invoice(contract_number="HT-1"), late.invoice()
    assert [one.code for one in late.accrual(floating, "2026-09-25").warnings] == ["lpr_stale"]
    assert late.accrual(floating, "2026-09-24").warnings == ()
    assert late.accrual(fixed, "2026-09-25").warnings == ()
