"""Taking remittance advice in: the original is kept, each line once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.files.texts import read_rows, sniff_separator, to_utf8
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.operations.files import LIMITS, text_of
from huikuan.record.cash.domain.advising import TABLE, TEXT, Advised, keys_of, read_table, read_text
from huikuan.record.cash.models import AdviceLine, AdviceSheet
from huikuan.record.cash.queries.advices import known_keys

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Taken:
    """A sheet taken in: how many of its lines were new, and how many were there already. `sheet_id` None: it brought
    nothing new, and nothing was written."""

    sheet_id: int | None
    lines: tuple[Advised, ...]
    new: int
    known: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was read, its original kept; nothing of it is recorded yet."""

    kept: Kept
    name: str
    layout: str
    lines: tuple[Advised, ...]


def take_remittance(*, company: Company, path: Path, name: str, actor: str, at: datetime) -> Taken:
    """Record the remittance advice in a file; refuses what `read_remittance` refuses."""
    return record_remittance(company=company, sheet=read_remittance(company, path, name), actor=actor, at=at)


def read_remittance(company: Company, path: Path, name: str) -> Sheet:
    """The remittance advice in a file (a table as csv or workbook, or a message's text).

    Refuses a file in which no document is named, and cells that cannot be read.
    """
    text = to_utf8(text_of(path, name))[0].decode()
    rows = read_rows(text, sniff_separator(text), rows_limit=LIMITS.rows, columns_limit=LIMITS.columns)
    lines = read_table(rows, name, currency=company.currency)
    layout = TEXT if lines is None else TABLE
    if lines is None:
        lines = read_text(text, currency=company.currency)
    if not lines:
        raise Refusal("advice_empty", where=[Place(file=name)])
    return Sheet(keep_bytes(path), name, layout, tuple(lines))


def take_message(*, company: Company, text: str, name: str, actor: str, at: datetime) -> Taken:
    """The same of a text somebody pasted; `name` is what it is kept under."""
    lines = read_text(text, currency=company.currency)
    if not lines:
        raise Refusal("advice_empty", where=[Place(file=name)])
    sheet = Sheet(keep_bytes(text.encode()), name, TEXT, tuple(lines))
    return record_remittance(company=company, sheet=sheet, actor=actor, at=at)


def record_remittance(*, company: Company, sheet: Sheet, actor: str, at: datetime) -> Taken:
    """Record what is new of a sheet.

    A line that was there is left out; whether its payment and its document are known is no condition, both may come
    later.
    """
    lines = sheet.lines
    keys = keys_of(lines)

    def work() -> Taken:
        known = known_keys(company.pk, keys)
        fresh = [(line, key) for line, key in zip(lines, keys, strict=True) if key not in known]
        if not fresh:
            return Taken(None, lines, 0, len(lines))
        filed = store_kept(sheet.kept, sheet.name, actor=actor, at=at)
        row = {
            "company_id": company.pk,
            "file_sha256": filed.sha256,
            "file_name": clean_name(sheet.name)[:_LONGEST_NAME],
            "layout": sheet.layout,
            "lines_new": len(fresh),
            "lines_known": len(known),
            "actor": actor,
        }
        sheet_id = record(AdviceSheet, [row], at=at)[0]
        record(AdviceLine, [_row(company, sheet_id, line, key) for line, key in fresh], at=at)
        announce("cash.advised", at=at, company_id=company.pk, payload={"sheet": sheet_id, "lines": len(fresh)})
        return Taken(sheet_id, lines, len(fresh), len(known))

    try:
        return retrying(work)
    except IntegrityError as error:
        # Of two who take the same file in at once the second finds what the first has recorded.
        if "cash_advice" not in str(error):
            raise
        return retrying(work)


def _row(company: Company, sheet_id: int, line: Advised, key: str) -> dict[str, Any]:
    return {
        "company_id": company.pk,
        "sheet_id": sheet_id,
        "row": line.row,
        "key": key,
        "bank_reference": line.bank_reference,
        "document_number": line.document_number,
        "amount": line.amount,
        "currency": line.currency,
        "payer_name": tidy(line.payer_name),
        "paid_on": line.paid_on,
        "memo": tidy(line.memo),
    }
