"""Bad cells and notes in words: what is wrong and how to mend it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from huikuan.connect.connectors.domain.rows import BadCell, Note
from huikuan.connect.connectors.messages import CELL_FIXES, CELL_REASONS, FIELD_LABELS
from huikuan.kernel.errors import Place


def reason(cell: BadCell) -> str:
    """Why the cell was refused."""
    return gettext(CELL_REASONS[cell.code]) % _in_words(cell.params)


def fix(cell: BadCell) -> str:
    """What to do about it."""
    return gettext(CELL_FIXES[cell.code]) % _in_words(cell.params)


def place(cell: BadCell, file: str) -> Place:
    """The bad cell as a place a refusal can list."""
    return Place(file=file, row=cell.row, column=cell.column, value=cell.value, reason=reason(cell), fix=fix(cell))


def sentence(note: Note) -> str:
    """A note to the user in words; a mapping document's own note stands as it was written."""
    return gettext(note.text) % _in_words(note.params) if note.params else gettext(note.text)


def field_label(name: str) -> str:
    """A field's name as users know it."""
    return gettext(FIELD_LABELS[name]) if name in FIELD_LABELS else name


def _in_words(params: Mapping[str, str]) -> dict[str, str]:
    return {name: field_label(value) if name in ("field", "start") else value for name, value in params.items()}
