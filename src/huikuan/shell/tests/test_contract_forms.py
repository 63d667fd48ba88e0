"""Contracts and orders typed by hand: created, amended, delivered, refused beside their field, and two at once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.operations import add_company
from huikuan.mechanisms.pages.forms import MOST_ROWS
from huikuan.record.contracts.domain.orders import QUANTITY
from huikuan.record.contracts.models import Contract, ContractFile, ContractVersion, Fulfilment, SalesOrder
from huikuan.record.contracts.operations.contracts import amend_contract
from huikuan.record.contracts.operations.orders import change_order
from huikuan.record.contracts.queries.progress import order_of
from huikuan.record.contracts.queries.terms import terms_of
from huikuan.record.contracts.web import contract_editing, order_editing
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.test_access import signed_in

AGREED = {
    "company": "MAIN", "customer": "海岳", "number": "HY-01", "name": "主轴总成", "currency": "cny",
    "amount": "1,000,000.01", "signed_on": "2026-03-02", "late_interest": "日万分之五",
    "jurisdiction": "江临市人民法院", "service_addresses": "江临市 1 号\r\n盐城市 2 号", "payment_terms": "月结 30 天",
    "milestone-0-event": "signing", "milestone-0-share": "30", "milestone-0-days": "10",
    "milestone-1-title": "验收合格", "milestone-1-share": "50 %", "milestone-1-days": "30",
    "milestone-2-event": "end_of_warranty", "milestone-2-share": "20", "milestone-2-planned": "2028-06-30",
    "milestone-3-event": "", "milestone-3-code": "",
}  # fmt: skip
ORDERED = {
    "company": "MAIN", "customer": "C0003", "number": "SO-9", "ordered": "2026-04-01", "currency": "CNY",
    "line-0-product": "主轴", "line-0-quantity": "4", "line-0-unit": "件", "line-0-amount": "10,000.01",
    "line-2-product": "轴承", "line-2-quantity": "2.5", "line-2-amount": "99",
}  # fmt: skip


def typed(page: str) -> dict[str, str]:
    """What stands in the fields of a page's form, as a browser would send it."""
    form = re.search(r'<form class="form".*?</form>', page, re.DOTALL)
    assert form is not None
    found = {}
    for tag in re.findall(r"<input[^>]*>", form.group()):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if given.get("type") != "file":
            found[given["name"]] = given.get("value", "")
    found |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form.group(), re.DOTALL))
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form.group(), re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', options)[0]
    return found


def problem(page: str, name: str) -> str:
    """What is said beside a field."""
    found = re.search(rf'id="p-{name}">.*?</svg>(.*?)</span>', page, re.DOTALL)
    return found[1] if found else ""


def text(answer: Any) -> str:
    return str(answer.content.decode())


def offered(client: Client, path: str, typed_so_far: str, **more: str) -> list[str]:
    """What the customer's field offers while somebody types."""
    answer = client.get(
        path, {"customer": typed_so_far, **more}, headers={"HX-Request": "true", "HX-Target": "customers"}
    )
    return re.findall(r'<option value="([^"]*)">', text(answer))


def test_a_customer_is_offered_while_typing_and_taken_as_offered(reader: Client) -> None:
    known = "C0003 海岳风电设备(盐城)有限公司"
    for path in ("/contracts/new", "/orders/new"):
        for part in ("海岳", "haiyue", "hyfd", "c0003"):
            assert offered(reader, path, part) == [known], (path, part)
        assert offered(reader, path, "") == []
        page = text(reader.get(f"{path}?customer=C0003"))
        assert f'value="{known}"' in page, "prefilled from the customer's page"
        assert "<option" not in page.partition('<datalist id="customers">')[2].partition("</datalist>")[0]
    assert reader.post("/contracts/new", {**AGREED, "customer": known}).status_code == 302
    assert Contract.objects.get().customer_id == Customer.objects.get(code="C0003").pk


