"""What a voice bot hands back: a csv file with a row for each call of a list, checked whole before any counts."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy

COLUMNS = ("key", "phone", "result", "called_at", "seconds", "transcript")
#: How a call ended. Only `reached` says that somebody heard it.
REACHED, STOPPED = "reached", "stop"
RESULTS = (REACHED, STOPPED, "no_answer", "busy", "wrong_number", "failed")
LARGEST, MOST, LONGEST = 5_000_000, 5_000, 8_000
_KEY = re.compile(r"notice-([1-9]\d{0,17})")
_WHEN = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2})?")
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class CallResult:
    """One call. `sha256`: of the row, by which it is known again."""

    row: int
    notice_id: int
    phone: str
    result: str
    called_at: str
    seconds: int
    transcript: str
    sha256: str


def call_results(content: bytes) -> list[CallResult]:
    """The rows of a file (UTF-8 or GB18030); refuses one with any fault, naming the faults with their rows."""
    if len(content) > LARGEST:
        raise Refusal("call_results_bad")
    rows = list(csv.reader(io.StringIO(_decoded(content), newline="")))
    if not rows or tuple(tidy(cell).casefold() for cell in rows[0]) != COLUMNS:
        raise Refusal("call_results_bad", where=[Place(row=1, fix=", ".join(COLUMNS))])
    if len(rows) - 1 > MOST:
        raise Refusal("call_results_bad")
    faults: list[Place] = []
    found = [one for number, row in enumerate(rows[1:], 2) if any(row) and (one := _row(number, row, faults))]
    keys = [one.notice_id for one in found]
    faults += [Place(row=one.row, column="key") for at, one in enumerate(found) if one.notice_id in keys[:at]]
    if faults:
        raise Refusal("call_results_bad", where=faults[:_MOST_FAULTS])
    return found


def _row(number: int, cells: list[str], faults: list[Place]) -> CallResult | None:
    if len(cells) != len(COLUMNS):
        faults.append(Place(row=number, fix=", ".join(COLUMNS)))
        return None
    key, phone, result, called_at, seconds, transcript = (cell.strip().removeprefix("'") for cell in cells)
    wrong = {
        "key": _KEY.fullmatch(key) is None,
        "result": result not in RESULTS,
        "called_at": _WHEN.fullmatch(called_at) is None,
        "seconds": not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 6),
        "transcript": len(transcript) > LONGEST,
    }
    values = dict(zip(COLUMNS, (key, phone, result, called_at, seconds, ""), strict=True))
    fixes = {"result": " | ".join(RESULTS), "called_at": "2026-11-20 10:14", "key": "notice-17"}
    found = [name for name, is_wrong in wrong.items() if is_wrong]
    faults.extend(Place(row=number, column=name, value=values[name][:60], fix=fixes.get(name, "")) for name in found)
    if found:
        return None
    digest = hashlib.sha256("\x1f".join((key, phone, result, called_at, seconds, transcript)).encode()).hexdigest()
    return CallResult(number, int(key[7:]), phone, result, called_at, int(seconds), transcript, digest)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refusal("call_results_bad")
