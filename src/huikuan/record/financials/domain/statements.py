"""Financial statements as stated: what they may say and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR
from huikuan.record.financials.domain.formats import format_named
from huikuan.record.financials.domain.lines import BALANCE, BESIDE, Format, value_of
from huikuan.record.financials.domain.period import Period, check_period

#: How a paper states amounts → by how much that multiplies the currency's unit.
UNITS = {"yuan": 1, "thousand": 1_000, "wan": 10_000}
#: Where statements come from.
SOURCES = ("customer", "public", "registry", "other")
#: How far a source can be relied on: 1 said by the customer, 2 reported by a third party, 3 audited.
SAID, REPORTED, PROVEN = 1, 2, 3
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Statement:
    """The balance sheet, income and cash flow statement of a period. Amounts in minor units of `currency`.

    `amounts`: closing balances and the period's flows by line; `opening`: opening balances of balance sheet lines.
    A line that is in neither was not stated. Meaning of the rest as in models.StatementVersion.
    """

    period: Period
    format: str
    received_on: date
    currency: str = "CNY"
    unit: str = "yuan"
    audited: bool = False
    source: str = "customer"
    note: str = ""
    kept_reason: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)
    opening: Mapping[str, int] = field(default_factory=dict)

    @property
    def form(self) -> Format:
        return format_named(self.format)

    def closing(self, code: str) -> int | None:
        """The line as stated, or as its parts sum up to."""
        return value_of(self.form, self.amounts, code)

    def opened(self, code: str) -> int | None:
        """The same of an opening balance."""
        return value_of(self.form, self.opening, code)

    @property
    def reliability(self) -> int:
        """Audited is proven, unless it does not agree with itself; public or a register's is reported."""
        if self.audited and not self.kept_reason:
            return PROVEN
        return REPORTED if self.source in ("public", "registry") and not self.kept_reason else SAID


def check_statement(statement: Statement) -> None:
    """Refuse what no statement can say; whether its figures agree, `checks.findings` tells."""
    form = format_named(statement.format)
    check_period(statement.period)
    if statement.received_on <= statement.period.ends_on:
        raise Refusal("financials_received_early", ends_on=statement.period.ends_on, value=statement.received_on)
    currency = statement.currency
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Refusal("currency_bad", currency=currency)
    if statement.unit not in UNITS:
        raise Refusal("financials_unit_unknown", value=statement.unit, known=", ".join(UNITS))
    if statement.source not in SOURCES:
        raise Refusal("financials_source_unknown", value=statement.source, known=", ".join(SOURCES))
    for name in ("note", "kept_reason"):
        if len(getattr(statement, name)) > LONGEST_NOTE:
            raise Refusal("financials_text_too_long", field=name, longest=LONGEST_NOTE)
    if not statement.amounts:
        raise Refusal("financials_empty")
    _check_lines(form, statement)


def _check_lines(form: Format, statement: Statement) -> None:
    for code, amount in (*statement.amounts.items(), *statement.opening.items()):
        if code not in form.by_code:
            raise Refusal("financials_line_unknown", line=code, format=form.name)
        if abs(amount) > LARGEST_MINOR:
            raise Refusal("amount_too_large", value=amount)
    for code in statement.opening:
        if form.by_code[code].sheet != BALANCE:
            raise Refusal("financials_opening_of_flow", line=code)


def with_nil(form: Format, amounts: Mapping[str, int], sheet: str) -> dict[str, int]:
    """The amounts with nought in every line of the sheet that is neither stated nor a total: for somebody who says
    that a blank line of the paper means nil. A sheet of which nothing is stated stays as it is."""
    lines = form.of_sheet(sheet)
    if not any(line.code in amounts for line in lines):
        return dict(amounts)
    blank = (
        one.code for one in lines if one.code not in form.parts and one.sign != BESIDE and one.code not in amounts
    )
    return {**amounts, **dict.fromkeys(blank, 0)}


def content_of(statement: Statement) -> str:
    """What is kept as text: the stated lines and nothing else."""
    said = {"amounts": dict(statement.amounts), "opening": dict(statement.opening)}
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def amounts_from(content: str) -> tuple[dict[str, int], dict[str, int]]:
    """(amounts, opening) of a kept content."""
    said = json.loads(content)
    return said["amounts"], said["opening"]
