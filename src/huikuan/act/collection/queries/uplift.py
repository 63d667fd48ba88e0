"""Whether those written to pay sooner than the control group, from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from huikuan.act.collection.domain.uplift import Share, Uplift, uplift
from huikuan.act.collection.models import ControlAssignment
from huikuan.act.collection.queries.lines import PURSUED
from huikuan.mechanisms.store.bulk import read_frame
from huikuan.record.customers.queries.merging import merged

_CLAIM: dict[str, pl.DataType | type[pl.DataType]] = {
    "item_id": pl.Int64, "document_number": pl.String, "customer_id": pl.Int64, "due_date": pl.Date,
    "currency": pl.String, "amount": pl.Int64,
}  # fmt: skip


def measured(company_id: int, *, since: date, until: date, within: int) -> Uplift:
    """Of the claims that fell due from `since` to `until`: the share paid whole within so many days of the due date,
    of customers in the control group and of the others, by the last assignment of each; with the difference."""
    return uplift_of(measured_claims(company_id, since=since, until=until, within=within))


def uplift_of(claims: pl.DataFrame) -> Uplift:
    """What measured claims come to."""

    def share(*, control: bool) -> Share:
        group = claims.filter(pl.col("control") == control)
        return Share(int(group["paid"].sum()), group.height)

    return uplift(share(control=False), share(control=True))


def measured_claims(company_id: int, *, since: date, until: date, within: int) -> pl.DataFrame:
    """The claims that count, by due date: item_id, document_number, customer_id (as shown), due_date, currency,
    amount, settled by then, whether that is `paid` whole, and whether the customer is in the `control` group."""
    claims, groups, shown = _claims(company_id, since, until, within), _groups(company_id), merged()
    customers = [shown.get(one, one) for one in claims["customer_id"]]
    found = claims.with_columns(
        pl.Series("customer_id", customers, pl.Int64),
        pl.Series("control", [groups.get(one) for one in customers], pl.Boolean),
    )
    return found.filter(pl.col("control").is_not_null()).sort("due_date", "item_id")


def _groups(company_id: int) -> Mapping[int, bool]:
    rows = ControlAssignment.objects.filter(company_id=company_id).order_by("tx", "id")
    return dict(rows.values_list("customer_id", "control"))


def _claims(company_id: int, since: date, until: date, within: int) -> pl.DataFrame:
    kinds = ", ".join(f"'{kind}'" for kind in PURSUED)
    which = (
        f"i.company_id = %s AND i.side = 'debit' AND i.kind IN ({kinds}) AND i.reversal_of IS NULL"
        " AND i.due_date BETWEEN %s AND %s"
        " AND NOT EXISTS (SELECT 1 FROM receivables_item m WHERE m.reversal_of = i.id)"
    )
    params = [company_id, since, until]
    items = read_frame(
        "SELECT i.id, i.document_number, i.customer_id, i.due_date, i.currency, i.amount"
        f" FROM receivables_item i WHERE {which}",
        params,
        _CLAIM,
    )
    settled = read_frame(
        "SELECT s.debit_id, s.effective_on, s.debit_amount FROM receivables_settlement s"
        f" JOIN receivables_item i ON i.id = s.debit_id WHERE {which}",
        params,
        {"item_id": pl.Int64, "effective_on": pl.Date, "settled": pl.Int64},
    )
    in_time = pl.col("effective_on") <= pl.col("due_date") + timedelta(days=within)
    paid = items.join(settled, on="item_id").filter(in_time).group_by("item_id").agg(pl.col("settled").sum())
    joined = items.join(paid, on="item_id", how="left").with_columns(pl.col("settled").fill_null(0))
    return joined.with_columns(paid=pl.col("settled") >= pl.col("amount"))
