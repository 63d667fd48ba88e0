"""The pages as a browser receives them: closed to strangers, true to the ledger, safe to export."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.tests.books import AS_OF, AT, FILE, ROWS, Books, open_by, seal_everything
from huikuan.shell.tests.test_access import signed_in

OVERVIEW = "/receivables/overview"
ITEMS = "/receivables/items"
RATE = Decimal("7.1801")

#: A link with an amount inside: its address and the exact amount.
_FIGURE = re.compile(r'<a [^>]*href="([^"]+)"[^>]*data-figure="\w+"[^>]*>(−?)<data class="amount" value="(-?[\d.]+)"')


def exact(amount: Decimal, currency: str) -> Decimal:
    return (amount * RATE).quantize(Decimal("0.01")) if currency == "USD" else amount


def figures(page: str) -> list[tuple[str, Decimal]]:
    return [(html.unescape(url), Decimal(value)) for url, _minus, value in _FIGURE.findall(page)]


def exported(client: Client, url: str) -> list[list[str]]:
    """The rows behind a list's address, from its own export."""
    path, _, query = url.partition("?")
    answer = client.get(f"{path}/export?{query}&format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize(
    "path", ["/", OVERVIEW, ITEMS, f"{ITEMS}/export", f"{ITEMS}/1", "/imports/", "/imports/1", "/imports/1/original"]
)
def test_a_stranger_is_sent_to_the_log_in(path: str, db: None, client: Client) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("path", ["/me/unit", "/me/language", "/me/theme", "/logout"])
def test_preferences_change_by_post_with_a_token_only(path: str, reader: Client, books: Books) -> None:
    assert reader.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(books.user)
    assert strict.post(path, {"unit": "yuan", "language": "en", "theme": "dark"}).status_code == 403
    books.user.refresh_from_db()
    assert (books.user.amount_unit, books.user.language) == ("wan", "zh-hans")


@pytest.mark.parametrize(
    ("role", "posted", "page"),
    [
        ("collector", "/collection/runs/7/decide", "/collection/runs/7"),
        ("collector", "/collection/desk/7/call", "/collection/?customer=7"),
        ("collector", "/collection/desk/7/mention", "/collection/?customer=7"),
        ("collector", "/collection/desk/7/mail", "/collection/?customer=7"),
        ("legal", "/notices/post/7/say", "/notices/post/"),
        ("legal", "/notices/calls/hear", "/notices/calls/"),
        ("collector", "/interest/items/7/claim", "/interest/items/7"),
        ("collector", "/interest/claims/7/waive", "/interest/"),
        ("collector", "/promises/7/replace", "/promises/7"),
        ("collector", "/promises/in-kind/7/fail", "/promises/in-kind/7"),
        ("collector", "/promises/freezes/ask", "/promises/freezes"),
        ("collector", "/disputes/7/said/withdraw", "/disputes/7"),
        ("cash_clerk", "/cash/lines/7/apply", "/cash/?line=7"),
        ("cash_clerk", "/bills/7/endorse", "/bills/7"),
        ("collector", "/limitation/items/7/record", "/limitation/items/7"),
        ("collector", "/collection/visits/7/end", "/collection/visits/7"),
        ("finance_manager", "/collection/planning/7/edit", "/collection/planning/7"),
    ],
)
def test_an_address_that_is_posted_to_leads_who_opens_it_to_its_page(
    books: Books, role: str, posted: str, page: str
) -> None:
    """The page that a refusal shows stands there: its menus keep the address, a bookmark of it does."""
    client = signed_in("who", role)
    assert client.get(posted).headers["Location"] == page
    path, _, own = page.partition("?")
    led = client.get(f"{posted}?company=MAIN&as_of=2026-11-10&x=1").headers["Location"]
    assert led.partition("?")[0] == path
    assert set(led.partition("?")[2].split("&")) == {"company=MAIN", "as_of=2026-11-10", "x=1", *filter(None, [own])}
    assert client.delete(posted).status_code == 405


