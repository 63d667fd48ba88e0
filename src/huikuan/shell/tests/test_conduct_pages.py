"""A customer that pays late on purpose, as a browser receives it: asked with a file, approved by another, shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.record.customers.models import Conduct
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_credit_pages import prove


def evidence() -> SimpleUploadedFile:
    return SimpleUploadedFile("判决书.txt", "有能力履行而拒不履行".encode())


def ask(client: Client, customer: int, deed: str = "flag", **said: Any) -> Any:
    return client.post(
        f"/customers/{customer}/conduct", {"deed": deed, "reason": "只付别家", "file": evidence(), **said}
    )


def approve(client: Client) -> None:
    request = ApprovalRequest.objects.latest("pk")
    prove(client)
    client.post(f"/approvals/{request.pk}/decide", {"deed": "approve", "digest": request.digest})


def test_a_flag_is_asked_for_approved_shown_and_lifted(books: Books, on_the_day: None) -> None:
    customer = books.customer("C0001")
    analyst, manager = signed_in("ana", "credit_analyst"), signed_in("mei", "credit_manager")
    assert "data-flag" not in analyst.get(f"/customers/{customer}").content.decode()
    for said in ({"reason": ""}, {"file": ""}):
        assert ask(analyst, customer, **said).status_code == 400
    assert ask(analyst, customer, deed="lift").status_code == 400
    assert ApprovalRequest.objects.count() == 0
    assert ask(analyst, customer).status_code == 302
    number = ApprovalRequest.objects.get().pk
    file = f"/customers/{customer}/conduct/{number}/evidence"
    assert b"".join(manager.get(file).streaming_content) == "有能力履行而拒不履行".encode()
    assert manager.get(f"/customers/{customer}/conduct/{number + 1}/evidence").status_code == 404
    page = manager.get(f"/approvals/{number}")
    assert page.context["subject_url"] == f"/customers/{customer}/conduct"
    approve(analyst)
    assert Conduct.objects.count() == 0
    approve(manager)
    assert Conduct.objects.get().actor == "mei"
    assert "data-flag" in analyst.get(f"/customers/{customer}").content.decode()
    assert "data-flag" not in analyst.get(f"/customers/{customer}?as_of=2026-10-31").content.decode()
    ask(analyst, customer, deed="lift", reason="已全部付清")
    approve(manager)
    assert "data-flag" not in analyst.get(f"/customers/{customer}").content.decode()
    told = analyst.get(f"/customers/{customer}/conduct")
    assert [one.state for one, _ in told.context["asked"]] == ["approved", "approved"]


def test_it_is_asked_and_read_within_ones_reach(people: Mapping[str, Client], books: Books, on_the_day: None) -> None:
    theirs = books.customer("C0003")
    ask(signed_in("ana", "credit_analyst"), theirs)
    number = ApprovalRequest.objects.get().pk
    for path in (f"/customers/{theirs}/conduct", f"/customers/{theirs}/conduct/{number}/evidence"):
        assert people["li"].get(path).status_code == 404
    assert ask(people["li"], books.customer("C0001")).status_code == 403
    assert ApprovalRequest.objects.count() == 1
