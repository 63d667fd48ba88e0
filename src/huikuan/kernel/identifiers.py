"""Identifiers of the field and their check digits."""

from __future__ import annotations

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def uscc_problem(code: str) -> str | None:
    """Why `code` is not a valid 统一社会信用代码 (GB 32100-2015), or None when it is.

    Answers 'length', 'alphabet' or 'check_digit'. Early pilot codes fail the check although they
    are real, so callers warn and let the user override.
    """
    if len(code) != 18:
        return "length"
    if any(character not in _USCC_ALPHABET for character in code):
        return "alphabet"
    return None if uscc_check_character(code[:17]) == code[17] else "check_digit"


def uscc_check_character(body: str) -> str:
    """The 18th character of the code that begins with these 17: (31 − Σ weight·value) mod 31."""
    total = sum(
        weight * _USCC_ALPHABET.index(character) for weight, character in zip(_USCC_WEIGHTS, body, strict=True)
    )
    return _USCC_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """The 9th character of an organisation code (GB 11714) that begins with these 8: 11 − Σ mod 11,
    10 written X and 11 written 0. It stands at positions 9 to 17 of a USCC."""
    values = (int(character, 36) for character in body)
    total = sum(weight * value for weight, value in zip((3, 7, 9, 10, 5, 8, 4, 2), values, strict=True))
    return "0123456789X0"[11 - total % 11]
