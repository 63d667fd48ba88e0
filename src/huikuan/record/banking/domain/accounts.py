"""Whose account a statement is of."""

from __future__ import annotations

from huikuan.kernel.text import plain

#: Hides digits of an account number in some exports.
_HIDDEN = "*"
#: So many digits must be left of a number with hidden ones.
_TOLD = 6


def account_number(text: str) -> str:
    """An account's number as it is compared and kept: half-width, capitals, no spaces and dashes."""
    return "".join(plain(text).upper().replace("-", "").split())


def same_account(told: str, number: str) -> bool:
    """Whether a file that says `told` means the account `number`; stars stand for the digits it hides."""
    told = account_number(told)
    if _HIDDEN not in told:
        return told == number
    head, tail = told.partition(_HIDDEN)[0], told.rpartition(_HIDDEN)[2]
    told_enough = len(head) + len(tail) >= _TOLD and bool(tail)
    return told_enough and len(told) <= len(number) and number.startswith(head) and number.endswith(tail)
