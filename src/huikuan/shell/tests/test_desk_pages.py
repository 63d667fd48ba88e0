"""The collection workbench over the books of the tests: who is listed, what a call writes, whose they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.act.collection.web import desk
from huikuan.act.visits.models import Call
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.domain.instalments import Instalment
from huikuan.record.promises.models import Promise, PromisePart
from huikuan.record.promises.operations import promise_payment
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_item
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books, import_rows
from huikuan.shell.tests.colleagues import names_in
from huikuan.shell.tests.test_cash_pages import line_in, suggest

WHO: dict[str, Any] = {"actor": "heyu", "at": AT}


@pytest.fixture
def collector(books: Books, on_the_day: None) -> Client:
    hired = AT - timedelta(days=7)
    add_user(username="heyu", password="a long pass phrase", display_name="何渝", actor="cli:test", at=hired)
    grant_role(username="heyu", role="collector", actor="cli:test", at=hired)
    client = Client()
    client.force_login(User.objects.get(username="heyu"))
    return client


def meet(books: Books, code: str, **more: Any) -> int:
    """A contact of the customer's; its fact."""
    said = {"name": "顾宁", "position": "财务经理", "role": "payables", "phone": "13800002046", **more}
    add_contact(customer_id=books.customer(code), contact=Contact(**said), actor="cli:test", at=AT)
    return int(ContactVersion.objects.latest("id").pk)


def foreign_invoice(books: Books, code: str, number: str, amount: int) -> int:
    """An invoice of so many cents that fell due 80 days ago; its item."""
    day = date(2026, 8, 1)
    said: dict[str, Any] = {"document_number": number, "origin_system": "test", "origin_key": number}
    return post_item(
        company=books.company,
        customer_id=books.customer(code),
        kind="invoice",
        amount=amount,
        currency="USD",
        document_date=day,
        posting_date=day,
        due_date=date(2026, 9, 1),
        **said,
        actor="cli:test",
        at=AT,
    )


def forty_more(books: Books, amount: int, due: date) -> None:
    """Invoices B-0 to B-39 of so many fen, due on the day."""
    for number in range(40):
        post_item(
            company=books.company, customer_id=books.customer("C0001"), kind="invoice", amount=amount, currency="CNY",
            document_date=due, posting_date=due, due_date=due, document_number=f"B-{number}", actor="t", at=AT,
        )  # fmt: skip


def fields(page: str) -> dict[str, Any]:
    """The hidden fields of the form that writes a call down."""
    form = page[page.index('id="call"') :]
    form = form[: form.index("</form>")]
    tags = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    return {said["name"]: said.get("value", "") for said in tags if said.get("type") == "hidden" and "name" in said}


def plan_asked(books: Books, customer: int, items: Sequence[int], at: datetime = AT) -> int:
    """Asked for: two instalments, interest from the original due dates."""
    return propose_plan(
        company=books.company,
        customer_id=customer,
        items=items,
        lines=[Instalment(date(2026, 12, 10), 375_000_05), Instalment(date(2027, 1, 10), 1_000_000_00)],
        terms=Terms("accelerate", "original", "对方现金紧"),
        actor="heyu",
        at=at,
    )


def plan_agreed(request: int, at: datetime = AT) -> None:
    add_user(username="fang", password="a long pass phrase", actor="cli:test", at=AT)
    grant_role(username="fang", role="management", actor="cli:test", at=AT)
    approve_request(request_id=request, digest=request_record(request).digest, actor="fang", at=at)


def agreed(books: Books, customer: int, items: Sequence[int]) -> None:
    """The customer pays these in two instalments, interest from the original due dates."""
    plan_agreed(plan_asked(books, customer, items))


def send(client: Client, customer: int, **said: Any) -> Any:
    """Open the customer and write a call down."""
    form = fields(client.get(f"/collection/?customer={customer}").content.decode())
    form.pop("csrfmiddlewaretoken", None)
    return client.post(f"/collection/desk/{customer}/call", {**form, **said})


