"""Reference values: five tiers with points between them, and what goes wrong when lower is better."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.financials.domain.reference import POINTS, Reference, check_reference, points

#: Invented: current ratio, and debt to assets.
HIGHER = tuple(map(Decimal, ("1.5", "1.2", "1.0", "0.8", "0.6")))
LOWER = tuple(map(Decimal, ("0.50", "0.55", "0.60", "0.70", "0.85")))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.6", 100), ("1.5", 100), ("1.35", 90), ("1.2", 80), ("1.05", 65), ("0.6", 20), ("0.5999", 0), ("-3", 0)],
)
def test_points_of_a_value_where_higher_is_better(value: str, expected: int) -> None:
    assert points(Decimal(value), HIGHER, lower_is_better=False) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.40", 100), ("0.50", 100), ("0.525", 90), ("0.55", 80), ("0.65", 50), ("0.85", 20), ("0.86", 0), ("0.99", 0)],
)
def test_points_of_a_value_where_lower_is_better(value: str, expected: int) -> None:
    assert points(Decimal(value), LOWER, lower_is_better=True) == expected


def test_twin_turning_the_tiers_alone_gives_the_worst_firm_everything() -> None:
    """The known wrong way: reverse the list and still ask for “at least”. A firm that owes 99 % of its assets gets 100
    points, one that owes 40 % gets none."""

    def wrong(value: Decimal) -> int:
        for mark, given_points in zip(reversed(LOWER), POINTS, strict=True):
            if value >= mark:
                return given_points
        return 0

    assert (wrong(Decimal("0.99")), wrong(Decimal("0.40"))) == (100, 0)
    right = [points(Decimal(value), LOWER, lower_is_better=True) for value in ("0.99", "0.40")]
    assert right == [0, 100]


_TIERS = st.lists(st.decimals(-100, 100, places=3), min_size=5, max_size=5, unique=True).map(
    lambda values: tuple(sorted(values, reverse=True))
)


@given(_TIERS, st.decimals(-200, 200, places=3), st.decimals(-200, 200, places=3))
def test_better_never_has_fewer_points_and_turning_signs_changes_nothing(
    tiers: tuple[Decimal, ...], one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    assert points(low, tiers, lower_is_better=False) <= points(high, tiers, lower_is_better=False)
    turned = tuple(-tier for tier in tiers)
    assert points(-high, turned, lower_is_better=True) == points(high, tiers, lower_is_better=False)
    for tier, given_points in zip(tiers, POINTS, strict=True):
        assert points(tier, tiers, lower_is_better=False) == given_points


def test_equal_tiers_give_the_better_points() -> None:
    flat = tuple(map(Decimal, ("2", "2", "1", "1", "0")))
    assert points(Decimal(2), flat, lower_is_better=False) == 100
    assert points(Decimal(1), flat, lower_is_better=False) == 60
    assert points(Decimal("1.5"), flat, lower_is_better=False) == Fraction(70)


@pytest.mark.parametrize(
    ("ratio", "values", "code"),
    [
        ("debt_ratio", HIGHER, "reference_tiers_unordered"),
        ("current_ratio", LOWER, "reference_tiers_unordered"),
        ("current_ratio", HIGHER[:4], "reference_tiers_missing"),
        ("luck", HIGHER, "ratio_unknown"),
    ],
)
def test_tiers_that_cannot_be_are_refused(ratio: str, values: tuple[Decimal, ...], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        check_reference(Reference("机械制造", "", 2025, ratio, values, "invented"))
    assert refusal.value.code == code
    check_reference(Reference("机械制造", "", 2025, "debt_ratio", LOWER, "invented"))
