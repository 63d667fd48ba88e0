"""The indicators' page: what it says of a month is what the overview of that month's end says."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.test import Client

from huikuan.see.cockpit.domain.figures import POINTS, Series, hhi_indicator, indicators_of

PAGE = "/receivables/indicators"


def test_each_month_is_its_own_overview(reader: Client) -> None:
    page = reader.get(PAGE).context
    assert len(page["days"]) == POINTS
    assert page["days"][0]["on"].isoformat() == "2025-12-31"
    for place in (-1, -2):
        then = reader.get(page["days"][place]["url"]).context["overview"]
        shown = [one["cells"][place] for one in page["series"]]
        told = [one.value for one in indicators_of(then)]
        assert [text == "不适用" for text in shown] == [value is None for value in told]
        assert shown[0] == f"{told[0]:.1f}"


def test_the_concentration_index_says_what_the_overview_says(reader: Client) -> None:
    overview = reader.get("/receivables/overview").context["overview"]
    assert hhi_indicator(overview).value == Decimal(overview.concentration.hhi)


def test_what_lies_behind_a_number_adds_up_to_it(reader: Client) -> None:
    checked = 0
    for one in reader.get(PAGE).context["series"]:
        amounts = {item.code: item.amount for item in one["indicator"].inputs}
        for behind in one["behind"]:
            assert reader.get(behind["url"]).context["found"].value_debit == amounts[behind["code"]]
            checked += 1
    assert checked > 5


def test_the_file_holds_the_table(reader: Client) -> None:
    answer = reader.get(f"{PAGE}/export?format=csv")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    answer.close()
    header, *rows = csv.reader(io.StringIO(content))
    assert len(header) == POINTS + 3
    page = reader.get(PAGE).context["series"]
    assert len(rows) == len(page)
    value = page[0]["indicator"].value
    assert Decimal(rows[0][-2]) == value


def test_a_change_needs_two_values(reader: Client) -> None:
    (first, *_) = indicators_of(reader.get("/receivables/overview").context["overview"])
    assert Series(first, (Decimal(1), Decimal(3))).change == 2
    assert Series(first, (None, Decimal(3))).change is None
    assert Series(first, (Decimal(3),)).change is None
