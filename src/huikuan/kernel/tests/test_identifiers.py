"""The check digit of the Unified Social Credit Code, GB 32100-2015."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.identifiers import organisation_check_character, uscc_check_character, uscc_problem

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
KNOWN = "91350100M000100Y43"


def test_the_standards_own_example_is_valid() -> None:
    assert uscc_problem(KNOWN) is None
    assert uscc_check_character(KNOWN[:17]) == "3"


def test_the_example_carries_a_valid_organisation_code() -> None:
    assert organisation_check_character(KNOWN[8:16]) == KNOWN[16] == "4"


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "length"),
        (KNOWN[:17], "length"),
        (KNOWN + "0", "length"),
        ("91350100I000100Y43", "alphabet"),
        ("91350100m000100Y43", "alphabet"),
        ("91350100M000100Y44", "check_digit"),
    ],
)
def test_what_is_wrong_is_named(code: str, problem: str) -> None:
    assert uscc_problem(code) == problem


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_exactly_one_check_character_fits(body: str) -> None:
    fitting = [character for character in ALPHABET if uscc_problem(body + character) is None]
    assert fitting == [uscc_check_character(body)]


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(body: str, position: int, other: str) -> None:
    """Every weight is prime to 31, so a single substitution always moves the sum."""
    code = body + uscc_check_character(body)
    changed = code[:position] + other + code[position + 1 :]
    assert (uscc_problem(changed) is None) == (changed == code)


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 15))
def test_two_neighbours_swapped_never_pass(body: str, position: int) -> None:
    code = body + uscc_check_character(body)
    first, second = code[position], code[position + 1]
    swapped = code[:position] + second + first + code[position + 2 :]
    assert (uscc_problem(swapped) is None) == (first == second)
