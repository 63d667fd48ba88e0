"""The customer's own list as a table: which column says what, and each row as a line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huikuan.kernel.amounts import SCALE_DIGITS, read_amount
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import minor_digits
from huikuan.kernel.text import fold_without_note, tidy
from huikuan.kernel.written_dates import read_date
from huikuan.see.confirmations.domain.reconciling import ACCRUED, INVOICE, PAYMENT, RETURNED, TheirLine

#: What a column may be called, folded.
NAMES = {
    "document": (
        *("单据号", "单据编号", "发票号", "发票号码", "发票编号", "凭证号", "单号", "票号", "document", "document no"),
        *("document number", "invoice", "invoice no", "invoice number", "reference", "number", "no"),
    ),
    "on": (
        "日期",
        "单据日期",
        "发票日期",
        "开票日期",
        "记账日期",
        "date",
        "document date",
        "invoice date",
        "posting date",
    ),
    "amount": (
        *(
            "金额",
            "未付金额",
            "应付金额",
            "余额",
            "未付余额",
            "应付余额",
            "价税合计",
            "含税金额",
            "amount",
            "open amount",
        ),
        *("balance", "open", "payable", "total"),
    ),
    "kind": ("类型", "摘要", "业务类型", "说明", "备注", "kind", "type", "description", "text"),
    "quantity": ("数量", "quantity", "qty"),
    "price": ("单价", "含税单价", "price", "unit price"),
}
NEEDED = ("document", "amount")
MOST_ROWS = 5_000
_HEADER_ROWS = 30
_LONGEST = 60
_TOTALS = ("合计", "总计", "小计", "total", "sum", "subtotal")
_WORDS = {
    PAYMENT: ("付款", "支付", "已付", "转账", "payment", "paid", "transfer"),
    RETURNED: ("退货", "退", "红字", "折让", "return", "credit note", "credit memo"),
    ACCRUED: ("暂估", "未开票", "入库", "accru", "not invoiced", "goods received", "grni"),
}


_EXAMPLES = 3
_FULL = 0.8
_FLOAT = re.compile(r"-?[0-9]{1,16}\.0")

#: (the row its program shows, its cells) of every row that says something.
Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Head:
    """The row of a table that seems to name its columns. `digest`: by which a table with the same row is known again;
    `examples`: of each column what stands below it; `columns`: field → column, as far as the names are known."""

    digest: str
    cells: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which column says what, as somebody said who saw the head with this digest. `is_data`: the row names nothing, it
    is the first line."""

    digest: str
    columns: Mapping[str, int]
    is_data: bool = False


def lines_of(rows: Rows, currency: str, chosen: Chosen | None = None) -> tuple[TheirLine, ...]:
    """The lines of a table, each with the row its program shows. What was `chosen` holds for a table with the same
    head, else the names do. Refuses a table of which nobody says where document and amount stand, too many rows, and
    cells that cannot be read, every one of them named."""
    if chosen is not None:
        place = _head_place(rows)
        if place is not None and digest_of(rows[place][1]) == chosen.digest:
            _require(chosen.columns)
            return _read(rows[place if chosen.is_data else place + 1 :], dict(chosen.columns), currency)
    for place, (_number, cells) in enumerate(rows[:_HEADER_ROWS]):
        columns = _columns(cells)
        if all(name in columns for name in NEEDED):
            return _read(rows[place + 1 :], columns, currency)
    raise Refusal("list_columns_missing")


def head_of(rows: Rows) -> Head | None:
    """What a person is shown to say which column is which; None of a table that says nothing."""
    place = _head_place(rows)
    if place is None:
        return None
    cells = tuple(_cell(cell)[:_LONGEST] for cell in rows[place][1])
    below = [row for _number, row in rows[place + 1 : place + 1 + _EXAMPLES]]
    examples = tuple(
        tuple(said for row in below if at < len(row) and (said := _cell(row[at])[:_LONGEST]))
        for at in range(len(cells))
    )
    return Head(digest_of(rows[place][1]), cells, examples, _columns(rows[place][1]))


def digest_of(cells: Sequence[str]) -> str:
    """By which a head is known again."""
    return hashlib.sha256("\x1f".join(tidy(cell) for cell in cells).encode()).hexdigest()


def _head_place(rows: Rows) -> int | None:
    """The first row that is about as full as the fullest: titles above a table stand alone in theirs, and of a head a
    cell or two may be empty."""
    said = [sum(1 for cell in cells if cell.strip()) for _number, cells in rows[:_HEADER_ROWS]]
    return next((place for place, count in enumerate(said) if count >= _FULL * max(said)), None)


def _require(columns: Mapping[str, int]) -> None:
    if not all(name in columns for name in NEEDED):
        raise Refusal("list_columns_unsaid")


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Field → its column; of several that fit the one whose name comes first."""
    folded = [fold_without_note(cell) for cell in cells]
    found = {}
    for field, names in NAMES.items():
        wanted = [fold_without_note(name) for name in names]
        places = [folded.index(name) for name in wanted if name in folded]
        if places:
            found[field] = places[0]
    return found


def _read(rows: Rows, columns: Mapping[str, int], currency: str) -> tuple[TheirLine, ...]:
    wrong: list[Place] = []
    lines = []
    for number, cells in rows:
        said = {name: _cell(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if not said["amount"] or _is_total(said["document"], cells):
            continue
        line = _line(number, said, currency, wrong)
        if line is not None and line.amount:
            lines.append(line)
    if wrong:
        raise Refusal("list_cells_bad", where=wrong[:100], count=len(wrong))
    if not lines:
        raise Refusal("list_empty")
    if len(lines) > MOST_ROWS:
        raise Refusal("too_many_rows", limit=MOST_ROWS)
    return tuple(lines)


def _cell(text: str) -> str:
    """A cell's text; a whole number, which a workbook holds as a float, as it was typed: 264388102254, not …54.0."""
    said = tidy(text)
    return said[:-2] if _FLOAT.fullmatch(said) else said


def _is_total(document: str, cells: Sequence[str]) -> bool:
    """A sum is no line: it says so in place of a document, or where there is none in another column."""
    named = [document] if document else cells
    return any(tidy(cell).rstrip(":：").lower() in _TOTALS for cell in named)


def _line(number: int, said: dict[str, str], currency: str, wrong: list[Place]) -> TheirLine | None:
    digits = minor_digits(currency)
    amount = _number(said["amount"], digits, number, "amount", wrong)
    day = read_date(said["on"]) if said.get("on") else None
    if isinstance(day, str):
        wrong.append(Place(row=number, column="on", value=said["on"], reason=day))
        return None
    price = _number(said["price"], digits, number, "price", wrong) if said.get("price") else None
    quantity = _number(said["quantity"], 3, number, "quantity", wrong) if said.get("quantity") else None
    if amount is None:
        return None
    kind = _kind(said.get("kind", ""))
    signed = -abs(amount) if kind in (PAYMENT, RETURNED) else amount
    return TheirLine(number, said["document"][:_LONGEST], day, signed, kind, quantity, price)


def _number(text: str, digits: int, row: int, column: str, wrong: list[Place]) -> int | None:
    """In units of 10^-digits."""
    found = read_amount(text, digits)
    if isinstance(found, str):
        wrong.append(Place(row=row, column=column, value=text[:100], reason=found))
        return None
    return found // int(10 ** (SCALE_DIGITS - digits))


def _kind(text: str) -> str:
    """What a row is, by the words it is described with; an invoice where nothing else is said."""
    folded = text.lower()
    for kind, words in _WORDS.items():
        if any(word in folded for word in words):
            return kind
    return INVOICE if folded else ""
