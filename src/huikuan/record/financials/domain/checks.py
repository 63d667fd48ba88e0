"""Whether statements agree with themselves and with the period before: what is wrong, where and by how much.

An error is arithmetic that cannot be: the lines of a total are all stated and do not add up to it. A warning is what
may have a reason: lines are missing, or profit, cash or opening balances differ where rules allow them to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from huikuan.kernel.money import minor_digits
from huikuan.record.financials.domain.lines import BALANCE, BESIDE, Format, value_of
from huikuan.record.financials.domain.statements import UNITS, Statement

ERROR, WARNING = "error", "warning"
CLOSING, OPENING = "closing", "opening"
#: What the figures are compared by.
SUM, BALANCES, RETAINED, CASH_HELD, CARRIED = "sum", "balances", "retained", "cash_held", "carried"


@dataclass(frozen=True, slots=True)
class Finding:
    """`stated` of `line` is not what it should be; `missing`: the lines that were not stated and may explain it.

    `column`: closing (with flows) or opening. Amounts in minor units.
    """

    level: str
    rule: str
    line: str
    column: str
    stated: int
    expected: int
    missing: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        return self.stated - self.expected


def findings(statement: Statement, before: Statement | None = None) -> tuple[Finding, ...]:
    """Everything that does not agree, errors first. `before`: the statements of the period that ended when this one
    began, None where there are none."""
    found = [
        *_sums(statement, CLOSING, statement.amounts),
        *_sums(statement, OPENING, statement.opening),
        *_balance(statement, CLOSING, statement.amounts),
        *_balance(statement, OPENING, statement.opening),
        *_retained(statement),
        *_cash(statement),
        *(_carried(statement, before) if before else ()),
    ]
    return tuple(sorted(found, key=lambda one: one.level != ERROR))


def rounding(statement: Statement) -> int:
    """What a stated figure may be off by rounding: half of the finest power of ten that all figures are multiples
    of, and of no more than the paper's unit. Nought in the currency's own unit: such figures are exact."""
    if UNITS[statement.unit] == 1:
        return 0
    figures = [*statement.amounts.values(), *statement.opening.values()]
    unit = UNITS[statement.unit] * 10 ** minor_digits(statement.currency)
    step = 1
    while step < unit and all(figure % (step * 10) == 0 for figure in figures):
        step *= 10
    return step // 2


def _sums(statement: Statement, column: str, amounts: Mapping[str, int]) -> Iterator[Finding]:
    """Every stated total is the sum of its parts."""
    form, off = statement.form, rounding(statement)
    for total, parts in form.parts.items():
        if total not in amounts:
            continue
        known = [(part, value_of(form, amounts, part.code)) for part in parts]
        missing = tuple(part.code for part, value in known if value is None)
        if len(missing) == len(parts):
            continue
        summed = sum(part.sign * value for part, value in known if value is not None)
        if abs(amounts[total] - summed) > off * (len(parts) + 1):
            level = WARNING if missing else ERROR
            yield Finding(level, SUM, total, column, amounts[total], summed, missing)


def _balance(statement: Statement, column: str, amounts: Mapping[str, int]) -> Iterator[Finding]:
    """Assets are liabilities and equity."""
    form = statement.form
    assets = value_of(form, amounts, "total_assets")
    claims = _claims(form, amounts)
    if assets is not None and claims is not None and abs(assets - claims) > 3 * rounding(statement):
        yield Finding(ERROR, BALANCES, "total_assets", column, assets, claims)


def _claims(form: Format, amounts: Mapping[str, int]) -> int | None:
    liabilities, equity = (value_of(form, amounts, code) for code in ("total_liabilities", "equity"))
    if liabilities is None or equity is None:
        return amounts.get("liabilities_and_equity")
    return liabilities + equity


def retained(form: Format, amounts: Mapping[str, int]) -> int | None:
    """Retained earnings (留存收益): surplus reserve and undistributed profit."""
    parts = [value_of(form, amounts, code) for code in ("surplus_reserve", "undistributed_profit")]
    return None if None in parts else sum(part for part in parts if part is not None)


def _retained(statement: Statement) -> Iterator[Finding]:
    """Retained earnings grow by the net profit less what was distributed. Where nothing is said of a distribution,
    only a growth beyond the profit is told: no distribution explains it."""
    form, off = statement.form, rounding(statement)
    profit, distributed = statement.closing("net_profit"), statement.closing("profit_distributed")
    opening, closing = retained(form, statement.opening), retained(form, statement.amounts)
    if profit is None or opening is None or closing is None:
        return
    expected = opening + profit - (distributed or 0)
    apart = closing - expected if distributed is None else abs(closing - expected)
    if apart > 6 * off:
        missing = ("profit_distributed",) if distributed is None else ()
        yield Finding(WARNING, RETAINED, "undistributed_profit", CLOSING, closing, expected, missing)


def _cash(statement: Statement) -> Iterator[Finding]:
    """Cash at the beginning and end of the cash flow statement is that of the balance sheet; deposits that are bound
    or fall due later are the usual reason where it is not."""
    for flow, column, held in (
        ("opening_cash", OPENING, statement.opened("cash")),
        ("closing_cash", CLOSING, statement.closing("cash")),
    ):
        stated = statement.closing(flow)
        if stated is not None and held is not None and abs(stated - held) > 2 * rounding(statement):
            yield Finding(WARNING, CASH_HELD, flow, column, stated, held)


def _carried(statement: Statement, before: Statement) -> Iterator[Finding]:
    """Opening balances are the closing ones of the period before; a restatement is the usual reason where not."""
    if before.currency != statement.currency:
        return
    off = rounding(statement) + rounding(before)
    for line in statement.form.of_sheet(BALANCE):
        if line.sign == BESIDE or line.code not in before.form.by_code:
            continue
        opened, closed = statement.opening.get(line.code), before.amounts.get(line.code)
        if opened is not None and closed is not None and abs(opened - closed) > off:
            yield Finding(WARNING, CARRIED, line.code, OPENING, opened, closed)
