"""The rows of a preview or a run on a page and in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from huikuan.act.collection.queries.preview import Left, Row
from huikuan.act.collection.telling import CHANNELS, late_text, reason_text, step_text, stop_text
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.pages.tables import send_table

#: More are in the file.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words. `how`: the channel, '' of what is held back."""

    row: Row | Left
    step: str
    late: str
    how: str
    why: str


def told(rows: Iterable[Row | Left]) -> list[Told]:
    """Rows as a reader reads them."""
    return [_told(row) for row in rows]


def _told(row: Row | Left) -> Told:
    if isinstance(row, Left):
        return Told(row, step_text(row.step), late_text(row.late), "", stop_text(row.stop))
    return Told(
        row, step_text(row.step), late_text(row.late), _(CHANNELS[row.channel]), reason_text(row.why, row.together)
    )


def send_rows(request: HttpRequest, name: str, on: date, rows: Sequence[Row | Left]) -> HttpResponseBase:
    """All of them as a file."""
    headers = [
        *(_("Customer code"), _("Customer"), _("Document"), _("Currency"), _("Amount"), _("Days overdue")),
        *(_("Step"), _("Channel"), _("Why")),
    ]
    return send_table(
        request.GET.get("format", ""), f"{name}-{on:%Y-%m-%d}", headers, _cells(rows), title=name, count=len(rows)
    )


def _cells(rows: Iterable[Row | Left]) -> Iterator[list[Cell]]:
    for row in rows:
        one = _told(row)
        amount = Decimal(to_text(row.amount, row.currency))
        of: list[Cell] = [row.customer, row.name, row.document_number, row.currency, amount, row.late, one.step]
        yield [*of, one.how, one.why]
