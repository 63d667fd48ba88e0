"""Amounts as people and programs write them → exact thousandths of the unit, in whole columns.

`kernel.amounts.read_amount` is the rule, one text at a time; `read_amounts` is its set-based twin, which decides the
regular shapes with column expressions and asks the rule for the rest. They are tested equal.
"""

from __future__ import annotations

import polars as pl

from huikuan.kernel.amounts import SCALE_DIGITS, Style, read_amount
from huikuan.kernel.money import LARGEST_MINOR, minor_digits

#: What column expressions decide alone: digits, grouped or not, up to three decimals.
_LEADING_SIGN = r"^[¥￥$€] ?"
_REGULAR = r"^-?\d{1,12}(\.\d{1,3})?$"
_REGULAR_GROUPED = r"^-?\d{1,3}(,\d{3}){0,3}(\.\d{1,3})?$"


def read_amounts(texts: pl.Series, currencies: pl.Series, style: Style) -> tuple[pl.Series, dict[int, str]]:
    """(thousandths, null where empty or bad; {position: code} of the bad ones).

    `texts` must be stripped, '' = empty. `currencies`: ISO codes, null where unknown (two
    decimals are assumed, the currency's own bad cell speaks).
    """
    frame = pl.DataFrame({"text": texts, "digits": digits_of(currencies)})
    if style == Style():
        step = frame["digits"].replace_strict({0: 1000, 2: 10, 3: 1}, return_dtype=pl.Int64)
        both = pl.DataFrame({"scaled": _scaled(_regular(texts)), "step": step})
        scaled, unit = pl.col("scaled"), pl.col("step")
        exact = (scaled % unit == 0) & (scaled.abs() <= LARGEST_MINOR * unit)
        values = both.select(pl.when(exact).then(scaled).alias("value")).to_series()
    else:
        values = pl.Series("value", [None], dtype=pl.Int64).new_from_index(0, len(texts))
    return _ask_the_rule(values, frame, style)


def _regular(texts: pl.Series) -> pl.Series:
    """Texts that are digits with at most a point, after taking off a leading ¥ and grouping; else null."""
    digits = texts.str.contains(_REGULAR)
    if digits.all():
        return texts
    rest = pl.col("t").str.replace(_LEADING_SIGN, "")
    grouped = pl.when(rest.str.contains(_REGULAR_GROUPED)).then(rest.str.replace_all(",", "", literal=True))
    irregular = (~digits).arg_true()
    # A copy: scatter writes into the series it is called on.
    return texts.clone().scatter(irregular, pl.DataFrame({"t": texts[irregular]}).select(grouped).to_series())


def _scaled(numbers: pl.Series) -> pl.Series:
    """'-12.3' → -12300: the digits before and behind the point, glued."""
    parts = numbers.str.splitn(".", 2).struct.unnest()
    whole, part = parts.to_series(0), parts.to_series(1)
    return (whole + part.fill_null("").str.pad_end(SCALE_DIGITS, "0")).cast(pl.Int64, strict=False)


def _ask_the_rule(values: pl.Series, frame: pl.DataFrame, style: Style) -> tuple[pl.Series, dict[int, str]]:
    """The cells the column expressions could not decide, one distinct text at a time."""
    open_cells = (values.is_null() & (frame["text"] != "")).arg_true()
    if len(open_cells) == 0:
        return values, {}
    answers: dict[tuple[str, int], int | str] = {}
    found: list[int | None] = []
    bad: dict[int, str] = {}
    for position, (text, digits) in zip(open_cells, frame[open_cells].iter_rows(), strict=True):
        if (text, digits) not in answers:
            answers[text, digits] = read_amount(text, digits, style)
        answer = answers[text, digits]
        found.append(answer if isinstance(answer, int) else None)
        if isinstance(answer, str):
            bad[position] = answer
    return values.scatter(open_cells, pl.Series(found, dtype=pl.Int64)), bad


def digits_of(currencies: pl.Series) -> pl.Series:
    """Decimals per row."""
    known = {code: minor_digits(code) for code in currencies.unique().drop_nulls()}
    return currencies.replace_strict(known, default=2, return_dtype=pl.Int64)
