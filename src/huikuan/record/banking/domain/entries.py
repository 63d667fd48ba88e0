"""A row of a table as an entry: its cells read, nothing decided about which way the money went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from huikuan.kernel.amounts import SCALE_DIGITS, Style, read_amount
from huikuan.kernel.errors import Place
from huikuan.kernel.money import minor_digits
from huikuan.kernel.text import fold, tidy
from huikuan.kernel.written_dates import read_date
from huikuan.record.banking.domain.around import account_of, currency_of
from huikuan.record.banking.domain.findings import Finding
from huikuan.record.banking.domain.grids import Row, Table
from huikuan.record.banking.domain.layouts import DIRECTIONS, FLAGS, STATES, SUBTOTALS, TOTALS
from huikuan.record.banking.domain.mapping import TableMapping

_EMPTY = frozenset(("", "-", "--", "—", "/"))
_MONEY = ("amount", "credit", "debit")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row's cells. Amounts in minor units as printed, None where the cell is empty; `direction` +1 in, -1 out.

    `flagged`: the bank marks it as taking an earlier entry back; `state` done or waiting.
    """

    row: int
    booked_on: date
    value_on: date | None
    amount: int | None
    credit: int | None
    debit: int | None
    direction: int | None
    balance: int | None
    currency: str
    account: str
    flagged: bool
    returned: bool
    state: str
    cells: Sequence[str]


@dataclass(slots=True)
class Reading:
    """What reading a table's rows gave: entries, rows left out, rows of sums, and what cannot be read."""

    entries: list[Entry]
    left_out: list[Place]
    totals: list[Row]
    findings: list[Finding]
    footer: list[Row]


@dataclass(frozen=True, slots=True)
class Habits:
    """How this file writes dates, decimals, directions, the currency it does not name, and its own account."""

    order: str
    style: Style
    currency: str
    words: dict[str, int]
    own: str = ""


def read_entries(table: Table, habits: Habits) -> Reading:
    """Every row below the header as an entry, a left-out row, a sum, or a finding."""
    reading = Reading([], [], [], [], [])
    for row in table.below:
        _read_row(row, table, habits, reading)
    return reading


def _read_row(row: Row, table: Table, habits: Habits, reading: Reading) -> None:
    number, cells = row
    day_text = table.cell(cells, "booked_on")
    day = _day(day_text, habits.order)
    if not isinstance(day, date) and _is_no_line(cells, table):
        (reading.totals if _begins(cells, TOTALS) else reading.footer).append(row)
        reading.left_out.append(Place(row=number, value=_first(cells)[:100], reason="not_a_line"))
        return
    problems: list[Finding] = []
    if not isinstance(day, date):
        problems.append(Finding(day, number, table.name("booked_on"), day_text))
    state = _state(table.cell(cells, "status"), number, table, problems)
    if state == "closed":
        reading.left_out.append(Place(row=number, value=table.cell(cells, "status"), reason="closed"))
        return
    entry = _entry(row, day if isinstance(day, date) else date.max, state, table, habits, problems)
    reading.findings.extend(problems)
    if problems:
        return
    if not any((entry.amount, entry.credit, entry.debit)):
        reading.left_out.append(Place(row=number, reason="no_amount"))
    elif entry.direction == 0:
        reading.left_out.append(Place(row=number, value=table.cell(cells, "direction"), reason="neutral"))
    else:
        reading.entries.append(entry)


def _entry(row: Row, day: date, state: str, table: Table, habits: Habits, problems: list[Finding]) -> Entry:
    number, cells = row
    told = table.cell(cells, "currency")
    currency = currency_of(told) or habits.currency
    if told not in _EMPTY and not currency_of(told):
        problems.append(Finding("statement_currency_unknown", number, table.name("currency"), told))
    amounts = {
        name: _amount(table.cell(cells, name), name, number, table, currency, habits, problems)
        for name in (*_MONEY, "balance")
    }
    value_on = _day(table.cell(cells, "value_on"), habits.order)
    return Entry(
        number,
        day,
        value_on if isinstance(value_on, date) else None,
        amounts["amount"],
        amounts["credit"],
        amounts["debit"],
        _direction(row, table, habits, problems),
        amounts["balance"],
        currency,
        account_of(table.cell(cells, "account")),
        _flag("reversal", number, cells, table, problems),
        _flag("returned", number, cells, table, problems),
        state,
        cells,
    )


