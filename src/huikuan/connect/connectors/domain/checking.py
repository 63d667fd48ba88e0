"""A sheet under a mapping → checked rows: everything good as one frame, every bad cell named.

Rows with any bad cell leave the frame at the end; no row is looked at alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from huikuan.connect.connectors.domain.agreements import read_contracts, read_orders
from huikuan.connect.connectors.domain.columns import Columns, repeat
from huikuan.connect.connectors.domain.mapping import CREDIT_KINDS, Mapping
from huikuan.connect.connectors.domain.origins import MADE_KEYS
from huikuan.connect.connectors.domain.people import read_contacts
from huikuan.connect.connectors.domain.rows import LONGEST, SCHEMAS, BadCell, Checked, Note
from huikuan.connect.connectors.domain.sheets import Sheet, letter_of
from huikuan.connect.connectors.domain.vocabulary import CUSTOMER_STATUSES, TOTAL_WORDS
from huikuan.kernel.errors import Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.text import fold

_TEXTS = (
    "document_number",
    "contract_number",
    "obligation",
    "business_type",
    "text",
    "awaits",
    "owner",
    "region",
    "group",
)
_MASTER_DATA = ("short_name", "english_name", "industry", "group_code", "group_name", "parent_code", "owner", "region")
#: Credits that come as money: with a positive sign they go back to the customer.
_MONEY_KINDS = ("receipt", "advance", "deposit")
_LIST_SEPARATORS = r"\s*[;；,，、|\n]\s*"

Values = dict[str, pl.Series]


def check(sheet: Sheet, mapping: Mapping, kind: str, *, as_of: date | None = None, company_currency: str) -> Checked:
    """Read `sheet` by `mapping` as `kind`; `as_of` is the day of an open-items snapshot.

    Never stops at a bad cell. Refuses only when the mapping is for another kind or the columns it
    needs are not there.
    """
    if kind not in mapping.kinds:
        raise Refusal("mapping_wrong_kind", kinds=", ".join(mapping.kinds), kind=kind)
    key = _require_columns(Columns(sheet, mapping), kind)
    columns = Columns(_without_totals(sheet, key), mapping, notes=[Note(text) for text in mapping.notes])
    if left_out := sheet.cells.height - columns.height:
        columns.note(TOTALS_LEFT_OUT, count=str(left_out))
    if kind == "customers":
        values = _customers(columns)
    elif kind == "receipts":
        values = _receipts(columns, key, company_currency)
    elif kind == "contacts":
        values = {"key": _key(columns, key), **read_contacts(columns)}
    elif kind == "contracts":
        values = {"key": _key(columns, key), **_customer(columns), **read_contracts(columns, key, company_currency)}
    elif kind == "orders":
        values = {"key": _key(columns, key), **_customer(columns), **read_orders(columns, key, company_currency)}
    else:
        values = _items(columns, key, company_currency, as_of if kind == "open-items" else None)
    if kind == "open-items":
        values["settled_on"] = repeat(None, columns.height, pl.Date())
    return _result(columns, values, kind, key)


#: Fields a kind cannot do without, and those that make its key where the mapping names none.
_NEEDED = {
    "customers": ["code", "name"],
    "receipts": ["customer", "amount", "received_on"],
    "contacts": ["customer", "person"],
    "contracts": ["number", "customer"],
    "orders": ["number", "line", "customer", "ordered_on", "product", "quantity", "amount"],
}
_OWN_KEY = {
    "customers": ("code",),
    "contacts": ("customer", "person"),
    "contracts": ("number",),
    "orders": ("number", "line"),
}

#: Any of these will do.
_ALTERNATIVES = {"customer": ("customer_code", "customer_name"), "due_date": ("due_date", "awaits")}


def _require_columns(columns: Columns, kind: str) -> list[str]:
    """The headers of the key; refuses naming every column the mapping needs and the file lacks."""
    mapping = columns.mapping
    needed = _NEEDED.get(kind, ["customer", "amount", "document_date", "due_date"])
    missing = [name for name in needed if not any(columns.given(one) for one in _ALTERNATIVES.get(name, (name,)))]
    named = [column for name in missing for column in mapping.columns.get(name, ())]
    parts = {part: columns.first_header(part) for part in mapping.key}
    named += [part[0] for part, header in parts.items() if header is None]
    listed = ", ".join(columns.sheet.headers)
    if named:
        raise Refusal("mapping_column_missing", missing=", ".join(dict.fromkeys(named)), columns=listed)
    own = _OWN_KEY.get(kind, ("document_number",))
    key = [header for header in parts.values() if header]
    found = [[columns.header(one) for one in _ALTERNATIVES.get(name, (name,))] for name in own]
    key = key or [header for headers in found for header in [next(filter(None, headers), None)] if header]
    if not key:
        missing.append("key")
    if missing:
        raise Refusal("field_not_found", fields=", ".join(missing), columns=listed)
    return key


def _without_totals(sheet: Sheet, key: list[str]) -> Sheet:
    """The sheet without lines that only sum up others: no key, and a cell that says 合计, total …"""
    keyless = pl.all_horizontal(pl.col(header).fill_null("").str.strip_chars().is_in(["", *_TOTALS]) for header in key)
    suspects = sheet.cells.select(keyless).to_series().arg_true()
    totals = [
        position
        for position in suspects
        if any(fold(cell) in TOTAL_WORDS for cell in sheet.cells.row(position) if cell and len(cell) < 20)
    ]
    if not totals:
        return sheet
    kept = pl.Series([True]).new_from_index(0, sheet.cells.height).scatter(totals, False)
    return replace(
        sheet, cells=sheet.cells.filter(kept), rows=sheet.rows.filter(kept), overflow=sheet.overflow.filter(kept)
    )


_TOTALS = (
    "合计",
    "总计",
    "小计",
    "累计",
    "本页合计",
    "合 计",
    "总 计",
    "小 计",
    "合计：",
    "合计:",
    "Total",
    "TOTAL",
    "total",
)


def _key(columns: Columns, headers: list[str]) -> pl.Series:
    """The origin key: its columns joined by '|', every '\\' and '|' inside a part behind a '\\', so that
    no two keys meet. A key of the product's own ending is refused."""
    parts = [columns.read_part(header) for header in headers]
    key = parts[0].alias("key") if len(parts) == 1 else _joined(parts)
    for ending in MADE_KEYS:
        columns.blame(key.str.ends_with(ending).arg_true(), "key", "key_reserved", header=headers[-1], ending=ending)
    limit = LONGEST["key"]
    too_long = (key.str.len_chars() > limit).arg_true() if len(parts) > 1 else ()
    for position in too_long:
        length = str(len(key[position]))
        columns.blame(
            [position], "key", "text_too_long", header=headers[0], field="key", length=length, limit=str(limit)
        )
    return key


