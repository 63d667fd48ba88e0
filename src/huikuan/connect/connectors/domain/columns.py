"""Reading one column at a time: texts become values, bad cells are named by their place.

`Columns` is the work on one file. Each `read_…` answers a whole column for a field, wherever it comes
from (a column of the file, a constant of the mapping, nothing), and notes what cannot be taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from huikuan.connect.connectors.domain.amounts import digits_of, read_amounts
from huikuan.connect.connectors.domain.dates import read_dates
from huikuan.connect.connectors.domain.mapping import ITEM_KINDS, Mapping
from huikuan.connect.connectors.domain.rows import LONGEST, BadCell, Note
from huikuan.connect.connectors.domain.sheets import Sheet
from huikuan.connect.connectors.domain.vocabulary import DOCUMENT_KINDS
from huikuan.connect.connectors.domain.words import CONTROL, currency_code, read_codes, read_words
from huikuan.kernel.amounts import SCALE_DIGITS
from huikuan.kernel.text import fold, plain

#: Fields that are codes: a spreadsheet may have made numbers of them.
_CODES = frozenset(
    {
        "key",
        "customer_code",
        "code",
        "parent_code",
        "group_code",
        "document_number",
        "applies_to",
        "contract_number",
        "number",
        "product_code",
        "line",
        "uscc",
        "phone",
    }
)
_SHOWN = 120


@dataclass(slots=True)
class Columns:
    """The columns of one sheet under one mapping, and the bad cells and notes found so far."""

    sheet: Sheet
    mapping: Mapping
    found: list[tuple[int, BadCell]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    words: dict[tuple[str, bool], pl.Series] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return self.sheet.cells.height

    def header(self, name: str) -> str | None:
        """The file's own header for a field; None where no column gives it."""
        return self.first_header(self.mapping.columns.get(name, ()))

    def first_header(self, wanted: Iterable[str]) -> str | None:
        """The file's header for the first of the wanted columns it has."""
        return next((header for column in wanted if (header := self.sheet.column(column)) is not None), None)

    def given(self, name: str) -> bool:
        """Whether anything (column, constant, derivation) gives the field."""
        return self.header(name) is not None or name in self.mapping.constants or name in self.mapping.derived

    def texts(self, name: str) -> pl.Series:
        """The field's cells, stripped, '' for an empty one."""
        if (header := self.header(name)) is not None:
            return self.cells(header)
        return repeat(self.mapping.constants.get(name, ""), self.height)

    def cells(self, header: str) -> pl.Series:
        return self.sheet.cells[header].fill_null("").str.strip_chars()

    def blame(self, positions: Iterable[int], name: str, code: str, *, header: str = "", **params: str) -> None:
        """Name the cell of field `name` in each row at `positions` (0 = first row below the header)."""
        header = header or self.header(name) or ""
        cells = self.sheet.cells[header] if header else None
        for position in positions:
            value = (cells[position] or "") if cells is not None else self.mapping.constants.get(name, "")
            cell = BadCell(self.sheet.rows[position], header or name, value[:_SHOWN], code, params)
            self.found.append((position, cell))

    def require(self, texts: pl.Series, name: str, *, header: str = "") -> None:
        self.blame((texts == "").arg_true(), name, "missing", header=header, field=name)

    def read_text(self, name: str, *, required: bool = False) -> pl.Series:
        """A text or code, as people mean it: half-width, no stray spaces; too long or unprintable is bad."""
        header = self.header(name)
        if header is None:
            return repeat(plain(self.mapping.constants.get(name, "")), self.height)
        return self._words(header, name, required=required)

    def read_part(self, header: str) -> pl.Series:
        """One column of the key; it may not be empty."""
        return self._words(header, "key", required=True)

    def _words(self, header: str, name: str, *, required: bool) -> pl.Series:
        as_code = name in _CODES
        if (header, as_code) not in self.words:
            self.words[header, as_code] = self._clean(header, name, as_code=as_code)
        words = self.words[header, as_code]
        if required:
            self.require(words, name, header=header)
        limit = LONGEST[name]
        if (words.str.len_bytes().max() or 0) > limit:  # type: ignore[operator]
            self._blame_long(words, name, header, limit)
        return words

    def _clean(self, header: str, name: str, *, as_code: bool) -> pl.Series:
        raw = self.cells(header)
        words, dirty = read_words(raw)
        if len(dirty):
            control = dirty.filter(raw[dirty].str.contains(CONTROL))
            self.blame(control, name, "text_control", header=header)
        if as_code:
            words, lost = read_codes(words)
            self.blame(lost, name, "digits_lost", header=header)
        return words

    def _blame_long(self, words: pl.Series, name: str, header: str, limit: int) -> None:
        for position in (words.str.len_chars() > limit).arg_true():
            length = str(len(words[position]))
            self.blame([position], name, "text_too_long", header=header, field=name, length=length, limit=str(limit))

    def read_date(self, name: str, *, required: bool = False) -> pl.Series:
        """A date, null where the cell is empty (bad if required and nothing stands in) or bad."""
        if self.header(name) is None:
            return repeat(None, self.height, pl.Date())
        texts = self.texts(name)
        dates, wrong = read_dates(texts, self.mapping.date_order)
        for position, code in wrong.items():
            self.blame([position], name, code)
        if required and name not in self.mapping.derived:
            self.require(texts, name)
        return dates

    def stand_in(self, name: str, dates: pl.Series, starts: pl.Series) -> pl.Series:
        """`dates`, where the cell is empty and the mapping derives it: the start date moved by its days."""
        rule = self.mapping.derived[name]
        empty = self.texts(name) == ""
        derived = pl.select(pl.when(empty).then(starts + pl.duration(days=rule.days)).otherwise(dates)).to_series()
        if count := int((empty & derived.is_not_null()).sum()):
            self.note(STOOD_IN, field=name, start=rule.start, days=f"{rule.days:+d}", count=str(count))
        self.blame((empty & (self.texts(rule.start) == "")).arg_true(), rule.start, "missing", field=rule.start)
        return derived

    def read_currency(self, company_currency: str) -> pl.Series:
        """ISO codes, null where bad; the company's own where the file says nothing at all."""
        if not self.given("currency"):
            self.note(CURRENCY_ASSUMED, currency=company_currency)
            return repeat(company_currency, self.height)
        texts = self.texts("currency")
        codes = {text: code for text in texts.unique() if (code := currency_code(text))}
        self.require(texts, "currency")
        self.blame((~texts.is_in(["", *codes])).arg_true(), "currency", "currency_unknown")
        if self.header("currency") is None and codes:
            self.note(CURRENCY_CONSTANT, currency=next(iter(codes.values())))
        return texts.replace_strict(codes, default=None, return_dtype=pl.String())

    def read_amount(self, name: str, currencies: pl.Series, *, required: bool = False) -> pl.Series:
        """Minor units of each row's currency, signed as written; null where empty or bad."""
        if self.header(name) is None:
            return repeat(None, self.height, pl.Int64())
        texts = self.texts(name)
        thousandths, wrong = read_amounts(texts, currencies, self.mapping.style)
        for position, code in wrong.items():
            self.blame([position], name, code, currency=currencies[position] or "")
        if required:
            self.require(texts, name)
            self.blame((thousandths == 0).arg_true(), name, "amount_zero")
        step = digits_of(currencies).replace_strict(
            {digits: 10 ** (SCALE_DIGITS - digits) for digits in range(SCALE_DIGITS + 1)}, return_dtype=pl.Int64()
        )
        return thousandths // step

    def read_kind(self) -> pl.Series:
        """The item's kind: the document type under the mapping, else by its usual name; empty is an invoice."""
        if self.header("kind") is None:
            return repeat(self.mapping.constants.get("kind", "invoice"), self.height)
        texts = self.texts("kind")
        mapped = {fold(text): kind for text, kind in self.mapping.kinds_of_document.items()}
        other = self.mapping.kinds_of_document.get("*")
        known = {
            text: mapped.get(fold(text)) or other or DOCUMENT_KINDS.get(fold(text), "invoice" if text == "" else "")
            for text in texts.unique()
        }
        self.blame(
            texts.is_in([text for text, kind in known.items() if kind not in ITEM_KINDS]).arg_true(),
            "kind",
            "kind_unknown",
        )
        return texts.replace_strict(known, return_dtype=pl.String())

    def read_choice(self, name: str, words: dict[str, str], code: str) -> pl.Series:
        """The word each text stands for, by its folded names; '' says nothing."""
        texts = self.read_text(name)
        known = {text: words.get(fold(text), "") for text in texts.unique()}
        self.blame(texts.is_in([text for text, word in known.items() if text and not word]).arg_true(), name, code)
        return texts.replace_strict(known, return_dtype=pl.String())

    def note(self, text: str, **params: str) -> None:
        self.notes.append(Note(text, params))


def repeat(value: str | None, height: int, kind: pl.DataType | None = None) -> pl.Series:
    """A column that says the same in every row."""
    return pl.Series("value", [value], dtype=kind or pl.String()).new_from_index(0, height)


# Notes to the user: English here, translated with the context's other sentences.
STOOD_IN = "%(field)s stands in: %(start)s %(days)s days, in %(count)s rows."
CURRENCY_ASSUMED = "The file names no currency: %(currency)s is assumed."
CURRENCY_CONSTANT = "All amounts are taken as %(currency)s."
