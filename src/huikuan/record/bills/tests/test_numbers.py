"""Numbers, ranges and what discounting costs."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.bills.domain.discounting import Discount, discounted
from huikuan.record.bills.domain.numbers import Range, divide, overlap, read_number, read_range
from huikuan.record.bills.tests.conftest import NUMBER, TRADE


@pytest.mark.parametrize(
    ("text", "kind", "divisible"),
    [
        (NUMBER, "bank", True),
        (TRADE, "commercial", True),
        ("7" + NUMBER[1:], "commercial", True),
        ("8" + NUMBER[1:], "bank", True),
        ("1" + NUMBER[1:], "bank", False),
        ("2" + NUMBER[1:], "commercial", False),
    ],
)
def test_the_first_digit_says_kind_and_system(text: str, kind: str, divisible: bool) -> None:
    read = read_number(text, kind)
    assert (read.digits, read.registered_on, read.divisible) == (text, date(2026, 1, 5), divisible)
    with pytest.raises(Refusal, match="bill_number_of_other_kind"):
        read_number(text, "commercial" if kind == "bank" else "bank")


def test_numbers_are_read_as_people_write_them() -> None:
    spaced = " ".join(NUMBER[at : at + 5] for at in range(0, 30, 5))
    wide = NUMBER.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert read_number(spaced, "bank").digits == read_number(wide, "bank").digits == NUMBER
    assert read_number("3020005221234567", "bank").divisible is False
    assert read_number("12345678", "cheque").digits == "12345678"


@pytest.mark.parametrize(
    "text",
    ["", "5" * 29, "5" * 31, "x" * 30, "3" + NUMBER[1:], NUMBER[:13] + "20261301" + NUMBER[21:], "٣" * 30],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="bill_number_bad"):
        read_number(text, "bank")


@pytest.mark.parametrize(
    ("text", "units"),
    [("0", None), ("", None), ("000", None), ("1-100", Range(1, 100)), ("000000000101-000000000200", Range(101, 200)),
     (" 5 - 5 ", Range(5, 5)), ("1-100000000000", Range(1, 100_000_000_000))],
)  # fmt: skip
def test_ranges_are_read(text: str, units: Range | None) -> None:
    assert read_range(text) == units


@pytest.mark.parametrize("text", ["5-4", "0-4", "1", "a-b", "1-100000000001", "1-2-3", "-1-5", "1-"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="bill_range_bad"):
        read_range(text)


def test_a_unit_is_worth_a_cent() -> None:
    assert Range(1, 100_000_000_000).face == 100_000_000_000  # ¥1,000,000,000.00
    assert (Range(101, 200).face, str(Range(101, 200))) == (100, "000000000101-000000000200")


FACES = st.lists(st.integers(1, 10**9), min_size=2, max_size=20)


@given(start=st.integers(1, 10**9), faces=FACES)
def test_pieces_conserve_the_sum_and_never_overlap(start: int, faces: list[int]) -> None:
    whole = Range(start, start + sum(faces) - 1)
    pieces = divide(whole, faces)
    assert [piece.face for piece in pieces] == faces
    assert (pieces[0].start, pieces[-1].end) == (whole.start, whole.end)
    assert all(one.end + 1 == other.start for one, other in itertools.pairwise(pieces))
    assert not any(overlap(one, other) for place, one in enumerate(pieces) for other in pieces[:place])
    assert all(overlap(piece, whole) and overlap(None, piece) for piece in pieces)


@given(faces=FACES, off=st.integers(-5, 5).filter(bool))
def test_pieces_that_do_not_sum_are_refused(faces: list[int], off: int) -> None:
    whole = Range(1, max(1, sum(faces) + off))
    if whole.face == sum(faces):
        return
    with pytest.raises(Refusal, match="bill_pieces_differ"):
        divide(whole, faces)


def test_what_is_not_divisible_is_not_divided() -> None:
    with pytest.raises(Refusal, match="bill_not_divisible"):
        divide(None, [1, 2])


def test_a_million_at_1_8_percent_for_90_days_costs_4500() -> None:
    told = discounted(1_000_000_00, 1_800_000, date(2026, 3, 1), date(2026, 5, 30))
    assert told == Discount(90, 4_500_00, 995_500_00)
    # Maturity falls on a holiday of three days.
    assert discounted(1_000_000_00, 1_800_000, date(2026, 3, 1), date(2026, 5, 30), 3) == Discount(
        93, 4_650_00, 995_350_00
    )
    # 333.33 × 2.35 % × 37 / 360 = 0.80508…
    assert discounted(333_33, 2_350_000, date(2026, 3, 1), date(2026, 4, 7)).cost == 81


@pytest.mark.parametrize(
    ("rate", "matures", "extra", "code"),
    [
        (1_800_000, date(2026, 3, 1), 0, "bill_rate_bad"),
        (-1, date(2026, 5, 30), 0, "bill_rate_bad"),
        (500_000_000, date(2026, 5, 30), 0, "bill_rate_bad"),
        (1_800_000, date(2026, 5, 30), 32, "bill_extra_days_bad"),
    ],
)
def test_what_is_no_discount_is_refused(rate: int, matures: date, extra: int, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        discounted(1_000_00, rate, date(2026, 3, 1), matures, extra)