def test_a_form_offers_customers_of_the_writer_alone(people: dict[str, Client], books: Books) -> None:
    known = "C0003 海岳风电设备(盐城)有限公司"
    assert offered(people["zhou"], "/contracts/new", "海岳") == [known]
    assert offered(people["li"], "/contracts/new", "海岳") == []
    assert known not in text(people["li"].get("/contracts/new?customer=C0003"))
    tab = f"/customers/{books.customer('C0001')}?tab=contracts"
    assert "/contracts/new?customer=C0001" in text(people["zhou"].get(tab))
    assert "/contracts/new?customer=C0001" not in text(people["chen"].get(tab)), "an auditor registers nothing"


def test_with_several_companies_a_form_takes_none_for_granted(reader: Client) -> None:
    add_company(code="ALPHA", name="甲公司", currency="CNY", time_zone="Asia/Shanghai")
    for path, form in (("/contracts/new", AGREED), ("/orders/new", ORDERED)):
        page = text(reader.get(path))
        assert '<option value="" selected>' in page
        assert typed(page)["company"] == ""
        assert typed(page)["currency"] == "CNY", "all companies keep their books in it"
        answer = reader.post(path, {**form, "company": ""})
        assert answer.status_code == 400
        assert "公司" in problem(text(answer), "company")
        assert typed(text(reader.get(f"{path}?company=MAIN")))["company"] == "MAIN"
    assert (Contract.objects.count(), SalesOrder.objects.count()) == (0, 0)


@pytest.fixture
def contract(reader: Client) -> int:
    sent = SimpleUploadedFile("合同.pdf", b"%PDF-1.7")
    answer = reader.post("/contracts/new", {**AGREED, "file": sent})
    assert answer.status_code == 302, text(answer)
    return int(Contract.objects.get().pk)


@pytest.fixture
def order(reader: Client) -> int:
    assert reader.post("/orders/new", ORDERED).status_code == 302
    return int(SalesOrder.objects.get().pk)


def test_a_contract_is_registered_with_clauses_milestones_and_file(
    reader: Client, books: Books, contract: int
) -> None:
    terms = terms_of(contract)
    assert (terms.currency, terms.amount, terms.signed_on) == ("CNY", 100_000_001, date(2026, 3, 2))
    assert (terms.late_interest.basis, terms.late_interest.rate_e8) == ("daily", 50_000)
    assert terms.service_addresses == ("江临市 1 号", "盐城市 2 号")
    assert [(one.code, one.event, one.weight, one.days) for one in terms.milestones] == [
        ("signing", "signing", 3000, 10), ("acceptance", "acceptance", 5000, 30),
        ("end_of_warranty", "end_of_warranty", 2000, 0),
    ]  # fmt: skip
    assert ContractFile.objects.get().name == "合同.pdf"
    assert Contract.objects.get().customer_id == books.customer("C0003")
    page = text(reader.get(f"/contracts/{contract}"))
    assert "月结 30 天" in page
    assert f"/contracts/{contract}/amend" in page


WRONG = [
    ({"customer": "nobody"}, "customer", "nobody"),
    ({"customer": "有限公司"}, "customer", "C0001"),
    ({"number": ""}, "number", "编号"),
    ({"name": ""}, "name", "合同名称"),
    ({"amount": "1.005"}, "amount", "1.005"),
    ({"amount": "-1"}, "amount", "-100"),
    ({"currency": "元"}, "currency", "元"),
    ({"signed_on": "2026-02-30"}, "signed_on", "2026-02-30"),
    ({"expires_on": "2026-01-01"}, "expires_on", "2026-01-01"),
    ({"late_interest": "a lot"}, "late_interest", "a lot"),
    ({"arbitration": "江临仲裁委员会"}, "arbitration", "仲裁"),
    ({"milestone-0-share": "x"}, "milestone-0-share", "x"),
    ({"milestone-2-share": ""}, "milestone-2-share", "比例"),
    ({"milestone-1-days": "99999"}, "milestone-1-days", "99999"),
]  # fmt: skip


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(reader: Client) -> None:
    for changes, field, said in WRONG:
        answer = reader.post("/contracts/new", {**AGREED, **changes})
        page = text(answer)
        assert (answer.status_code, said in problem(page, field)) == (400, True), changes
        assert f'href="#f-{field}"' in page
        kept = typed(page)
        assert kept[field] == {**AGREED, **changes}[field]
        assert kept["service_addresses"] == "江临市 1 号\n盐城市 2 号"
        assert kept["milestone-1-share"] == "50 %"
    assert not Contract.objects.exists()


