"""Laws of contexts above the ledger that `huikuan ledger check` proves with its own.

A context adds its law when the program starts; nothing is loaded before the check asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

#: (what, as it must be, as it is) of everything that breaks a law.
Law = Callable[[], Iterator[tuple[str, str, str]]]

_LAWS: dict[str, Law] = {}


def add_law(kind: str, law: Law) -> None:
    """Have the ledger's check name what `law` yields findings of this kind."""
    _LAWS[kind] = law


def laws() -> list[tuple[str, Law]]:
    """Every law added, in order of name."""
    return sorted(_LAWS.items())
