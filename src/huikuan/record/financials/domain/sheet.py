"""The template as rows of cells, and rows of cells → the fields of a statement.

A row of headings says a field in its first cell and its value in the third; a row of a line says its code in the
first cell, its name in the second, the closing balance or flow in the third, the opening balance in the fourth. Where
the first cell is no code, the line is known by its name in the second or first cell, with or without the numbering and
notes that official forms print (项目, 行次, 期末余额, 年初余额).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from huikuan.kernel.amounts import read_amount
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import plain
from huikuan.record.financials.domain.checks import CLOSING, OPENING
from huikuan.record.financials.domain.formats import format_named
from huikuan.record.financials.domain.lines import ADDS, BALANCE, BESIDE, SHEETS, TAKES_OFF, Format
from huikuan.record.financials.domain.small_format import SMALL
from huikuan.record.financials.domain.typed import HEADINGS

#: The field that names whose statements they are; not part of the statement.
CUSTOMER = "customer"
#: Rows of a statement's file, at most: a format has fewer than two hundred lines.
MOST_ROWS = 2_000
_MOST_FAULTS = 50
#: How a heading's value may be written in words.
_WORDS: dict[str, dict[str, str]] = {
    "format": {"小企业会计准则": "small", "企业会计准则": "general"},
    "unit": {"元": "yuan", "人民币元": "yuan", "千元": "thousand", "万元": "wan"},
    "source": {"客户提供": "customer", "公开披露": "public", "工商年报": "registry", "其他来源": "other"},
    "audited": {"否": "", "未审计": "", "no": "", "0": ""},
}
_TITLES = {
    CUSTOMER: "客户编码 Customer code",
    "format": "报表格式 Format",
    "ends_on": "截止日 Ends on",
    "months": "月数 Months",
    "currency": "币种 Currency",
    "unit": "金额单位 Unit",
    "audited": "已审计 Audited",
    "source": "来源 Source",
    "received_on": "收到日期 Received on",
    "note": "备注 Note",
    "kept_reason": "勾稽不符时保留的理由 Why kept",
    **{f"nil-{sheet}": title for sheet, title in zip(
        SHEETS, ("资产负债表空白即零 Blanks of the balance sheet mean nil", "利润表空白即零 … of the income statement",
                 "现金流量表空白即零 … of the cash flow statement"), strict=True)},
}  # fmt: skip
_SHEET_TITLES = {
    "balance": "资产负债表 Balance sheet",
    "income": "利润表 Income statement",
    "cash": "现金流量表 Cash flow statement",
}
#: Names of lines on forms of earlier years.
_FORMER = {"营业税金及附加": "taxes_and_surcharges", "主营业务收入": "revenue", "主营业务成本": "cost_of_sales"}
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]+、|\d+[.、])")
_MARKS = re.compile(r"^(?:减|加|其中|其中的|：|:|\s|※|△|▲|☆)+")
_NOTE = re.compile(r"[(（][^()（）]*[“\"”号填列][^()（）]*[)）]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def template_rows(form: Format, typed: Mapping[str, str], customer: str = "") -> Iterator[Sequence[str | Decimal]]:
    """The template of a format, filled in with what is typed already."""
    said = {"format": form.name, "months": "12", "currency": "CNY", "unit": "yuan", "source": "customer", **typed}
    for name in (CUSTOMER, *HEADINGS, *(f"nil-{sheet}" for sheet in SHEETS)):
        yield name, _TITLES[name], customer if name == CUSTOMER else said.get(name, ""), ""
    for sheet in SHEETS:
        yield "", "", "", ""
        columns = ("期末余额 Closing", "年初余额 Opening") if sheet == BALANCE else ("本期金额 Of the period", "")
        yield "", _SHEET_TITLES[sheet], *columns
        for line in form.of_sheet(sheet):
            mark = {ADDS: "", TAKES_OFF: "减：", BESIDE: "其中："}[line.sign] if line.into else ""
            amounts = (_amount(said.get(f"{column}-{line.code}", "")) for column in (CLOSING, OPENING))
            yield line.code, f"{mark}{line.zh} {line.en}", *amounts


def fields_in(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """What the rows say, by field (domain.typed), and `customer`. Refuses, each with its row: a line the format does
    not have, a line that stands twice, and a sheet without one line."""
    if len(rows) > MOST_ROWS:
        raise Refusal("financials_file_long", rows=len(rows), most=MOST_ROWS)
    typed = _headings(rows)
    form = format_named(typed.get("format", "") or SMALL.name)
    names = _by_name(form)
    faults: list[Place] = []
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in (*row, "", "", "", "")[:4]]
        if cells[0] in _TITLES or not any(cells[2:]):
            continue
        code = cells[0] if cells[0] in form.by_code else _named(cells, names)
        fault = "" if code or not _has_amount(cells) else "financials_line_unknown"
        if code and f"{CLOSING}-{code}" in typed:
            fault = "financials_line_twice"
        if fault:
            faults.append(Place(row=number, value=cells[1] or cells[0], reason=fault))
        elif code:
            typed[f"{CLOSING}-{code}"] = cells[2].removesuffix(".0")
            if form.by_code[code].sheet == BALANCE:
                typed[f"{OPENING}-{code}"] = cells[3].removesuffix(".0")
    if faults:
        raise Refusal("financials_file_faults", where=faults[:_MOST_FAULTS], count=len(faults))
    if not any(name.startswith(CLOSING) for name in typed):
        raise Refusal("financials_file_empty")
    return typed


def folded(name: str) -> str:
    """A line's name as forms print it → as it is compared: 三、利润总额（亏损总额以“-”号填列） → 利润总额."""
    text = plain(name).replace(" ", "")
    text = _MARKS.sub("", _NUMBERING.sub("", _MARKS.sub("", text)))
    return re.sub(r"[()（）:：,，、]", "", _NOTE.sub("", text)).lower()


def _headings(rows: Sequence[Sequence[str]]) -> dict[str, str]:
    typed = {}
    for row in rows:
        cells = [cell.strip() for cell in (*row, "", "", "")[:3]]
        if cells[0] in _TITLES:
            value = _WORDS.get(cells[0], {}).get(cells[2], cells[2])
            typed[cells[0]] = _as_meant(cells[0], value)
    return typed


def _as_meant(name: str, value: str) -> str:
    """As it was meant: spreadsheets give a day a time and a whole number a fraction of nought."""
    if value.startswith("'"):
        return value[1:]  # what keeps a text from being a formula in csv
    if name in ("ends_on", "received_on"):
        found = _DAY.match(value)
        return found.group() if found else value
    return value.removesuffix(".0") if name == "months" else value


def _by_name(form: Format) -> dict[str, str]:
    """Folded names, Chinese, English and both together as the template prints them → code."""
    found: dict[str, str] = {}
    found.update({folded(old): code for old, code in _FORMER.items() if code in form.by_code})
    for line in form.lines:
        for name in (line.zh, line.en, f"{line.zh} {line.en}"):
            found.setdefault(folded(name), line.code)
    return found


def _named(cells: Sequence[str], names: Mapping[str, str]) -> str:
    return names.get(folded(cells[1]), "") or names.get(folded(cells[0]), "")


def _has_amount(cells: Sequence[str]) -> bool:
    return any(isinstance(read_amount(cell, 2), int) for cell in cells[2:] if cell)


def _amount(text: str) -> Decimal | str:
    """A number where there is one: a text with a minus would be taken for a formula."""
    return Decimal(text) if text else ""
