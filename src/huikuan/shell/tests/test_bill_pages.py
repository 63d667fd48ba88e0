"""Bills as a browser receives them: taken in against claims, listed, moved, in the calendar; whose they are; work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.work.kinds import kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries import rows_of
from huikuan.record.banking.models import OpenLine as BankOpenLine
from huikuan.record.bills.jobs import tend
from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.receivables.models import OpenItem, Settlement
from huikuan.record.receivables.operations.reversals import reverse_settlement
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_cash_pages import line_in
from huikuan.shell.tests.test_cover_pages import exported

NUMBER = "531310000001720260801000000014"


def sent(client: Client, code: str = "C0001", **said: Any) -> Any:
    body = {
        "company": "MAIN", "customer": code, "kind": "bank", "number": NUMBER, "range": "1-10000000",
        "amount": "100,000", "drawer": "北麓矿业装备", "acceptor": "江临农村商业银行", "issued": "2026-08-01",
        "matures": "2026-11-10", "received": "2026-11-02", **said,
    }  # fmt: skip
    return client.post("/bills/new", body)


def taken(client: Client, code: str = "C0001", **said: Any) -> int:
    assert sent(client, code, **said).status_code == 302
    return int(Bill.objects.latest("pk").pk)


@pytest.fixture
def clerk(books: Books, on_the_day: None) -> Client:
    return signed_in("min", "cash_clerk")


def test_a_bill_is_taken_in_against_the_claims_that_are_suggested(clerk: Client, books: Books) -> None:
    page = clerk.get("/bills/new?customer=C0001")
    claims = [one.claim for one, _ in page.context["claims"]]
    assert claims == sorted(claims, key=lambda one: (one.due_date or date.max, one.document_date, one.item_id))
    suggested = sent(clerk, suggest="1")
    filled = {
        name: value for name, value in suggested.context["form"].typed.items() if name.startswith("claim-") and value
    }
    assert Bill.objects.count() == 0
    first = claims[0]
    assert f"claim-{first.item_id}" in filled
    before = OpenItem.objects.get(item_id=first.item_id).open_amount
    scan = SimpleUploadedFile("票面.pdf", b"%PDF-1.4 bill")
    number = taken(clerk, file=scan, **{f"claim-{first.item_id}": "50.00"})
    assert OpenItem.objects.get(item_id=first.item_id).open_amount == before - 50_00
    shown = clerk.get(f"/bills/{number}")
    assert [(one.what, one.paid) for one in shown.context["ledger"]] == [("debit", 0), ("credit", 0), ("claim", 50_00)]
    body = shown.content.decode()
    for text in (NUMBER, "江临农村商业银行", "000000000001-000010000000", "在手", "票面.pdf"):
        assert text in body
    sha256 = Bill.objects.get().sha256
    assert b"".join(clerk.get(f"/bills/{number}/files/{sha256}").streaming_content) == b"%PDF-1.4 bill"
    assert clerk.get(f"/bills/{number}/files/{'0' * 64}").status_code == 404
    assert check_ledger() == []


def test_a_claim_that_is_named_and_was_not_open_then_stands_against_the_bill(clerk: Client, books: Books) -> None:
    """The day is set to the true one after the claim was named: no other claim is paid in its place."""
    page = clerk.get("/bills/new?customer=C0001")
    named = [one.claim for one, _ in page.context["claims"]][-1]
    field = f"claim-{named.item_id}"
    first = taken(clerk, **{field: "50.00"})
    bill = Bill.objects.get(pk=first)
    day = Settlement.objects.filter(credit_id=bill.credit_id).get().effective_on
    reverse_settlement(
        settlement_id=Settlement.objects.get(credit_id=bill.credit_id).pk, reason="dishonoured", on=date(2026, 11, 12),
        actor="t", at=datetime(2026, 11, 12, 2, tzinfo=UTC),
    )  # fmt: skip
    assert day == date(2026, 11, 2)
    later = {"number": NUMBER[:-2] + "22", "received": "2026-11-05", "matures": "2026-11-20"}
    before = (Bill.objects.count(), Settlement.objects.count())
    refused = sent(clerk, **later, **{field: "50.00"})
    assert (refused.status_code, list(refused.context["form"].problems)) == (400, [field])
    body = refused.content.decode()
    assert f'name="{field}" value="50.00"' in body.replace('id="f-' + field + '" ', ""), (
        "it is still there to be cleared"
    )
    assert (Bill.objects.count(), Settlement.objects.count()) == before
    other = sent(clerk, "C0002", **later, **{field: "50.00"})
    assert (other.status_code, list(other.context["form"].problems)) == (400, [""])
    assert (Bill.objects.count(), Settlement.objects.count()) == before
    gone = sent(clerk, **later, named="1")
    assert (gone.status_code, list(gone.context["form"].problems), gone.context["named"]) == (400, [""], False)
    assert (Bill.objects.count(), Settlement.objects.count()) == before
    assert sent(clerk, **later, **{field: ""}).status_code == 302


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(clerk: Client) -> None:
    for said, field in (
        ({"number": "123"}, "number"),
        ({"number": ""}, "number"),
        ({"amount": "x"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"amount": "100"}, "range"),
        ({"range": "5-1"}, "range"),
        ({"issued": ""}, "issued"),
        ({"matures": "2026-07-01"}, "matures"),
        ({"received": "2026-07-31"}, "received"),
        ({"drawer": ""}, "drawer"),
        ({"customer": "NOBODY"}, "customer"),
        ({"company": ""}, "company"),
    ):
        answer = sent(clerk, **said)
        assert (answer.status_code, field in answer.context["form"].problems) == (400, True), said
    assert Bill.objects.count() == 0


def test_it_is_cut_endorsed_presented_and_not_paid(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    step = {"seen": "1", "split-on": "2026-11-02", "split-faces": "30000 70000"}
    late = clerk.post(f"/bills/{number}/split", {**step, "split-faces": "30000 60000"})
    assert (late.status_code, "split-faces" in late.context["form"].problems) == (400, True)
    assert 'value="30000 60000"' in late.content.decode()
    assert clerk.post(f"/bills/{number}/split", step).status_code == 302
    small, large = Bill.objects.filter(parent_id=number).order_by("pk").values_list("pk", flat=True)
    to = {"seen": "1", "endorse-on": "2026-11-03", "endorse-to": "泓源铸造", "endorse-recourse": "1"}
    assert clerk.post(f"/bills/{small}/endorse", to).status_code == 302
    again = clerk.post(f"/bills/{small}/endorse", to)
    assert again.status_code == 400
    assert BillEvent.objects.filter(bill_id=small).count() == 2
    early = clerk.post(f"/bills/{large}/present", {"seen": "1", "present-on": "2026-11-03"})
    assert "present-on" in early.context["form"].problems
    assert clerk.post(f"/bills/{large}/present", {"seen": "1", "present-on": "2026-11-10"}).status_code == 302
    silent = clerk.post(f"/bills/{large}/dishonour", {"seen": "2", "dishonour-on": "2026-11-11"})
    assert "dishonour-reason" in silent.context["form"].problems
    said = {"seen": "2", "dishonour-on": "2026-11-11", "dishonour-reason": "余额不足"}
    assert clerk.post(f"/bills/{large}/dishonour", said).status_code == 302
    assert "余额不足" in clerk.get(f"/bills/{large}").content.decode()
    states = {row.id: row.state for row in clerk.get("/bills/").context["found"].rows}
    assert states == {small: "endorsed", large: "dishonoured"}
    assert clerk.post(f"/bills/{large}/lapse", {}).status_code == 404
    assert check_ledger() == []


def test_the_register_narrows_sums_and_exports(clerk: Client, books: Books) -> None:
    first = taken(clerk)
    second = taken(
        clerk, "C0002", kind="commercial", number="6" + NUMBER[1:], range="0", amount="40000", matures="2026-12-20"
    )
    for query, expected in (
        ("", [first, second]),
        ("?kind=bank", [first]),
        ("?state=held", [first, second]),
        ("?state=passed_on", []),
        ("?customer=C0002", [second]),
        ("?customer=NOBODY", []),
        (f"?q={NUMBER[5:20]}", [first, second]),
        ("?from=2026-12-01&until=2026-12-31", [second]),
    ):
        assert [row.id for row in clerk.get(f"/bills/{query}").context["found"].rows] == expected, query
        table = exported(clerk, f"/bills/export{query or '?'}&format=csv")
        assert [int(row[0]) for row in table[1:]] == expected, query
    assert clerk.get("/bills/").context["found"].sums == {"CNY": 140_000_00}
    found = clerk.get("/bills/calendar").context["rows"]
    assert [(one.first, one.count, one.amount, over, share) for one, over, share in found] == [
        (date(2026, 11, 1), 1, 100_000_00, False, 100), (date(2026, 12, 1), 1, 40_000_00, False, 40)
    ]  # fmt: skip
    weeks = clerk.get("/bills/calendar?by=week").context["rows"]
    assert [one.first for one, *_ in weeks] == [date(2026, 11, 9), date(2026, 12, 14)]
    assert len(exported(clerk, "/bills/calendar/export?format=csv")) == 3


def test_the_list_asks_as_much_for_many_as_for_few(clerk: Client, books: Books) -> None:
    taken(clerk)
    with CaptureQueriesContext(
        connection,
    ) as few:
        clerk.get("/bills/")
    for place in range(2, 6):
        taken(clerk, range=f"{place}0000001-{place}0000100", amount="1.00")
    with CaptureQueriesContext(connection) as many:
        clerk.get("/bills/")
    assert len(many) == len(few)


def test_bills_of_others_are_not_there(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    other = signed_in("xia", "sales")
    assert other.get("/bills/").context["found"].rows == []
    assert other.get("/bills/calendar").context["rows"] == []
    assert other.get(f"/bills/{number}").status_code == 404
    assert other.post(f"/bills/{number}/present", {}).status_code == 403
    reader = signed_in("lan", "collector")
    assert reader.get(f"/bills/{number}").context["moves"] == []


def test_in_the_past_it_is_as_it_was_and_read_only(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    clerk.post(f"/bills/{number}/pledge", {"seen": "1", "pledge-on": "2026-11-05", "pledge-to": "江临银行"})
    then = clerk.get(f"/bills/{number}?as_of=2026-11-04")
    assert (then.context["row"].state, then.context["moves"]) == ("in_hand", [])
    assert clerk.get(f"/bills/{number}?as_of=2026-11-01").status_code == 404
    assert clerk.get("/bills/?as_of=2026-11-01").context["found"].rows == []


def tended(day: date) -> dict[str, int]:
    return tend(SimpleNamespace(at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC)))  # type: ignore[arg-type]


def test_what_is_to_be_presented_is_work_until_it_is(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    assert tended(date(2026, 11, 6)) == {"lapsed": 0, "opened": 0, "cancelled": 0}
    assert tended(date(2026, 11, 7))["opened"] == 1
    item = next(one for one in rows_of(WorkItem.objects.all()) if one.kind == "bills.present")
    assert (item.due_on, item.role) == (date(2026, 11, 20), "cash_clerk")
    said = kind_named(item.kind)
    assert all(text in said.describe(item.about) for text in (NUMBER, "100,000.00", "2026-11-20"))
    assert said.address is not None
    assert said.address(item.about) == f"/bills/{number}"
    clerk.post(f"/bills/{number}/present", {"seen": "1", "present-on": "2026-11-10"})
    assert tended(date(2026, 11, 11)) == {"lapsed": 0, "opened": 0, "cancelled": 1}
    assert tended(date(2026, 11, 12))["opened"] == 1
    assert "2026-11-10" in kind_named("bills.answer").describe(
        next(one for one in rows_of(WorkItem.objects.all()) if one.kind == "bills.answer").about
    )


def test_recourse_that_is_over_ends(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    said = {"seen": "1", "endorse-on": "2026-11-03", "endorse-to": "泓源铸造", "endorse-recourse": "1"}
    clerk.post(f"/bills/{number}/endorse", said)
    assert tended(date(2027, 5, 19))["lapsed"] == 0
    assert tended(date(2027, 5, 20))["lapsed"] == 1
    assert tended(date(2027, 5, 20))["lapsed"] == 0
    last = BillEvent.objects.filter(bill_id=number).latest("sequence")
    assert (last.state, last.actor) == ("lapsed", "system")


def test_the_banks_line_is_offered_first_and_becomes_the_one_receipt(clerk: Client, books: Books) -> None:
    number = taken(clerk)
    line = line_in(books, 100_000_00, counterparty_name="江临农村商业银行")
    other = line_in(books, 99_999_99)
    action = f'action="/cash/bills/{number}/collect"'
    assert action not in clerk.get(f"/bills/{number}").content.decode(), "it is not presented yet"
    moved = {"seen": "1", "present-on": "2026-11-10"}
    assert clerk.post(f"/bills/{number}/present", moved).status_code == 302
    page = clerk.get(f"/bills/{number}").content.decode()
    assert page.count(action) == 1
    assert f'data-line="{line}"' in page
    assert "否则会重复入账" in page
    clerk.post(f"/cash/bills/{number}/collect", {"line": str(other)})
    assert BillEvent.objects.latest("pk").move == "present"
    answer = clerk.post(f"/cash/bills/{number}/collect", {"line": str(line)})
    assert answer["Location"] == f"/bills/{number}"
    assert BillEvent.objects.latest("pk").move == "pay"
    assert list(BankOpenLine.objects.values_list("line_id", flat=True)) == [other]
    assert action not in clerk.get(f"/bills/{number}").content.decode()
    assert clerk.post(f"/cash/bills/{number + 99}/collect", {"line": str(line)}).status_code == 404
    assert check_ledger() == []
