"""Dates as people and programs write them, in whole columns: the rule is asked once per distinct text."""

from __future__ import annotations

from datetime import date

import polars as pl

from huikuan.kernel.written_dates import read_date

#: More distinct texts than days in range: they carry times of day, which are cut off first.
_MANY = 50_000


def read_dates(texts: pl.Series, order: str) -> tuple[pl.Series, dict[int, str]]:
    """(dates, null where empty or bad; {position: code} of the bad ones). `texts` stripped."""
    distinct = texts.unique().drop_nulls()
    if len(distinct) > _MANY:
        texts = texts.str.replace(r"[T ]+\d{1,2}:\d{1,2}[0-9:.]*$", "")
        distinct = texts.unique().drop_nulls()
    answers = {text: read_date(text, order) for text in distinct if text}
    days = {text: answer for text, answer in answers.items() if isinstance(answer, date)}
    wrong = {text: answer for text, answer in answers.items() if isinstance(answer, str)}
    dates = texts.replace_strict(days, default=None, return_dtype=pl.Date)
    if not wrong:
        return dates, {}
    positions = texts.is_in(list(wrong)).arg_true()
    return dates, {position: wrong[texts[position]] for position in positions}
