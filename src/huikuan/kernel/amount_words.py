"""Amounts in words, as vouchers, statements and receipts state them beside the figures.

Chinese capitals (大写金额) follow the rules for filling in payment instruments (中国人民银行《支付结算办法》
附一《正确填写票据和结算凭证的基本规定》, 1997); where these leave a choice, the first form they print is
taken. English is the form of trade documents. docs/algorithms/amount-in-words.md has worked numbers.
"""

from __future__ import annotations

from huikuan.kernel.money import minor_digits

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_PARTS = ("角", "分", "厘")
_MYRIAD, _HUNDRED_MILLION = 10_000, 100_000_000

#: What stands before the capitals. The rules ask for 人民币; other currencies are named alike.
_CHINESE_NAMES = {
    "CNY": "人民币",
    "USD": "美元",
    "EUR": "欧元",
    "HKD": "港币",
    "JPY": "日元",
    "GBP": "英镑",
    "AUD": "澳元",
    "CAD": "加元",
    "SGD": "新加坡元",
    "CHF": "瑞士法郎",
    "KRW": "韩元",
    "TWD": "新台币",
}

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_THOUSANDS = ("", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion")


def chinese_capitals(minor: int, currency: str) -> str:
    """大写: 140950 fen → 人民币壹仟肆佰零玖元伍角. A negative amount begins 负 after the currency's name."""
    name = _CHINESE_NAMES.get(currency, currency)
    whole, parts = _divided(abs(minor), currency)
    sign = "负" if minor < 0 else ""
    told = f"{_capitals(whole)}元" if whole or not any(parts) else ""
    return f"{name}{sign}{told}{_fraction(whole, parts)}"


def english_words(minor: int, currency: str) -> str:
    """140950 fen → 'CNY one thousand four hundred nine and 50/100 only'."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = "minus " if minor < 0 else ""
    cents = f" and {rest:0{digits}d}/{10**digits}" if digits else ""
    return f"{currency} {sign}{_words(whole)}{cents} only"


def _divided(minor: int, currency: str) -> tuple[int, list[int]]:
    """Whole units, and the digits after the point."""
    digits = minor_digits(currency)
    whole, rest = divmod(minor, 10**digits)
    return whole, [int(digit) for digit in f"{rest:0{digits}d}"] if digits else []


def _fraction(whole: int, parts: list[int]) -> str:
    """What follows 元: 整 when nothing does, 零 for a place that is skipped, nothing after the last one."""
    if not any(parts):
        return "整"
    told, skipped = "", bool(whole) and whole % 10 == 0
    for digit, part in zip(parts, _PARTS, strict=False):
        if not digit:
            skipped = bool(whole) or bool(told)
            continue
        told += ("零" if skipped else "") + _DIGITS[digit] + part
        skipped = False
    return told


def _capitals(number: int) -> str:
    """A whole number: above a hundred million each half is told by itself, 亿 between them."""
    if number >= _HUNDRED_MILLION:
        return _joined(number, _HUNDRED_MILLION, "亿")
    if number >= _MYRIAD:
        return _joined(number, _MYRIAD, "万")
    return _below_myriad(number)


def _joined(number: int, unit: int, name: str) -> str:
    """High part, its unit, low part; 零 between them when the low part's first place is empty."""
    high, low = divmod(number, unit)
    if not low:
        return f"{_capitals(high)}{name}"
    gap = "零" if low < unit // 10 else ""
    return f"{_capitals(high)}{name}{gap}{_capitals(low)}"


def _below_myriad(number: int) -> str:
    """1 … 9999: 1009 → 壹仟零玖. Zero alone is 零."""
    if not number:
        return _DIGITS[0]
    told, skipped = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            told += ("零" if skipped and told else "") + _DIGITS[digit] + _PLACES[place]
        skipped = not digit
    return told


def _words(number: int) -> str:
    if not number:
        return _ONES[0]
    told = []
    for thousands in reversed(range(len(_THOUSANDS))):
        part = number // 1000**thousands % 1000
        if part:
            told.append(f"{_below_thousand(part)} {_THOUSANDS[thousands]}".strip())
    return " ".join(told)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    told = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        told.append(_TENS[tens] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest:
        told.append(_ONES[rest])
    return " ".join(told)
