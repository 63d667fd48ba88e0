"""The customer's own door: what a guest sees, does and takes away, and that it is nothing of anybody else's."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.models import StoredFile
from huikuan.record.promises.models import Promise
from huikuan.record.receivables.models import Item
from huikuan.see.confirmations.domain.links import HEAVY, Cap
from huikuan.see.confirmations.models import GuestSession, Knock, PeerList, Reply, ReplyLine
from huikuan.see.confirmations.operations import guests as doors
from huikuan.see.confirmations.operations import uploads
from huikuan.see.confirmations.operations.inviting import revoke
from huikuan.see.confirmations.tests.conftest import AT, Portal, books, code_received, portal
from huikuan.see.confirmations.tests.test_lists import CSV, STRANGE, workbook
from huikuan.shell.portal import account
from huikuan.shell.portal import guests as portal_guests
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_headers import wrong_with

__all__ = ["books", "portal"]

#: Names and numbers of the other customer of the same company, and of ours in another one: seen by no guest of ours.
SENTINELS = ("宏朔钢构", "264377023310", "C0002", "8,000.00")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
PAGES = ("/portal/", "/portal/statement", "/portal/statement?format=xlsx")


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


def entered(portal: Portal, **more: Any) -> Client:
    """A guest's browser, inside."""
    _, token = portal.invite(**more)
    client = Client()
    answer = client.post(f"/portal/open/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/portal/")
    return client


def form(*answers: dict[str, str], **more: str) -> dict[str, str]:
    """The form with each line's fields, by place."""
    typed = {f"{name}-{place}": value for place, one in enumerate(answers) for name, value in one.items()}
    return {"page": "0", "name": "顾静", "position": "财务部", **typed, **more}


def code_sent() -> str:
    return code_received(timezone.now())


CORRECT = {"said": "correct"}
DISPUTED = {"said": "disputed", "reason": "quality", "accepted": "58,000.00", "note": "尺寸偏差 0.4 mm"}


