"""The demo company is one company: the same amounts every day, exact, plausible, and nobody's."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from huikuan.kernel.identifiers import uscc_problem
from huikuan.shell.demo.story import Story, company_as_of

TODAY = date(2026, 11, 20)
NAMES = Path(__file__).parents[5] / "../shared/data/names/a_share_short_to_full_dev.csv"


@pytest.fixture(scope="module")
def story() -> Story:
    return company_as_of(TODAY)


def open_of(story: Story) -> pl.DataFrame:
    """The items with what is open of them and their governing due date, recomputed from the story alone."""
    used = pl.concat(story.settlements.select(key=f"{side}_key", used="amount") for side in ("credit", "debit"))
    dues = story.schedules.select("key", later="due_date")
    return (
        story.items.join(used.group_by("key").agg(pl.col("used").sum()), on="key", how="left")
        .join(dues, on="key", how="left")
        .with_columns(open=pl.col("amount") - pl.col("used").fill_null(0), due=pl.coalesce("later", "due_date"))
    )


def overdue(story: Story) -> pl.DataFrame:
    late = (pl.col("side") == "debit") & (pl.col("due") < TODAY) & (pl.col("currency") == "CNY") & (pl.col("open") > 0)
    return open_of(story).filter(late)


def test_the_same_every_time_and_on_every_day(story: Story) -> None:
    again = company_as_of(TODAY)
    assert again.items.equals(story.items)
    assert again.settlements.equals(story.settlements)
    assert again.customers.equals(story.customers)
    lead = pl.col("customer_code") < "C10100"
    other = company_as_of(date(2027, 3, 1))
    assert open_of(other).filter(lead)["open"].sum() == open_of(story).filter(lead)["open"].sum()


def test_its_size(story: Story) -> None:
    assert story.customers.height == 305
    assert 19_000 < story.items.height < 22_000
    assert set(story.items["currency"]) == {"CNY", "USD", "EUR"}
    assert set(story.items["kind"]) == {"invoice", "receipt", "advance", "retention", "return", "credit_note"}
    first, last = story.items["document_date"].min(), story.items["document_date"].max()
    assert (TODAY - first).days > 1_050
    assert last <= TODAY


def test_nothing_is_settled_twice_or_before_it_is_there(story: Story) -> None:
    assert open_of(story)["open"].min() == 0
    items = story.items.select("key", "document_date", "customer_code", "company", "side", "currency")
    pairs = story.settlements.join(items, left_on="credit_key", right_on="key").join(
        items, left_on="debit_key", right_on="key", suffix="_debit"
    )
    assert pairs.height == story.settlements.height
    assert (pairs["side"] == "credit").all()
    assert (pairs["side_debit"] == "debit").all()
    for name in ("customer_code", "currency"):
        assert (pairs[name] == pairs[f"{name}_debit"]).all()
    assert (pairs["effective_on"] == pl.Series(map(max, pairs["document_date"], pairs["document_date_debit"]))).all()
    assert story.settlements["effective_on"].max() <= TODAY


def test_net_and_tax_make_the_amount(story: Story) -> None:
    taxed = story.items.filter(pl.col("net_amount").is_not_null())
    assert taxed.height > 8_000
    assert (taxed["net_amount"] + taxed["tax_amount"] == taxed["amount"]).all()


def test_a_debit_has_a_due_date_or_awaits_an_event(story: Story) -> None:
    debits = story.items.filter(pl.col("side") == "debit")
    assert (debits["due_date"].is_null() == (debits["awaits"] != "")).all()


def test_haiyue_owes_what_every_screen_says(story: Story) -> None:
    late = overdue(story).filter(pl.col("customer_code") == "C10018")
    assert late["open"].to_list() == [268_000_000, 186_200_000, 300_000_000]
    assert late["open"].sum() == 754_200_000
    haiyue = open_of(story).filter(pl.col("customer_code") == "C10018")
    assert haiyue.filter(pl.col("side") == "debit")["open"].sum() == 1_958_800_000
    assert haiyue.filter(pl.col("side") == "credit")["open"].sum() == 28_630_000


def test_the_top_of_the_overdue_and_the_shape_of_the_whole(story: Story) -> None:
    late = overdue(story)
    top = late.group_by("customer_code").agg(pl.col("open").sum()).sort("open", descending=True).head(5)
    assert top.rows() == [
        ("C10007", 964_300_000),
        ("C10023", 823_700_000),
        ("C10018", 754_200_000),
        ("C10031", 352_600_000),
        ("C10002", 312_000_000),
    ]
    debits = open_of(story).filter((pl.col("side") == "debit") & (pl.col("currency") == "CNY"))["open"].sum()
    assert 22_000_000_000 < debits < 27_000_000_000
    assert 0.18 < late["open"].sum() / debits < 0.28


def test_one_customer_fails_and_pays_later_before_it_stops(story: Story) -> None:
    paid = story.settlements.join(
        story.items.filter(pl.col("customer_code") == "C10023").select("key", "due_date"),
        left_on="debit_key",
        right_on="key",
    ).with_columns(late=(pl.col("effective_on") - pl.col("due_date")).dt.total_days())
    half = paid.height // 2
    paid = paid.sort("due_date")
    assert paid["late"].tail(half).mean() > 2 * paid["late"].head(half).mean()
    assert (TODAY - paid["effective_on"].max()).days > 100


def test_every_name_is_invented(story: Story) -> None:
    assert story.customers["name"].n_unique() == story.customers.height
    codes = [code for code in story.customers["uscc"] if code]
    assert len(set(codes)) == len(codes) == 297
    assert {uscc_problem(code) for code in codes} == {None}
    assert {code[6:8] for code in codes} == {"99"}


@pytest.mark.skipif(not NAMES.exists(), reason="the public data folder ../shared/data is absent")
def test_no_listed_company_is_named(story: Story) -> None:
    with NAMES.open(encoding="utf-8-sig") as file:
        listed = [(row["证券简称"], row["公司中文名称"]) for row in csv.DictReader(file)]
    shorts, fulls = {short for short, _ in listed}, {full for _, full in listed}
    ours = story.customers.filter(pl.col("code").str.starts_with("C"))
    assert not fulls & set(ours["name"])
    assert not shorts & set(ours["short_name"])
    brands = {name[:2] for name in ours["name"]}
    assert not {short for short in shorts if short[:2] in brands}
