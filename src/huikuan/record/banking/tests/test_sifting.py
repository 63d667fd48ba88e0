"""No line twice, no line lost: what a file repeats is known, what is equal and real stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.banking.domain.sifting import OTHER_AMOUNT, OTHER_PAYER, Sifted, There, sift, there_of
from huikuan.record.banking.domain.statements import Line, Statement


def line(amount: int, day: str = "2026-03-01", **more: Any) -> Line:
    return Line(ordinal=1, booked_on=date.fromisoformat(day), amount=amount, currency="CNY", **more)


def statement(*lines: Line, **more: int) -> Statement:
    return Statement("62220201", "CNY", lines, **more)


def theirs(*lines: Line) -> list[There]:
    return [there_of(one) for one in lines]


def one(before: list[There], *lines: Line) -> Sifted:
    return sift([statement(*lines)], before)[0]


def amounts(found: Sifted) -> tuple[list[int], list[int]]:
    return [each.amount for each, _ in found.new], [each.amount for each in found.known]


def test_two_equal_receipts_stay_both_and_are_known_when_the_file_comes_again() -> None:
    twin = line(100, counterparty_name="北麓矿业装备")
    first = one([], twin, twin)
    assert amounts(first) == ([100, 100], [])
    assert len({key for _, key in first.new}) == 2
    assert amounts(one(theirs(twin, twin), twin, twin)) == ([], [100, 100])


def test_of_equal_lines_only_those_beyond_what_is_there_are_new() -> None:
    twin = line(100)
    found = one(theirs(twin), twin, twin, twin)
    assert amounts(found) == ([100, 100], [100])
    again = one([], twin, twin, twin)
    assert {key for _, key in found.new} < {key for _, key in again.new}


def test_a_reference_names_a_line_whatever_else_is_said_of_it() -> None:
    told = line(100, bank_reference="A1", memo="货款")
    assert amounts(one(theirs(told), replace(told, memo="货款 一月", counterparty_name="北麓"))) == ([], [100])


def test_the_same_reference_with_another_amount_is_told_and_kept() -> None:
    found = one(theirs(line(100, bank_reference="A1")), line(200, bank_reference="A1"))
    assert amounts(found) == ([200], [])
    assert [(odd.code, odd.there.amount) for odd in found.odd] == [(OTHER_AMOUNT, 100)]


def test_a_bank_that_numbers_anew_each_year_loses_nothing() -> None:
    told = line(100, "2025-12-30", bank_reference="0001")
    found = one(theirs(told), line(100, "2026-01-02", bank_reference="0001"))
    assert amounts(found) == ([100], [])
    assert found.odd == ()


def test_the_same_reference_on_another_day_from_another_payer_is_another_payment() -> None:
    told = line(100, "2026-03-01", bank_reference="7", counterparty_account="111")
    other = line(100, "2026-03-05", bank_reference="7", counterparty_account="222")
    found = one(theirs(told), other)
    assert amounts(found) == ([100], [])
    assert [odd.code for odd in found.odd] == [OTHER_PAYER]
    assert amounts(one(theirs(told), replace(other, counterparty_account="111"))) == ([], [100])


def test_a_file_without_references_knows_lines_that_have_some_and_the_other_way_round() -> None:
    named = line(100, bank_reference="A1", memo="货款", counterparty_name="北麓（江临）")
    nameless = replace(named, bank_reference="", counterparty_name="北麓(江临)")
    assert amounts(one(theirs(named), nameless, nameless)) == ([100], [100])
    assert amounts(one(theirs(nameless), named)) == ([], [100])


def test_two_references_are_two_lines_however_alike_they_are() -> None:
    assert amounts(one(theirs(line(100, bank_reference="A1")), line(100, bank_reference="A2"))) == ([100], [])


def test_an_entry_and_the_payments_inside_it_are_the_same_money() -> None:
    whole = line(300, bank_reference="E9")
    parts = [line(100, bank_reference="p1", part_of="E9"), line(200, bank_reference="p2", part_of="E9")]
    assert amounts(one(theirs(*parts), whole)) == ([], [300])
    assert amounts(one(theirs(whole), *parts)) == ([], [100, 200])
    assert amounts(one(theirs(whole), parts[0])) == ([100], [])
    assert amounts(one(theirs(parts[0]), whole)) == ([300], [])


def test_a_statement_that_goes_on_repeats_nothing_and_any_other_may() -> None:
    twin = line(100)
    first, follows = statement(twin, opening=0, closing=100), statement(twin, opening=100, closing=200)
    assert [amounts(found) for found in sift([first, follows], [])] == [([100], []), ([100], [])]
    assert [amounts(found) for found in sift([first, first], [])] == [([100], []), ([], [100])]
    assert [amounts(found) for found in sift([first, follows], theirs(twin, twin))] == [([], [100]), ([], [100])]


ALIKE = st.builds(
    line,
    st.sampled_from([100, 200, -100]),
    st.sampled_from(["2025-12-31", "2026-01-01"]),
    bank_reference=st.sampled_from(["", "A", "B"]),
    counterparty_account=st.sampled_from(["", "1", "2"]),
)


@given(st.lists(ALIKE, max_size=12), st.data())
def test_reading_again_brings_nothing_and_a_longer_file_only_the_rest(lines: list[Line], data: st.DataObject) -> None:
    some = data.draw(st.integers(0, len(lines)))
    first = one([], *lines[:some])
    assert amounts(first) == ([each.amount for each in lines[:some]], [])
    kept = theirs(*(each for each, _ in first.new))
    assert amounts(one(kept, *lines[:some])) == ([], [each.amount for each in lines[:some]])
    longer = one(kept, *lines)
    assert (len(longer.known), len(longer.new)) == (some, len(lines) - some)
    keys = [key for _, key in (*first.new, *longer.new)]
    assert len(keys) == len(set(keys))


def test_an_equal_receipt_of_the_afternoon_is_another_one() -> None:
    """Without references, in a file that goes on where the recorded ones ended."""
    morning, afternoon = line(100, balance_after=1_100), line(100, balance_after=1_200)
    before = theirs(morning)
    later = [statement(afternoon, opening=1_100, closing=1_200)]
    assert amounts(sift(later, before, left_at=1_100)[0]) == ([100], [])
    # The same file, the whole day, or a list sorted otherwise goes on from somewhere else: nothing is read twice.
    assert amounts(sift(later, theirs(morning, afternoon), left_at=1_200)[0]) == ([], [100])
    assert amounts(sift([statement(morning, opening=1_000, closing=1_100)], before, left_at=1_100)[0]) == ([], [100])
    assert amounts(sift(later, before)[0]) == ([], [100])
    # An account that is swept: each of its files begins where the last one ended, and comes again all the same.
    swept = [line(100, balance_after=100), line(-100, balance_after=0)]
    told = [statement(*swept, opening=0, closing=0)]
    assert amounts(sift(told, theirs(*swept), left_at=0)[0]) == ([], [100, -100])
