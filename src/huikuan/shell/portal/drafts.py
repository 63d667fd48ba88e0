"""What a guest has filled in: as it was typed, kept until it is sent, read line by line.

The form names lines by their place on the page; which item that is, the account says and not the browser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.see.confirmations.domain.answers import CORRECT, DISPUTED, LONGEST_NOTE, Line, Said

FIELDS = ("said", "reason", "accepted", "note", "promised_on")
#: Lines on one page.
ROWS = 100
_LONGEST = {"accepted": 40, "promised_on": 10, "reason": 20, "said": 10, "note": LONGEST_NOTE + 1}
_LONGEST_NAME = 100


@dataclass(slots=True)
class Draft:
    """`lines`: what was typed of each, by the line's key; `files` of a line: [hash, name] of each."""

    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    name: str = ""
    position: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"lines": self.lines, "name": self.name, "position": self.position}

    def of(self, line: Line) -> dict[str, Any]:
        """What was typed of the line; changing it changes the draft."""
        return self.lines.setdefault(line.key, {})


def draft_of(kept: Mapping[str, Any]) -> Draft:
    """The draft as it was kept."""
    return Draft(dict(kept.get("lines", {})), str(kept.get("name", "")), str(kept.get("position", "")))


def take_typed(draft: Draft, posted: Mapping[str, str], lines: Sequence[Line], first: int) -> None:
    """Put what was posted of these lines (those from place `first` on) into the draft; fields that did not come along
    stay as they were."""
    for place, line in enumerate(lines[first : first + ROWS], start=first):
        for name in FIELDS:
            typed = posted.get(f"{name}-{place}")
            if typed is not None:
                draft.of(line)[name] = typed.replace("\0", "").replace("\r\n", "\n").strip()[: _LONGEST[name]]
    draft.name = posted.get("name", draft.name).replace("\0", "").strip()[:_LONGEST_NAME]
    draft.position = posted.get("position", draft.position).replace("\0", "").strip()[:_LONGEST_NAME]


def said_of(draft: Draft, lines: Sequence[Line], currency: str) -> tuple[dict[str, Said], dict[str, Refusal]]:
    """What the draft says of each line, by key, and what of it cannot be read."""
    said, unread = {}, {}
    for line in lines:
        typed = draft.lines.get(line.key, {})
        try:
            said[line.key] = _said(typed, line, currency)
        except Refusal as refusal:
            unread[line.key] = refusal
            said[line.key] = Said()
    return said, unread


def confirm_silent(draft: Draft, lines: Sequence[Line]) -> None:
    """Have the draft confirm every line of the account nothing was said of, on whatever page it stands."""
    for line in lines:
        typed = draft.of(line)
        typed["said"] = typed.get("said") or CORRECT


def add_file(draft: Draft, line: Line, sha256: str, name: str) -> None:
    """One file more for the line; the same one only once."""
    kept = draft.of(line).setdefault("files", [])
    if sha256 not in {one for one, _name in kept}:
        kept.append([sha256, name])


def drop_file(draft: Draft, line: Line, number: int) -> None:
    """Without the line's file of this number."""
    typed = draft.of(line)
    typed["files"] = [one for at, one in enumerate(typed.get("files", [])) if at != number]


def _said(typed: Mapping[str, Any], line: Line, currency: str) -> Said:
    said, promised = typed.get("said", ""), typed.get("promised_on", "")
    disputed = said == DISPUTED
    return Said(
        said=said,
        reason=typed.get("reason", "") if disputed else "",
        accepted=_amount(typed.get("accepted", ""), line, currency) if disputed else None,
        note=typed.get("note", "") if disputed else "",
        files=tuple(sha256 for sha256, _name in typed.get("files", ())) if disputed else (),
        names=tuple(name for _sha256, name in typed.get("files", ())) if disputed else (),
        promised_on=parse_date(promised) if promised else None,
    )


def _amount(text: str, line: Line, currency: str) -> int | None:
    """The amount with the account's sign: of a credit, people write it without one."""
    if not text:
        return None
    minor = typed_minor(text, currency)
    return -minor if line.open_amount < 0 < minor else minor
