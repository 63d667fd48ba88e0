"""The list of customers: its orders, its conditions as the domain would decide them, its columns and picked rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, change_care, create_customer
from huikuan.see.dossiers.queries import choosing
from huikuan.see.dossiers.queries.choosing import ORDERS, CustomerFilter
from huikuan.see.dossiers.queries.listing import customers_page, every_customer
from huikuan.see.dossiers.queries.standing import Books as Asked
from huikuan.see.dossiers.web import listing
from huikuan.shell.tests.books import AS_OF, AT, Books

LIST = "/customers/"
WHO: dict[str, Any] = {"actor": "test", "at": AT}
#: What each owes: by what is open, and by what is overdue; the dollars at 7.1801.
BY_OPEN = ["C0003", "C0001", "C0002", "C0004", "C0000"]
BY_OVERDUE = ["C0002", "C0001", "C0003", "C0004", "C0000"]


@pytest.fixture
def asked(books: Books) -> Asked:
    """The books, with a customer that owes nothing before all others by code."""
    create_customer(master=Master("C0000", "无欠款有限公司", status="prospect"), **WHO)
    return Asked(AS_OF, None, books.company.pk, "CNY")


def walked(asked: Asked, order: str, limit: int, chosen: CustomerFilter | None = None) -> list[str]:
    """The codes of all pages of so many rows, one behind the other."""
    codes, after = [], ""
    while True:
        page = customers_page(
            chosen or CustomerFilter(),
            asked,
            scope=EVERYTHING,
            ledger=EVERYTHING,
            order=order,
            after=after,
            limit=limit,
        )
        codes += [row.customer.code for row in page.rows]
        if not page.next:
            return codes
        after = page.next


def whole(asked: Asked, order: str) -> list[str]:
    found = every_customer(CustomerFilter(), asked, scope=EVERYTHING, ledger=EVERYTHING, order=order)
    return [row.customer.code for row in found]


@pytest.mark.parametrize("order", ORDERS)
def test_page_by_page_is_the_whole_in_its_order(order: str, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {
        "code": sorted(BY_OPEN),
        "name": list(Customer.objects.order_by("name", "code").values_list("code", flat=True)),
        "open": BY_OPEN,
        "overdue": BY_OVERDUE,
    }[order]
    assert whole(asked, order) == expected
    monkeypatch.setattr(choosing, "_AT_FIRST", 1)
    for limit in (1, 2, 50):
        assert walked(asked, order, limit) == expected, limit
    wanted = CustomerFilter(text="c000", status="customer", value_class="")
    assert walked(asked, order, 1, wanted) == [code for code in expected if code != "C0000"]
    assert walked(asked, order, 1, CustomerFilter(status="prospect")) == ["C0000"]
    wanted = CustomerFilter(text="有限公司")
    assert walked(asked, order, 1, wanted) == [code for code in expected if code != "C0004"]


def test_nobodys_amounts_order_nothing(asked: Asked) -> None:
    page = customers_page(CustomerFilter(), asked, scope=EVERYTHING, ledger=NOTHING, order="overdue")
    assert [row.customer.code for row in page.rows] == sorted(BY_OPEN)
    assert {row.balance for row in page.rows} == {None}


def test_conditions_hold_as_of_the_day_and_none_finds_those_without(reader: Client, asked: Asked) -> None:
    ids = dict(Customer.objects.values_list("code", "pk"))
    said = (
        ("C0001", "李沅", date(2026, 1, 1)),
        ("C0001", "何渝", date(2026, 11, 1)),
        ("C0002", "李沅", date(2026, 11, 10)),
        ("C0002", "", date(2026, 11, 15)),
        ("C0003", "李沅", date(2026, 12, 1)),
    )
    for code, owner, since in said:
        affiliate(customer_id=ids[code], dimension="owner", value=owner, effective_on=since, **WHO)
    # Of an item alone: the customer is nobody's by that.
    affiliate(customer_id=ids["C0004"], item_id=9, dimension="owner", value="李沅", effective_on=AS_OF, **WHO)
    for version, value_class in enumerate(("key", "ordinary")):
        change_care(customer_id=ids["C0001"], version=version, care=Care(value_class=value_class), **WHO)
    found = {
        "owner=李沅": [],
        "owner=何渝": ["C0001"],
        "owner=-": ["C0000", "C0002", "C0003", "C0004"],
        "owner=李沅&as_of=2026-11-12": ["C0002"],
        "owner=李沅&as_of=2026-10-31": ["C0001"],
        "class=key": [],
        "class=ordinary&order=overdue": ["C0001"],
        "class=-&order=overdue": ["C0002", "C0003", "C0004", "C0000"],
        "order=nonsense": sorted(BY_OPEN),
    }
    for query, codes in found.items():
        page = reader.get(f"{LIST}?{query}").context["found"]
        assert [row.customer.code for row in page.rows] == codes, query
        assert page.count == len(codes), query


def test_an_order_is_a_condition_that_a_view_keeps(reader: Client, asked: Asked) -> None:
    page = reader.get(f"{LIST}?order=overdue&q=c0")
    assert [row.customer.code for row in page.context["found"].rows] == BY_OVERDUE
    assert [chip.text for chip in page.context["chips"]] == ["按逾期金额", "c0"]
    kept = reader.post("/lists/dossiers.customers/views", {"title": "催", "query": "order=overdue&q=c0"})
    assert "order=overdue" in kept.headers["Location"]
    tabs = reader.get(LIST, headers={"HX-Target": "tabs"}).context["list"].tabs
    assert [(tab.title, tab.count) for tab in tabs] == [
        ("全部", 5), ("客户", 4), ("潜在客户", 1), ("逾期最多在前", 5), ("催", 5),
    ]  # fmt: skip


def test_columns_are_left_out_and_picked_rows_exported(reader: Client, asked: Asked) -> None:
    reader.post("/lists/dossiers.customers/columns", {"shown": ["owner"], "next": LIST})
    table = reader.get(LIST).content.decode().partition("<table")[2].partition("</table>")[0]
    widths = {len(re.findall(r"<t[hd][ >]", row)) for row in table.split("<tr")[1:] if "more-row" not in row}
    assert widths == {6}
    keys = [str(Customer.objects.get(code=code).pk) for code in ("C0002", "C0000")]
    for picked, codes in ((",".join(keys), ["C0002", "C0000"]), (keys[0], ["C0002"]), ("x,", [])):
        answer = reader.post("/customers/export?format=csv&order=overdue", {"picked": picked})
        rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
        assert [row[0] for row in rows[1:]] == codes


@pytest.mark.parametrize("order", ["", "&order=overdue"])
def test_the_link_to_further_rows_leads_to_further_rows(
    order: str, reader: Client, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 2)
    address, codes = f"{LIST}?q=c00{order}", []
    while address:
        page = reader.get(address, headers={"HX-Target": "more"})
        codes += [row.customer.code for row in page.context["found"].rows]
        more = re.search(r'id="more-link" href="([^"]*)"', page.content.decode())
        address = more[1].replace("&amp;", "&") if more else ""
    assert codes == (BY_OVERDUE if order else sorted(BY_OPEN))
