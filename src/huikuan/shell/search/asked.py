"""What was typed, taken apart: its kind by the sign it begins with, words, and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.record.customers.domain.search_words import folded

#: Sign → the group it asks for alone.
SIGNS = {">": "actions", "@": "owners", "#": "documents", "¥": "documents"}
GROUPS = ("customers", "documents", "contracts", "orders", "owners", "actions", "places")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """`only`: the one group that is asked, '' for every. `words` have no digit or are codes; `numbers` may be a
    document's or an amount's."""

    text: str
    only: str
    words: tuple[str, ...]
    numbers: tuple[str, ...]

    def wants(self, group: str) -> bool:
        return self.only in ("", group)

    @property
    def whole(self) -> str:
        return " ".join((*self.words, *self.numbers))


def asked(text: str, only: str = "") -> Asked:
    """'hy 268' → words hy, numbers 268; '#7731' → documents alone. Amounts may carry thousands separators."""
    said = folded(text)[:_LONGEST]
    # ￥ is folded to ¥ by its width; the sign on keyboards here is either.
    sign = said[:1]
    if sign in SIGNS:
        only, said = SIGNS[sign], said[1:].strip()
    pieces = said.split()
    numbers = tuple(piece for piece in pieces if any(character.isdigit() for character in piece))
    words = tuple(piece for piece in pieces if piece not in numbers)
    return Asked(said, only if only in GROUPS else "", words, numbers)
