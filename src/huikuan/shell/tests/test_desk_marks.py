"""What a collector must know of a customer before calling: whether it is frozen, what of it is disputed, which claims
run out; on the workbench and on the customer's page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.operations import add_company
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.limitation.operations.interrupting import Paper, record_interruption
from huikuan.record.promises.models import Freeze, Release
from huikuan.record.receivables.operations.items import post_item
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_desk_pages import collector, meet, send

__all__ = ["collector"]

_MARK = re.compile(r'<a class="tag bad" href="([^"]*)"[^>]*data-frozen="(\w+)">.*?</svg>([^<]*)</a>')
_STOPS_SUPPLY = "再拖下去我们只能停止供货"


def frozen(books: Books, code: str, kind: str = "supply", on: str = "2026-11-12", **more: Any) -> int:
    row = {
        "company_id": books.company.pk, "customer_id": books.customer(code), "kind": kind,
        "frozen_on": date.fromisoformat(on), "reason": "两次失约", "request_id": Freeze.objects.count() + 1,
        "approved_by": "heyu", "actor": "chen", **more,
    }  # fmt: skip
    return record(Freeze, [row], at=AT)[0]


def released(books: Books, freeze_id: int, on: str) -> None:
    freeze = Freeze.objects.get(pk=freeze_id)
    row = {
        "freeze_id": freeze_id, "company_id": freeze.company_id, "customer_id": freeze.customer_id,
        "released_on": date.fromisoformat(on), "reason": "已付清", "request_id": 100 + freeze_id,
        "approved_by": "heyu", "actor": "chen",
    }  # fmt: skip
    record(Release, [row], at=AT)


def pages(client: Client, customer: int, **query: str) -> list[str]:
    """The workbench and the customer's page."""
    addresses = ("/collection/", f"/customers/{customer}")
    return [client.get(one, {"customer": customer, **query}).content.decode() for one in addresses]


def marks(page: str) -> list[tuple[str, str, str]]:
    return _MARK.findall(page)


