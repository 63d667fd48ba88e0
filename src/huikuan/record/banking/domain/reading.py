"""Bank files → statements: the format is found by content, the sums are proved, the rest is refused with its place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.texts import to_utf8
from huikuan.record.banking.domain.camt import draft_camt
from huikuan.record.banking.domain.findings import Draft, Finding, refusal_of
from huikuan.record.banking.domain.mapping import read_mapping
from huikuan.record.banking.domain.markup import html_as_csv, looks_like_html, workbook_as_csv
from huikuan.record.banking.domain.mt940 import draft_mt940, looks_like_mt940
from huikuan.record.banking.domain.proving import prove
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.domain.tables import draft_tables
from huikuan.record.banking.domain.xml import looks_like_xml

_NOT_ASCII = re.compile(rb"[\x80-\xff]+")
#: Both bytes of a character of GB 2312.
_COMMON_FROM = 0xA1


def read_statements(
    data: bytes,
    name: str,
    *,
    today: date,
    mapping: object = None,
    currency: str = "CNY",
    partial: bool = False,
) -> tuple[Statement, ...]:
    """The statements in a file its sender calls `name`; a workbook comes as the csv of its sheet.

    `mapping`: the JSON document of a mapping, for tables of an unknown layout. `currency` is assumed where the file
    names none. `today`: nothing is booked after it. `partial`: a list that was filtered on purpose is taken
    although lines between its balances are missing; it then claims no opening and closing. Refuses the whole file
    with the first contradiction and the places of all of its kind.
    """
    drafts = read_drafts(data, name, mapping=mapping, currency=currency)
    found = [(draft, prove(draft, today)) for draft in drafts]
    findings = [finding for _, of_draft in found for finding in of_draft if not (partial and finding.gap)]
    if findings:
        raise refusal_of(findings, name)
    return tuple(_taken(draft.statement, of_draft) for draft, of_draft in found)


def read_drafts(data: bytes, name: str, *, mapping: object = None, currency: str = "CNY") -> tuple[Draft, ...]:
    """The statements as the file tells them, with what speaks against each. Refuses what cannot be read at all."""
    if not data.strip():
        raise Refusal("file_empty", where=[Place(file=name)])
    text = _table_in_markup(data)
    if text is None and looks_like_xml(data):
        return tuple(draft_camt(data))
    if text is None:
        text = _text(data)
        if mapping is None and looks_like_mt940(text):
            return tuple(draft_mt940(text))
    return tuple(draft_tables(text, name, read_mapping(mapping) if mapping is not None else None, currency))


def _table_in_markup(data: bytes) -> str | None:
    """The table of a page or of a workbook in XML, as csv; None for other files."""
    if looks_like_html(data):
        return html_as_csv(to_utf8(data)[0].decode("utf-8"))
    return workbook_as_csv(data) if looks_like_xml(data) else None


def _text(data: bytes) -> str:
    """The file as text: UTF-8, UTF-16 or GB18030; SWIFT messages of Western banks in one byte per letter."""
    western = data.decode("latin-1")
    if _is_utf8(data) or not looks_like_mt940(western) or _is_chinese(data):
        return to_utf8(data)[0].decode("utf-8")
    return western


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(data: bytes) -> bool:
    """Whether all that is not ASCII comes in pairs of the common Chinese characters."""
    return all(len(run) % 2 == 0 and min(run) >= _COMMON_FROM for run in _NOT_ASCII.findall(data))


def _taken(statement: Statement, findings: tuple[Finding, ...]) -> Statement:
    """The statement with its period; without its ends where lines between them are missing."""
    days = [line.booked_on for line in statement.lines]
    return replace(
        statement,
        period_from=statement.period_from or min(days, default=None),
        period_through=statement.period_through or max(days, default=None),
        opening=None if findings else statement.opening,
        closing=None if findings else statement.closing,
    )
