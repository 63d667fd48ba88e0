"""The checkup's pages: a figure opens to its lines, a file holds exactly them, and nothing is invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal

from django.test import Client

from huikuan.shell.tests.books import Books

#: In fen, by hand from books.ROWS: the invoice 217 days late, and the receipt of C0002, who is overdue too.
LONG_OVERDUE = 214_300_000
UNAPPLIED = 10_000_000


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    answer.close()
    return list(csv.DictReader(io.StringIO(content)))


def test_each_finding_opens_to_lines_that_add_up_to_it(reader: Client) -> None:
    answer = reader.get("/receivables/checkup")
    lines = answer.context["lines"]
    amounts = {line["finding"].code: line["finding"].amount for line in lines}
    assert amounts["long_overdue"] == LONG_OVERDUE
    assert amounts["usable_credits"] == UNAPPLIED
    assert [line["finding"].amount for line in lines] == sorted(amounts.values(), reverse=True)
    for line in lines:
        opened = reader.get(line["url"]).context["found"]
        assert sum(row.value for row in opened.rows) == line["finding"].amount
        assert opened.count == line["finding"].lines == len(opened.rows)
        assert reader.get(line["largest_url"]).context["found"].count > 0
        assert line["largest_name"] in reader.get(line["customer_url"]).content.decode()


def test_a_file_holds_exactly_the_lines(reader: Client, books: Books) -> None:
    rows = table(reader, "/receivables/checkup/long_overdue/export?format=csv")
    assert [row["单据"] for row in rows] == ["264377023310"]
    assert sum(Decimal(row["未清金额"]) for row in rows) == Decimal(LONG_OVERDUE) / 100
    summary = table(reader, "/receivables/checkup/export?format=csv")
    page = reader.get("/receivables/checkup").context["lines"]
    assert [row["发现"] for row in summary] == [line["title"] for line in page]
    assert [Decimal(row["金额"]) * 100 for row in summary] == [line["finding"].amount for line in page]


def test_rule_threshold_and_policy_stand_beside_the_figure(reader: Client) -> None:
    shown = reader.get("/receivables/checkup").content.decode()
    assert "逾期超过 90 天。" in shown
    assert "应收体检 · 出厂默认" in shown
    assert "20%" in shown


def test_a_day_before_the_books_finds_nothing(reader: Client) -> None:
    answer = reader.get("/receivables/checkup?as_of=2020-01-01")
    assert answer.context["lines"] == []
    assert "这一天没有未清项" in answer.content.decode()
    assert "没有发现问题" in reader.get("/receivables/checkup/stale_cash").content.decode()
    assert reader.get("/receivables/checkup/no-such-rule").status_code == 404


def test_a_share_of_ones_own_customers_is_called_that(people: Mapping[str, Client], books: Books) -> None:
    """A seller's only customer is all they see; whoever sees the book is told of the book."""
    told = {}
    for name in ("li", "zhou"):
        lines = people[name].get("/receivables/checkup").context["lines"]
        told[name] = next(line["rule"] for line in lines if line["finding"].code == "over_concentration")
        page = people[name].get("/receivables/checkup/over_concentration")
        assert page.context["rule"] == told[name]
    assert "您可见应收余额（并非全公司）" in told["li"]
    assert "可见" not in told["zhou"]
