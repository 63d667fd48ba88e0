"""Open lines as the cells of a table for a file."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.record.receivables.queries.items import ItemRow
from huikuan.record.receivables.templatetags.receivables import kind_name


def item_headers(value_in: str) -> list[str]:
    headers = [
        _("Company"), _("Customer code"), _("Customer"), _("Document"), _("Kind"), _("Side"), _("Document date"),
        _("Due date"), _("Days overdue"), _("Currency"), _("Original amount"), _("Open amount"),
    ]  # fmt: skip
    return [*headers, _("Open in %(currency)s") % {"currency": value_in}] if value_in else headers


def item_cells(row: ItemRow, value_in: str) -> list[Cell]:
    """Credits negative, as in the list."""
    sign = -1 if row.side == "credit" else 1
    cells: list[Cell] = [
        row.company_code,
        row.customer_code,
        row.customer_name,
        row.document_number,
        kind_name(row.kind),
        _("Credit") if row.side == "credit" else _("Debit"),
        row.document_date,
        row.due_date,
        row.overdue_days,
        row.currency,
        Decimal(to_text(sign * row.amount, row.currency)),
        Decimal(to_text(sign * row.open_amount, row.currency)),
    ]
    if value_in:
        cells.append(None if row.value is None else Decimal(to_text(sign * row.value, value_in)))
    return cells
