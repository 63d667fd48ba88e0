"""Tables in markup: what some banks call Excel and is an HTML page, or a workbook of Office 2003 in XML."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html.parser import HTMLParser

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.grids import COLUMNS_LIMIT, ROWS_LIMIT
from huikuan.record.banking.domain.xml import Node, walk_xml

_STARTS = (b"<html", b"<table", b"<!doctype html", b"<head", b"<body", b"<meta", b"<style", b"<div")
_CELLS = frozenset(("td", "th"))


def looks_like_html(data: bytes) -> bool:
    """Whether the first tag is one of a page."""
    return data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_STARTS)


def html_as_csv(text: str) -> str:
    """The rows of every table of a page, one below the other; refuses a page without any."""
    page = _Page()
    page.feed(text)
    page.close()
    if not page.rows:
        raise Refusal("statement_xml_unknown", found="html")
    return _as_csv(page.rows)


def workbook_as_csv(data: bytes) -> str | None:
    """The rows of a workbook of Office 2003 in XML; None where the document is none."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" not in data[:4000]:
        return None
    rows: list[list[str]] = []

    def take(row: Node, _around: Sequence[Node]) -> None:
        cells: list[str] = []
        for cell in row.all("Cell"):
            place = cell.attributes.get("Index", "")
            if place.isdecimal():
                cells += [""] * (min(int(place), COLUMNS_LIMIT) - 1 - len(cells))
            cells.append(cell.said("Data"))
        _add(rows, cells)

    walk_xml(data, ("Row",), take)
    return _as_csv(rows)


class _Page(HTMLParser):
    """Collects the cells of tables; a cell over several columns is followed by empty ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in _CELLS and self._row is not None:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self._cell, self._span = [], min(int(span), COLUMNS_LIMIT) if span.isdecimal() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _CELLS:
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._cell is not None and self._row is not None:
            text = " ".join("".join(self._cell).split())
            self._row += [text, *[""] * (max(self._span, 1) - 1)]
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row:
            _add(self.rows, self._row)
        self._row = None


def _add(rows: list[list[str]], cells: list[str]) -> None:
    if len(rows) >= ROWS_LIMIT:
        raise Refusal("too_many_rows", limit=ROWS_LIMIT)
    if len(cells) > COLUMNS_LIMIT:
        raise Refusal("too_many_columns", found=len(cells), limit=COLUMNS_LIMIT)
    rows.append(cells)


def _as_csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
