"""The pages: figures that open to their rows, drafts, issuing, a run, and who may."""

from __future__ import annotations

import csv
import io
import re
import urllib.parse
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.queries.items import ItemFilter, items_page
from huikuan.see.statements.jobs import issue_run
from huikuan.see.statements.models import IssuedStatement, StatementRun
from huikuan.see.statements.queries.accounts import AccountFilter, AccountRow, accounts, accounts_page
from huikuan.see.statements.tests.conftest import AT, OCTOBER, Books, person

OCTOBER_ASKED = {"since": "2026-10-01", "as_of": "2026-10-31"}
LIST = "/receivables/statements/"


@pytest.fixture
def clerk(books: Books, client: Client):
    """A billing clerk, on the books' day."""
    with time_machine.travel(AT, tick=True):
        client.force_login(person("lan", "billing_clerk"))
        yield client


def page_of(books: Books, to: int = 0) -> str:
    return f"{LIST}customers/{books.customers[to].pk}"


def figures(html: str) -> dict[str, tuple[str, Decimal]]:
    """data-figure → its address and exact amount."""
    found = re.findall(r'<a href="([^"]+)" data-figure="(\w+)"><data class="amount" value="([^"]+)"', html)
    return {name: (url.replace("&amp;", "&"), Decimal(value)) for url, name, value in found}


def test_the_list_says_each_account_and_sums_up(clerk: Client, books: Books) -> None:
    answer = clerk.get(LIST, OCTOBER_ASKED)
    assert [(line.row.code, line.row.figures.closing) for line in answer.context["lines"]] == [
        ("C0001", 85_499_95),
        ("C0002", 8_000_00),
    ]
    (sums,) = answer.context["found"].sums
    assert (sums.currency, sums.count, sums.figures.closing) == ("CNY", 2, 93_499_95)
    assert [line.row.code for line in clerk.get(LIST, {**OCTOBER_ASKED, "q": "宏朔"}).context["lines"]] == ["C0002"]
    assert clerk.get(LIST, {"since": "2025-01-01", "as_of": "2025-01-31"}).context["lines"] == []


def test_page_by_page_is_every_account_and_the_filter_narrows_both(books: Books) -> None:
    books.post("invoice", 300_00, "2026-10-03", currency="USD", document_number="USD-1")
    create_customer(master=Master("C0001A", "从未往来"), actor="cli:test", at=AT)
    asked: dict[str, Any] = {"company_id": books.company.pk, "period": OCTOBER, "scope": EVERYTHING}

    def walked(chosen: AccountFilter, limit: int) -> list[AccountRow]:
        rows: list[AccountRow] = []
        after = ""
        while True:
            page = accounts_page(**asked, chosen=chosen, after=after, limit=limit)
            rows += page.rows
            after = page.next
            if not after:
                assert page.count == len(rows)
                assert sum(one.figures.closing for one in page.sums) == sum(row.figures.closing for row in rows)
                return rows

    keys = []
    for chosen in (
        AccountFilter(),
        AccountFilter(text="c0001"),
        AccountFilter(state="owing"),
        AccountFilter(state="held"),
        AccountFilter(state="moved"),
        AccountFilter(keys=frozenset({f"{books.customers[0].pk}:USD", "1'; DROP", "x:USD"})),
        AccountFilter(codes=["C0002"]),
        AccountFilter(keys=frozenset()),
    ):
        every = accounts(**asked, chosen=chosen)
        assert walked(chosen, 1) == walked(chosen, 2) == walked(chosen, 50) == every
        assert accounts(**asked, chosen=chosen, engine="database") == every
        keys.append([f"{row.code} {row.currency}" for row in every])
    assert keys == [
        ["C0001 CNY", "C0001 USD", "C0002 CNY"],
        ["C0001 CNY", "C0001 USD"],
        ["C0001 CNY", "C0001 USD", "C0002 CNY"],
        [],
        ["C0001 CNY", "C0001 USD", "C0002 CNY"],
        ["C0001 USD"],
        ["C0002 CNY"],
        [],
    ]