def ticked(answer: Any) -> set[int]:
    """The items that are ticked on the page."""
    boxes = re.findall(r'<input type="checkbox" name="item" value="(\d+)"([^>]*)>', answer.content.decode())
    return {int(item) for item, more in boxes if "checked" in more}


class TestTheList:
    def test_customers_by_what_a_contact_adds(self, books: Books, collector: Client) -> None:
        found = collector.get("/collection/").context["list"]
        assert [row.code for row in found.rows] == ["C0001", "C0002", "C0003", "C0004"]
        rows = {row.code: row for row in found.rows}
        assert rows["C0001"].overdue == 1_375_000_05
        # Nothing of it came in time: 12.5 and 7.5 % come alone, of the rest a call brings 18 and 15 %.
        assert rows["C0001"].expected.more == 101_587_50 + 101_287_50
        assert rows["C0002"].longest == 217
        assert found.count == 4

    def test_it_is_narrowed_by_a_name(self, books: Books, collector: Client) -> None:
        page = collector.get("/collection/?q=hs")
        assert names_in(page.content.decode()) == {"C0002"}
        nobody = collector.get("/collection/?q=nobodyatall").content.decode()
        assert "没有叫这个名字且有逾期的客户" in nobody

    def test_everybody_sees_their_own_customers_alone(
        self, people: Mapping[str, Client], books: Books, on_the_day: None
    ) -> None:
        mine, other = books.customer("C0001"), books.customer("C0003")
        assert names_in(people["li"].get("/collection/").content.decode()) == {"C0001"}
        assert names_in(people["li"].get(f"/collection/?customer={other}").content.decode()) == {"C0001"}
        assert people["chen"].get("/collection/").status_code == 403
        for deed in ("call", "mention", "mail"):
            assert people["li"].post(f"/collection/desk/{other}/{deed}", {"result": "other"}).status_code == 404
        form = {"result": "promised", "by": "2026-11-27", "item": books.item("264402031188")}
        assert people["li"].post(f"/collection/desk/{mine}/call", form).status_code == 404
        assert not Call.objects.exists()
        assert not Promise.objects.exists()

    def test_money_without_a_place_is_said_before_anybody_is_called(self, books: Books, collector: Client) -> None:
        """C0002 has 100,000.00 on account; matching takes a bank line of 250.00 for C0001's."""
        suggest(books, line_in(books, 250_00), "C0001", {"264388102254": 250_00}, 0.9)
        page = collector.get(f"/collection/?customer={books.customer('C0002')}").content.decode()
        assert re.findall(r'<a href="([^"]*)" data-on-account>.*?value="([\d.]+)"', page) == [
            ("/receivables/items?customer=C0002&amp;side=credit&amp;only=CNY", "100000.00")
        ]
        assert "data-at-bank" not in page
        page = collector.get(f"/collection/?customer={books.customer('C0001')}").content.decode()
        assert re.findall(r'data-at-bank>.*?value="([\d.]+)"', page) == ["250.00"]
        assert "data-on-account" not in page
        past = collector.get(f"/collection/?customer={books.customer('C0002')}&as_of=2026-11-10").content.decode()
        assert "data-on-account" not in past

    def test_what_is_in_a_plan_still_bears_interest_and_what_was_promised_stays_so(
        self, books: Books, collector: Client
    ) -> None:
        customer, claim = books.customer("C0001"), books.item("264388102254")
        address = f"/collection/?customer={customer}"
        send(collector, customer, result="promised", item=claim, by="2026-12-04", amount="100000")
        before = collector.get(address).context["desk"]
        assert before.interest == sum(amount for _, amount in before.bears) > 0
        overdue = [one.item.item_id for one in before.claims]
        agreed(books, customer, overdue)
        answer = collector.get(address)
        desk = answer.context["desk"]
        assert (desk.row, desk.interest) == (None, before.interest)
        borne = [collector.get(f"/interest/items/{row.item_id}").context["found"] for row, _ in desk.bears]
        assert desk.interest == sum(found.unclaimed_amount for found in borne)
        assert (desk.promised, before.promised) == ({"CNY": 100_000_00}, {"CNY": 100_000_00})
        page = answer.content.decode()
        assert re.findall(r'data-promised>.*?value="([\d.]+)"', page) == ["100000.00"]
        promises = collector.get("/promises/?customer=C0001&state=open").context["found"]
        assert promises.sums == desk.promised
        assert "/promises/?customer=C0001&amp;state=open" in page

    def test_interest_is_summed_of_all_lines_and_listed_of_the_first(self, books: Books, collector: Client) -> None:
        address = f"/collection/?customer={books.customer('C0001')}"
        before = collector.get(address).context["desk"]
        assert (len(before.bears), before.bears_more) == (2, 0)
        assert "data-bears-more" not in collector.get(address).content.decode()
        forty_more(books, 36_500_00, AS_OF - timedelta(days=101))
        answer = collector.get(address)
        desk, page = answer.context["desk"], answer.content.decode()
        # 36,500.00 at 3.9 % for a hundred days.
        assert desk.interest == before.interest + 40 * 390_00
        assert (len(desk.bears), desk.bears_more) == (30, 12)
        assert [line.document_number for line, _ in desk.bears][:2] == ["B-0", "B-1"], "the oldest first"
        assert re.findall(r"data-bears-more>([^<]*)<", page) == ["另有 12 笔"]

    def test_overdue_lines_that_are_not_listed_are_counted(self, books: Books, collector: Client) -> None:
        address = f"/collection/?customer={books.customer('C0001')}"
        assert "data-claims-more" not in collector.get(address).content.decode()
        forty_more(books, 100_00, AS_OF - timedelta(days=10))
        answer = collector.get(address)
        page = answer.content.decode()
        assert len(answer.context["desk"].claims) == 30
        assert re.findall(r'id="claims-title">([^<]*)<', page) == ["逾期 42 笔"]
        assert re.findall(r"data-claims-more>([^<]*)<", page) == ["另有 12 笔"]

    def test_a_past_day_is_read_only(self, books: Books, collector: Client) -> None:
        page = collector.get("/collection/?as_of=2026-11-10").content.decode()
        assert 'id="call"' not in page
        gone = collector.post(f"/collection/desk/{books.customer('C0001')}/call?as_of=2026-11-10", {"result": "other"})
        assert gone.status_code == 404

    def test_a_row_says_each_part_that_is_left_alone_with_its_own_amount(
        self, books: Books, collector: Client
    ) -> None:
        whose = {"customer_id": books.customer("C0001"), "company_id": books.company.pk, "said_by": "", **WHO}
        first, second = books.item("264388102254"), books.item("264388117730")
        promise_payment(parts=[(first, 42_000_00)], by=date(2026, 12, 10), source="phone", **whose)
        disputed = {"company_id": books.company.pk, "item_id": second, "source": "call", **WHO}
        raise_dispute(amount=37_000_00, reason="quality", **disputed)
        page = collector.get("/collection/").content.decode()
        assert "42,000.00 承诺 12-10、37,000.00 争议中，催其余" in page
        promise_payment(parts=[(first, 730_000_00)], by=date(2026, 12, 10), source="phone", **whose)
        raise_dispute(reason="price", **disputed)
        assert "承诺 12-10、争议中，不打扰" in collector.get("/collection/").content.decode()