def test_preferences_are_kept_and_lead_back_to_our_own_pages_only(reader: Client, books: Books) -> None:
    answer = reader.post("/me/unit", {"unit": "yi", "next": "/imports/?after=3"})
    assert answer.headers["Location"] == "/imports/?after=3"
    assert reader.post("/me/language", {"language": "en", "next": "//evil.example/"}).headers["Location"] == "/"
    books.user.refresh_from_db()
    assert (books.user.amount_unit, books.user.language) == ("yi", "en")
    assert "Receivables overview" in reader.get(OVERVIEW).content.decode()


def test_headline_figures_equal_the_file(reader: Client) -> None:
    page = reader.get(OVERVIEW).content.decode()
    total = sum(exact(open_by(row[1]), row[5]) for row in ROWS)
    overdue = sum(exact(open_by(row[1]), row[5]) for row in ROWS if row[3] > 0)
    shown = dict(figures(page))
    assert total in shown.values()
    assert overdue in shown.values()
    assert Decimal("100000.00") in shown.values()


@pytest.mark.parametrize(
    "query", ["", "as_of=2026-10-31", "basis=document", "as_of=2026-11-17", "by=customer", "by=owner"]
)
def test_every_figure_opens_to_rows_that_sum_to_it(query: str, reader: Client) -> None:
    opened = figures(reader.get(f"{OVERVIEW}?{query}").content.decode())
    assert len(opened) > 3
    for url, value in opened:
        column = -1 if "in=CNY" in url else 11
        assert abs(sum(Decimal(row[column]) for row in exported(reader, url))) == value, url


def test_links_carry_the_reading(reader: Client) -> None:
    seal_everything()
    page = reader.get(f"{OVERVIEW}?as_of=2026-10-31&known_at=2026-11-20T11:00:00").content.decode()
    assert "按 2026-11-20T11:00:00 所知" in page
    links = [url for url, _value in figures(page)]
    assert links
    assert all("as_of=2026-10-31" in url and "known_at=2026-11-20T11%3A00%3A00" in url for url in links)


def test_credits_alone_without_a_rate_are_told_as_credits(reader: Client, books: Books) -> None:
    paid = Posting(books.customer("C0004"), "receipt", "EUR", 900_00, AS_OF, AS_OF)
    post_items(company=books.company, postings=[paid], actor="test", at=AT)
    page = reader.get(f"{OVERVIEW}?currency=CNY").content.decode()
    said = re.search(r'data-left-out="EUR">(.*?)</a>', page)
    assert said
    assert " ".join(re.sub(r"<[^>]+>", "", said[1]).split()) == "EUR 贷方 900.00"


def test_what_was_recorded_after_the_known_instant_is_left_out(reader: Client, books: Books) -> None:
    then = "known_at=2026-11-20T11:00:00"
    seal_everything()
    before = figures(reader.get(f"{OVERVIEW}?{then}").content.decode())
    posting = Posting(1, "invoice", "CNY", 1_000_000_00, AS_OF, AS_OF, AS_OF, "", "", "", None, None, "LATE")
    customer = reader.get(f"{ITEMS}/{books.item('INV-7')}").context["customer"]
    posting = Posting(customer.pk, *[getattr(posting, name) for name in list(Posting.__dataclass_fields__)[1:]])
    post_items(company=books.company, postings=[posting], actor="test", at=AT)
    assert figures(reader.get(f"{OVERVIEW}?{then}").content.decode()) == before
    assert figures(reader.get(OVERVIEW).content.decode())[0][1] == before[0][1] + 1_000_000


@pytest.mark.parametrize("query", ["as_of=yesterday", "known_at=soon", "company=NONE", "known_at=2020-01-01T00:00"])
def test_an_unreadable_reading_is_refused_in_words(query: str, reader: Client) -> None:
    answer = reader.get(f"{OVERVIEW}?{query}")
    assert answer.status_code == 400
    assert "无法显示" in answer.content.decode()


