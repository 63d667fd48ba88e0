"""How the step says on which day a letter was posted: always in these words, which pages say in the reader's."""

from __future__ import annotations

import re
from datetime import date

_POSTED = re.compile(r"posted (\d{4}-\d{2}-\d{2})")


def posted_note(day: date) -> str:
    """The note of the step by which a letter was posted on the day."""
    return f"posted {day.isoformat()}"


def day_posted(note: str) -> str:
    """The day (ISO) such a note says, '' where it says something else."""
    found = _POSTED.fullmatch(note)
    return found[1] if found else ""
