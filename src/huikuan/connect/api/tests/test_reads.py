"""What is read: exact values, pages, entity tags, the reader's own rows and nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.operations import add_company, name_user
from huikuan.record.customers.operations import affiliate, merge_customers, undo_merge
from huikuan.record.customers.queries import customer
from huikuan.record.receivables.models import Settlement
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, PAID, ROWS, Books

ITEMS = {row[1] for row in ROWS} | {"RC-1", "RC-2"}


def test_an_item_says_what_was_posted_and_what_is_open(program: Program, books: Books) -> None:
    item = books.item("264388102254")
    said = program.get(f"/items/{item}").json()
    assert said == {
        "id": item, "company": "MAIN", "customer": "C0001", "kind": "invoice", "side": "debit",
        "recognition": "receivable", "currency": "CNY", "amount": "1460000.00", "open_amount": "730000.00",
        "net_amount": None, "tax_amount": None, "book_amount": "1460000.00", "document_number": "264388102254",
        "document_date": "2026-07-08", "posting_date": "2026-07-08", "due_date": "2026-09-06", "awaits": "",
        "obligation": "", "contract_number": "", "business_type": "", "text": "", "origin_system": "test",
        "origin_key": "264388102254", "batch": books.batch, "batch_row": 2, "reversal_of": None, "actor": "test",
        "recorded_at": "2026-11-20T02:00:00+00:00",
    }  # fmt: skip
    foreign = program.get(f"/items/{books.item('INV-7')}").json()
    assert (foreign["amount"], foreign["currency"], foreign["book_amount"]) == ("48200.01", "USD", "346080.89")


def test_pages_of_any_size_give_every_row_once(program: Program) -> None:
    for size in (1, 3, 11, 500):
        rows = program.pages(f"/items?limit={size}")
        assert sorted(row["document_number"] for row in rows) == sorted(ITEMS)
        assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
        for address in ("/customers", "/open-items", "/aging"):
            whole, parts = program.pages(f"{address}?limit=500"), program.pages(f"{address}?limit={size}")
            assert parts == whole, address
        assert len(program.pages(f"/imports?limit={size}")) == 2


def test_a_cursor_fits_its_own_question_only(program: Program) -> None:
    cursor = program.get("/items?limit=2").json()["next"]
    assert program.get(f"/items?limit=5&cursor={cursor}").status_code == 200
    others = [f"/items?open=true&cursor={cursor}", f"/customers?cursor={cursor}", f"/items?cursor={cursor[:-2]}xx"]
    for address in [*others, "/items?cursor=ZZZZ", f"/items?cursor={'a' * 500}", "/items?cursor=é", "/items?cursor=a"]:
        refused = program.get(address)
        assert (refused.status_code, refused.json()["code"]) == (400, "page_unknown"), address


def test_filters_narrow(program: Program, books: Books) -> None:
    def documents(query: str) -> set[str]:
        return {row["document_number"] for row in program.pages(f"/items?{query}")}

    assert documents("customer=C0003") == {"264401970056", "264402031188", "=1+1"}
    assert documents("kind=receipt") == {"RC-1", "RC-2"}
    assert documents("open=false") == {"RC-1"}
    assert documents("open=true") == ITEMS - {"RC-1"}
    assert documents("document_number=INV-7") == {"INV-7"}
    assert documents("company=MAIN&customer=C0004") == {"INV-7"}
    (settled,) = program.pages(f"/settlements?item={books.item('RC-1')}")
    assert (settled["credit_amount"], settled["debit"]) == (PAID, books.item("264388102254"))
    assert program.get(f"/settlements/{settled['id']}").json() == settled
    assert program.pages(f"/settlements?item={books.item('INV-7')}") == []
    assert {row["code"] for row in program.pages("/customers?q=公司")} == {"C0001", "C0002", "C0003"}


def test_open_items_and_aging_as_of_a_day(program: Program, books: Books) -> None:
    lines = {row["document_number"]: row for row in program.pages("/open-items")}
    assert set(lines) == ITEMS - {"RC-1"}
    assert lines["264377023310"]["overdue_days"] == 217
    before = {row["document_number"]: row for row in program.pages(f"/open-items?as_of={AS_OF - timedelta(days=1)}")}
    assert before["264388102254"]["open_amount"] == "1460000.00"
    aged = {row["key"]: row for row in program.pages("/aging?by=customer")}
    assert aged["C0001"]["buckets"] == [
        {"from": 1, "to": 30, "amount": "0.00"}, {"from": 31, "to": 60, "amount": "645000.05"},
        {"from": 61, "to": 90, "amount": "730000.00"}, {"from": 91, "to": None, "amount": "0.00"},
    ]  # fmt: skip
    assert aged["C0002"]["credits"] == "100000.00"
    assert [row["key"] for row in program.pages("/aging?by=currency")] == ["CNY", "USD"]
    early = program.get("/aging?known_at=2026-11-20T02:00:00%2B00:00")
    assert (early.status_code, early.json()["code"]) == (422, "reading_not_sealed")


def test_a_merged_customer_answers_whom_it_is_shown_under(program: Program, books: Books) -> None:
    """Facts go on naming the code they were recorded for; sums, lists of open lines and accounts are the other's."""
    ids = {code: books.customer(code) for code in ("C0001", "C0002")}
    owner = {"dimension": "owner", "effective_on": date(2026, 1, 1), "actor": "cli:test", "at": AT}
    affiliate(customer_id=ids["C0001"], value="李沅", **owner)
    affiliate(customer_id=ids["C0002"], value="尹川", **owner)
    rows = [{row["document_number"] for row in program.pages(f"/items?customer={code}")} for code in ids]
    period = "company=MAIN&currency=CNY&since=2026-01-01&until=2026-11-20"
    drafts = [program.get(f"/statements/draft?customer={code}&{period}").json() for code in ids]
    aged = {row["key"]: Decimal(row["total"]) for row in program.pages("/aging?by=customer")}
    merge_id = merge_customers(from_id=ids["C0002"], into_id=ids["C0001"], reason="同一户", actor="cli:test", at=AT)

    said = program.get("/customers/C0002").json()
    assert (said["code"], said["name"], said["merged_into"]) == ("C0002", CUSTOMERS["C0002"], "C0001")
    assert said["affiliations"]["owner"] == "李沅"
    assert {row["code"]: row["merged_into"] for row in program.pages("/customers")}["C0002"] == "C0001"
    assert program.get("/customers/C0001").json()["merged_into"] is None
    for code in ids:
        items = program.pages(f"/items?customer={code}")
        assert {row["document_number"] for row in items} == rows[0] | rows[1]
        assert {row["customer"] for row in items} == {"C0001", "C0002"}
        assert {row["customer"] for row in program.pages(f"/open-items?customer={code}")} == {"C0001"}
        draft = program.get(f"/statements/draft?customer={code}&{period}").json()
        assert draft["customer"]["code"] == "C0001"
        assert Decimal(draft["figures"]["closing"]) == sum(Decimal(one["figures"]["closing"]) for one in drafts)
    merged = {row["key"]: Decimal(row["total"]) for row in program.pages("/aging?by=customer")}
    assert merged["C0001"] == aged["C0001"] + aged["C0002"]
    assert "C0002" not in merged
    (event,) = program.pages("/events?kinds=customers.merged")
    assert event["payload"] == {"merge_id": merge_id, "code": "C0002", "into": "C0001"}
    undo_merge(merge_id=merge_id, reason="看错了", actor="cli:test", at=AT)
    assert program.get("/customers/C0002").json()["merged_into"] is None
    assert [program.get(f"/statements/draft?customer={code}&{period}").json() for code in ids] == drafts