def _joined(parts: list[pl.Series]) -> pl.Series:
    escaped = [part.str.replace_all(r"([\\|])", r"\$1").alias(f"p{place}") for place, part in enumerate(parts)]
    return pl.select(pl.concat_str(escaped, separator="|").alias("key")).to_series()


def _customer(columns: Columns) -> Values:
    """Code and name; a file that gives only one of them lets it stand for the other."""
    if not columns.given("customer_code"):
        columns.note(NAME_AS_CODE)
        name = columns.read_text("customer_name", required=True)
        too_long = (name.str.len_chars() > LONGEST["customer_code"]).arg_true()
        for position in too_long:
            columns.blame(
                [position],
                "customer_name",
                "text_too_long",
                field="customer_code",
                length=str(len(name[position])),
                limit=str(LONGEST["customer_code"]),
            )
        return {"customer_code": name, "customer_name": name}
    code = columns.read_text("customer_code", required=True)
    name = columns.read_text("customer_name")
    return {"customer_code": code, "customer_name": _first_said(name, code)}


def _items(columns: Columns, key: list[str], company_currency: str, as_of: date | None) -> Values:
    values: Values = {"key": _key(columns, key), **_customer(columns)}
    values |= {name: columns.read_text(name) for name in _TEXTS}
    values["document_number"] = _first_said(
        values["document_number"], values["key"].str.head(LONGEST["document_number"])
    )
    currency = values["currency"] = columns.read_currency(company_currency)
    signed = columns.read_amount("amount", currency, required=True)
    values |= _sides(columns, -signed if columns.mapping.inverted else signed)
    for name in ("net_amount", "tax_amount"):
        values[name] = columns.read_amount(name, currency).abs()
    values |= _dates(columns, values, as_of)
    return values