class TestFrozen:
    def test_who_is_frozen_is_marked_beside_its_name_on_both_pages(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        number = frozen(books, "C0001")
        for page in pages(collector, customer):
            assert marks(page) == [("/promises/freezes?customer=C0001", "supply", "停止发货，自 2026-11-12 起")]
        for page in pages(collector, customer, as_of="2026-11-11"):
            assert marks(page) == [], "it was not frozen yet"
        for page in pages(collector, books.customer("C0002")):
            assert marks(page) == [], "another is not"
        released(books, number, "2026-11-18")
        for page in pages(collector, customer):
            assert marks(page) == []
        for page in pages(collector, customer, as_of="2026-11-17"):
            assert [kind for _, kind, _ in marks(page)] == ["supply"], "it was, on that day"

    def test_the_strictest_is_shown_and_that_of_another_company_is_not(self, books: Books, collector: Client) -> None:
        add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
        customer = books.customer("C0001")
        frozen(books, "C0001", "account", "2026-11-02")
        frozen(books, "C0001", "supply", "2026-11-12")
        for page in pages(collector, customer):
            assert [text for _, _, text in marks(page)] == ["停止发货，自 2026-11-12 起"]
        for page in pages(collector, customer, as_of="2026-11-05"):
            assert [text for _, _, text in marks(page)] == ["停止赊销，自 2026-11-02 起"]
        for page in pages(collector, customer, company="NORTH"):
            assert marks(page) == []

    def test_the_story_tells_the_freeze_and_its_end_each_on_its_day(self, books: Books, collector: Client) -> None:
        customer, number = books.customer("C0001"), frozen(books, "C0001")
        released(books, number, "2026-11-18")

        def told(**query: str) -> list[tuple[str, str, str]]:
            found = collector.get("/collection/", {"customer": customer, **query}).context["desk"].entries
            return [(f"{one.entry.on:%m-%d}", one.title, one.note) for one in found if one.entry.kind == "freeze"]

        assert told() == [
            ("11-18", "何渝 批准恢复发货", "“已付清”"), ("11-12", "何渝 批准停止发货", "“两次失约”"),
        ]  # fmt: skip
        assert told(as_of="2026-11-17") == [("11-12", "何渝 批准停止发货", "“两次失约”")]
        assert told(as_of="2026-11-11") == []

    def test_nobody_is_threatened_with_what_was_done(self, books: Books, collector: Client) -> None:
        """C0002's oldest claim is 217 days late: the last script speaks of stopping supply."""
        address = f"/collection/?customer={books.customer('C0002')}"
        assert _STOPS_SUPPLY in collector.get(address).context["desk"].script
        number = frozen(books, "C0002", "account")
        assert _STOPS_SUPPLY in collector.get(address).context["desk"].script, "they are delivered to"
        released(books, number, "2026-11-13")
        frozen(books, "C0002")
        said = collector.get(address).context["desk"].script
        assert _STOPS_SUPPLY not in said
        assert "货已经停发" in said

    def test_it_asks_for_no_more_the_more_was_frozen(self, books: Books, collector: Client) -> None:
        address = f"/collection/?customer={books.customer('C0001')}"

        def asked() -> int:
            with CaptureQueriesContext(connection) as found:
                collector.get(address)
            return len(found)

        collector.get(address)
        none = asked()
        for _ in range(3):
            released(books, frozen(books, "C0001", on="2026-11-02"), "2026-11-03")
        assert asked() <= none + 1


class TestTheNextStep:
    """The customer's page and the workbench say the same of a customer."""

    def said(self, client: Client, customer: int, **query: str) -> tuple[str, list[str]]:
        """What the customer's page says is to be done, and why; it is what the workbench says."""
        page = client.get(f"/customers/{customer}", query).content.decode()
        panel = page[page.index('id="next-title"') :]
        [title] = re.findall(r"<strong>(.*?)</strong>", panel)[:1]
        return title, re.findall(r"<li data-why>(.*?)</li>", panel)

    def test_whom_the_workbench_rests_the_page_does_not_have_called(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        meet(books, "C0001")
        assert self.said(collector, customer) == ("今天致电 顾宁", [])
        send(collector, customer, result="not_reached")
        desk = collector.get(f"/collection/?customer={customer}").context["desk"]
        assert (desk.action, desk.advice) == ("wait", "今天不打扰")
        assert self.said(collector, customer) == ("今天不打扰", [said for _, said in desk.reasons])
        assert self.said(collector, customer, as_of="2026-11-19") == ("今天致电 顾宁", []), "the day before"

    def test_of_what_is_promised_whole_nothing_is_asked_for(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        meet(books, "C0001")
        both = [books.item("264388102254"), books.item("264388117730")]
        send(collector, customer, result="promised", item=both, by="2026-12-04")
        title, why = self.said(collector, customer)
        assert (title, len(why)) == ("没有可催的", 1)

    def test_who_does_not_collect_is_not_told_why(self, books: Books, collector: Client) -> None:
        customer = books.customer("C0001")
        meet(books, "C0001")
        send(collector, customer, result="not_reached")
        assert self.said(signed_in("looker", "auditor"), customer) == ("今天不打扰", [])

    def test_of_several_companies_each_workbench_has_its_own_advice(self, books: Books, collector: Client) -> None:
        add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
        customer = books.customer("C0001")
        meet(books, "C0001")
        send(collector, customer, result="not_reached")
        assert self.said(collector, customer) == ("催收逾期款项", [])
        assert self.said(collector, customer, company="MAIN")[0] == "今天不打扰"


class TestDisputed:
    """A missing invoice suspends nothing (策略): the claim is pursued, and is in dispute all the same."""

    def marked(self, client: Client, **query: str) -> list[tuple[str, str]]:
        """The mark's link and the amount it names, of each line of the list beside."""
        page = client.get("/collection/", query).content.decode()
        return re.findall(r'<a class="tag warn" href="([^"]*)" data-disputed>.*?value="([\d.]+)"', page)

    def test_what_is_disputed_and_pursued_is_marked_at_its_line(self, books: Books, collector: Client) -> None:
        item = books.item("264388102254")
        disputed = {"company_id": books.company.pk, "item_id": item, "source": "call", "actor": "heyu", "at": AT}
        raise_dispute(amount=12_000_00, reason="invoice", **disputed)
        number = Dispute.objects.get().pk
        assert self.marked(collector, customer="C0001") == [(f"/disputes/{number}", "12000.00")]
        assert self.marked(collector, customer="C0002") == []
        assert self.marked(collector, customer="C0001", as_of="2026-11-19") == [], "it was not raised yet"
        desk = collector.get("/collection/?customer=C0001").context["desk"]
        first = desk.claims[0]
        assert (first.item.item_id, first.left, first.pursued) == (item, "", first.item.open_amount), "asked for whole"
        page = collector.get("/collection/?customer=C0001").content.decode()
        assert "争议中 <data" in page[page.index('id="f-item"') : page.index("</fieldset>", page.index('id="f-item"'))]

    def test_what_is_left_alone_says_so_already(self, books: Books, collector: Client) -> None:
        disputed = {"company_id": books.company.pk, "source": "call", "actor": "heyu", "at": AT}
        raise_dispute(item_id=books.item("264388102254"), amount=12_000_00, reason="quality", **disputed)
        assert self.marked(collector, customer="C0001") == []

    def test_marks_cost_no_question(self, books: Books, collector: Client) -> None:
        disputed = {"company_id": books.company.pk, "source": "call", "actor": "heyu", "at": AT}
        questions = []
        for document in ("264388102254", "264388117730"):
            raise_dispute(item_id=books.item(document), amount=1_00, reason="invoice", **disputed)
            collector.get("/collection/?customer=C0001")
            with CaptureQueriesContext(connection) as found:
                collector.get("/collection/?customer=C0001")
            questions.append(len(found))
        assert questions[0] == questions[1]


class TestLimitation:
    """Three years from the due day; alarms 180, 90 and 30 days before the end."""

    def marked(self, client: Client, **query: str) -> list[tuple[str, str, str]]:
        """The mark's tone, its link and what it says."""
        page = client.get("/collection/", {"customer": "C0001", **query}).content.decode()
        found = re.findall(r'<a class="tag (\w+)" href="([^"]*)"[^>]*data-runs-out>.*?</svg>([^<]*)</a>', page)
        return [(tone, link, text) for tone, link, text in found]

    def owes(self, books: Books, left: int, number: str) -> int:
        """A claim whose limitation runs out in so many days."""
        end = AS_OF + timedelta(days=left)
        due = end.replace(year=end.year - 3)
        return post_item(
            company=books.company, customer_id=books.customer("C0001"), kind="invoice", amount=50_000_00,
            currency="CNY", document_date=due, posting_date=due, due_date=due, document_number=number, actor="min",
            at=AT,
        )  # fmt: skip

    def test_the_nearest_end_is_marked_from_the_first_alarm_on(self, books: Books, collector: Client) -> None:
        assert self.marked(collector) == [], "the invoices of the books are months old"
        self.owes(books, 181, "OLD-181")
        assert self.marked(collector) == []
        half = self.owes(books, 180, "OLD-180")
        end = f"{AS_OF + timedelta(days=180)}"
        assert self.marked(collector) == [
            ("warn", f"/limitation/items/{half}", f"1 笔的诉讼时效将届满，最早 {end}，还剩 180 天")
        ]
        day_before = f"{AS_OF - timedelta(days=1)}"
        assert self.marked(collector, as_of=day_before) == [], "181 days before"
        near = self.owes(books, 20, "OLD-20")
        end = f"{AS_OF + timedelta(days=20)}"
        assert self.marked(collector) == [
            ("bad", f"/limitation/items/{near}", f"2 笔的诉讼时效将届满，最早 {end}，还剩 20 天")
        ]
        [(_, link, text)] = self.marked(collector, as_of=day_before)
        assert (link.split("?")[0], text) == (
            f"/limitation/items/{near}",
            f"1 笔的诉讼时效将届满，最早 {end}，还剩 21 天",
        )

    def test_what_ran_out_or_was_asked_for_with_proof_is_not_marked(self, books: Books, collector: Client) -> None:
        self.owes(books, -1, "OLD-OVER")
        item = self.owes(books, 20, "OLD-20")
        assert [link for _, link, _ in self.marked(collector)] == [f"/limitation/items/{item}"]
        record_interruption(
            item_ids=[item], kind="demand", on=AS_OF, strength="strong", file=Paper(b"%PDF-1.4 receipt", "回执.pdf"),
            actor="heyu", at=AT,
        )  # fmt: skip
        assert self.marked(collector) == []

    def test_another_company_s_claims_are_not_its(self, books: Books, collector: Client) -> None:
        add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
        self.owes(books, 20, "OLD-20")
        assert [len(self.marked(collector, company=code)) for code in ("MAIN", "NORTH")] == [1, 0]

    def test_where_nothing_is_old_it_costs_two_questions(
        self, books: Books, collector: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as found:
                collector.get("/collection/?customer=C0001")
            return len(found)

        asked()
        whole = asked()
        monkeypatch.setattr("huikuan.act.collection.web.desk_customer.ringing", lambda *_, **__: [])
        assert 1 <= whole - asked() <= 2, "a policy asked for through the pipeline is not counted"
