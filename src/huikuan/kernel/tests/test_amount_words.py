"""Amounts in words: the examples the rules print, the laws behind them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.amount_words import chinese_capitals, english_words

#: The first six are printed in 支付结算办法 附一.
CHINESE = {
    140950: "人民币壹仟肆佰零玖元伍角",
    600714: "人民币陆仟零柒元壹角肆分",
    168032: "人民币壹仟陆佰捌拾元零叁角贰分",
    10700053: "人民币壹拾万柒仟元零伍角叁分",
    1640902: "人民币壹万陆仟肆佰零玖元零贰分",
    32504: "人民币叁佰贰拾伍元零肆分",
    0: "人民币零元整",
    100: "人民币壹元整",
    1: "人民币壹分",
    5: "人民币伍分",
    50: "人民币伍角",
    55: "人民币伍角伍分",
    1000: "人民币壹拾元整",
    1001: "人民币壹拾元零壹分",
    1010: "人民币壹拾元零壹角",
    100000: "人民币壹仟元整",
    1000000: "人民币壹万元整",
    1000100: "人民币壹万零壹元整",
    1001000: "人民币壹万零壹拾元整",
    20_050_000: "人民币贰拾万零伍佰元整",
    10_000_000_500: "人民币壹亿零伍元整",
    10_000_500_000: "人民币壹亿零伍仟元整",
    100_500_000_000: "人民币壹拾亿零伍佰万元整",
    900_010_000_000_000: "人民币玖万零壹亿元整",
    900_000_000_000_000: "人民币玖万亿元整",
    -140950: "人民币负壹仟肆佰零玖元伍角",
}


@pytest.mark.parametrize(("minor", "words"), CHINESE.items())
def test_chinese_capitals(minor: int, words: str) -> None:
    assert chinese_capitals(minor, "CNY") == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (4_820_001, "USD", "美元肆万捌仟贰佰元零壹分"),
        (10_050, "JPY", "日元壹万零伍拾元整"),
        (1_234, "KWD", "KWD壹元贰角叁分肆厘"),
        (1_004, "KWD", "KWD壹元零肆厘"),
        (7_00, "THB", "THB柒元整"),
    ],
)
def test_other_currencies_are_named_and_keep_their_digits(minor: int, currency: str, words: str) -> None:
    assert chinese_capitals(minor, currency) == words


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (140950, "CNY", "CNY one thousand four hundred nine and 50/100 only"),
        (0, "CNY", "CNY zero and 00/100 only"),
        (4_820_001, "USD", "USD forty-eight thousand two hundred and 01/100 only"),
        (10_050, "JPY", "JPY ten thousand fifty only"),
        (1_234, "KWD", "KWD one and 234/1000 only"),
        (-100_000_000_000_00, "CNY", "CNY minus one hundred billion and 00/100 only"),
        (1_115_00, "USD", "USD one thousand one hundred fifteen and 00/100 only"),
    ],
)
def test_english_words(minor: int, currency: str, words: str) -> None:
    assert english_words(minor, currency) == words


def _read(words: str) -> int:
    """The number a chain of capitals says: the inverse, read place by place."""
    whole, _, parts = words.removeprefix("人民币").partition("元") if "元" in words else ("", "", words[3:])
    total, section, digit = 0, 0, 0
    values = {name: value for value, name in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    for character in whole:
        if character in values:
            digit = values[character]
        elif character in places:
            section, digit = section + digit * places[character], 0
        elif character == "万":
            total, section, digit = total + (section + digit) * 10_000, 0, 0
        else:
            total, section, digit = (total + section + digit) * 100_000_000, 0, 0
    # 万 before 亿 multiplies with it; what was added after 亿 stands in `total` already.
    minor = (total + section + digit) * 100
    for character in parts:
        if character in values:
            digit = values[character]
        elif character in "角分":
            minor += digit * {"角": 10, "分": 1}[character]
    return minor


@given(st.integers(0, 9_999_999_999_999_999))
def test_no_two_amounts_read_alike(minor: int) -> None:
    words = chinese_capitals(minor, "CNY")
    assert _read(words) == minor
    assert "零零" not in words
    assert words.endswith("整") == (minor % 100 == 0)
