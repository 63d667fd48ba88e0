"""Lines are used as far as they go, once, and what is taken back is left again."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.models import LineUse, OpenLine
from huikuan.record.banking.operations.bouncing import pair_bounced
from huikuan.record.banking.operations.uses import Use, free_uses, use_lines
from huikuan.record.banking.queries.bouncing import may_take_back
from huikuan.record.banking.queries.lines import line, open_receipts, uses_of
from huikuan.record.banking.tests.conftest import WHO, Bank
from huikuan.record.receivables.queries.check import check_ledger


def left(line_id: int) -> int:
    return line(line_id).left


def test_a_line_is_used_in_parts_until_nothing_is_left(bank: Bank) -> None:
    first = bank.line(1_000_00)
    use_lines(uses=[Use(first, 300_00, "receipt", item_id=7)], **WHO)
    assert [(row.id, row.left) for row in open_receipts(bank.company.pk)] == [(first, 700_00)]
    use_lines(uses=[Use(first, 400_00, "receipt", item_id=8), Use(first, 300_00, "set_aside", note="利息")], **WHO)
    assert list(open_receipts(bank.company.pk)) == []
    assert left(first) == 0
    assert not OpenLine.objects.exists()
    assert [(use.amount, use.item_id, use.note) for use in uses_of([first])] == [
        (300_00, 7, ""),
        (400_00, 8, ""),
        (300_00, None, "利息"),
    ]
    assert check_ledger() == []


@pytest.mark.parametrize("amount", [1_000_01, 0, -1])
def test_more_than_is_left_and_the_other_sign_are_refused(bank: Bank, amount: int) -> None:
    first, second = bank.line(1_000_00), bank.line(50_00)
    with pytest.raises(Refusal) as refused:
        use_lines(uses=[Use(second, 50_00, "receipt", item_id=1), Use(first, amount, "receipt", item_id=2)], **WHO)
    assert refused.value.code == "line_used_up"
    assert refused.value.params["left"] == "1000.00"
    assert not LineUse.objects.exists()
    assert (left(first), left(second)) == (1_000_00, 50_00)


def test_a_line_used_up_says_so_and_an_unknown_one_is_unknown(bank: Bank) -> None:
    first = bank.line(10_00)
    use_lines(uses=[Use(first, 10_00, "receipt", item_id=1)], **WHO)
    with pytest.raises(Refusal) as refused:
        use_lines(uses=[Use(first, 1, "receipt", item_id=2)], **WHO)
    assert (refused.value.code, refused.value.params["left"]) == ("line_used_up", "0.00")
    with pytest.raises(Refusal) as unknown:
        use_lines(uses=[Use(999, 1, "receipt")], **WHO)
    assert unknown.value.code == "line_unknown"
    assert LineUse.objects.count() == 1


def test_what_is_taken_back_is_left_again_and_only_once(bank: Bank) -> None:
    whole, part = bank.line(10_00), bank.line(20_00)
    ids = use_lines(uses=[Use(whole, 10_00, "receipt", item_id=1), Use(part, 5_00, "receipt", item_id=2)], **WHO)
    free_uses(use_ids=ids, **WHO)
    assert (left(whole), left(part)) == (10_00, 20_00)
    assert [use.freed for use in uses_of([whole, part])] == [True, True]
    assert check_ledger() == []
    with pytest.raises(Refusal) as refused:
        free_uses(use_ids=ids[:1], **WHO)
    assert refused.value.code == "use_freed"
    assert (left(whole), LineUse.objects.count()) == (10_00, 4)


def test_only_a_use_is_taken_back(bank: Bank) -> None:
    ids = use_lines(uses=[Use(bank.line(10_00), 10_00, "receipt", item_id=1)], **WHO)
    back = free_uses(use_ids=ids, **WHO)
    for wrong in (back[0], 999):
        with pytest.raises(Refusal) as refused:
            free_uses(use_ids=[wrong], **WHO)
        assert refused.value.code == "use_unknown"


def test_money_that_went_out_is_used_with_its_own_sign(bank: Bank) -> None:
    out = bank.line(-80_00)
    use_lines(uses=[Use(out, -30_00, "refund", item_id=3)], **WHO)
    assert left(out) == -50_00
    assert list(open_receipts(bank.company.pk)) == []
    assert check_ledger() == []


def test_the_check_names_a_line_whose_cache_says_something_else(bank: Bank) -> None:
    first = bank.line(10_00)
    OpenLine.objects.filter(line_id=first).update(left=9_00)
    assert [(one.kind, one.where, one.expected, one.found) for one in check_ledger()] == [
        ("bank_line_left", f"bank line {first}", "10.00", "9.00")
    ]


def test_a_payment_that_came_back_and_its_original_use_one_another_up(bank: Bank) -> None:
    other = bank.line(80_00, "2026-02-27", counterparty_name="宏朔钢构")
    original = bank.line(80_00, "2026-02-28", counterparty_name="北麓矿业装备")
    back = bank.line(-80_00, "2026-03-01", counterparty_name="北麓矿业装备", memo="退汇")
    assert [row.id for row in may_take_back(line(back))] == [original]
    first, second = pair_bounced(line_id=back, original_id=original, **WHO)
    assert (left(back), left(original), left(other)) == (0, 0, 80_00)
    assert [(use.purpose, use.other_line_id) for use in uses_of([original])] == [("bounced", back)]
    assert may_take_back(line(back)) == []
    assert check_ledger() == []
    free_uses(use_ids=[first, second], **WHO)
    assert (left(back), left(original)) == (-80_00, 80_00)


def test_a_line_the_bank_takes_back_finds_any_it_cancels_out(bank: Bank) -> None:
    nameless = bank.line(80_00, "2026-02-28")
    old = bank.line(80_00, "2026-01-02")
    back = bank.line(-80_00, "2026-03-01", reversal=True)
    plain = bank.line(-80_00, "2026-03-01")
    assert [row.id for row in may_take_back(line(back))] == [nameless]
    assert may_take_back(line(plain)) == []
    assert old not in {row.id for row in may_take_back(line(back))}


def test_what_does_not_cancel_out_or_is_used_takes_nothing_back(bank: Bank) -> None:
    original, back = bank.line(80_00), bank.line(-79_00)
    with pytest.raises(Refusal) as refused:
        pair_bounced(line_id=back, original_id=original, **WHO)
    assert refused.value.code == "lines_do_not_cancel"
    whole = bank.line(-80_00)
    use_lines(uses=[Use(original, 1_00, "receipt", item_id=1)], **WHO)
    with pytest.raises(Refusal) as used:
        pair_bounced(line_id=whole, original_id=original, **WHO)
    assert used.value.code == "line_used_up"
    assert (left(whole), LineUse.objects.count()) == (-80_00, 1)