def test_entity_tags_spare_what_is_known(program: Program, books: Books) -> None:
    for address in ("/customers/C0001", f"/items/{books.item('INV-7')}", "/customers"):
        first = program.get(address)
        again = program.get(address, if_none_match=first.headers["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert program.get(address, if_none_match='"other"').status_code == 200


def test_a_salesperson_sees_their_own_customers_and_others_are_not_there(books: Books, on_the_day: None) -> None:
    own = customer("C0001", scope=EVERYTHING)
    affiliate(
        customer_id=own.id, dimension="owner", value="李沅", effective_on=date(2026, 1, 1), actor="cli:test", at=AT
    )
    sales = program_of("li", "finance_manager", reach="own")
    name_user(username="li", display_name="李沅", owner_name="李沅", actor="cli:root", at=AT)
    assert [row["code"] for row in sales.pages("/customers")] == ["C0001"]
    for address in ("/items", "/open-items", "/settlements"):
        assert {row["customer"] for row in sales.pages(address)} == {"C0001"}, address
    assert {row["key"] for row in sales.pages("/aging")} == {"C0001"}
    assert sum(len(row["buckets"]) > 0 for row in sales.pages("/aging?by=currency")) == 1
    assert {row["customer"] for row in sales.pages("/events")} == {"C0001"}
    assert sales.pages("/imports") == []
    theirs = Settlement.objects.get().id
    assert sales.get(f"/settlements/{theirs}").status_code == 200
    for address in ("/customers/C0002", f"/items/{books.item('INV-7')}", f"/imports/{books.batch}"):
        hidden, absent = sales.get(address), sales.get("/items/999999999")
        assert hidden.status_code == absent.status_code == 404, address
        assert hidden.json() == absent.json()
    for address in ("/items?customer=C0002", "/open-items?customer=C0002", "/settlements?customer=C0002"):
        assert sales.get(address).json()["code"] == "customer_code_unknown"
    told = " ".join(sales.get(address).content.decode() for address in ("/items", "/aging", "/events", "/customers"))
    assert [name for code, name in CUSTOMERS.items() if code != "C0001" and name in told] == []


def test_a_role_for_another_company_sees_nothing_of_this_one(books: Books, on_the_day: None) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    north = program_of("north", "integration", company="NORTH")
    assert [row["code"] for row in north.get("/me").json()["companies"]] == ["NORTH"]
    for address in ("/items", "/open-items", "/settlements", "/aging", "/imports", "/events"):
        assert north.pages(address) == [], address
        if address != "/events":
            assert north.get(f"{address}?company=MAIN").json()["code"] == "company_unknown"


def test_events_come_in_order_and_the_last_cursor_goes_on(program: Program, books: Books) -> None:
    page = program.get("/events?kinds=receivables.settled").json()
    (event,) = page["data"]
    assert (event["kind"], event["customer"], event["company"]) == ("receivables.settled", "C0001", "MAIN")
    assert event["payload"] == {"settlements": [Settlement.objects.get().id]}
    later = program.get(f"/events?kinds=receivables.settled&cursor={page['next']}").json()
    assert later["data"] == []
    assert all(not row["kind"].startswith(("identity.", "policies.")) for row in program.pages("/events"))


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("limit=0", "limit"), ("limit=501", "limit"), ("limit=x", "limit"), ("limit=99999999999999999999", "limit"),
        ("nonsense=1", "nonsense"), ("open=perhaps", "open"), ("kind=gift", "kind"), ("limit=1&limit=2", "limit"),
        ("document_number=" + "9" * 61, "document_number"),
    ],
)  # fmt: skip
def test_what_is_not_described_is_refused_with_its_place(program: Program, query: str, fault: str) -> None:
    refused = program.get(f"/items?{query}")
    assert refused.status_code == 400
    assert refused.headers["Content-Type"] == "application/problem+json"
    said = refused.json()
    assert (said["code"], said["where"][0]["column"]) == ("request_invalid", fault)
    assert said["where"][0]["reason"]


def test_naive_instants_and_odd_days_are_refused(program: Program) -> None:
    def reason(query: str) -> str:
        refused = program.get(f"/open-items?{query}", accept_language="en")
        assert refused.status_code == 400
        return str(refused.json()["where"][0]["reason"])

    assert reason("known_at=2026-11-20T08:00:00") == "The instant has no offset; add one, like +08:00."
    assert reason("known_at=2026-11-20").startswith("An instant is written")
    for day in ("2026-13-01", "20261120", "1899-12-31", "2201-01-01", "2026-W01-1"):
        assert reason(f"as_of={day}").startswith("A date is written")
