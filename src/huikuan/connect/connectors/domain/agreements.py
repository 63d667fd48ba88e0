"""Contracts and order lines out of a file: their clauses, milestones and quantities, cell by cell."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from huikuan.connect.connectors.domain.columns import Columns, repeat
from huikuan.connect.connectors.domain.rows import Note
from huikuan.connect.connectors.domain.vocabulary import CONTRACT_STATUSES
from huikuan.kernel.amounts import read_amount
from huikuan.kernel.errors import Refusal
from huikuan.record.contracts.domain import interest, milestones

_CLAUSES = (
    *("goods", "payment_terms", "jurisdiction", "arbitration", "governing_law", "service_addresses"),
    *("delivery", "breach"),
)
#: Quantities are read to three decimals and kept in ten-thousandths.
_DECIMALS, _TO_E4 = 3, 10
_LONGEST_LINE = 9

Values = dict[str, pl.Series]


def read_contracts(columns: Columns, key: list[str], company_currency: str) -> Values:
    """The fields of a contract, '' or null where the file says nothing; an amount of its own is not needed."""
    values: Values = {"number": _own(columns, "number", key), "name": columns.read_text("name")}
    values |= {name: columns.read_text(name) for name in _CLAUSES}
    values |= {name: columns.read_date(name) for name in ("signed_on", "effective_on", "expires_on")}
    currency = values["currency"] = columns.read_currency(company_currency)
    amount = columns.read_amount("amount", currency)
    columns.blame((amount <= 0).arg_true(), "amount", "amount_zero")
    values["amount"] = amount.fill_null(0)
    values["status"] = columns.read_choice("status", CONTRACT_STATUSES, "contract_status_unknown")
    values["late_interest"] = _rewritten(columns, "late_interest", _interest, "late_interest_unreadable")
    values["milestones"] = _rewritten(columns, "milestones", _milestones, "milestones_unreadable")
    _look_at_clauses(columns, values)
    return values


def read_orders(columns: Columns, key: list[str], company_currency: str) -> Values:
    """The lines of orders; what all lines of one order must agree on is compared."""
    values: Values = {"number": _own(columns, "number", key), "line": _lines(columns, key)}
    values |= {name: columns.read_text(name) for name in ("contract_number", "product_code", "unit")}
    values["product"] = columns.read_text("product", required=True)
    values["ordered_on"] = columns.read_date("ordered_on", required=True)
    values |= {name: columns.read_date(name) for name in ("planned_on", "delivered_on", "invoiced_on")}
    currency = values["currency"] = columns.read_currency(company_currency)
    amount = columns.read_amount("amount", currency, required=True)
    columns.blame((amount < 0).arg_true(), "amount", "amount_negative")
    values["amount"] = amount
    values["quantity"] = _quantity(columns, "quantity", required=True)
    for name in ("delivered_quantity", "invoiced_quantity"):
        values[name] = _quantity(columns, name)
        _refuse_beyond(columns, name, values[name], values["quantity"])
    _refuse_disagreeing(columns, {**values, "customer": columns.texts("customer_code")})
    return values


def _rewritten(columns: Columns, name: str, rewrite: Callable[[str], str], code: str) -> pl.Series:
    """Each text in the form the contracts write; what they cannot read is bad."""
    texts = columns.read_text(name)
    known: dict[str, str] = {}
    for text in texts.unique():
        try:
            known[text] = rewrite(text)
        except Refusal:
            continue
    columns.blame((~texts.is_in(list(known))).arg_true(), name, code)
    return texts.replace_strict(known, default="", return_dtype=pl.String())


def _interest(text: str) -> str:
    return interest.written(interest.read_late_interest(text))


def _milestones(text: str) -> str:
    return milestones.written(milestones.read_milestones(text))


def _look_at_clauses(columns: Columns, values: Values) -> None:
    frame = pl.DataFrame({name: values[name] for name in ("signed_on", "effective_on", "expires_on")})
    early = frame.select(pl.col("expires_on") < pl.coalesce("effective_on", "signed_on")).to_series()
    columns.blame(early.fill_null(value=False).arg_true(), "expires_on", "contract_ends_early")
    both = (values["jurisdiction"] != "") & (values["arbitration"] != "")
    columns.blame(both.arg_true(), "arbitration", "court_or_arbitration")
    if unnamed := int((values["name"] == "").sum()):
        columns.notes.append(Note(NUMBER_AS_NAME, {"count": str(unnamed)}))


def _own(columns: Columns, name: str, key: list[str]) -> pl.Series:
    """What a row is known by; where it is part of the key, an empty one was named already."""
    return columns.read_text(name, required=columns.header(name) not in key)


def _lines(columns: Columns, key: list[str]) -> pl.Series:
    texts = _own(columns, "line", key)
    whole = texts.str.contains(rf"^\d{{1,{_LONGEST_LINE}}}$")
    columns.blame(((texts != "") & ~whole).arg_true(), "line", "line_unreadable")
    return pl.select(pl.when(whole).then(texts).otherwise(None).cast(pl.Int64)).to_series()


def _quantity(columns: Columns, name: str, *, required: bool = False) -> pl.Series:
    """Units × 10^4, null where empty or bad; nothing delivered so far may be written as 0."""
    if columns.header(name) is None:
        return repeat(None, columns.height, pl.Int64())
    texts = columns.texts(name)
    if required:
        columns.require(texts, name)
    known = {text: read_amount(text, _DECIMALS, columns.mapping.style) for text in texts.unique() if text}
    least = 1 if required else 0
    good = {text: value * _TO_E4 for text, value in known.items() if isinstance(value, int) and value >= least}
    columns.blame(((texts != "") & ~texts.is_in(list(good))).arg_true(), name, "quantity_unreadable")
    return texts.replace_strict(good, default=None, return_dtype=pl.Int64())


def _refuse_beyond(columns: Columns, name: str, done: pl.Series, ordered: pl.Series) -> None:
    for position in (done > ordered).fill_null(value=False).arg_true():
        quantity = f"{ordered[position] / 10_000:.10g}"
        columns.blame([position], name, "more_than_ordered", quantity=quantity)


def _refuse_disagreeing(columns: Columns, values: Values) -> None:
    """Rows of one order name one customer, day, currency and contract."""
    for name, header in (
        ("customer", "customer_code"),
        ("ordered_on", "ordered_on"),
        ("currency", "currency"),
        ("contract_number", "contract_number"),
    ):
        frame = pl.DataFrame({"number": values["number"], "said": values[name]})
        differs = frame.select((pl.col("said").n_unique().over("number") > 1) & (pl.col("number") != "")).to_series()
        columns.blame(differs.arg_true(), header, "order_differs", field=header)


#: A note to the user: English here, translated with the context's other sentences.
NUMBER_AS_NAME = "%(count)s rows give the contract no name: a new one is called by its number."
