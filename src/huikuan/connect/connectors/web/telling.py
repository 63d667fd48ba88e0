"""Refusals, notes and choices in words, on the pages of imports.

A sentence that names a switch of the command line has another one here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.domain.rows import BadCell, Note
from huikuan.connect.connectors.messages import SENTENCES as OWN
from huikuan.connect.connectors.reasons import field_label, sentence
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.messages import SENTENCES as FILES
from huikuan.mechanisms.identity.messages import SENTENCES as IDENTITY
from huikuan.mechanisms.store.messages import SENTENCES as STORE
from huikuan.record.customers.messages import SENTENCES as CUSTOMERS
from huikuan.record.receivables.messages import SENTENCES as RECEIVABLES

_HERE = {
    "snapshot_needs_day": gettext_noop("State the day of the snapshot."),
    "day_not_wanted": gettext_noop("A day belongs to open items only."),
    "snapshot_older": gettext_noop("This snapshot of %(day)s is older than the last one, of %(last)s."),
    "snapshot_shrunk": gettext_noop(
        "This snapshot has %(count)s rows, the last one had %(last)s: fewer than 80 %%. What is missing from it would"
        " be taken as settled."
    ),
    "import_rejected": gettext_noop("%(rows)s rows have %(count)s cells that cannot be taken. Nothing was written."),
    "import_conflicts": gettext_noop(
        "%(count)s rows meet a key the ledger has with other content. Nothing was written; say below what is to count."
    ),
    "file_already_imported": gettext_noop(
        "The same file was imported as batch %(batch)s with other columns for its key: its amounts would stand twice."
        " Undo that batch first, or use its columns."
    ),
    "date_unreadable": gettext_noop("“%(value)s” is not a date; write it like 2026-11-21."),
    "date_out_of_range": gettext_noop("“%(value)s” lies outside the years %(earliest)s to %(latest)s."),
}
_KNOWN = {**STORE, **FILES, **IDENTITY, **CUSTOMERS, **RECEIVABLES, **OWN, **_HERE}

#: How surely a column was recognised, by the reason of the guess.
WHY = {
    "header": gettext_noop("by its header"),
    "header_note": gettext_noop("by its header, without the note in brackets"),
    "content": gettext_noop("by its header; some cells do not fit"),
    "header_part": gettext_noop("by a part of its header: please look"),
}
STEPS = {
    "reading": gettext_noop("Reading the file"),
    "checking": gettext_noop("Checking every cell"),
    "writing": gettext_noop("Comparing with the ledger and writing"),
    "settling": gettext_noop("Sealing, bringing the overview up to date"),
}
_FIELD_LISTS = ("fields", "missing")


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal in words: what, and the places (as `kernel.errors.Place.as_json`), of which there are `places`."""

    code: str
    say: str
    where: list[dict[str, Any]]
    places: int


def tell(refusal: Refusal) -> Told:
    """The refusal in the reader's language; raises it again where its sentence is none of ours."""
    if refusal.code not in _KNOWN:
        raise refusal
    where = [place.as_json() for place in refusal.where]
    return Told(refusal.code, _say(refusal.code, refusal.params), where, len(where))


def tell_kept(kept: Mapping[str, Any] | None) -> Told | None:
    """The same of a refusal kept with a row (`operations.previews.told_refusal`)."""
    if not kept:
        return None
    code = str(kept["code"])
    say = _say(code, kept["params"]) if code in _KNOWN else code
    return Told(code, say, kept["where"], kept["places"])


def told_notes(notes: list[dict[str, Any]]) -> list[str]:
    """Notes kept with a row, in the reader's language."""
    return [sentence(Note(note["text"], note.get("params", {}))) for note in notes]


def cell_of(cell: BadCell) -> str:
    """The identity of a cell on a page."""
    return f"{cell.row}-{cell.column}"


def _say(code: str, params: Mapping[str, object]) -> str:
    shown = {name: _labels(value) if name in _FIELD_LISTS else value for name, value in params.items()}
    return _(_KNOWN[code]) % shown


def _labels(value: object) -> str:
    """'customer, due_date' as people say it; columns of the file stand as they are."""
    return _(", ").join(field_label(name) for name in str(value).split(", "))
