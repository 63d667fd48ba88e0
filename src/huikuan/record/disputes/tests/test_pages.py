"""The pages: the list with its sums and file, one dispute with its forms, the item's panel, statistics; each for those
who may, of their own customers alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.tests.conftest import Desk, doing
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.shell.tests.books import ask_second_factor_of

NOW = datetime.now(UTC)


def client_of(name: str, role: str, **more: Any) -> Client:
    user, _ = User.objects.get_or_create(username=name)
    grant_role(username=name, role=role, actor="cli:root", at=NOW - timedelta(days=1), **more)
    client = Client(headers={"accept-language": "en"})
    # A role that approves ends the sessions before it.
    client.force_login(User.objects.get(pk=user.pk))
    return client


@pytest.fixture
def desk(db: None) -> Desk:
    ask_second_factor_of("nobody")
    return Desk()


def raised(desk: Desk, amount: int = 60_00, **said: Any) -> int:
    claim = said.pop("claim", None) or desk.invoice(document_number="FP-17")
    return desk.dispute(claim, amount, at=NOW, **said)


def test_from_the_items_page_a_dispute_is_raised_answered_and_granted(desk: Desk) -> None:
    claim = desk.invoice(document_number="FP-17")
    collector, quality = client_of("qian", "collector"), client_of("zhou", "resolver")
    finance = client_of("sun", "finance_manager")
    assert f"/disputes/items/{claim}/raise" in collector.get(f"/receivables/items/{claim}").content.decode()
    assert "/raise" not in quality.get(f"/receivables/items/{claim}").content.decode()
    form = {"amount": "1,000", "reason": "quality", "source": "call", "said_by": "王工", "note": "有裂纹"}
    refused = collector.post(f"/disputes/items/{claim}/raise", form)
    assert (refused.status_code, Dispute.objects.count()) == (400, 0)
    assert "有裂纹" in refused.content.decode()
    photo = SimpleUploadedFile("裂纹.jpg", b"\xff\xd8\xff")
    sent = collector.post(f"/disputes/items/{claim}/raise", {**form, "amount": "60", "file": photo})
    number = Dispute.objects.get().pk
    assert sent.headers["Location"].endswith(f"/disputes/{number}")
    row = desk.row(number)
    assert (row.amount, row.said_by, row.files[0].name) == (60_00, "王工", "裂纹.jpg")
    page = quality.get(f"/disputes/{number}").content.decode()
    assert "Answer it" in page
    assert "Credit note" not in page
    assert quality.get(f"/disputes/{number}/files/{row.files[0].sha256}").getvalue() == b"\xff\xd8\xff"
    assert quality.get(f"/disputes/{number}/files/{'0' * 64}").status_code == 404
    answered = quality.post(f"/disputes/{number}/answer", {"answer-amount": "45", "answer-note": "属实", "seen": "1"})
    assert (answered.status_code, desk.row(number).accepted) == (302, 45_00)
    # Somebody looked before the answer.
    stale = finance.post(f"/disputes/{number}/resolve", {"resolve-outcome": "rejected", "seen": "1"})
    assert stale.status_code == 400
    granted = {"resolve-outcome": "credit_note", "resolve-amount": "45.00", "resolve-note": "同意", "seen": "2"}
    assert finance.post(f"/disputes/{number}/resolve", granted).status_code == 302
    assert open_of(claim).amount == 55_00
    assert "Credit note" in collector.get(f"/disputes/{number}").content.decode()


def test_the_customers_word_and_the_houses_are_two_permissions(desk: Desk) -> None:
    number = raised(desk)
    collector, quality = client_of("qian", "collector"), client_of("zhou", "resolver")
    assert quality.post(f"/disputes/{number}/said/withdraw").status_code == 403
    assert collector.post(f"/disputes/{number}/resolve", {"resolve-outcome": "rejected"}).status_code == 403
    # A deed at the wrong address is not there.
    assert collector.post(f"/disputes/{number}/said/resolve").status_code == 404
    assert quality.post(f"/disputes/{number}/withdraw").status_code == 404
    assert quality.post(f"/disputes/{number}/nothing").status_code == 404
    handed = {"hand-department": "物流部", "hand-role": "resolver", "hand-note": "运输", "hand-days": "2"}
    assert quality.post(f"/disputes/{number}/hand", handed).status_code == 302
    assert collector.post(f"/disputes/{number}/said/evidence", {"evidence-note": "又寄来照片"}).status_code == 302
    assert collector.post(f"/disputes/{number}/said/evidence", {}).status_code == 400
    assert collector.post(f"/disputes/{number}/said/withdraw", {}).status_code == 302
    row = desk.row(number)
    assert (row.department, row.outcome, row.step) == ("物流部", "withdrawn", 4)
    assert collector.post(f"/disputes/{number}/said/reopen", {"reopen-note": "仍有异议"}).status_code == 302
    assert desk.row(number).state == "waiting"


def test_beyond_the_authority_the_page_says_that_it_waits_for_approval(desk: Desk) -> None:
    number = raised(desk, 5_000_000_01, claim=desk.invoice(5_000_000_01))
    finance, boss = client_of("sun", "finance_manager"), client_of("lao", "management")
    end = {"resolve-outcome": "discount", "resolve-amount": "5,000,000.01", "resolve-note": "同意", "seen": "1"}
    assert finance.post(f"/disputes/{number}/resolve", end).status_code == 302
    page = finance.get(f"/disputes/{number}").content.decode()
    assert ("data-waits" in page, desk.row(number).state) == (True, "waiting")
    refused = finance.post(f"/disputes/{number}/resolve", end)
    assert (refused.status_code, "resolve-outcome" in refused.context["form"].problems) == (400, True)
    request = ApprovalRequest.objects.get()
    assert "5000000.01" in boss.get(f"/approvals/{request.pk}").content.decode().replace(",", "")
    approve_request(request_id=request.pk, digest=request.digest, actor="lao", at=timezone.now())
    assert desk.row(number).outcome == "discount"
    assert "data-waits" not in finance.get(f"/disputes/{number}").content.decode()


def listed(client: Client, query: str = "") -> list[int]:
    """The disputes of the list, in its order, and of its file, which are the same."""
    page = client.get(f"/disputes/?{query}")
    assert page.status_code == 200
    found = [row.id for row in page.context["found"].rows]
    file = client.get(f"/disputes/export?format=csv&{query}").getvalue().decode("utf-8-sig")
    assert [int(line.split(",")[0]) for line in file.splitlines()[1:]] == found
    return found


def test_the_list_narrows_and_its_file_has_the_same_rows(desk: Desk) -> None:
    first = raised(desk, reason="price")
    second = raised(desk, claim=desk.invoice(200_00), amount=20_00, said_by="王工")
    over = raised(desk, claim=desk.invoice(), amount=10_00, reason="invoice")
    desk.resolve(over, "rejected", at=NOW)
    manager, quality = client_of("sun", "finance_manager"), client_of("zhou", "resolver")
    assert listed(manager) == [first, second]
    for query, found in (
        ("show=all", [over, first, second]), ("show=resolved", [over]), ("show=late", []), ("show=answered", []),
        ("reason=price", [first]), ("department=质量部", [second]), ("outcome=rejected&show=all", [over]),
        ("q=王工", [second]), ("q=fp-17", [first]), (f"customer={desk.other.code}", []), ("customer=NOBODY", []),
        ("from=2199-01-01", []), ("from=x", [first, second]), ("show=nonsense", [first, second]),
    ):  # fmt: skip
        assert sorted(listed(manager, query)) == sorted(found), query
    assert listed(quality, "show=mine") == [second]
    sums = manager.get("/disputes/?show=all").context["found"].sums
    assert sums == {"CNY": (90_00, 80_00)}
    late = (timezone.localdate() + timedelta(days=40)).isoformat()
    assert listed(manager, f"show=late&as_of={late}") == [first, second]
    assert listed(manager, "as_of=2026-09-02") == []


def test_who_does_not_see_the_customer_sees_no_dispute(desk: Desk) -> None:
    number = raised(desk)
    sales = client_of("li", "sales")
    assert listed(sales, "show=all") == []
    for address in (f"/disputes/{number}", f"/disputes/items/{desk.row(number).item_id}/raise"):
        assert sales.get(address).status_code == 404
    assert sales.post(f"/disputes/{number}/said/withdraw").status_code == 404
    assert client_of("adm", "administrator").get("/disputes/").status_code == 403
    assert sales.get("/disputes/statistics").context["lines"] == []


def test_statistics_open_to_their_disputes(desk: Desk) -> None:
    first = desk.dispute(desk.invoice(), 60_00)
    second = desk.dispute(desk.invoice(), 40_00, at=NOW, reason="price")
    third = desk.dispute(desk.invoice(), 30_00)
    desk.resolve(first, "credit_note", 45_00)
    desk.resolve(third, "rejected", at=doing(0).at + timedelta(days=3))
    manager = client_of("sun", "finance_manager")
    lines = {one.title: one for one in manager.get("/disputes/statistics").context["lines"]}
    quality = lines["Quality"]
    assert (quality.figures.count, quality.figures.amount, quality.figures.resolved, quality.figures.granted) == (
        2, 90_00, 2, 45_00
    )  # fmt: skip
    # 45 of 90; (0 + 3) days ÷ 2.
    assert (quality.share, quality.days) == ("50.00", "1.5")
    assert (lines["Price"].figures.resolved, lines["Price"].share, lines["Price"].days) == (0, "", "")
    assert sorted(listed(manager, "show=all&reason=quality")) == [first, third]
    outcomes = manager.get("/disputes/statistics?by=outcome").context["lines"]
    assert [(one.title, one.figures.count) for one in outcomes] == [
        ("Credit note", 1), ("not resolved", 1), ("Not granted", 1)
    ]  # fmt: skip
    by_type = manager.get("/disputes/statistics?by=business_type").context["lines"]
    assert [(one.title, one.asked, one.figures.count) for one in by_type] == [("(none)", "-", 3)]
    assert sorted(listed(manager, "show=all&business_type=-")) == sorted([first, second, third])
    today = timezone.localdate().isoformat()
    assert [one.title for one in manager.get(f"/disputes/statistics?from={today}").context["lines"]] == ["Price"]
    file = manager.get("/disputes/statistics/export?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert file[1].startswith("Quality,CNY,2,90.00,2,90.00,45.00,50.00,1.5")