def test_picked_accounts_and_statements_are_exported_and_no_others(clerk: Client, books: Books) -> None:
    def exported(path: str, picked: str) -> list[str]:
        answer = clerk.post(f"{path}&format=csv", {"picked": picked})
        return [row[2] for row in csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))][1:]

    accounts_export = f"{LIST}export?since=2026-10-01&as_of=2026-10-31"
    answer = clerk.post(f"{accounts_export}&format=csv", {"picked": f"{books.customers[1].pk}:CNY,nobody"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["C0002"]
    ids = [books.issue(0), books.issue(1)]
    assert exported(f"{LIST}issued/export?q=", str(ids[1])) == ["C0002"]
    assert exported(f"{LIST}issued/export?q=", "") == []
    assert clerk.get(f"{LIST}issued?customer=C0002").context["count"] == 1
    assert clerk.get(f"{LIST}issued?customer=C9").status_code == 400


def test_every_figure_of_the_statement_opens_to_what_makes_it(clerk: Client, books: Books) -> None:
    html = clerk.get(page_of(books), OCTOBER_ASKED).content.decode()
    shown = figures(html)
    assert {name: value for name, (_, value) in shown.items() if name != "age"} == {
        "opening": Decimal("100000.00"),
        "invoiced": Decimal("60000.00"),
        "returned": Decimal("-4500.05"),
        "paid": Decimal("-70000.00"),
        "other": Decimal("0.00"),
        "closing": Decimal("85499.95"),
    }
    for name, day in (("opening", OCTOBER.eve), ("closing", OCTOBER.until)):
        url, value = shown[name]
        assert clerk.get(url).context["reading"].as_of == day
        (sums,) = clerk.get(url).context["found"].sums
        assert Decimal(sums.debit - sums.credit) / 100 == value
    for name in ("invoiced", "returned", "paid", "other"):
        url, value = shown[name]
        moved = clerk.get(url.partition("#")[0]).context["movements"]
        assert sum((Decimal(line.amount) / 100 for line, _ in moved), Decimal(0)) == value
    page = clerk.get(page_of(books), OCTOBER_ASKED)
    for part in page.context["ages"]:
        if part.amount:
            (sums,) = clerk.get(part.url).context["found"].sums
            assert sums.debit - sums.credit == part.amount


def test_the_closing_balance_equals_the_open_items_of_the_same_day(clerk: Client, books: Books) -> None:
    (sums,) = items_page(ItemFilter(customer_id=books.customers[0].pk), scope=EVERYTHING, as_of=OCTOBER.until).sums
    page = clerk.get(page_of(books), OCTOBER_ASKED)
    assert page.context["said"].account.figures.closing == sums.debit - sums.credit


def test_a_draft_is_a_download_that_cannot_run(clerk: Client, books: Books) -> None:
    books.head()
    for form, start in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = clerk.get(f"{page_of(books)}/draft", {**OCTOBER_ASKED, "format": form, "language": "en"})
        assert b"".join(answer.streaming_content).startswith(start)
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert IssuedStatement.objects.count() == 0


def test_reading_a_draft_writes_nothing_and_asking_for_one_rests_it_on_a_head_of_now(
    clerk: Client, books: Books
) -> None:
    books.head()
    address = f"{page_of(books)}/draft?since=2026-10-01&as_of=2026-10-31&format=xlsx&language="
    books.post("invoice", 1_000_00, "2026-10-30", document_number="LATER-1")
    sealed = Head.objects.count()

    def said(ask: Callable[..., Any], language: str) -> tuple[str, str]:
        answer = ask(address + language)
        sheets = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets
        text = str([[cell.value for cell in row] for sheet in sheets for row in sheet])
        return text, urllib.parse.unquote(answer.headers["Content-Disposition"])

    before, chinese = said(clerk.get, "zh")
    assert "LATER-1" not in before
    assert Head.objects.count() == sealed
    now, english = said(clerk.post, "en")
    assert "LATER-1" in now
    assert Head.objects.count() == sealed + 1
    assert "draft-zh C0001" in chinese
    assert "draft-en C0001" in english


def test_the_age_is_drawn_as_one_bar_whose_parts_open(clerk: Client, books: Books) -> None:
    page = clerk.get(page_of(books), OCTOBER_ASKED)
    marks = page.context["bar"]
    assert [(mark.shade, mark.title.split()[-1]) for mark in marks] == [("0", "60,000.00"), ("2", "30,000.00")]
    for mark in marks:
        assert clerk.get(mark.url).status_code == 200
        assert f'width="{mark.width}%"' in page.content.decode()


def test_issuing_enters_the_register_and_the_file_is_there(clerk: Client, books: Books) -> None:
    address = f"{page_of(books)}?since=2026-10-01&as_of=2026-10-31"
    assert "编号并出具" in clerk.get(address).content.decode()
    answer = clerk.post(address, {"language": "en"})
    assert answer.status_code == 302
    listed = clerk.get(answer.headers["Location"])
    (row,) = listed.context["rows"]
    assert (row.number, row.language, row.actor, row.closing) == ("2026-000001", "en", "lan", 85_499_95)
    sent = clerk.get(f"{LIST}issued/{row.id}")
    assert b"".join(sent.streaming_content).startswith(b"%PDF-")
    exported = clerk.get(f"{LIST}issued/export", {"format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(exported.streaming_content).decode("utf-8-sig"))))
    assert lines[1][:4] == ["2026-000001", "MAIN", "C0001", "北麓矿业装备集团有限公司"]
    assert "2026-000001" in clerk.get(address).content.decode()


def test_a_run_is_started_watched_and_fetched(clerk: Client, books: Books) -> None:
    address = f"{LIST}?since=2026-10-01&as_of=2026-10-31"
    assert "给选中的账户" in clerk.get(address).content.decode()
    chosen = f"{books.customers[1].pk}:CNY"
    answer = clerk.post(address, {"which": "chosen", "account": [chosen, "999:CNY"], "language": "zh"})
    run_page = answer.headers["Location"].partition("?")[0]
    waiting = clerk.get(run_page).content.decode()
    assert 'hx-trigger="load delay:2s"' in waiting
    assert clerk.get(f"{run_page}/archive").status_code == 404
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    done = clerk.get(run_page, headers={"HX-Target": "run"})
    assert "<html" not in done.content.decode()
    assert "hx-trigger" not in done.content.decode()
    assert [row.customer_code for row in done.context["rows"]] == ["C0002"]
    assert b"".join(clerk.get(f"{run_page}/archive").streaming_content).startswith(b"PK")
    assert "本期已出具过对账单的 1 个账户不再出具" in clerk.get(address).content.decode()
    everyone = clerk.post(address, {"which": "all"})
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    assert clerk.get(everyone.headers["Location"].partition("?")[0]).context["run"].issued == 1


def test_a_run_that_failed_says_so_in_words(clerk: Client, books: Books) -> None:
    started = clerk.post(f"{LIST}?since=2026-10-01&as_of=2026-10-31", {"which": "all"})
    Job.objects.filter(kind=StatementRun.JOB).update(state="failed", message="Refusal: not_permitted(actor=lan)")
    page = clerk.get(started.headers["Location"]).content.decode()
    assert "这个批次因意外情况中断。" in page
    assert "not_permitted" not in page


def test_a_run_asked_for_twice_is_one_and_again_replaces(clerk: Client, books: Books) -> None:
    """Two presses of the button lead to the same run; what is issued stays out unless asked for again."""
    address = f"{LIST}?since=2026-10-01&as_of=2026-10-31"

    def press(**more: str) -> str:
        return clerk.post(address, {"which": "all", **more}).headers["Location"].partition("?")[0]

    seen = str(clerk.get(address).context["seen_run"])
    assert press(seen_run=seen) == press(seen_run=seen)
    clerk.raise_request_exception = False
    assert clerk.post(address, {"which": "all"}).status_code == 400, "under way is as issued"
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    assert clerk.post(address, {"which": "all"}).status_code == 400
    assert (IssuedStatement.objects.count(), StatementRun.objects.count()) == (2, 1)
    seen = str(clerk.get(address).context["seen_run"])
    assert press(seen_run=seen, again="1") == press(seen_run=seen, again="1")
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    replaced = dict(IssuedStatement.objects.exclude(replaces=None).values_list("replaces", "customer_id"))
    assert replaced == dict(IssuedStatement.objects.filter(replaces=None).values_list("pk", "customer_id"))
    assert StatementRun.objects.count() == 2


def test_a_second_statement_is_asked_about_and_pressed_twice_is_one(clerk: Client, books: Books) -> None:
    address = f"{page_of(books)}?since=2026-10-01&as_of=2026-10-31"
    assert "已有第" not in clerk.get(address).content.decode()
    clerk.post(address, {"language": "zh"})
    twice = clerk.post(address, {"language": "zh"})
    assert IssuedStatement.objects.count() == 1
    page = clerk.get(twice.headers["Location"]).content.decode()
    assert "同一账户同一期间已于 2026-11-20 出具第 2026-000001 号对账单" in page
    assert "已有第 2026-000001 号" in page
    first = IssuedStatement.objects.get().pk
    assert f'name="replaces" value="{first}" required' in page
    for _ in range(2):
        clerk.post(address, {"language": "zh", "replaces": str(first)})
    assert list(IssuedStatement.objects.order_by("pk").values_list("replaces", flat=True)) == [None, first]


def test_whoever_may_not_issue_sees_no_button_and_is_refused(books: Books, clerk: Client) -> None:
    clerk.force_login(person("sales", "cash_clerk"))
    for page, button in ((page_of(books), "编号并出具"), (LIST, "给选中的账户")):
        address = f"{page}?since=2026-10-01&as_of=2026-10-31"
        assert button not in clerk.get(address).content.decode()
        assert clerk.post(address, {"which": "all"}).status_code == 403
    assert (IssuedStatement.objects.count(), StatementRun.objects.count()) == (0, 0)


def test_what_is_not_there_and_what_cannot_be_read(clerk: Client, books: Books) -> None:
    stranger = create_customer(master=Master("C0009", "从未往来"), actor="cli:test", at=AT)
    missing = ["customers/999999/draft", f"customers/{stranger}", "issued/999999", "runs/999999", "runs/9/archive"]
    assert [clerk.get(f"{LIST}{path}").status_code for path in missing] == [404] * 5
    for query in ("since=2026-11-21&as_of=2026-10-31", "since=soon", "since=1990-01-01"):
        answer = clerk.get(f"{LIST}?{query}")
        assert answer.status_code == 400
        assert "无法显示" in answer.content.decode()


def test_the_list_and_the_register_find_either_bracket(clerk: Client, books: Books) -> None:
    for name in ("宏朔（江临）钢构", "宏朔(江临)钢构"):
        Customer.objects.filter(pk=books.customers[1].pk).update(name=name)
        for typed in ("宏朔(江临)", "宏朔（江临）"):
            found = clerk.get(LIST, {**OCTOBER_ASKED, "q": typed}).context["lines"]
            assert [line.row.code for line in found] == ["C0002"], (name, typed)
    books.issue(1)
    assert [row.customer_code for row in clerk.get(f"{LIST}issued?q=宏朔（江临）").context["rows"]] == ["C0002"]


def test_the_list_exports_exactly_its_rows(clerk: Client) -> None:
    answer = clerk.get(f"{LIST}export", {**OCTOBER_ASKED, "format": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == ["C0001", "C0002"]
    assert lines[1][3:] == ["100000.00", "60000.00", "-4500.05", "-70000.00", "0.00", "85499.95"]


def test_without_a_company_it_is_one_the_customer_has_an_account_with(clerk: Client, books: Books) -> None:
    before = Company.objects.create(code="EAST", name="江临精工（华东）")
    answer = clerk.get(page_of(books), OCTOBER_ASKED)
    assert (answer.status_code, answer.context["asked"].company) == (200, books.company)
    assert [one for one, _url in answer.context["dealing_with"]] == [books.company]
    post_item(
        company=before, customer_id=books.customers[0].pk, kind="invoice", amount=7_00, currency="CNY",
        document_date=OCTOBER.since, posting_date=OCTOBER.since, due_date=OCTOBER.until, actor="cli:test", at=AT,
    )  # fmt: skip
    answer = clerk.get(page_of(books), OCTOBER_ASKED)
    assert answer.context["asked"].company == before
    shown = {
        one.code: clerk.get(url).context["said"].account.figures.closing for one, url in answer.context["dealing_with"]
    }
    assert shown == {"EAST": 7_00, "MAIN": 85_499_95}


def test_the_register_says_which_statement_was_replaced_and_leads_to_its_own_company(
    clerk: Client, books: Books
) -> None:
    Company.objects.create(code="EAST", name="江临精工（华东）")
    first = books.issue()
    books.issue(replaces=first)
    answer = clerk.get(f"{LIST}issued")
    assert [(row.number, row.replaced_by) for row in answer.context["rows"]] == [
        ("2026-000002", ""),
        ("2026-000001", "2026-000002"),
    ]
    page = answer.content.decode()
    assert page.count("由第 2026-000002 号替代") == 1
    links = re.findall(rf'href="({LIST}customers/[^"]+)"', page)
    assert links
    assert all("company=MAIN" in link for link in links)