def test_a_code_is_told_as_sent_once_it_was_and_as_unsent_where_it_cannot_be(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = entered(portal)

    def hint() -> str:
        found = re.search(r'id="code-hint">([^<]*)', client.get("/portal/").content.decode())
        assert found is not None
        return found[1].split("。")[0]

    assert hint() == "用于证明是您本人回复"
    client.post("/portal/", form(act="code"))
    assert hint() == "验证码暂时未能发出，请联系向您发送链接的人"  # no mail is set up here
    monkeypatch.setattr(doors, "lacking", lambda channel: ())
    assert hint() == "验证码正在发送，十分钟内有效"
    code_sent()
    assert hint() == "验证码已发送，十分钟内有效"


def test_reading_a_link_opens_nothing_and_tells_nothing(portal: Portal) -> None:
    _, token = portal.invite()
    right, wrong = Client().get(f"/portal/open/{token}"), Client().get("/portal/open/" + "A" * 32)
    assert right.status_code == wrong.status_code == 200
    assert ("打开账目" in right.content.decode(), "登记账户" in right.content.decode()) == (True, False)
    plain = re.compile(r'value="[A-Za-z0-9]{64}"|/portal/open/[\w-]+')
    assert plain.sub("", right.content.decode()) == plain.sub("", wrong.content.decode())
    assert GuestSession.objects.count() == 0
    assert list(wrong_with(right)) == []


def test_dead_links_are_answered_alike_and_give_no_cookie(portal: Portal) -> None:
    invited, token = portal.invite()
    revoke(invitation_id=invited, reason="", actor="cli:test", at=AT)
    pages = set()
    for dead in (token, "A" * 32, "x"):
        answer = Client().post(f"/portal/open/{dead}")
        assert answer.status_code == 404
        assert "hk_guest" not in answer.cookies
        pages.add(re.sub(r'value="[A-Za-z0-9]{64}"|/portal/open/[\w-]+', "", answer.content.decode()))
    assert len(pages) == 1


def test_the_cookie_is_the_portals_alone_and_opens_no_page_of_the_product(portal: Portal) -> None:
    client = entered(portal)
    cookie = client.cookies["hk_guest"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/portal/", True, "Lax")
    assert client.get("/receivables/items").headers["Location"].startswith("/login")
    assert client.get("/api/v1/items").status_code == 401
    assert Client().get("/portal/").status_code == 404


def test_the_account_is_shown_with_its_figures_and_lines(portal: Portal) -> None:
    client = entered(portal)
    page = client.get("/portal/")
    text = page.content.decode()
    for part in (
        "北麓矿业装备集团有限公司",
        "江临精工装备股份有限公司",
        "100,000.00",
        "85,499.95",
        "−4,500.05",
        "g****@beilu.example",
    ):
        assert part in text, part
    assert page.headers["Cache-Control"] == "no-store"
    assert list(wrong_with(page)) == []


def test_nothing_of_another_customer_is_on_any_page_or_file(portal: Portal) -> None:
    """The sentinel is there: another customer of the same company has an account with the same papers."""
    assert Item.objects.filter(document_number=SENTINELS[1]).exists()
    portal.books.issue(1)
    client = entered(portal)
    seen = [client.get(path) for path in PAGES]
    client.post("/portal/", form(CORRECT, CORRECT, CORRECT, act="code"))
    client.post("/portal/", form(CORRECT, CORRECT, CORRECT, act="submit", code=code_sent()))
    after = ("/portal/receipt", "/portal/receipt/pdf", "/portal/receipt/reply", "/portal/receipt/proof")
    seen += [client.get(path) for path in after]
    for answer in seen:
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        told = text_of(content, answer.headers["Content-Type"])
        assert [one for one in SENTINELS if one in told] == []
    assert "264388117730" in text_of(client.get("/portal/receipt").content, "text/html").replace(" ", "")


def text_of(content: bytes, kind: str) -> str:
    if "sheet" in kind:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return re.sub(r"<[^>]*>", "", content.decode("utf-8", "replace"))


def bare(page: bytes) -> bytes:
    """Without the form's token and the address to come back to."""
    return re.sub(rb'name="(csrfmiddlewaretoken|next)" value="[^"]*"', b"", page)


def test_what_the_browser_says_about_rows_is_not_listened_to(portal: Portal) -> None:
    """No address and no field takes an id: what is asked for beside is left aside."""
    client = entered(portal)
    plain = bare(client.get("/portal/").content)
    for query in (
        "customer=2",
        "company=1",
        "invitation=1",
        "statement_id=2",
        "page=99999",
        "page=x",
        "as_of=2020-01-01",
    ):
        answer = client.get(f"/portal/?{query}")
        assert answer.status_code == 200
        assert bare(answer.content) == plain, query
    client.post("/portal/", form(act="save") | {"said-99": "correct", "said-x": "correct", "item": "1"})
    assert list(GuestSession.objects.get().draft["lines"]) == []


def test_what_was_typed_is_kept_and_the_rest_confirmed_at_once(portal: Portal) -> None:
    client = entered(portal)
    assert client.post("/portal/", form({}, DISPUTED, act="rest")).status_code == 302
    page = client.get("/portal/").content.decode()
    assert page.count('value="correct" checked') == 2
    assert page.count('value="disputed" checked') == 1
    assert "尺寸偏差 0.4 mm" in page
    assert re.search(r'data-sum="disputed"><data[^>]*>2,000.00', page)
    sums = client.post("/portal/", form({}, DISPUTED | {"accepted": "59,999.99"}, act="keep")).content.decode()
    assert re.search(r'data-sum="disputed"><data[^>]*>0.01', sums)


def test_a_reply_with_dispute_file_and_promise_and_its_receipt(portal: Portal) -> None:
    client = entered(portal)
    first = CORRECT | {"promised_on": "2026-11-25"}
    sent = {"files-1": SimpleUploadedFile("检验报告.png", PNG)}
    assert client.post("/portal/", form(first, DISPUTED, CORRECT, act="code") | sent).status_code == 302
    assert "检验报告.png" in client.get("/portal/").content.decode()
    done = client.post("/portal/", form(first, DISPUTED, CORRECT, act="submit", code=code_sent()))
    assert (done.status_code, done.headers["Location"]) == (302, "/portal/receipt")
    reply = Reply.objects.get()
    assert (reply.accepted, reply.disputed) == (83_499_95, 2_000_00)
    line = ReplyLine.objects.get(said="disputed")
    assert (line.reason, line.note, len(line.files)) == ("quality", "尺寸偏差 0.4 mm", 1)
    page = client.get("/portal/receipt").content.decode()
    assert "60,000.00 中 2,000.00 有异议 · 质量: 尺寸偏差 0.4 mm" in page
    digest = bytes(reply.digest).hex()
    assert digest in page
    data = b"".join(client.get("/portal/receipt/reply").streaming_content)
    assert hashlib.sha256(data).hexdigest() == digest
    proof = json.loads(b"".join(client.get("/portal/receipt/proof").streaming_content))
    assert proof["proof"] == "inclusion"
    assert b"".join(client.get("/portal/receipt/pdf").streaming_content).startswith(b"%PDF")
    assert client.get("/portal/").headers["Location"] == "/portal/receipt"
    found = Client().get(f"/portal/verify?digest={digest}").content.decode()
    assert "封签" in found
    assert "顾静" not in found
    assert "没有" in Client().get(f"/portal/verify?digest={'0' * 64}").content.decode()


def test_of_what_is_open_no_longer_no_day_is_asked_for(portal: Portal) -> None:
    """A day sent all the same: the reply stands, nothing is promised, and staff are told so."""
    client = entered(portal)
    first = portal.lines(portal.enter(portal.invite()[1]))[0]
    before = client.get("/portal/").content.decode()
    assert ("data-closed" in before, before.count('name="promised_on-')) == (False, 2)
    money = portal.books.post("receipt", first.open_amount, "2026-11-19")
    portal.books.settle(money, first.item_id, first.open_amount, "2026-11-19")
    page = client.get("/portal/").content.decode()
    assert page.count("data-closed") == 1
    assert 'name="promised_on-0"' not in page
    said = CORRECT | {"promised_on": "2026-11-25"}
    client.post("/portal/", form(said, CORRECT, CORRECT, act="code"))
    assert client.post("/portal/", form(said, CORRECT, CORRECT, act="submit", code=code_sent())).status_code == 302
    assert not Promise.objects.exists()
    staff = signed_in("min", "billing_clerk")
    reply = Reply.objects.get()
    assert "已无未结金额：不记承诺" in staff.get(f"/receivables/confirmations/{reply.invitation_id}").content.decode()


@pytest.mark.parametrize("fault", [Refusal("database_busy"), OSError("no space")])
def test_what_was_recorded_and_could_not_be_sealed_at_once_is_told_as_recorded(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    client = entered(portal)
    client.post("/portal/", form(CORRECT, DISPUTED, CORRECT, act="code"))
    monkeypatch.setattr(account, "fresh_head", Mock(side_effect=fault))
    done = client.post("/portal/", form(CORRECT, DISPUTED, CORRECT, act="submit", code=code_sent()))
    assert (done.status_code, done.headers["Location"], Reply.objects.count()) == (302, "/portal/receipt", 1)
    assert "尚未封签" in client.get("/portal/receipt").content.decode()
    assert [one.levelname for one in caplog.records if one.name == account.__name__] == ["ERROR"]


def test_what_is_missing_is_told_at_its_line_and_nothing_is_recorded(portal: Portal) -> None:
    client = entered(portal)
    client.post("/portal/", form(act="code"))
    answer = client.post("/portal/", form(CORRECT, {"said": "disputed"}, act="submit", code=code_sent()))
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "请选择原因。" in text
    assert "请选择这笔是否无误。" in text
    assert Reply.objects.count() == 0
    silent = client.post("/portal/", form(CORRECT, DISPUTED | {"accepted": ""}, CORRECT, act="submit", code="1"))
    assert (silent.status_code, "请填写贵公司认可的金额。" in silent.content.decode()) == (400, True)
    assert "贵公司认可金额（全部不认可填 0）" in silent.content.decode()
    unread = client.post("/portal/", form(CORRECT, DISPUTED | {"accepted": "viel"}, CORRECT, act="submit", code="1"))
    assert "viel" in unread.content.decode()
    assert Reply.objects.count() == 0


def test_a_day_further_ahead_than_the_policy_is_refused_at_its_field_and_nothing_is_lost(portal: Portal) -> None:
    client = entered(portal)
    assert 'max="2027-02-18"' in client.get("/portal/").content.decode()  # 90 days on
    client.post("/portal/", form(act="code"))
    far = CORRECT | {"promised_on": "2027-02-19"}
    answer = client.post("/portal/", form(far, DISPUTED, CORRECT, act="submit", code=code_sent()))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert text.count("日期应在 2026-11-20 至 2027-02-18 之间。") == 1
    assert 'value="2027-02-19"' in text
    assert "尺寸偏差 0.4 mm" in text
    assert Reply.objects.count() == 0


@pytest.mark.parametrize(("name", "content"), [("x.exe", b"MZ"), ("x.pdf", PNG), ("x.svg", b"<svg/>")])
def test_a_file_that_is_not_taken_is_told_and_the_rest_is_kept(portal: Portal, name: str, content: bytes) -> None:
    client = entered(portal)
    sent = {"files-1": SimpleUploadedFile(name, content)}
    answer = client.post("/portal/", form(CORRECT, DISPUTED, act="save") | sent)
    assert answer.status_code == 400
    assert "尺寸偏差 0.4 mm" in answer.content.decode()


def test_more_files_than_a_line_has_room_for_are_not_kept(portal: Portal) -> None:
    client, before = entered(portal), StoredFile.objects.count()
    sent = [SimpleUploadedFile(f"{number}.png", PNG + bytes([number])) for number in range(7)]
    answer = client.post("/portal/", form(CORRECT, DISPUTED, act="save") | {"files-1": sent})
    assert (answer.status_code, StoredFile.objects.count() - before) == (400, 5)
    one = {"files-1": SimpleUploadedFile("9.png", PNG + b"9")}
    assert client.post("/portal/", form(CORRECT, DISPUTED, act="save") | one).status_code == 400
    assert StoredFile.objects.count() - before == 5


def test_files_of_one_invitation_are_not_kept_without_end(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropped from the draft they lie here all the same; another invitation has room of its own."""
    monkeypatch.setattr(uploads, "MOST_KEPT", 7)
    client, before = entered(portal), StoredFile.objects.count()

    def send(client: Client, number: int, size: int = 100) -> HttpResponse:
        file = SimpleUploadedFile(f"{number}.png", PNG + bytes([number]) * size)
        return client.post("/portal/", form(CORRECT, DISPUTED, act="drop:1.0") | {"files-1": file})

    assert [send(client, number).status_code for number in range(7)] == [302] * 7
    refused = send(client, 7)
    assert (refused.status_code, StoredFile.objects.count() - before) == (400, 7)
    assert "最多可上传 7 个文件、共 100 MB" in refused.content.decode()
    assert "尺寸偏差 0.4 mm" in refused.content.decode()
    other = entered(portal, language="en")
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    assert send(other, 8).status_code == 302
    assert send(other, 9, size=1_000).status_code == 400
    assert StoredFile.objects.count() - before == 8


def knocks(portal: Portal, about: str) -> int:
    return Knock.objects.filter(about__startswith=about).count()


def test_every_request_of_a_guest_is_counted_and_too_many_are_paused(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_guests, "CALLS", Cap(5, timedelta(minutes=10)))
    client = entered(portal)
    for path in ("/portal/", "/portal/statement?format=xlsx", "/portal/list", "/portal/receipt", "/portal/"):
        assert client.get(path).status_code in (200, 302), path
    assert knocks(portal, "guest:") == 5
    paused = client.get("/portal/")
    assert (paused.status_code, "10 分钟" in paused.content.decode(), knocks(portal, "guest:")) == (429, True, 5)


def test_files_that_are_made_anew_and_lists_that_are_read_have_a_cap_of_their_own(portal: Portal) -> None:
    client = entered(portal)
    assert (HEAVY.most, HEAVY.span) == (30, timedelta(minutes=10))
    for _ in range(HEAVY.most - 2):
        Knock.objects.create(about=f"guest-heavy:{GuestSession.objects.get().invitation_id}", at=timezone.now())
    # A list that cannot be read has been looked at all the same.
    assert client.post("/portal/list", {"file": SimpleUploadedFile("x.csv", b"a,b\n")}).status_code == 400
    assert client.get("/portal/statement?format=xlsx").status_code == 200
    for heavy in (client.get("/portal/statement"), client.post("/portal/list", {})):
        assert heavy.status_code == 429
    assert client.get("/portal/").status_code == client.get("/portal/list").status_code == 200


def test_strangers_and_guests_send_no_more_than_is_taken(portal: Portal) -> None:
    big = b"--x\r\n" + b"0" * 20_000
    kind = "multipart/form-data; boundary=x"
    assert Client().post("/portal/", big, content_type=kind).status_code == 403
    client = entered(portal)
    assert client.post("/receivables/items", big, content_type=kind).status_code == 403
    assert client.post("/portal/", b"0" * 30_000_001, content_type=kind).status_code == 413


def test_forms_without_a_token_of_ours_are_not_taken(portal: Portal) -> None:
    _, token = portal.invite()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/portal/open/{token}").status_code == 403
    assert GuestSession.objects.count() == 0


def test_in_english_and_left(portal: Portal) -> None:
    client = entered(portal, language="en")
    assert "All the rest is correct" in client.get("/portal/").content.decode()
    client.post("/me/language", {"language": "zh-hans", "next": "/portal/"})
    assert "其余全部无误" in client.get("/portal/").content.decode()
    left = client.post("/portal/leave")
    assert left.status_code == 200
    assert client.get("/portal/").status_code == 404


def test_hostile_texts_stay_texts(portal: Portal) -> None:
    client = entered(portal)
    evil = "<script>alert(1)</script>{{ settings.SECRET_KEY }}\"'=1+1"
    client.post("/portal/", form(CORRECT, DISPUTED | {"note": evil}, CORRECT, act="code", name=evil))
    page = client.get("/portal/").content.decode()
    assert "<script>alert" not in page
    client.post(
        "/portal/", form(CORRECT, DISPUTED | {"note": evil}, CORRECT, act="submit", name=evil, code=code_sent())
    )
    shown = client.get("/portal/receipt")
    assert "<script>alert" not in shown.content.decode()
    assert list(wrong_with(shown)) == []
    assert b"".join(client.get("/portal/receipt/pdf").streaming_content).startswith(b"%PDF")


def test_the_customers_own_list_is_compared_at_once(portal: Portal) -> None:
    client = entered(portal)
    assert client.post("/portal/list", {"file": SimpleUploadedFile("清单.csv", CSV)}).status_code == 302
    page = client.get("/portal/list")
    text = page.content.decode()
    for part in ("未开票", "在途：已付未到账", "95,000.00", "−9,500.05"):
        assert part in text, part
    # The guest's own 58,000.00 ends like the other's 8,000.00.
    assert [one for one in SENTINELS[:3] if one in text] == []
    assert list(wrong_with(page)) == []
    bad = client.post("/portal/list", {"file": SimpleUploadedFile("x.csv", "发票号码,金额\nA,viel\n".encode())})
    assert bad.status_code == 400
    assert "viel" in bad.content.decode()
    assert client.post("/portal/list").status_code == 400
    assert PeerList.objects.count() == 1
    assert Client().get("/portal/list").status_code == 404


def test_columns_nobody_knows_are_said_on_the_page_and_the_file_stays_chosen(portal: Portal) -> None:
    client = entered(portal)

    def send(partial: bool = True, **said: str) -> HttpResponse:
        more = {"headers": {"HX-Request": "true"}} if partial else {}
        return client.post(
            "/portal/list", {"file": SimpleUploadedFile("应付.xlsx", workbook(STRANGE)), **said}, **more
        )

    asked = send()
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "<html" not in text, "a piece of the page: the file chosen stays beside it"
    assert [part for part in ("尚欠", "264388102254 · 88117730", 'name="column-5"') if part not in text] == []
    head = re.search(r'name="head" value="([0-9a-f]{64})"', text)
    assert head is not None
    said = {"head": head[1], "column-1": "document", "column-4": "amount", "column-5": "kind"}
    twice = send(**said, **{"column-3": "amount"}).content.decode()
    assert "两列都选成了“未付金额（必选）”" in twice
    assert re.search(r'id="column-1".*?<option value="document" selected', twice)
    assert "请指明哪一列是单据号" in send(head=head[1]).content.decode()
    whole = send(partial=False)
    assert (whole.status_code, "请重新选择文件" in whole.content.decode(), list(wrong_with(whole))) == (400, True, [])
    assert PeerList.objects.count() == 0
    done = send(**said)
    assert (done.headers["HX-Redirect"], PeerList.objects.get().theirs) == ("/portal/list", 95_000_00)
