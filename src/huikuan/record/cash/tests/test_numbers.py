"""What payers write, and the documents it names."""

from __future__ import annotations

import pytest

from huikuan.record.cash.domain.numbers import Numbers, Strength
from huikuan.record.cash.domain.writing import amounts_in, how_many, key_of
from huikuan.record.cash.tests.asking import claim

NUMBERS = {
    1: "INV-00007",
    2: "INV-00086",
    3: "1234",
    4: "1235",
    5: "1236",
    6: "FP20250112",
    7: "FP20250118",
    8: "FP20250121",
    9: "26322000000012345678",
    10: "26322000000012345679",
}
KNOWN = Numbers(
    [claim(item, 100, number=number, numbers=("HT-2026-015",) * (item > 8)) for item, number in NUMBERS.items()]
)
ALL = frozenset(NUMBERS)


def named(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """What a text names, with its strength, of all claims as if they were one customer's."""
    found = (KNOWN.among(mention, ALL) for mention in KNOWN.read(text))
    return [(one[0].name.lower(), one[1]) for one in found if one]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("货款FP20250112", [("whole", (6,))]),
        ("货款ＦＰ２０２５０１１２号", [("whole", (6,))]),
        ("inv 00007", [("whole", (1,))]),
        ("INV00007INV00086", [("whole", (1,)), ("whole", (2,))]),
        ("FP20250112/118/121", [("whole", (6,)), ("whole", (7,)), ("whole", (8,))]),
        ("FP20250112、18、21元", [("whole", (6,)), ("whole", (7,)), ("whole", (8,))]),
        ("付1234-1236", [("core", (3,)), ("core", (4,)), ("core", (5,))]),
        ("付1234~36货款", [("core", (3,)), ("core", (4,)), ("core", (5,))]),
        ("2632200000001234567826322000000012345679", [("whole", (9,)), ("whole", (10,))]),
        ("发票 2632 2000 0000 1234 5678", [("whole", (9,))]),
        ("12345678货款", [("short", (9,))]),
        ("尾号5678", [("tail", (9,))]),
        ("货款26322000000012345678元", [("whole", (9,))]),
        ("26322000000012345678 CNY", [("whole", (9,))]),
        ("26322000000012345679人民币100元", [("whole", (10,))]),
        ("HT2026015货款", [("whole", (9, 10))]),
        ("INV-7", [("short", (1,))]),
        ("Invoice #86", [("core", (2,))]),
    ],
)
def test_what_a_text_names(text: str, expected: list[tuple[str, tuple[int, ...]]]):
    assert named(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "货款",
        "CK# 1234",
        "PO-7",
        "2025年3月",
        "货款1234.00元",
        "共1,234元",
        "1234件",
        "Wire Ref: 43C5BA1234UU",
        "20250112",
        "¥1234",
    ],
)
def test_what_names_nothing(text: str):
    assert named(text) == []


def test_the_claims_of_others_are_not_named_by_few_digits():
    [mention] = KNOWN.read("尾号5678")
    assert KNOWN.anywhere(mention) is None
    assert KNOWN.among(mention, frozenset({1, 2})) is None


def test_a_range_that_is_none_is_its_first_number_only():
    assert named("1234-1200") == [("core", (3,))]


def test_one_slip_of_the_pen():
    wrong, swapped, other = (KNOWN.named(text) for text in ("FP20250212", "INV-00068", "FP20250199"))
    assert KNOWN.nearly(wrong, ALL) == (6,)
    assert KNOWN.nearly(swapped, ALL) == (2,)
    assert KNOWN.nearly(other, ALL) == ()


def test_what_looks_like_a_document_of_ours():
    like = {
        text: [KNOWN.like_ours(mention) for mention in KNOWN.read(text)] for text in ("26322000000099999999", "333")
    }
    assert like == {"26322000000099999999": [True], "333": [False]}


def test_a_number_of_twenty_digits_is_no_amount_though_yuan_follow():
    [mention] = KNOWN.read("货款26322000000099999999元")
    assert KNOWN.like_ours(mention)
    assert amounts_in("货款26322000000099999999元", "CNY") == frozenset()
    assert amounts_in("263220000000.00元", "CNY") == {26_322_000_000_000}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("货款FP20250112等3张发票", 3),
        ("FP20250112等三张发票", 3),
        ("FP20250112 共１２份", 12),
        ("4 invoices, INV-7", 4),
        ("FP20250112等", 2),
        ("FP20250112号等发票", 2),
        ("FP20250112货款", 1),
        ("贰等品 3月", 1),
    ],
)
def test_how_many_documents_a_text_tells_of(text: str, count: int):
    assert how_many(text) == count


def test_keys_and_amounts():
    assert key_of("ＩＮＶ-00 7（重）") == "INV007"
    assert amounts_in("扣质保金500.00元，运费¥12", "CNY") == {50_000, 1_200}
    assert amounts_in("1.005元", "JPY") == frozenset()
    assert Strength.WHOLE > Strength.SHORT > Strength.CORE > Strength.TAIL > Strength.NEAR
