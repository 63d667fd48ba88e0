"""A page that says a refusal stands where its form was sent to; it links and searches as the page itself does."""

from __future__ import annotations

import html
import re
import time
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.act.visits.models import Call
from huikuan.connect.connectors.models import ImportDraft
from huikuan.record.banking.models import LineUse
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_cash_pages import clerk, line_in
from huikuan.shell.tests.test_desk_pages import collector
from huikuan.shell.tests.test_wizard import HEADER, check, describe, send
from huikuan.shell.web.proving import PROVED

__all__ = ["clerk", "collector"]


class Refused:
    """The page that answered what was sent, read as a browser does."""

    def __init__(self, client: Client, address: str, typed: dict[str, Any]) -> None:
        answer = client.post(address, typed)
        assert answer.status_code == 400
        self.client, self.address, self.text = client, address, answer.content.decode()

    def linked(self, pattern: str) -> Any:
        """The page behind the link the pattern finds."""
        [href] = re.findall(pattern, self.text, re.S)
        return self._open(href)

    def searched(self, marked: str, **asked: str) -> Any:
        """The page that answers the form with this mark, with what it hides and what is `asked`."""
        [(attributes, inside)] = re.findall(rf"<form([^>]*{marked}[^>]*)>(.*?)</form>", self.text, re.S)
        action = re.search(r'action="([^"]*)"', attributes)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside))
        return self._open(action[1] if action else self.address.partition("?")[0], **hidden, **asked)

    def _open(self, href: str, **query: str) -> Any:
        answer = self.client.get(urljoin(self.address, html.unescape(href)), query or None, follow=True)
        assert answer.status_code == 200
        return answer


@pytest.fixture
def call(books: Books, collector: Client) -> Refused:
    """A promise without a day, written down where the list was searched for C000."""
    mine = books.customer("C0001")
    return Refused(collector, f"/collection/desk/{mine}/call", {"result": "promised", "back": "q=C000&about=people"})


def test_another_customer_of_the_list_is_opened(books: Books, call: Refused) -> None:
    other = books.customer("C0002")
    page = call.linked(rf'data-customer="{other}">.*?<a href="([^"]*)"')
    assert (page.context["desk"].customer.id, page.context["text"]) == (other, "C000")
    assert page.request["PATH_INFO"] == "/collection/"


def test_the_list_is_gone_back_to(call: Refused) -> None:
    page = call.linked(r'<a class="on-phone" href="([^"]*)" data-back')
    assert (page.context["chosen"], page.context["text"]) == (False, "C000")


def test_the_list_is_searched(call: Refused) -> None:
    page = call.searched('class="find"', q="C0002")
    assert (page.context["text"], page.context["chosen"]) == ("C0002", False)


def test_the_story_is_narrowed(books: Books, call: Refused) -> None:
    page = call.linked(r'href="([^"]*about=money[^"]*)"')
    assert (page.context["about"], page.context["desk"].customer.id) == ("money", books.customer("C0001"))


def test_what_is_sent_again_still_says_what_the_list_was_searched_for(call: Refused) -> None:
    assert re.findall(r'name="back" value="([^"]*)"', call.text)[0].startswith("q=C000&amp;about=people")


def test_the_page_in_another_language_is_the_page(books: Books, call: Refused) -> None:
    pages = {html.unescape(address) for address in re.findall(r'name="next" value="(/[^"]*)"', call.text)}
    assert pages == {f"/collection/?q=C000&about=people&customer={books.customer('C0001')}"}


def test_an_address_kept_opens_what_it_asks_for_too(books: Books, collector: Client) -> None:
    mine, other = books.customer("C0001"), books.customer("C0002")
    asked = {"customer": other, "about": "money"}
    page = collector.get(f"/collection/desk/{mine}/call", asked, follow=True)
    assert (page.context["desk"].customer.id, page.context["about"]) == (other, "money")


@pytest.mark.parametrize("back", ["q=%00", "%00=1", f"q={'x' * 1_001}", "&".join(f"q={'x' * 999}" for _ in range(11))])
def test_a_query_no_page_writes_is_refused_as_an_address_is_before_anything_is_done(
    books: Books, clerk: Client, collector: Client, back: str
) -> None:
    line = line_in(books, 645_000_05)
    aside, call = f"/cash/lines/{line}/aside", f"/collection/desk/{books.customer('C0001')}/call"
    called = {"result": "not_reached", "company": "MAIN"}
    assert clerk.post(aside, {"note": "活期利息", "back": back}).status_code == 400
    assert collector.post(call, {**called, "back": back}).status_code == 400
    assert clerk.get("/cash/", {"q": "\0"}).status_code == clerk.get("/cash/", {"q": "x" * 1_001}).status_code == 400
    assert (LineUse.objects.count(), Call.objects.count()) == (0, 0)
    assert clerk.post(aside, {"note": "活期利息", "back": "q=1"}).status_code == 302
    assert collector.post(call, {**called, "back": "q=1"}).status_code == 302
    assert (LineUse.objects.count(), Call.objects.count()) == (1, 1)


def test_the_next_cells_of_a_file_are_opened_after_one_is_mended(reader: Client) -> None:
    """Sixty cells more than a page shows; a mended one, one that stays wrong, and a commit that came too late."""
    lines = [f"C0009,远舟港机,N-{n},2026-10-32,2026-12-01,3000.00,CNY," for n in range(120)]
    send(reader, "\n".join([HEADER, *lines]).encode())
    draft = ImportDraft.objects.latest("pk")
    describe(reader, draft)
    check(reader, draft)
    cells = f"/imports/drafts/{draft.pk}/cells"
    partial = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "checked"}
    mended = reader.post(cells, {"row": "2", "column": "开票日期", "value": "2026-10-31"}, **partial)
    late = reader.post(f"/imports/drafts/{draft.pk}/commit", {"version": "99"})
    for answer in (mended, late):
        [more] = re.findall(r'<a class="button" href="([^"]*page=2[^"]*)"', answer.content.decode())
        assert reader.get(html.unescape(more)).status_code == 200
    assert reader.get(cells, follow=True).request["PATH_INFO"] == f"/imports/drafts/{draft.pk}/check"


def test_a_page_of_a_refusal_is_come_back_to_in_another_language(reader: Client, books: Books) -> None:
    customer = books.customer("C0001")
    session = reader.session
    session[PROVED] = int(time.time())
    session.save()
    paper = {"file": SimpleUploadedFile("x.xlsx", b"nonsense")}
    for address, sent in ((f"/customers/{customer}/financials/upload", paper), ("/programs/webhooks", {"url": "x"})):
        answer = reader.post(address, sent)
        assert answer.status_code == 400
        ways = set(re.findall(r'name="next" value="([^"]*)"', answer.content.decode()))
        assert [reader.get(way).status_code for way in ways] == [200]


def test_another_payment_of_the_queue_is_opened(books: Books, clerk: Client) -> None:
    line, other = line_in(books, 645_000_05), line_in(books, 86_400_55)
    refused = Refused(clerk, f"/cash/lines/{line}/aside", {"note": "", "back": "order=most"})
    page = refused.linked(rf'data-line="{other}"><a href="([^"]*)"')
    assert (page.context["desk"].line.id, page.context["order"]) == (other, "most")
    found = refused.searched('class="find" method="get"', q="nobody")
    assert (found.context["wanted"].text, found.context["order"]) == ("nobody", "most")
