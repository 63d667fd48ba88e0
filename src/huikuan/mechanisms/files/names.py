"""File names as others give them: a label to show, never a path to open."""

from __future__ import annotations

from pathlib import PurePosixPath

from huikuan.kernel.text import plain

LONGEST = 200
_NEVER = '<>:"|?*'


def clean_name(name: str) -> str:
    """`name` without folders, line breaks, invisible and direction-changing characters.

    '../../etc/passwd' → 'passwd', 'a\\r\\nSet-Cookie: x.csv' → 'a Set-Cookie x.csv'. The extension
    survives shortening. A name of which nothing is left becomes 'file'.
    """
    last = plain(name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last if character not in _NEVER).strip(" .")
    if not kept:
        return "file"
    suffix = PurePosixPath(kept).suffix[:20]
    return kept if len(kept) <= LONGEST else kept[: LONGEST - len(suffix)] + suffix
