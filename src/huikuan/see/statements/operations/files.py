"""A statement as a file: PDF to send, workbook to work with. The same statement gives the same bytes."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.documents.typesetting import pdf
from huikuan.mechanisms.files.exports import Sheet, write_sheets
from huikuan.mechanisms.files.names import clean_name
from huikuan.record.receivables.templatetags.receivables import kind_name
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.operations.papers import django_language, movement_name, paper

TEMPLATE = Path(__file__).parent.parent / "templates" / "statement.typ"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_Cells = list[str | int | Decimal | date | None]


def pdf_of(statement: Statement, *, language: str, number: str = "", replaces: str = "") -> bytes:
    """The document; without a number it says that it is a draft. The statement rests on a head. `replaces`: the number
    of the one it is issued in place of."""
    if statement.head is None:
        raise ValueError("a document rests on a head")
    said = paper(statement, language=language, number=number, replaces=replaces)
    return pdf(TEMPLATE, said, at=statement.head.sealed_at)


def workbook_of(statement: Statement, *, language: str, number: str = "") -> bytes:
    """Three sheets: the figures, the movements, what is open. Amounts are numbers; no cell is a formula."""
    if statement.head is None:
        raise ValueError("a document rests on a head")
    held = io.BytesIO()
    with translation.override(django_language(language)):
        sheets = [_figures(statement, paper(statement, language=language, number=number)), *_lists(statement)]
    write_sheets(held, sheets, made_at=statement.head.sealed_at)
    return held.getvalue()


def file_name(statement: Statement, number: str, ending: str) -> str:
    """'2026-000012 C0001 北麓矿业装备 CNY 2026-11-30.pdf', safe wherever it is unpacked."""
    period, recipient = statement.account.period, statement.recipient
    name = f"{number} {recipient.code} {recipient.name} {statement.currency} {period.until.isoformat()}"
    return clean_name(f"{name.replace('/', '-').replace(chr(92), '-').strip()}.{ending}")


def _figures(statement: Statement, said: dict[str, Any]) -> Sheet:
    figures = statement.account.figures
    amounts = [figures.opening, figures.invoiced, figures.returned, figures.paid, figures.other, figures.closing]
    rows: list[_Cells] = [
        [said["issuer"]["name"]],
        [said["to"], said["recipient"]["name"]],
        *([line] for line in said["recipient"]["lines"]),
        *([name, value] for name, value in said["meta"]),
        *([line] for line in (said["draft"], said["rests"]) if line),
        [],
        *([name, _exact(statement, amount)] for (name, _text), amount in zip(said["summary"], amounts, strict=True)),
        [said["words_name"], said["words"]],
    ]
    return Sheet(said["title"], (), rows)


def _lists(statement: Statement) -> list[Sheet]:
    account = statement.account
    moved: list[_Cells] = [
        [
            line.on, line.document_number, movement_name(line), line.due_date, _exact(statement, line.amount),
            _exact(statement, line.balance),
        ]
        for line in account.movements
    ]  # fmt: skip
    still_open: list[_Cells] = [
        [
            line.document_number, kind_name(line.kind), line.document_date, line.due_date,
            _exact(statement, line.amount), _exact(statement, line.open_amount), line.overdue_days,
        ]
        for line in account.open_lines
    ]  # fmt: skip
    return [
        Sheet(
            _("Movements of the period"),
            (_("Date"), _("Document"), _("Kind"), _("Due"), _("Amount"), _("Balance")),
            moved,
        ),
        Sheet(
            _("Items open"),
            (
                *(_("Document"), _("Kind"), _("Document date"), _("Due"), _("Original amount"), _("Open amount")),
                _("Days overdue"),
            ),
            still_open,
        ),
    ]


def _exact(statement: Statement, minor: int) -> Decimal:
    return Decimal(to_text(minor, statement.currency))
