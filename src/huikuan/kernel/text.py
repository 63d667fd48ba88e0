"""Text as people type it: full-width forms, stray spaces, invisible characters."""

from __future__ import annotations

import re
import unicodedata

_IGNORED = re.compile(r"[\s_\-./\\:;,·*#'\"()\[\]【】〔〕]+")
#: Units and currencies people add in brackets: 金额(元), 金额（人民币）.
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]\s*$")


def tidy(text: str) -> str:
    """Control and format characters removed, spaces collapsed; the width of characters is kept.

    For names: 海岳风电设备（盐城）有限公司 is registered with full-width brackets.
    """
    if text.isprintable():  # nothing but plain spaces to mend: nearly every cell of every file
        return " ".join(text.split())
    kept = (" " if character.isspace() else character for character in text)
    visible = (character for character in kept if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    return " ".join("".join(visible).split())


def plain(text: str) -> str:
    """Tidy and NFKC (full-width → half-width): for codes, numbers and comparing."""
    return tidy(unicodedata.normalize("NFKC", text))


def recordable(text: str) -> str:
    """What others wrote, as every database takes it: without NUL, with ? for halves of characters. Lines stay."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def spellings(text: str) -> list[str]:
    """The ways a typed name may be registered: as typed, half-width, with full-width brackets."""
    half = plain(text)
    full = half.translate(str.maketrans("()", "（）"))
    return [spelling for spelling in dict.fromkeys((tidy(text), half, full)) if spelling]


def fold(header: str) -> str:
    """A header as compared: half-width, lower case, without spaces and punctuation."""
    return _IGNORED.sub("", plain(header)).casefold()


def fold_without_note(header: str) -> str:
    """As `fold`, without a note in brackets at the end: '金额（元）' → '金额'."""
    return fold(_BRACKETS.sub("", plain(header)))