def test_shares_that_are_no_whole_and_a_number_that_is_taken_are_said(reader: Client, contract: int) -> None:
    again = reader.post("/contracts/new", AGREED)
    assert (again.status_code, "HY-01" in problem(text(again), "number")) == (400, True)
    half = reader.post("/contracts/new", {**AGREED, "number": "HY-02", "milestone-1-share": "40"})
    assert "90" in text(half).partition('id="f-milestone"')[2].partition("</span>")[0]
    assert Contract.objects.count() == 1


def test_more_lines_are_offered_and_nothing_is_written(reader: Client) -> None:
    answer = reader.post("/contracts/new", {**AGREED, "more": "1"})
    assert answer.status_code == 200
    kept = typed(text(answer))
    assert kept["amount"] == AGREED["amount"]
    assert "milestone-8-share" in kept
    assert not Contract.objects.exists()


def test_a_contract_is_amended_and_what_was_left_alone_stays_exactly(reader: Client, contract: int) -> None:
    before = terms_of(contract)
    said = typed(text(reader.get(f"/contracts/{contract}/amend")))
    refused = reader.post(f"/contracts/{contract}/amend", said)
    assert (refused.status_code, bool(problem(text(refused), "reason"))) == (400, True)
    done = reader.post(f"/contracts/{contract}/amend", said | {"reason": "补 1 号", "payment_terms": "月结 60 天"})
    assert (done.status_code, done.headers["Location"]) == (302, f"/contracts/{contract}")
    after = terms_of(contract)
    assert after.payment_terms == "月结 60 天"
    assert (after.milestones, after.amount, after.late_interest) == (
        before.milestones, before.amount, before.late_interest,
    )  # fmt: skip
    assert [row.reason for row in ContractVersion.objects.order_by("version")] == ["signed", "补 1 号"]
    same = reader.post(
        f"/contracts/{contract}/amend", typed(text(reader.get(f"/contracts/{contract}/amend"))) | {"reason": "x"}
    )
    assert same.status_code == 302
    assert ContractVersion.objects.count() == 2
    assert check_ledger() == []


def test_a_milestone_is_added_and_one_taken_out(reader: Client, contract: int) -> None:
    said = typed(text(reader.get(f"/contracts/{contract}/amend"))) | {"reason": "补 2 号"}
    gone = {name: "" for name in said if name.startswith("milestone-2-") and not name.endswith("code")}
    added = {"milestone-3-event": "acceptance", "milestone-3-title": "终验", "milestone-3-share": "20"}
    assert reader.post(f"/contracts/{contract}/amend", said | gone | added).status_code == 302
    assert [(one.code, one.title, one.weight) for one in terms_of(contract).milestones] == [
        ("signing", "", 3000), ("acceptance", "验收合格", 5000), ("acceptance-1", "终验", 2000),
    ]  # fmt: skip


def test_of_two_amending_at_once_the_second_sees_the_first_and_loses_nothing(reader: Client, contract: int) -> None:
    opened = typed(text(reader.get(f"/contracts/{contract}/amend")))
    amend_contract(
        contract_id=contract, version=1, changes={"goods": "主轴 20 套", "payment_terms": "款到发货"},
        effective_on=date(2026, 5, 1), reason="补 1 号", actor="qian", at=AT,
    )  # fmt: skip
    mine = opened | {
        "payment_terms": "月结 90 天",
        "breach": "逾期另计",
        "reason": "补 2 号",
        "amended_on": "2026-06-01",
    }
    met = reader.post(f"/contracts/{contract}/amend", mine)
    assert met.status_code == 409
    page = text(met)
    assert "qian" in page
    notice = page.partition('class="meanwhile')[2].partition("</table>")[0]
    for said in ("月结 30 天", "款到发货", "月结 90 天", "主轴 20 套"):
        assert said in notice
    kept = typed(page)
    assert (kept["payment_terms"], kept["breach"], kept["goods"]) == ("月结 90 天", "逾期另计", "主轴 20 套")
    assert (kept["reason"], kept["version"]) == ("补 2 号", "2")
    assert ContractVersion.objects.count() == 2
    assert reader.post(f"/contracts/{contract}/amend", kept).status_code == 302
    terms = terms_of(contract)
    assert (terms.goods, terms.payment_terms, terms.breach) == ("主轴 20 套", "月结 90 天", "逾期另计")


