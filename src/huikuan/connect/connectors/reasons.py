"""Bad cells in words: why a cell was refused and how to mend it, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from huikuan.connect.connectors.domain.rows import BadCell, Note
from huikuan.connect.connectors.messages import CELL_FIXES, CELL_REASONS
from huikuan.kernel.errors import Place


def reason(cell: BadCell) -> str:
    """Why the cell was refused."""
    return gettext(CELL_REASONS[cell.code]) % cell.params


def fix(cell: BadCell) -> str:
    """What to do about it."""
    return gettext(CELL_FIXES[cell.code]) % cell.params


def place(cell: BadCell, file: str) -> Place:
    """The bad cell as a place a refusal can list."""
    return Place(file=file, row=cell.row, column=cell.column, value=cell.value, reason=reason(cell), fix=fix(cell))


def sentence(note: Note) -> str:
    """A note to the user in words."""
    return gettext(note.text) % note.params if note.params else gettext(note.text)