def test_an_item_leads_to_its_line_and_its_file(reader: Client, books: Books) -> None:
    page = reader.get(f"{ITEMS}/{books.item('264388117730')}").content.decode()
    assert 'value="645000.05"' in page
    assert f"/imports/{books.batch}/lines/3" in page
    line = reader.get(f"/imports/{books.batch}/lines/3").content.decode()
    lit = re.search(r'<tr class="lit">.*?</tr>', line, re.DOTALL)
    assert lit is not None
    assert "264388117730" in lit.group()
    assert "645000.05" in lit.group()


def test_the_original_comes_as_it_was_and_cannot_run(reader: Client, books: Books) -> None:
    answer = reader.get(f"/imports/{books.batch}/original")
    content = b"".join(answer.streaming_content)
    assert content.startswith("客户编码".encode())
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert FILE.split(".")[0].encode() not in answer.headers["Content-Disposition"].encode("latin-1", "replace")


def test_exports_hold_exactly_the_rows_and_no_formula(reader: Client) -> None:
    rows = exported(reader, f"{ITEMS}?side=debit&only=CNY")
    assert len(rows) == 8
    assert "'=1+1" in {row[3] for row in rows}
    book = b"".join(reader.get(f"{ITEMS}/export?side=debit&format=xlsx").streaming_content)
    assert book.startswith(b"PK")


#: Queries of each page while something newer than the mirror is there. A page that needs more says why here.
#: On SQLite each reading takes one fewer, as its snapshot is opened in one statement.
QUERIES = {
    OVERVIEW: 45,
    f"{OVERVIEW}?by=customer": 59,
    ITEMS: 27,
    f"{ITEMS}?q=2643": 29,
    "/imports/": 16,
}


def test_pages_ask_the_database_no_more_for_more_rows(reader: Client, books: Books) -> None:
    def asked(path: str) -> int:
        reader.get(path)
        with CaptureQueriesContext(connection) as queries:
            reader.get(path)
        return len(queries)

    def post(*numbers: int) -> None:
        more = [
            Posting(customer, "invoice", "CNY", 100 + n, due, due, due, "", "", "", None, None, f"M-{n}")
            for n in numbers
        ]
        post_items(company=books.company, postings=more, actor="test", at=AT)

    customer = reader.get(f"{ITEMS}/{books.item('INV-7')}").context["customer"].pk
    due = AS_OF - timedelta(days=5)
    # The first pages mirror the books; the postings stay in the tail.
    reader.get(OVERVIEW)
    post(0)
    few = {path: asked(path) for path in QUERIES}
    post(*range(1, 41))
    assert {path: asked(path) for path in QUERIES} == few
    assert {path: count for path, count in few.items() if count > QUERIES[path]} == {}


def test_the_frame_is_asked_once_whatever_stands_beside_the_page(reader: Client, books: Books) -> None:
    page = f"{ITEMS}/{books.item('INV-7')}"
    reader.get(page)
    with CaptureQueriesContext(connection) as asked:
        reader.get(page)
    seals = [query["sql"] for query in asked.captured_queries if 'FROM "audit_head"' in query["sql"]]
    assert len(seals) == 2, "the frame's, and the item's own seal"


def test_scripts_and_styles_come_from_us_alone(reader: Client) -> None:
    answer = reader.get(OVERVIEW)
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self';" in f"{policy};"
    page = answer.content.decode()
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"(src|href)=\"https?:", page)


def test_an_empty_ledger_says_what_comes_next(db: None, client: Client) -> None:
    Company.objects.get_or_create(code="MAIN", defaults={"name": "本公司"})
    client.force_login(User.objects.create_user("lin", password="correct horse 9"))
    grant_role(username="lin", role="auditor", actor="cli:test", at=AT)
    assert "huikuan import open-items" in client.get(OVERVIEW).content.decode()
    assert "huikuan import open-items" in client.get(ITEMS).content.decode()
    assert "huikuan import items" in client.get("/imports/").content.decode()