def test_a_refused_event_is_said_on_the_page_with_what_was_typed(reader: Client, contract: int) -> None:
    said = {"milestone": "acceptance", "happened_on": "2027-01-01", "note": "验收单 7"}
    answer = reader.post(f"/contracts/{contract}/milestones", said)
    assert answer.status_code == 400
    row = re.search(r'<tr data-milestone="acceptance">.*?</tr>', text(answer), re.DOTALL)
    assert row is not None
    for kept in ('<details class="pop" open>', 'value="2027-01-01"', 'value="验收单 7"'):
        assert kept in row.group()
    assert "2027-01-01" in text(answer).partition('id="problems"')[2].partition("</ul>")[0]


def test_an_order_is_entered_delivered_invoiced_and_taken_back(reader: Client, order: int) -> None:
    lines = order_of(order).lines
    assert [(line.line, line.product, line.quantity_e4, line.amount) for line in lines] == [
        (1, "主轴", 4 * QUANTITY, 1_000_001), (2, "轴承", 25_000, 9_900),
    ]  # fmt: skip
    address = f"/orders/{order}/deliveries"
    for door in ("deliveries", "cancel"):
        again = reader.get(f"/orders/{order}/{door}")
        assert (again.status_code, again.headers["Location"]) == (302, f"/orders/{order}"), "a page loaded anew"
    said = {"line": "1", "what": "delivered", "quantity": "1", "day": "2026-05-01", "document": "出 7"}
    assert [reader.post(address, said | {"recorded": "0"}).status_code for _ in range(2)] == [302, 409]
    assert Fulfilment.objects.count() == 1, "a second press of the button records nothing"
    assert 'name="recorded" value="1"' in text(reader.get(f"/orders/{order}"))
    invoiced = said | {"what": "invoiced", "recorded": "1", "document": "FP-7"}
    unposted = reader.post(address, invoiced)
    assert unposted.status_code == 400, "what the ledger does not have is invoiced with its due date, or not at all"
    assert "FP-7" in text(unposted).partition('id="problems"')[2].partition("</ul>")[0]
    assert reader.post(address, invoiced | {"due": "2026-06-01"}).status_code == 302
    posted = Item.objects.get(document_number="FP-7")
    assert (posted.amount, posted.due_date) == (250_000, date(2026, 6, 1))
    said["recorded"] = "2"
    over = reader.post(address, said | {"quantity": "3.5"})
    assert over.status_code == 400
    assert 'value="3.5"' in text(over)
    assert "3.5" in text(over).partition('id="problems"')[2].partition("</ul>")[0]
    for wrong in ({"quantity": "x"}, {"day": ""}, {"day": "2027-01-01"}, {"line": "9"}, {"line": "x"}):
        assert reader.post(address, said | wrong).status_code == 400, wrong
    less = typed(text(reader.get(f"/orders/{order}/change"))) | {"line-0-quantity": "0.5"}
    refused = [text(reader.post(f"/orders/{order}/change", less)),
               text(reader.post(f"/orders/{order}/cancel", {"version": "1", "void": "1"}))]  # fmt: skip
    assert not any("delivered" in re.sub("<[^>]*>", "", page) for page in refused), "said in words, not in codes"
    row = SalesOrder.objects.get()
    assert (row.state, row.delivered_amount, row.invoiced_amount) == ("partly", 250_000, 250_000)
    delivered = Fulfilment.objects.get(what="delivered")
    assert reader.post(f"{address}/{delivered.pk}/withdraw").status_code == 302
    assert reader.post(f"{address}/{delivered.pk}/withdraw").status_code == 409
    assert reader.post(f"{address}/{delivered.pk + 99}/withdraw").status_code == 404
    assert SalesOrder.objects.get().delivered_amount == 0
    assert check_ledger() == []