def _amount(
    text: str, name: str, row: int, table: Table, currency: str, habits: Habits, problems: list[Finding]
) -> int | None:
    if text in _EMPTY:
        return None
    digits = minor_digits(currency)
    read = read_amount(text, digits, habits.style)
    if isinstance(read, str):
        problems.append(Finding(f"statement_{read}", row, table.name(name), text, params={"currency": currency}))
        return None
    return int(read // 10 ** (SCALE_DIGITS - digits))


def _direction(row: Row, table: Table, habits: Habits, problems: list[Finding]) -> int | None:
    """+1 in, -1 out, 0 neither, by the row's word; where there is none, by which side is the account itself."""
    number, cells = row
    if "direction" not in table.columns:
        return _by_sides(cells, table, habits.own)
    text = table.cell(cells, "direction")
    if fold(text) not in habits.words:
        problems.append(Finding("statement_direction_unknown", number, table.name("direction"), text))
        return None
    return habits.words[fold(text)]


def _by_sides(cells: Sequence[str], table: Table, own: str) -> int | None:
    if not own:
        return None
    payer, payee = (
        account_of(table.cell(cells, f"{side}_account") or table.cell(cells, f"{side}_party").partition("/")[0])
        for side in ("payer", "payee")
    )
    if payer == payee:
        return None
    return 1 if payee == own else -1 if payer == own else None


def _flag(field: str, row: int, cells: Sequence[str], table: Table, problems: list[Finding]) -> bool:
    text = table.cell(cells, field)
    word = "*" if text.strip("*") == "" and text else fold(text)
    if word not in FLAGS:
        problems.append(Finding("statement_flag_unknown", row, table.name(field), text))
        return False
    return FLAGS[word]


def _state(text: str, row: int, table: Table, problems: list[Finding]) -> str:
    """done, waiting or closed; a state not known by its word is known by a part of it, else told."""
    word = fold(text)
    if word in STATES or not word:
        return STATES.get(word, "done")
    for parts, state in (
        (("失败", "关闭", "撤销", "fail", "cancel"), "closed"),
        (("等待", "处理中", "待", "pending"), "waiting"),
        (("成功", "已", "完成", "posted"), "done"),
    ):
        if any(part in word for part in parts):
            return state
    problems.append(Finding("statement_state_unknown", row, table.name("status"), text))
    return "done"


def _is_no_line(cells: Sequence[str], table: Table) -> bool:
    """A row of sums, a footer, a note: it says sums, hardly anything, or no amount where amounts are."""
    filled = [cell for cell in cells if cell not in _EMPTY]
    money = [table.cell(cells, name) for name in _MONEY if name in table.columns]
    return (
        _begins(cells, (*TOTALS, *SUBTOTALS))
        or len(filled) <= 2
        or not any(any(c.isdigit() for c in text) for text in money)
    )


def _begins(cells: Sequence[str], words: Sequence[str]) -> bool:
    """Whether one of the first cells begins with one of the words."""
    folded = [fold(cell) for cell in cells[:3]]
    return any(cell.startswith(word) for cell in folded for word in words)


def _first(cells: Sequence[str]) -> str:
    return next((tidy(cell) for cell in cells if cell), "")


@lru_cache(maxsize=8192)
def _day(text: str, order: str) -> date | str:
    """The day, or the code of what is wrong with it."""
    read = read_date(text, order) if text else "date_unreadable"
    return read if isinstance(read, date) else f"statement_{read}"


def words_of(mapping: TableMapping | None) -> dict[str, int]:
    """What the words of the direction column mean: the known ones, and those a mapping names."""
    own = mapping or TableMapping({})
    return {
        **DIRECTIONS,
        **{fold(word): 1 for word in own.words_in},
        **{fold(word): -1 for word in own.words_out},
    }


def order_of(texts: Iterable[str]) -> str:
    """How a file writes days whose year stands last: mdy or dmy where one of them shows it, '' where none does."""
    distinct = set(texts)
    as_is = {order: all(isinstance(_day(text, order), date) for text in distinct) for order in ("ymd", "mdy", "dmy")}
    if as_is["ymd"]:
        return "ymd"
    bad = {order: sum(1 for text in distinct if not isinstance(_day(text, order), date)) for order in ("mdy", "dmy")}
    if bad["mdy"] == bad["dmy"]:
        same = all(_day(text, "mdy") == _day(text, "dmy") for text in distinct)
        return "mdy" if same else ""
    return min(bad, key=lambda order: bad[order])


def style_of(texts: Iterable[str]) -> Style:
    """A decimal comma where some amount ends in ',dd' and none in '.d' or '.dd'."""
    tails = [text.strip().rstrip("+-")[-3:] for text in texts if text]
    comma = any(len(tail) == 3 and tail[0] == "," and tail[1:].isdigit() for tail in tails)
    point = any("." in tail for tail in tails)
    return Style(decimal="," if comma and not point else ".")
