"""Personal data as those see it who need not use it: enough to recognise, too little to reach anybody."""

from __future__ import annotations

from collections.abc import Callable, Collection

from huikuan.mechanisms.identity.domain.roles import Permission

_STARS = "****"


def phone(number: str) -> str:
    """13812345678 → 138****5678: the first three digits and the last four; short ones wholly."""
    return _inner(number.strip(), 3, 4)


def email(address: str) -> str:
    """zhoulan@example.com → z****@example.com."""
    name, at, domain = address.strip().partition("@")
    return f"{name[:1]}{_STARS}{at}{domain}" if name else ""


def identity_number(number: str) -> str:
    """320911199001011234 → 3****4."""
    return _inner(number.strip(), 1, 1)


def bank_account(number: str) -> str:
    """6222010100000001 → 6222****0001: the first and last four."""
    return _inner(number.strip(), 4, 4)


def person(name: str) -> str:
    """周岚 → 周*, John Smith → J*: the family name's first character."""
    return f"{name.strip()[:1]}*" if name.strip() else ""


_MASKS: dict[str, Callable[[str], str]] = {
    "phone": phone,
    "mobile": phone,
    "email": email,
    "identity_number": identity_number,
    "bank_account": bank_account,
    "name": person,
}


def shown(kind: str, value: str, permissions: Collection[Permission]) -> str:
    """`value` in clear for whoever may see personal data (VIEW_PERSONAL), masked for others.

    Of an unknown kind nothing is left.
    """
    if Permission.VIEW_PERSONAL in permissions or not value:
        return value
    return _MASKS[kind](value) if kind in _MASKS else _STARS


def _inner(text: str, head: int, tail: int) -> str:
    if len(text) < head + tail + 4:
        return _STARS if text else ""
    return f"{text[:head]}{_STARS}{text[-tail:]}"