def test_an_order_is_changed_cancelled_and_put_in_force_again(reader: Client, order: int) -> None:
    said = typed(text(reader.get(f"/orders/{order}/change")))
    assert said["line-1-quantity"] == "2.5"
    added = {"line-3-product": "螺栓", "line-3-quantity": "100", "line-3-amount": "5"}
    assert reader.post(f"/orders/{order}/change", said | added).status_code == 302
    assert [(line.line, line.product) for line in order_of(order).lines] == [(1, "主轴"), (2, "轴承"), (3, "螺栓")]
    stale = reader.post(f"/orders/{order}/cancel", {"version": "1", "void": "1"})
    assert (stale.status_code, SalesOrder.objects.get().state) == (409, "open")
    assert reader.post(f"/orders/{order}/cancel", {"version": "2", "void": "1"}).status_code == 302
    assert SalesOrder.objects.get().state == "void"
    assert reader.post(f"/orders/{order}/cancel", {"version": "3"}).status_code == 302
    assert SalesOrder.objects.get().state == "open"
    assert check_ledger() == []


def test_of_two_changing_an_order_the_second_sees_the_first(reader: Client, order: int) -> None:
    from dataclasses import replace

    opened = typed(text(reader.get(f"/orders/{order}/change")))
    change_order(
        order_id=order, version=1, order=replace(order_of(order), contract_number="HY-9"), actor="qian", at=AT
    )
    met = reader.post(f"/orders/{order}/change", opened | {"line-0-amount": "9000"})
    assert met.status_code == 409
    kept = typed(text(met))
    assert (kept["contract"], kept["line-0-amount"], kept["version"]) == ("HY-9", "9000", "2")
    assert reader.post(f"/orders/{order}/change", kept).status_code == 302
    assert (order_of(order).contract_number, order_of(order).lines[0].amount) == ("HY-9", 900_000)


def test_what_is_wrong_with_an_order_stands_beside_its_field(reader: Client) -> None:
    wrong = [
        ({"ordered": ""}, "ordered"),
        ({"line-0-quantity": "0"}, "line-0-quantity"),
        ({"line-0-amount": ""}, "line-0-amount"),
        ({"line-2-planned": "soon"}, "line-2-planned"),
        ({"customer": "nobody"}, "customer"),
    ]
    for changes, field in wrong:
        answer = reader.post("/orders/new", {**ORDERED, **changes})
        assert (answer.status_code, bool(problem(text(answer), field))) == (400, True), changes
        assert typed(text(answer))["line-2-product"] == "轴承"
    assert not SalesOrder.objects.exists()


def test_nobody_writes_on_rows_that_are_not_theirs(
    books: Books, on_the_day: None, reader: Client, contract: int, order: int
) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    north, looker = signed_in("north", "billing_clerk", company="NORTH"), signed_in("looker", "auditor")
    addresses = [f"/contracts/{contract}/amend", f"/orders/{order}/change", f"/orders/{order}/cancel",
                 f"/orders/{order}/deliveries"]  # fmt: skip
    assert {north.post(address, {}).status_code for address in addresses} == {404}
    assert {looker.post(address, {}).status_code for address in addresses} == {403}
    foreign = north.post("/contracts/new", AGREED | {"number": "N-1"})
    assert foreign.status_code == 404, "the company is not theirs"
    hidden = north.post("/contracts/new", AGREED | {"number": "N-1", "company": "NORTH", "customer": "C0003"})
    assert hidden.status_code in (302, 400)
    seller = signed_in("seller", "sales")
    unseen = seller.post("/orders/new", ORDERED | {"number": "SO-10"})
    assert (unseen.status_code, "海岳" in text(unseen)) == (400, False)
    assert SalesOrder.objects.count() == 1
    assert ContractVersion.objects.filter(contract_id=contract).count() == 1
    pages = text(looker.get(f"/contracts/{contract}")) + text(looker.get(f"/orders/{order}"))
    for door in ("/amend", "/change", "/cancel", "/deliveries"):
        assert door not in pages