class TestACall:
    def test_a_promise_is_recorded_with_the_call_and_the_next_customer_opens(
        self, books: Books, collector: Client
    ) -> None:
        person, first = meet(books, "C0001"), books.item("264388117730")
        said = {"result": "promised", "item": [books.item("264388102254"), first], "by": "2026-12-04",
                "amount": "800,000.00", "person": person, "note": "主轴锻件这笔一定付"}  # fmt: skip
        answer = send(collector, books.customer("C0001"), **said)
        assert answer["Location"] == f"/collection/?customer={books.customer('C0002')}"
        promise = Promise.objects.get()
        assert (promise.pay_by.isoformat(), promise.source) == ("2026-12-04", "phone")
        assert {one.item_id: one.amount for one in PromisePart.objects.all()} == {
            books.item("264388102254"): 730_000_00, first: 70_000_00,
        }  # fmt: skip
        call = Call.objects.get()
        assert (call.result, call.person_id) == ("promised", person)
        page = collector.get(f"/collection/?customer={books.customer('C0001')}").content.decode()
        for told in ("顾宁承诺 12-04 前付 800,000.00", "何渝致电顾宁", "主轴锻件这笔一定付", "575,000.05"):
            assert told in page

    def test_sent_twice_it_is_written_once(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        form = fields(collector.get(f"/collection/?customer={customer}").content.decode())
        form |= {"result": "promised", "item": books.item("264388117730"), "by": "2026-12-04"}
        for _ in range(2):
            assert collector.post(f"/collection/desk/{customer}/call", form).status_code == 302
        assert (Call.objects.count(), Promise.objects.count()) == (1, 1)
        assert PromisePart.objects.get().amount == 645_000_05, "no amount: all that is ticked"

    def test_a_dispute_leaves_its_part_alone(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0003")
        said = {"result": "disputed", "item": books.item("264402031188"), "amount": "12000", "reason": "quality"}
        assert send(collector, customer, **said, note="2 件尺寸偏差").status_code == 302
        dispute = Dispute.objects.get()
        assert (dispute.amount, dispute.reason, dispute.source, dispute.note) == (
            12_000_00, "quality", "call", "2 件尺寸偏差",
        )  # fmt: skip
        page = collector.get(f"/collection/?customer={customer}")
        assert page.context["desk"].row.pursued == 754_200_45 - 12_000_00
        assert "争议中" in page.content.decode()

    def test_an_amount_in_dispute_is_of_one_document_and_no_amount_is_of_each_whole(
        self, books: Books, collector: Client
    ) -> None:
        customer = books.customer("C0001")
        both = [books.item("264388102254"), books.item("264388117730")]
        said = {"result": "disputed", "item": both, "reason": "quality"}
        refused = send(collector, customer, **said, amount="120000")
        assert refused.status_code == 400
        assert "金额只能对应一张单据" in refused.content.decode()
        assert (Dispute.objects.count(), Call.objects.count()) == (0, 0)
        assert send(collector, customer, **said).status_code == 302
        assert dict(Dispute.objects.values_list("item_id", "amount")) == {both[0]: 730_000_00, both[1]: 645_000_05}
        assert Call.objects.count() == 1

    def test_that_an_open_promise_is_replaced_is_told_before(self, books: Books, collector: Client) -> None:
        told = "同一款项履行中的承诺将被取代。"
        assert told in collector.get("/promises/new").content.decode()
        assert told in collector.get(f"/collection/?customer={books.customer('C0001')}").content.decode()

    def test_no_reason_of_a_dispute_is_chosen_by_itself_and_another_one_is_said_in_words(
        self, books: Books, collector: Client
    ) -> None:
        customer, item = books.customer("C0001"), books.item("264388117730")
        for path in (f"/collection/?customer={customer}", f"/disputes/items/{item}/raise"):
            page = collector.get(path).content.decode()
            assert re.search(r'<select class="input" id="f-reason" name="reason"[^>]*><option value=""', page)
            assert not re.search(r'<option value="quality" selected', page)
        said = {"result": "disputed", "item": item, "reason": "other"}
        refused = send(collector, customer, **said)
        assert (refused.status_code, "请写明理由。" in refused.content.decode()) == (400, True)
        refused = collector.post(f"/disputes/items/{item}/raise", {"reason": "other", "source": "call"})
        assert (refused.status_code, "请写明理由。" in refused.content.decode()) == (400, True)
        refused = collector.post(f"/disputes/items/{item}/raise", {"reason": "", "source": "call"})
        assert (refused.status_code, "请选择争议原因。" in refused.content.decode()) == (400, True)
        assert not Dispute.objects.exists()
        assert send(collector, customer, **said, note="包装").status_code == 302
        assert (Dispute.objects.get().reason, Dispute.objects.get().note) == ("other", "包装")

    def test_what_was_written_down_of_whom_is_said_with_the_way_back(self, books: Books, collector: Client) -> None:
        customer, items = books.customer("C0001"), [books.item("264388102254"), books.item("264388117730")]
        whose = f'<a href="/collection/?customer={customer}">{CUSTOMERS["C0001"]}</a>'

        def told(**said: Any) -> str:
            send(collector, customer, **said)
            return collector.get("/collection/").content.decode()

        said = {"result": "promised", "item": items, "by": "2026-12-05", "amount": "349000"}
        assert f"已为{whose}记下承诺 349,000.00，12-05 前付。" in told(**said)
        said = {"result": "disputed", "item": items, "reason": "price"}
        assert f"已为{whose}记下争议 1,375,000.05。" in told(**said)
        assert f"已记下与{whose}的通话：未接通。" in told(result="not_reached")

    def test_two_currencies_disputed_in_one_call_are_said_apart(self, books: Books, collector: Client) -> None:
        customer, abroad = books.customer("C0001"), foreign_invoice(books, "C0001", "INV-9", 10_000_00)
        both = [books.item("264388102254"), abroad]
        refused = send(collector, customer, result="promised", item=both, by="2026-12-05")
        assert (refused.status_code, Promise.objects.count()) == (400, 0), "a promise is of one currency"
        send(collector, customer, result="disputed", item=both, reason="quality")
        written = dict(Dispute.objects.values_list("currency", "amount"))
        assert written == {"CNY": 730_000_00, "USD": 10_000_00}
        whose = f'<a href="/collection/?customer={customer}">{CUSTOMERS["C0001"]}</a>'
        assert f"已为{whose}记下争议 CNY 730,000.00、USD 10,000.00。" in collector.get("/collection/").content.decode()

    def test_how_an_amount_goes_over_several_documents_is_told(self, books: Books, collector: Client) -> None:
        page = collector.get(f"/collection/?customer={books.customer('C0001')}").content.decode()
        assert "勾选多张时，承诺金额按到期先后逐张记入" in page
        assert "争议金额只对应一张单据；空着即所选各单据全额" in page

    def test_who_is_called_again_later_rests_until_then(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0002")
        send(collector, customer, result="again", again_on="2026-11-23")
        found = collector.get("/collection/").context["list"]
        assert customer not in [row.customer_id for row in found.rows]
        assert [row.customer_id for row in found.resting] == [customer]
        assert collector.get(f"/collection/?customer={customer}").context["desk"].action == "wait"

    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({"result": "promised", "by": "2026-12-04"}, "请勾选涉及的单据"),
            ({"result": "promised", "item": "264388117730", "by": ""}, "请填写日期"),
            ({"result": "promised", "item": "264388117730", "by": "2026-12-04", "amount": "9,999,999"}, "超过"),
            ({"result": "promised", "item": "264388117730", "by": "2026-12-04", "amount": "viel"}, "viel"),
            ({"result": "promised", "item": "264388117730", "by": "2026-12-04", "amount": "-5"}, "金额须大于 0"),
            ({"result": "disputed", "item": "264388117730", "amount": "0"}, "金额须大于 0"),
            ({"result": "disputed", "item": "264388117730", "reason": ""}, "请选择争议原因。"),
            ({"result": "again"}, "何时再联系"),
            ({"result": ""}, "请选择通话结果。"),
            ({}, "请选择通话结果。"),
        ],
    )
    def test_what_is_refused_writes_nothing_and_keeps_what_was_typed(
        self, books: Books, collector: Client, said: dict[str, str], told: str
    ) -> None:
        if "item" in said:
            said = {**said, "item": str(books.item(said["item"]))}
        before = Item.objects.count()
        page = send(collector, books.customer("C0001"), **said, note="他说再等等")
        assert page.status_code == 400
        assert told in page.content.decode()
        assert "他说再等等" in page.content.decode()
        assert "not_reached，" not in page.content.decode(), "codes are for programs"
        assert (Call.objects.count(), Promise.objects.count(), Item.objects.count()) == (0, 0, before)

    def test_a_refused_form_keeps_the_ticks_as_they_were(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        one, other = books.item("264388102254"), books.item("264388117730")
        assert ticked(collector.get(f"/collection/?customer={customer}")) == {one}, "as it is opened: the oldest"
        said = {"result": "promised", "by": "2026-12-04", "amount": "viel"}
        assert ticked(send(collector, customer, **said, item=[one, other])) == {one, other}
        assert ticked(send(collector, customer, **said, item=[other])) == {other}
        assert ticked(send(collector, customer, **said)) == set()
        mentioned = collector.post(f"/collection/desk/{customer}/mention", {"to": "heyu", "says": "", "key": "k"})
        assert (mentioned.status_code, ticked(mentioned)) == (400, {one}), "of another form nothing was ticked"


class TestBesideTheCall:
    def test_a_script_a_next_step_and_what_stands_behind_them(self, books: Books, collector: Client) -> None:
        meet(books, "C0001")
        page = collector.get(f"/collection/?customer={books.customer('C0001')}")
        desk = page.context["desk"]
        assert desk.action == "call"
        assert desk.script.startswith(
            "顾宁您好，到今天请付的逾期款一共 2 笔，合计 CNY 1,375,000.05；"
            "最早的是264388102254，CNY 730,000.00，已逾期 75 天。"
        )
        text = page.content.decode()
        assert "最早的一笔逾期 75 天，没有付款日" in text
        assert "tel:13800002046" in text

    def test_the_script_asks_for_the_rest_of_what_is_promised_and_leaves_the_disputed_alone(
        self, books: Books, collector: Client
    ) -> None:
        meet(books, "C0001")
        customer, oldest = books.customer("C0001"), books.item("264388102254")
        send(collector, customer, result="promised", item=oldest, by="2026-12-04", amount="200000")
        send(collector, customer, result="disputed", item=books.item("264388117730"), amount="5.05", reason="quality")
        script = collector.get(f"/collection/?customer={customer}").context["desk"].script
        assert "到今天请付的逾期款一共 2 笔，合计 CNY 1,174,995.00；" in script
        assert "最早的是264388102254，CNY 530,000.00，已逾期 75 天。" in script
        assert script.endswith(
            "您已答应 2026-12-04 前付 CNY 200,000.00，这次说的是其余款项。有异议的 CNY 5.05 另行核实，不在其内。"
        )

    def test_the_advice_leaves_alone_whom_the_list_leaves_alone(self, books: Books, collector: Client) -> None:
        meet(books, "C0002")
        money = "客户编码,收款单号,收款日期,金额,币种\nC0002,RC-9,2026-11-19,2129400.55,CNY\n"
        import_rows(books.company, "receipts", "又一笔.csv", money.encode())
        page = collector.get(f"/collection/?customer={books.customer('C0002')}")
        assert page.context["desk"].action == "wait"
        assert page.context["desk"].reasons == [(True, "有未核销款 CNY 2,229,400.55 待核销")]
        assert "有未核销款 CNY 2,229,400.55 待核销，不打扰" in page.content.decode()
        meet(books, "C0001", phone="13800002047")
        said = {"result": "promised", "item": books.item("264388102254"), "by": "2026-12-04", "amount": "200000"}
        send(collector, books.customer("C0001"), **said)
        page = collector.get(f"/collection/?customer={books.customer('C0001')}")
        assert (page.context["desk"].action, page.context["desk"].reasons) == ("wait", [(True, "今天已通话")])
        assert "C0001" in [row.code for row in page.context["list"].resting]

    def test_without_a_number_one_is_to_be_found_first(self, books: Books, collector: Client) -> None:
        assert collector.get(f"/collection/?customer={books.customer('C0001')}").context["desk"].action == (
            "mend_contact"
        )

    def test_a_colleague_is_told_and_the_word_stands_in_the_story(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        for _ in range(2):
            said = {"to": "zhou", "says": "主轴锻件的质检报告给一份", "key": "k1"}
            assert collector.post(f"/collection/desk/{customer}/mention", said).status_code == 302
        item = WorkItem.objects.get(kind="visits.mention")
        assert (item.owner, item.customer_id) == ("zhou", customer)
        assert "何渝告知周岚" in collector.get(f"/collection/?customer={customer}").content.decode()
        add_user(username="fremd", password="a long pass phrase", display_name="外人", actor="cli:test", at=AT)
        refused = collector.post(f"/collection/desk/{customer}/mention", {"to": "fremd", "says": "x", "key": "k2"})
        assert refused.status_code == 400
        assert WorkItem.objects.filter(kind="visits.mention").count() == 1

    def test_a_mail_is_queued_once(self, books: Books, collector: Client) -> None:
        meet(books, "C0001", email="gu@beilu.example")
        customer = books.customer("C0001")
        said = {"person": "1", "subject": "请付款", "text": "主轴锻件一笔已到期。", "key": "m1"}
        for _ in range(2):
            assert collector.post(f"/collection/desk/{customer}/mail", said).status_code == 302
        notice = Notice.objects.get()
        assert (notice.channel, notice.purpose, notice.customer_id) == ("email", "reminder", customer)
        assert "请付款" in collector.get(f"/collection/?customer={customer}&about=people").content.decode()
        other = books.customer("C0002")
        assert collector.post(f"/collection/desk/{other}/mail", said).status_code == 400

    def test_several_are_handed_on_or_mailed_together(self, books: Books, collector: Client) -> None:
        meet(books, "C0001", email="gu@beilu.example")
        ids = [books.customer("C0001"), books.customer("C0002")]
        hand = {"picked": ids, "do": "hand", "to": "zhou", "says": "请跟进", "key": "h1"}
        for _ in range(2):
            collector.post("/collection/desk/several", hand)
        assert set(WorkItem.objects.filter(kind="visits.take_over").values_list("customer_id", flat=True)) == set(ids)
        assert WorkItem.objects.filter(kind="visits.take_over").count() == 2
        mail = {"picked": ids, "do": "mail", "subject": "对账", "text": "请核对。", "key": "h2"}
        page = collector.post("/collection/desk/several", mail, follow=True).content.decode()
        assert Notice.objects.count() == 1
        assert "已办 1 户" in page
        assert "该客户没有登记邮箱的联系人" in page
        assert CUSTOMERS["C0001"] in page


def test_more_of_the_list_is_shown_a_page_at_a_time(
    books: Books, collector: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row.code for row in collector.get("/collection/").context["list"].rows]
    assert len(whole) > 2
    monkeypatch.setattr(desk, "PAGE", 1)
    for rows, shown in (("", 1), ("2", 2), ("x", 1), ("-3", 1), ("99999999", len(whole))):
        page = collector.get("/collection/", {"rows": rows})
        assert [row.code for row in page.context["list"].rows] == whole[:shown]
        assert page.context["more_rows"] == (shown + 1 if shown < len(whole) else 0)
    # Hidden beyond what is shown at once, they are searched for.
    monkeypatch.setattr(desk, "MOST_ROWS", 2)
    assert collector.get("/collection/", {"rows": "9"}).context["more_rows"] == 0
    more = re.findall(r'href="([^"]*)" data-more', collector.get("/collection/").content.decode())
    assert more == ["/collection/?rows=2"]
