"""Contracts and orders as a browser receives them, and a milestone contract walked from page to page."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.operations import add_company
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, MilestoneEvent, SalesOrder
from huikuan.record.contracts.operations.contracts import amend_contract, create_contract
from huikuan.record.contracts.operations.orders import create_order, record_delivery
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.operations.items import post_instalments
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.test_access import signed_in

NUMBER = "JL-18-2026-001"
WHO: dict[str, Any] = {"actor": "test", "at": AT}


def agree(books: Books, number: str = NUMBER, company: Any = None) -> int:
    """A contract of 10,000.01 by 30 / 50 / 20, its items and an order."""
    company = company or books.company
    customer = Customer.objects.get(code="C0003")
    terms = Terms(
        name="主轴总成", currency="CNY", amount=1_000_001, payment_terms="=验收后 30 天",
        jurisdiction="江临市人民法院", service_addresses=("江临市 1 号",),
        milestones=read_milestones("签订 30% 10天；验收 50% 30天；质保期满 20%"),
    )  # fmt: skip
    contract = create_contract(company=company, customer_id=customer.pk, number=number, terms=terms, **WHO)
    whole = Posting(
        customer.pk, "invoice", "CNY", 1_000_001, date(2026, 3, 2), date(2026, 3, 2),
        document_number=f"INV-{number}", contract_number=number,
    )  # fmt: skip
    parts = [Part(30, awaits="signing"), Part(50, awaits="acceptance"), Part(20, awaits="质保期满", kind="retention")]
    post_instalments(company=company, whole=whole, parts=parts, **WHO)
    line = OrderLine(1, "主轴", 4 * QUANTITY, 1_000_001, "件")
    order = Order(date(2026, 3, 3), "CNY", (line,), number)
    created = create_order(company=company, customer_id=customer.pk, number=f"SO-{number}", order=order, **WHO)
    record_delivery(order_id=created, line=1, quantity_e4=QUANTITY, delivered_on=date(2026, 5, 1), **WHO)
    return contract


@pytest.fixture
def contract(books: Books) -> int:
    return agree(books)


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def status(client: Client, url: str) -> int:
    answer = client.get(url)
    answer.close()
    return int(answer.status_code)


def test_the_lists_show_and_export_the_same_rows(reader: Client, contract: int) -> None:
    signed = {"signed_on": date(2026, 3, 2)}
    said = {"effective_on": AS_OF, "reason": "签订日期", "actor": "test", "at": AT}
    amend_contract(contract_id=contract, version=1, changes=signed, **said)
    page = reader.get("/contracts/").content.decode()
    assert NUMBER in page
    assert 'value="10000.01"' in page
    rows = exported(reader, "/contracts/export?format=csv")
    assert [row[1] for row in rows[1:]] == [NUMBER]
    assert rows[1][-1] == "'=验收后 30 天", "no cell acts as a formula"
    assert rows[1][-2] == "签订 30% +10；验收 50% +30；质保期满 20%"
    assert len(exported(reader, "/contracts/export?format=csv&as_of=2026-03-01")) == 1
    orders = exported(reader, "/orders/export?format=csv")
    assert orders[1][7:11] == ["10000.01", "2500.00", "0.00", "7500.01"]
    assert b"".join(reader.get("/orders/export").streaming_content).startswith(b"PK")
    found = {
        "/contracts/?q=jl-18": 1,
        "/contracts/?q=nothing": 0,
        "/contracts/?status=void": 0,
        "/contracts/?customer=C0003": 1,
        "/contracts/?customer=C0001": 0,
        "/orders/?state=partly": 1,
        "/orders/?state=open": 0,
        f"/orders/?contract={NUMBER}": 1,
    }
    for url, count in found.items():
        answer = reader.get(url)
        assert (answer.status_code, answer.context["found"].count) == (200, count), url


def test_a_milestone_is_recorded_and_taken_back_on_the_page(reader: Client, contract: int) -> None:
    items = f"/receivables/contracts/{contract}/items"
    assert "待触发" in reader.get(items).content.decode()
    said = {"milestone": "acceptance", "happened_on": "2026-06-15", "note": "验收单 7"}
    answer = reader.post(f"/contracts/{contract}/milestones", said)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/contracts/{contract}")
    page = reader.get(f"/contracts/{contract}").content.decode()
    row = re.search(r'<tr data-milestone="acceptance">.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "2026-07-15" in row.group()
    assert "验收单 7" in row.group()
    assert "2026-07-15" in reader.get(items).content.decode()
    assert "2026-07-15" not in reader.get(f"{items}?as_of=2026-06-14").content.decode()
    again = reader.post(f"/contracts/{contract}/milestones", said)
    assert again.status_code == 400
    assert MilestoneEvent.objects.count() == 1
    event = MilestoneEvent.objects.get().pk
    assert reader.post(f"/contracts/{contract}/milestones/{event + 99}/withdraw", {"reason": "错"}).status_code == 404
    assert reader.post(f"/contracts/{contract}/milestones/{event}/withdraw", {"reason": ""}).status_code == 400
    assert reader.post(f"/contracts/{contract}/milestones/{event}/withdraw", {"reason": "错"}).status_code == 302
    assert "2026-07-15" not in reader.get(items).content.decode()
    assert MilestoneEvent.objects.get(reversal_of=event).actor == "zhou"


def test_a_file_is_kept_and_comes_back_as_a_download(reader: Client, contract: int) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = SimpleUploadedFile("合同.html", b"<script>alert(1)</script>")
    assert reader.post(f"/contracts/{contract}/files", {"file": sent}).status_code == 302
    assert reader.post(f"/contracts/{contract}/files", {}).status_code == 400
    page = reader.get(f"/contracts/{contract}").content.decode()
    address = re.search(rf"/contracts/{contract}/files/[0-9a-f]{{64}}", page)
    assert address is not None
    answer = reader.get(address.group())
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert reader.get(f"/contracts/{contract}/files/{'0' * 64}").status_code == 404


def test_on_a_past_day_nothing_is_offered_to_write(reader: Client, contract: int) -> None:
    assert 'milestones"' in reader.get(f"/contracts/{contract}").content.decode()
    past = reader.get(f"/contracts/{contract}?as_of=2026-06-01").content.decode()
    assert 'name="happened_on"' not in past
    assert 'type="file"' not in past


def test_who_may_not_manage_contracts_reads_them_and_writes_nothing(
    books: Books, on_the_day: None, contract: int
) -> None:
    client = signed_in("looker", "auditor")
    page = client.get(f"/contracts/{contract}")
    assert page.status_code == 200
    assert 'name="happened_on"' not in page.content.decode()
    said = {"milestone": "acceptance", "happened_on": "2026-06-15"}
    assert client.post(f"/contracts/{contract}/milestones", said).status_code == 403
    assert client.post(f"/contracts/{contract}/files", {}).status_code == 403
    assert MilestoneEvent.objects.count() == 0


def test_each_role_opens_what_it_may(books: Books, on_the_day: None, contract: int) -> None:
    pages = {
        Permission.VIEW_CONTRACTS: ["/contracts/", "/contracts/export?format=csv", f"/contracts/{contract}"],
        Permission.VIEW_ORDERS: ["/orders/", "/orders/export", f"/orders/{SalesOrder.objects.get().pk}"],
        Permission.VIEW_LEDGER: [f"/receivables/contracts/{contract}/items"],
    }
    for role in ("collector", "legal", "cash_clerk", "auditor", "trainer", "administrator"):
        client = signed_in(f"c-{role}", role)
        for permission, addresses in pages.items():
            expected = 200 if permission in ROLES[role].permissions else 403
            assert {status(client, address) for address in addresses} == {expected}, (role, permission)


def test_a_salesperson_finds_no_contract_of_a_colleagues_customer(
    books: Books, on_the_day: None, contract: int
) -> None:
    client = signed_in("c-sales", "sales")
    order = SalesOrder.objects.get().pk
    gone = [f"/contracts/{contract}", f"/orders/{order}", f"/receivables/contracts/{contract}/items"]
    assert {client.get(url).status_code for url in gone} == {404}
    for url in ("/contracts/", "/orders/"):
        assert client.get(url).context["found"].count == 0
        assert NUMBER not in client.get(url).content.decode()
    assert len(exported(client, "/contracts/export?format=csv")) == 1
    assert client.get("/contracts/?customer=C0003").status_code == 400, "whose name is not told either"


def test_another_companys_contracts_and_orders_are_not_there(books: Books, on_the_day: None, contract: int) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    client = signed_in("north", "billing_clerk", company="NORTH")
    order = SalesOrder.objects.get().pk
    gone = [f"/contracts/{contract}", f"/orders/{order}", f"/receivables/contracts/{contract}/items"]
    assert {client.get(url).status_code for url in gone} == {404}
    said = {"milestone": "acceptance", "happened_on": "2026-06-15"}
    assert client.post(f"/contracts/{contract}/milestones", said).status_code == 404
    assert client.get("/contracts/").context["found"].count == 0
    assert client.get("/orders/").context["found"].count == 0
    assert len(exported(client, "/contracts/export?format=csv")) == 1
    assert MilestoneEvent.objects.count() == 0


def test_pages_ask_the_database_no_more_for_more_rows(reader: Client, books: Books, contract: int) -> None:
    pages = ["/contracts/", "/orders/", f"/contracts/{contract}", f"/receivables/contracts/{contract}/items",
             f"/orders/{SalesOrder.objects.get().pk}"]  # fmt: skip

    def asked() -> list[int]:
        counts = []
        for page in pages:
            reader.get(page)
            with CaptureQueriesContext(connection) as queries:
                reader.get(page)
            counts.append(len(queries))
        return counts

    before = asked()
    for number in range(5):
        agree(books, f"JL-{number}")
    assert Contract.objects.count() == 6
    assert asked() == before
