"""What items of the ledger bear: their own days, schedules, payments, contracts and parties."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.queries.accruals import accruals, accrued
from huikuan.record.interest.tests.conftest import AT, WHO, Late, day, dear
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


def test_a_clause_that_was_amended_counts_each_over_its_own_days(late: Late) -> None:
    item = dear(late)
    late.amend("HT-1", "日万分之三", "2026-07-01")
    # 181 days until 06-30, the last of the first half, at 50.00; 30.00 a day from then on.
    assert [late.accrued(item, one) for one in ("2026-06-30", "2026-07-01", "2026-07-02", "2026-07-11")] == [
        9_000_00, 9_050_00, 9_080_00, 9_350_00
    ]  # fmt: skip
    found = late.accrual(item, "2026-07-11")
    assert [(f"{one.first}", f"{one.last}", one.days, one.amount) for one in found.whole.segments] == [
        ("2026-01-01", "2026-06-30", 181, 9_050_00), ("2026-07-01", "2026-07-10", 10, 300_00)
    ]  # fmt: skip
    assert rule_text(found.governing.rule) == "0.0003/day"
    assert [(one.code, one.value, one.threshold) for one in found.governing.reasons] == [
        ("clause", "", ""), ("rule_before", "2026-07-01", "0.0005/day")
    ]  # fmt: skip
    before = late.accrual(item, "2026-07-01")
    assert (rule_text(before.governing.rule), len(before.governing.reasons)) == ("0.0005/day", 1)


def test_a_clause_that_is_agreed_later_leaves_the_days_before_to_the_law(late: Late) -> None:
    late.contract("HT-1", "")
    item = late.invoice(contract_number="HT-1")
    late.amend("HT-1", "日万分之五", "2025-06-20")
    found = late.accrual(item, "2025-06-30")
    # 1,000,000 × 3.45 % × 1.3 × 354 / 365 (at most × 1.5), and ten days of 500.00
    assert (found.whole.amount, found.most) == (43_498_36 + 5_000_00, 50_190_41 + 5_000_00)
    assert [one.code for one in found.governing.reasons] == ["law", "clause", "rule_before"]


def test_a_rule_under_which_no_day_is_late_is_not_spoken_of(late: Late) -> None:
    item = dear(late)
    late.amend("HT-1", "日万分之三", "2025-07-01")
    late.amend("HT-1", "日万分之一", "2026-02-01")
    late.pay(item, 100_000_00, "2026-01-11")
    # Late for ten days of January alone: neither the clause before nor the one after counts.
    found = late.accrual(item, "2026-06-30")
    assert (found.whole.amount, rule_text(found.governing.rule)) == (300_00, "0.0003/day")
    assert [one.code for one in found.governing.reasons] == ["clause"]


def test_what_is_recorded_of_the_same_day_takes_the_place_of_what_was(late: Late) -> None:
    """A slip of the pen is put right from the day the contract began, and was never agreed."""
    item = dear(late)
    late.amend("HT-1", "日万分之三", "2024-01-02")
    found = late.accrual(item, "2026-01-11")
    assert (found.whole.amount, len(found.governing.reasons)) == (300_00, 1)


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
