"""The texts letters are shipped with (示例), in both languages: one file for each code."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def shipped(code: str) -> dict[str, Any]:
    """The document of a code: {"zh": {"subject", "mail", "letter", "sms", "im"}, "en": …}."""
    texts = tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return {key: {name: text.strip("\n") for name, text in sections.items()} for key, sections in texts.items()}
