"""Text as people type it: full-width forms, stray spaces, invisible characters."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """NFKC (full-width → half-width), control and format characters removed, spaces collapsed."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (" " if character.isspace() else character for character in folded)
    visible = (character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join("".join(visible).split())
