"""Setting a document: our template, their data, a PDF whose bytes depend on nothing else.

What others wrote (names, document numbers, texts) reaches the template as JSON values and is shown as text; it is
never part of the template, so nothing in it can be markup or code. The template sees its own folder and no other
file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from huikuan.kernel.dates import aware
from huikuan.mechanisms.documents.fonts import chinese_family, fonts


def pdf(template: Path, data: Mapping[str, Any], *, at: datetime) -> bytes:
    """`template` (a .typ file) set with `data`; the same arguments and fonts give the same bytes.

    The template reads `json(bytes(sys.inputs.data))`; `sys.inputs.font` names the Chinese family found.
    `at` is the instant the file says it was made. Refuses when no Chinese font is there.
    """
    found = _compiler(template, data).compile(format="pdf", timestamp=aware(at).replace(microsecond=0))
    return _whole(found)


def pictures(template: Path, data: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The pages as PNG, to look at."""
    found = _compiler(template, data).compile(format="png", ppi=ppi)
    return found if isinstance(found, list) else [_whole(found)]


def marked(template: Path, data: Mapping[str, Any], label: str) -> list[Any]:
    """The values the template marked with `label` (`#metadata(value) <label>`): what the document says, as data."""
    answer = _compiler(template, data).query(f"<{label}>", field="value")
    found: list[Any] = json.loads(answer)
    return found


def _compiler(template: Path, data: Mapping[str, Any]) -> typst.Compiler:
    known = fonts()
    inputs = {
        "data": json.dumps(data, ensure_ascii=False, allow_nan=False),
        "font": chinese_family(frozenset(known.families())),
    }
    return typst.Compiler(
        str(template),
        root=str(template.parent),
        font_paths=known,
        sys_inputs=inputs,
    )


def _whole(found: bytes | list[bytes] | None) -> bytes:
    if not isinstance(found, bytes):
        raise TypeError("one document was asked for")
    return found
