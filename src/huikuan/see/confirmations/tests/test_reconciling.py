"""Two lists of the same account: every line once, and the differences make up what lies between the totals."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.see.confirmations.domain.reconciling import (
    AGREED,
    CLASSES,
    Group,
    OurLine,
    TheirLine,
    by_class,
    normalised,
    reconcile,
)

DAY = date(2026, 10, 1)
days = st.integers(0, 40).map(lambda number: DAY + timedelta(days=number))
# Few documents and amounts, so that lines meet, collide and repeat.
documents = st.sampled_from(
    ["", "INV-1", "inv 1", "INV-2", "0012", "12", "264400001234", "00001234", "ＩＮＶ－１", "退-1"]
)
amounts = st.sampled_from([-500, -100, 0, 100, 500, 500_00, 1_000_00]) | st.integers(-10_000, 10_000)
ours = st.lists(
    st.tuples(documents, days, amounts, st.sampled_from(["invoice", "receipt", "return", "credit_note"])), max_size=12
).map(lambda rows: [OurLine(number, *row) for number, row in enumerate(rows, start=1)])
theirs = st.lists(
    st.tuples(
        documents, st.none() | days, amounts, st.sampled_from(["", "invoice", "payment", "return", "accrued"]),
        st.none() | st.integers(1, 9_000), st.none() | st.integers(1, 900),
    ),
    max_size=12,
).map(lambda rows: [TheirLine(number, *row) for number, row in enumerate(rows, start=2)])  # fmt: skip


@given(ours, theirs)
def test_every_line_is_in_one_group_and_the_differences_sum(mine: list[OurLine], other: list[TheirLine]) -> None:
    groups = reconcile(mine, other)
    assert Counter(line.id for group in groups for line in group.ours) == Counter(line.id for line in mine)
    assert Counter(line.row for group in groups for line in group.theirs) == Counter(line.row for line in other)
    between = sum(line.amount for line in mine) - sum(line.amount for line in other)
    assert sum(group.difference for group in groups) == between
    assert sum(total for _count, total in by_class(groups).values()) == between
    assert {group.kind for group in groups} <= set(CLASSES)
    assert all(group.difference == 0 for group in groups if group.kind == AGREED)


@given(ours, theirs, st.randoms())
def test_the_order_of_the_lists_changes_nothing(mine: list[OurLine], other: list[TheirLine], chance) -> None:
    shuffled, mixed = list(mine), list(other)
    chance.shuffle(shuffled)
    chance.shuffle(mixed)

    def told(groups: tuple[Group, ...]) -> list[object]:
        return sorted(
            (sorted(line.id for line in one.ours), sorted(line.row for line in one.theirs), one.kind) for one in groups
        )

    assert told(reconcile(mine, other)) == told(reconcile(shuffled, mixed))


@given(ours)
def test_a_list_agrees_with_itself(mine: list[OurLine]) -> None:
    same = [TheirLine(line.id, line.document, line.on, line.amount) for line in mine if line.document]
    numbered = [line for line in mine if line.document]
    assert all(group.difference == 0 and group.kind == AGREED for group in reconcile(numbered, same))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("INV-0012", "INV0012"),
        ("ｉｎｖ－００１２", "INV0012"),
        (" 0012 ", "12"),
        ("2644 0182 7731", "264401827731"),
        ("—", ""),
        ("000", ""),
    ],
)
def test_numbers_are_written_alike(text: str, wanted: str) -> None:
    assert normalised(text) == wanted


def invoice(number: int, document: str, amount: int, day: int = 1) -> OurLine:
    return OurLine(number, document, DAY + timedelta(days=day), amount, "invoice")


def test_the_worked_example_of_the_algorithm_page() -> None:
    mine = [
        invoice(1, "264401827731", 268_000_00),
        invoice(2, "264401970056", 186_200_00, 5),
        invoice(3, "264402031188", 300_000_00, 9),
        invoice(4, "264402316640", 51_000_00, 12),
        invoice(5, "264402589013", 90_000_00, 15),
        OurLine(6, "TH-7", DAY, -4_500_00, "return"),
    ]
    other = [
        TheirLine(2, "2644 0182 7731", DAY, 268_000_00),
        TheirLine(3, "01970056", DAY, 174_200_00, "invoice", 1_742_000, 100_00),
        TheirLine(4, "264402031188", DAY, 295_500_00),
        TheirLine(5, "", DAY + timedelta(days=14), 51_000_00),
        TheirLine(6, "付款 1012", DAY, -120_000_00, "payment"),
        TheirLine(7, "", DAY, 33_000_00, "accrued"),
        TheirLine(8, "PO-77", DAY, 8_000_00),
    ]
    groups = reconcile(mine, other)
    told = [
        (group.kind, group.by, group.difference, [line.id for line in group.ours], [line.row for line in group.theirs])
        for group in groups
    ]
    assert told == [
        ("in_transit", "alone", 120_000_00, [], [6]),
        ("only_ours", "alone", 90_000_00, [5], []),
        ("not_invoiced", "alone", -33_000_00, [], [7]),
        ("quantity", "document_end", 12_000_00, [2], [3]),
        ("only_theirs", "alone", -8_000_00, [], [8]),
        ("agreed", "document", 0, [1], [2]),
        ("agreed", "document", 0, [3, 6], [4]),
        ("agreed", "amount", 0, [4], [5]),
    ]
    assert sum(line.amount for line in mine) == 890_700_00
    assert sum(line.amount for line in other) == 709_700_00
    assert sum(group.difference for group in groups) == 181_000_00


def test_a_price_that_differs_is_told_from_a_quantity() -> None:
    (one,) = reconcile([invoice(1, "A-1", 101_50)], [TheirLine(2, "A-1", DAY, 100_00, "", 10_000, 10_00)])
    assert one.kind == "price"
    (two,) = reconcile([invoice(1, "A-1", 120_00)], [TheirLine(2, "A-1", DAY, 100_00, "", 10_000, 10_00)])
    assert two.kind == "quantity"
    (three,) = reconcile([invoice(1, "A-1", 120_00)], [TheirLine(2, "A-1", DAY, 100_00)])
    assert three.kind == "amount"


def test_two_equal_amounts_are_not_guessed_between() -> None:
    mine = [invoice(1, "", 50_00), invoice(2, "", 50_00)]
    groups = reconcile(mine, [TheirLine(2, "", DAY, 50_00)])
    assert sorted(group.kind for group in groups) == ["not_invoiced", "only_ours", "only_ours"]
