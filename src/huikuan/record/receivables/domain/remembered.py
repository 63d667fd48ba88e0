"""What somebody remembers of an amount: its leading digits, as they would say or write them."""

from __future__ import annotations

#: Fewer digits than this begin too many amounts to help.
_FEWEST = 3
#: No amount has more digits, in minor units.
_MOST = 18


def amounts_beginning(typed: str) -> list[tuple[int, int]]:
    """The spans of minor units whose digits begin as typed: '268' → 268, 2680–2689, … 268000000–268999999, ….

    Separators and a decimal point mean nothing: 2,680,000.00 and 2680000 are both found by 2680000.
    Nothing for what is no number, begins with zero or has fewer than three digits.
    """
    digits = typed.translate(str.maketrans("", "", ",，. ¥￥"))
    if not (digits.isascii() and digits.isdigit()) or not _FEWEST <= len(digits) <= _MOST or digits[0] == "0":
        return []
    first = int(digits)
    return [(first * 10**more, (first + 1) * 10**more - 1) for more in range(_MOST - len(digits) + 1)]