def _sides(columns: Columns, signed: pl.Series) -> Values:
    """amount > 0, side and kind out of the signed amount and the document type (docs/import-formats.md)."""
    mapping = columns.mapping
    if mapping.negative == "refuse":
        columns.blame((signed < 0).arg_true(), "amount", "amount_negative")
    frame = pl.DataFrame({"signed": signed, "kind": columns.read_kind()})
    by_kind = pl.col("kind").is_in(CREDIT_KINDS)
    minus = pl.col("signed") < 0
    if mapping.signs == "amount":
        credit = minus
        back = pl.when(pl.col("kind").is_in(_MONEY_KINDS)).then(pl.lit("refund")).otherwise(pl.lit("invoice"))
    else:
        credit = minus | by_kind
        back = pl.col("kind")
    kind = (
        pl.when(credit & ~by_kind)
        .then(pl.lit("credit_note"))
        .when(~credit & by_kind)
        .then(back)
        .otherwise(pl.col("kind"))
    )
    side = pl.when(credit).then(pl.lit("credit")).otherwise(pl.lit("debit"))
    made = frame.select(amount=pl.col("signed").abs(), kind=kind, side=side)
    return {name: made[name] for name in made.columns}


def _dates(columns: Columns, values: Values, as_of: date | None) -> Values:
    """Document, posting, due and settlement dates: stand-ins filled, order looked at."""
    dates = {
        "document_date": columns.read_date("document_date", required=True),
        "posting_date": columns.read_date("posting_date"),
        "due_date": columns.read_date("due_date"),
        "settled_on": columns.read_date("settled_on"),
    }
    for name, rule in columns.mapping.derived.items():
        if name in dates:
            dates[name] = columns.stand_in(name, dates[name], dates[rule.start])
    frame = pl.DataFrame({**dates, "side": values["side"], "awaits": values["awaits"]})
    frame = frame.with_columns(posting_date=pl.coalesce("posting_date", "document_date"))
    if "due_date" not in columns.mapping.derived:
        unsaid = (columns.texts("due_date") == "") & (frame["awaits"] == "") & (frame["side"] == "debit")
        columns.blame(unsaid.arg_true(), "due_date", "due_missing")
    _look_at_order(columns, frame, as_of)
    return {name: frame[name] for name in dates}


def _look_at_order(columns: Columns, frame: pl.DataFrame, as_of: date | None) -> None:
    """What is odd but not wrong becomes a note; a settlement before its document only if the mapping refuses it."""
    early = (frame["settled_on"] < frame["document_date"]).arg_true()
    if columns.mapping.before_document == "refuse":
        for position in early:
            columns.blame(
                [position],
                "settled_on",
                "settled_before_document",
                document_date=str(frame["document_date"][position]),
            )
    elif len(early):
        columns.note(SETTLED_EARLY, count=str(len(early)))
    if count := int((frame["due_date"] < frame["document_date"]).sum()):
        columns.note(DUE_EARLY, count=str(count))
    if as_of is not None and (count := int((frame["posting_date"] > as_of).sum())):
        columns.note(POSTED_LATER, count=str(count), as_of=as_of.isoformat())


def _receipts(columns: Columns, key: list[str], company_currency: str) -> Values:
    values: Values = {"key": _key(columns, key), **_customer(columns)}
    values |= {name: columns.read_text(name) for name in ("document_number", "text", "applies_to")}
    values["document_number"] = _first_said(
        values["document_number"], values["key"].str.head(LONGEST["document_number"])
    )
    currency = values["currency"] = columns.read_currency(company_currency)
    signed = columns.read_amount("amount", currency, required=True)
    values["amount"] = -signed if columns.mapping.inverted else signed
    columns.blame((values["amount"] < 0).arg_true(), "amount", "amount_negative")
    values["received_on"] = columns.read_date("received_on", required=True)
    return values


