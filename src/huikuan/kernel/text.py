"""Text as people type it: full-width forms, stray spaces, invisible characters."""

from __future__ import annotations

import unicodedata


def tidy(text: str) -> str:
    """Control and format characters removed, spaces collapsed; the width of characters is kept.

    For names: 海岳风电设备（盐城）有限公司 is registered with full-width brackets.
    """
    kept = (" " if character.isspace() else character for character in text)
    visible = (character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join("".join(visible).split())


def plain(text: str) -> str:
    """Tidy and NFKC (full-width → half-width): for codes, numbers and comparing."""
    return tidy(unicodedata.normalize("NFKC", text))


def spellings(text: str) -> list[str]:
    """The ways a typed name may be registered: as typed, half-width, with full-width brackets."""
    half = plain(text)
    full = half.translate(str.maketrans("()", "（）"))
    return [spelling for spelling in dict.fromkeys((tidy(text), half, full)) if spelling]
