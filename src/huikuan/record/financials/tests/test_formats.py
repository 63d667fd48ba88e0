"""The line items as data: each total is reached, signs are told, what is missing stays missing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.financials.domain.formats import FORMATS
from huikuan.record.financials.domain.lines import ADDS, BALANCE, BESIDE, CASH, INCOME, TAKES_OFF, Format, value_of
from huikuan.record.financials.domain.small_format import SMALL
from huikuan.record.financials.domain.statements import with_nil

#: Totals nothing sums into.
ENDS = {"total_assets", "liabilities_and_equity", "net_profit", "closing_cash", "profit_distributed"}
FORMS = pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))


@FORMS
def test_every_line_is_one_line_and_sums_into_one_of_its_own_statement(form: Format) -> None:
    assert len(form.by_code) == len(form.lines)
    for line in form.lines:
        if line.into:
            assert form.by_code[line.into].sheet == line.sheet
        else:
            assert line.code in ENDS
    assert {line.sign for line in form.lines} == {ADDS, TAKES_OFF, BESIDE}
    names = [(line.sheet, line.zh) for line in form.lines]
    assert len(set(names)) == len(names)


@FORMS
def test_lines_stand_above_their_total_and_totals_in_printed_order(form: Format) -> None:
    places = {line.code: place for place, line in enumerate(form.lines)}
    for line in form.lines:
        if line.into and line.sign != BESIDE:
            assert places[line.code] < places[line.into]
    ends = [places[code] for code in ("total_assets", "liabilities_and_equity", "net_profit", "closing_cash")]
    assert all(before < after for before, after in pairwise(ends))


@FORMS
def test_the_same_code_has_the_same_sign_in_every_format(form: Format) -> None:
    flows = {"cash_for_purchases", "cash_for_staff", "taxes_paid", "other_operating_out", "investments_made"}
    flows |= {"assets_bought", "loans_repaid"}  # taken off one by one, or as a subtotal of outflows
    for line in form.lines:
        same = SMALL.by_code.get(line.code)
        if same and line.code not in {*flows, "interest_payable"}:
            assert (line.sign, line.sheet) == (same.sign, same.sheet), line.code


@FORMS
@given(data=st.data())
def test_a_total_is_known_exactly_when_it_is_stated_or_all_its_lines_are(form: Format, data: st.DataObject) -> None:
    """A law over whole statements: leave out any one line below a total, and the total is not known any more."""
    leaves = [line.code for line in form.lines if line.code not in form.parts and line.sign != BESIDE]
    amounts = {code: data.draw(st.integers(-(10**9), 10**9), label=code) for code in leaves}
    for total, parts in form.parts.items():
        summed = sum(part.sign * (value_of(form, amounts, part.code) or 0) for part in parts)
        assert value_of(form, amounts, total) == summed
    gone = data.draw(st.sampled_from(leaves))
    rest = {code: amount for code, amount in amounts.items() if code != gone}
    above = form.by_code[gone].into
    while above:
        assert value_of(form, rest, above) is None
        above = form.by_code[above].into


def test_a_missing_line_is_not_nought() -> None:
    stated = {"cash": 100, "inventory": 50}
    assert value_of(SMALL, stated, "current_assets") is None
    assert value_of(SMALL, stated, "short_investments") is None
    nil = with_nil(SMALL, stated, BALANCE)
    assert value_of(SMALL, nil, "current_assets") == 150
    assert nil["short_investments"] == 0
    assert "raw_materials" not in nil  # told beside a line, nothing is said of it
    assert "current_assets" not in nil  # a total is not a blank line
    assert with_nil(SMALL, stated, INCOME) == stated  # a sheet of which nothing is stated stays unsaid
    assert with_nil(SMALL, {"operating_cash": 1}, CASH)["borrowings"] == 0
