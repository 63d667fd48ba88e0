"""Keys: no two rows share one by accident, none meets the product's own, all fit the ledger with their endings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.mapping import mapping_of
from huikuan.connect.connectors.domain.rows import Checked
from huikuan.connect.connectors.domain.sheets import parse_text
from huikuan.connect.connectors.tests.conftest import MAPPING
from huikuan.kernel.errors import Refusal

PARTS = st.text("ab|\\", min_size=1, max_size=4)


def read(*keys: tuple[str, str], columns: list[str]) -> Checked:
    lines = [f"{one},{two},C1,2026-01-10,2026-02-10,1.00,CNY" for one, two in keys]
    text = "\n".join(["甲,乙,客户编码,开票日期,到期日,金额,币种", *lines])
    named = {name: column for name, column in MAPPING["columns"].items() if column in text}
    mapping = mapping_of({"key": columns, "columns": named})
    return check(parse_text(text.encode(), "keys.csv"), mapping, "items", company_currency="CNY")


@given(st.lists(st.tuples(PARTS, PARTS), min_size=2, max_size=6, unique=True))
def test_different_parts_make_different_keys(keys: list[tuple[str, str]]) -> None:
    made = read(*keys, columns=["甲", "乙"])
    assert (made.bad, made.repeated, made.frame["key"].n_unique()) == ([], 0, len(keys))


def test_the_joined_key_shows_its_parts() -> None:
    made = read(("x|", "y"), ("x", "|y"), ("p", "q\\"), columns=["甲", "乙"])
    assert made.frame["key"].to_list() == ["x\\||y", "x|\\|y", "p|q\\\\"]


@pytest.mark.parametrize("columns", [["甲"], ["乙", "甲"]])
def test_the_products_own_endings_are_refused(columns: list[str]) -> None:
    made = read(("A", "1"), ("A#receipt", "1"), ("B#cleared", "1"), ("#receiptA", "1"), columns=columns)
    assert [(cell.row, cell.column, cell.value, cell.code) for cell in made.bad] == [
        (3, "甲", "A#receipt", "key_reserved"),
        (4, "甲", "B#cleared", "key_reserved"),
    ]
    assert made.frame.height == 2


def test_a_key_leaves_room_for_its_endings() -> None:
    made = read(("K" * 112, "1"), ("K" * 113, "1"), columns=["甲"])
    assert [(cell.row, cell.code, cell.params["limit"]) for cell in made.bad] == [(3, "text_too_long", "112")]
    joined = read(("K" * 56, "L" * 55), ("K" * 56, "L" * 56), columns=["甲", "乙"])
    assert [(cell.row, cell.params["length"]) for cell in joined.bad] == [(3, "113")]


def test_a_constant_too_long_for_the_ledger_is_refused() -> None:
    mapping_of({"constants": {"owner": "张" * 100}})
    with pytest.raises(Refusal) as refused:
        mapping_of({"constants": {"owner": "张" * 101}})
    assert refused.value.params == {"problem": "constants.owner is longer than 100 characters"}
