"""Every format statements may be stated in."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal
from huikuan.record.financials.domain.general_format import GENERAL
from huikuan.record.financials.domain.lines import Format
from huikuan.record.financials.domain.small_format import SMALL

FORMATS: dict[str, Format] = {form.name: form for form in (SMALL, GENERAL)}


def format_named(name: str) -> Format:
    """The format with this name; refuses an unknown one."""
    if name not in FORMATS:
        raise Refusal("financials_format_unknown", value=name, known=", ".join(FORMATS))
    return FORMATS[name]