def _customers(columns: Columns) -> Values:
    values: Values = {name: columns.read_text(name, required=True) for name in ("code", "name")}
    values |= {name: columns.read_text(name) for name in _MASTER_DATA}
    for name in ("former_names", "business_type"):
        listed = columns.read_text(name)
        values[name] = listed.str.replace_all(_LIST_SEPARATORS, "；").str.strip_chars("； ")
    values["uscc"] = columns.read_text("uscc").str.to_uppercase()
    doubtful = [code for code in values["uscc"].unique() if code and uscc_problem(code)]
    if doubtful:
        columns.note(USCC_DOUBTFUL, count=str(values["uscc"].is_in(doubtful).sum()), example=doubtful[0])
    texts = columns.read_text("status")
    known = {text: CUSTOMER_STATUSES.get(fold(text), "customer" if text == "" else "") for text in texts.unique()}
    columns.blame(
        texts.is_in([text for text, status in known.items() if not status]).arg_true(), "status", "status_unknown"
    )
    values["status"] = texts.replace_strict(known, return_dtype=pl.String())
    return values


def _first_said(first: pl.Series, second: pl.Series) -> pl.Series:
    return pl.select(pl.when(first == "").then(second).otherwise(first)).to_series()


def _result(columns: Columns, values: Values, kind: str, key: list[str]) -> Checked:
    """The frame of good rows and the bad cells in file order."""
    found = _with_overflow(columns)
    schema = SCHEMAS[kind]
    frame = pl.DataFrame({"row": columns.sheet.rows, **values}).select(
        pl.col(name).cast(kind_) for name, kind_ in schema.items()
    )
    bad_positions = {position for position, _ in found}
    if bad_positions:
        good = pl.Series([True]).new_from_index(0, columns.height).scatter(sorted(bad_positions), False)
        frame = frame.filter(good)
    name = "code" if kind == "customers" else "key"
    frame, repeated, clashes = _without_repeats(frame, name, "+".join(key))
    places = {header: place for place, header in enumerate(columns.sheet.headers)}
    bad = sorted(
        [cell for _, cell in found] + clashes, key=lambda cell: (cell.row, places.get(cell.column, len(places)))
    )
    if repeated:
        columns.note(ROWS_REPEATED, count=str(repeated))
    rejected = columns.height - frame.height - repeated
    return Checked(kind, frame, bad, columns.height, rejected, columns.notes, repeated)


def _with_overflow(columns: Columns) -> list[tuple[int, BadCell]]:
    """The bad cells, each thing said once. In a row of too many cells everything is shifted, so only that is said of
    it, at the first column beyond the header: those below it may well be right."""
    shifted = sorted(columns.sheet.overflow.arg_true())
    # A cell that is part of the key and a field by itself is wrong once; said by the field's name, which comes later.
    told = {(position, cell.column, cell.code): (position, cell) for position, cell in columns.found}
    found = [one for one in told.values() if one[0] not in shifted]
    beyond = letter_of(len(columns.sheet.headers))
    return found + [
        (position, BadCell(columns.sheet.rows[position], beyond, "", "cells_too_many")) for position in shifted
    ]


def _without_repeats(frame: pl.DataFrame, name: str, header: str) -> tuple[pl.DataFrame, int, list[BadCell]]:
    """(frame with unique keys, rows that only repeat another, bad cells of keys that clash)."""
    if frame[name].n_unique() == frame.height:
        return frame, 0, []
    again = frame.filter(pl.col(name).is_duplicated())
    content = [column for column in frame.columns if column != "row"]
    variants = again.unique(subset=content, keep="first", maintain_order=True)
    clashing = variants.filter(pl.col(name).is_duplicated())[name].unique()
    clashes = []
    for group in again.filter(pl.col(name).is_in(clashing)).partition_by(name, maintain_order=True):
        rows = ", ".join(map(str, group["row"].head(20)))
        key = group[name][0]
        clashes += [BadCell(row, header, key, "key_repeated", {"rows": rows, "key": key}) for row in group["row"]]
    kept = frame.filter(~pl.col(name).is_in(clashing)).unique(subset=[name], keep="first", maintain_order=True)
    return kept, frame.height - kept.height - len(clashes), clashes


# Notes to the user: English here, translated with the context's other sentences.
TOTALS_LEFT_OUT = "%(count)s total lines were left out."
NAME_AS_CODE = "The file gives no customer codes: the name stands in."
SETTLED_EARLY = "%(count)s rows were settled before their document date: advances that settle on the document date."
DUE_EARLY = "%(count)s rows fall due before their document date."
POSTED_LATER = "%(count)s rows are posted after %(as_of)s, the day of the snapshot."
ROWS_REPEATED = "%(count)s rows repeat another row exactly and count once."
USCC_DOUBTFUL = "%(count)s credit codes do not pass their check, like %(example)s; they were taken all the same."