def lines(count: int) -> dict[str, str]:
    cells = {"product": "轴承", "code": "B", "quantity": "1", "unit": "件", "amount": "2", "planned": "2026-12-01"}
    return {f"line-{row}-{name}": value for row in range(count) for name, value in {**cells, "number": ""}.items()}


def test_a_form_takes_as_many_rows_as_it_has_and_loses_none_beyond(reader: Client, books: Books) -> None:
    about = {name: value for name, value in ORDERED.items() if not name.startswith("line")}
    answer = reader.post("/orders/new", {**about, **lines(MOST_ROWS + 1)})
    assert (answer.status_code, f"最多 {MOST_ROWS} 行" in text(answer)) == (400, True)
    assert SalesOrder.objects.count() == 0
    assert reader.post("/orders/new", {**about, **lines(MOST_ROWS)}).status_code == 302
    one = SalesOrder.objects.get().pk
    assert (len(order_of(one).lines), reader.get(f"/orders/{one}/change").status_code) == (MOST_ROWS, 200)
    known = order_of(one)
    longer = replace(known, lines=(*known.lines, replace(known.lines[0], line=MOST_ROWS + 1)))
    change_order(order_id=one, version=1, order=longer, actor="api", at=AT)
    for answer in (reader.get(f"/orders/{one}/change"), reader.post(f"/orders/{one}/change", {**about, **lines(9)})):
        assert (answer.status_code, f"共 {MOST_ROWS + 1} 行" in text(answer)) == (400, True)
    assert len(order_of(one).lines) == MOST_ROWS + 1


def test_a_contract_whose_file_cannot_be_kept_is_not_registered(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Refusal("file_not_stored", problem="No space left on device")

    for door in ("keep_bytes", "attach_file"):
        with monkeypatch.context() as patched:
            patched.setattr(contract_editing, door, full)
            answer = reader.post("/contracts/new", {**AGREED, "file": SimpleUploadedFile("合同.pdf", b"%PDF")})
        assert (answer.status_code, Contract.objects.count(), ContractVersion.objects.count()) == (400, 0, 0), door
        assert "No space left" in text(answer)
        assert typed(text(answer))["number"] == "HY-01"


def test_a_change_in_the_last_moment_is_told_and_not_passed_over(
    reader: Client, contract: int, order: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_another(write: Any, **theirs: Any) -> Any:
        def work(**mine: Any) -> Any:
            write(**{**mine, **theirs, "actor": "qian"})
            return write(**mine)

        return work

    for module, door, address, theirs, mine in (
        (contract_editing, "amend_contract", f"/contracts/{contract}/amend", {"changes": {"goods": "主轴 20 套"}},
         {"breach": "逾期另计", "reason": "补 2 号"}),
        (order_editing, "change_order", f"/orders/{order}/change",
         {"order": replace(order_of(order), contract_number="HY-9")}, {"line-0-amount": "9000"}),
    ):  # fmt: skip
        sent = typed(text(reader.get(address))) | mine
        monkeypatch.setattr(module, door, after_another(getattr(module, door), **theirs))
        met = reader.post(address, sent)
        assert (met.status_code, "qian" in text(met), typed(text(met))["version"]) == (409, True, "2"), door


def test_what_only_the_page_kept_short_the_operations_keep_short_too(
    reader: Client, contract: int, order: int
) -> None:
    sent = typed(text(reader.get(f"/contracts/{contract}/amend"))) | {"breach": "另计", "reason": "补" * 201}
    answer = reader.post(f"/contracts/{contract}/amend", sent)
    assert (answer.status_code, "200" in problem(text(answer), "reason")) == (400, True)
    assert ContractVersion.objects.count() == 1
    sent = typed(text(reader.get(f"/orders/{order}/change"))) | {"contract": "H" * 61}
    answer = reader.post(f"/orders/{order}/change", sent)
    assert (answer.status_code, "60" in problem(text(answer), "contract")) == (400, True)
    stated = replace(order_of(order), contract_number=" ＨＹ-01\u200b ")
    change_order(order_id=order, version=1, order=stated, actor="api", at=AT)
    assert order_of(order).contract_number == "HY-01"
