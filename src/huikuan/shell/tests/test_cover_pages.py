"""Cover as a browser receives it: proposed, approved, listed, revalued, ended; on the customer's page; whose it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.record.cover.models import PieceVersion
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import signed_in


def propose(client: Client, code: str = "C0001", *, paper: bool = True, **said: str) -> Any:
    body = {
        "company": "MAIN", "customer": code, "kind": "guarantee", "provider": "麓合控股", "reference": f"保字-{code}",
        "amount": "300,000", "eligible": "80", "insured": "100", "from": "2026-11-01", "until": "2026-12-10", **said,
    }  # fmt: skip
    if paper:
        body["file"] = SimpleUploadedFile("保函.pdf", b"%PDF-1.4 letter")  # type: ignore[assignment]
    return client.post("/cover/new", body)


def approved(approver: str = "approver") -> int:
    """What was asked for last is approved by another; answers the piece's number."""
    signed_in(approver, "management")
    asked = ApprovalRequest.objects.latest("pk")
    approve_request(request_id=asked.pk, digest=asked.digest, actor=approver, at=timezone.now())
    return asked.shown["number"] or asked.pk


def stands(client: Client, code: str = "C0001", **said: str) -> int:
    assert propose(client, code, **said).status_code == 302
    return approved()


def exported(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url).streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def analyst(books: Books, on_the_day: None) -> Client:
    return signed_in("chen", "credit_analyst")


def test_a_piece_is_proposed_approved_and_shown(analyst: Client, books: Books) -> None:
    assert analyst.get("/cover/new?customer=C0001").context["form"].text("customer") == "C0001"
    assert propose(analyst).status_code == 302
    assert analyst.get("/cover/").context["found"].rows == []
    asked = ApprovalRequest.objects.get()
    shown = signed_in("mei", "finance_manager").get(f"/approvals/{asked.pk}").content.decode()
    for text in ("麓合控股", "保字-C0001", "300000.00", "80 %", "保函.pdf"):
        assert text in shown
    number = approved()
    listed = analyst.get("/cover/").context["found"]
    assert ([row.number for row in listed.rows], listed.worth) == ([number], {"CNY": 240_000_00})
    page = analyst.get(f"/cover/{number}")
    assert 'data-version="1"' in page.content.decode()
    paper = PieceVersion.objects.get().sha256
    sent = analyst.get(f"/cover/{number}/files/{paper}")
    assert b"".join(sent.streaming_content) == b"%PDF-1.4 letter"
    sent.close()
    assert analyst.get(f"/cover/{number}/files/{'0' * 64}").status_code == 404
    panel = analyst.get(f"/customers/{books.customer('C0001')}").content.decode()
    assert f'data-piece="{number}"' in panel
    assert f'data-piece="{number}"' not in analyst.get(f"/customers/{books.customer('C0002')}").content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "viel"}, "amount"), ({"amount": "-5"}, "amount"), ({"eligible": "120"}, "eligible"),
        ({"until": "2026-10-31"}, "until"), ({"until": "morgen"}, "until"), ({"customer": ""}, "customer"),
        ({"customer": "X9"}, "customer"), ({"contract": "HT-9"}, "contract"), ({"reference": ""}, "reference"),
        ({"provider": ""}, "provider"), ({"guarantor": "C0001"}, "guarantor"), ({"company": ""}, "company"),
        ({"currency": "EUR"}, "currency"), ({"customer": "", "group": "NONE"}, "group"),
    ],
)  # fmt: skip
def test_what_cannot_be_proposed_stands_beside_its_field(analyst: Client, said: dict[str, str], field: str) -> None:
    answer = propose(analyst, **said)
    assert (answer.status_code, list(answer.context["form"].problems)) == (400, [field])
    assert answer.context["form"].text("note") == said.get("note", "")
    assert ApprovalRequest.objects.count() == 0


def test_less_holds_at_once_more_waits_and_it_ends(analyst: Client) -> None:
    number = stands(analyst)
    form = {"version": "1", "amount": "200000", "eligible": "80", "until": "2026-12-10", "note": ""}
    assert analyst.post(f"/cover/{number}/revalue", form).status_code == 302
    assert PieceVersion.objects.get(version=2).amount == 200_000_00
    late = analyst.post(f"/cover/{number}/revalue", {**form, "amount": "100000"})
    assert (late.status_code, late.context["form"].text("amount")) == (400, "100000")
    assert analyst.post(f"/cover/{number}/revalue", {**form, "version": "2", "amount": "x"}).status_code == 400
    more = {**form, "version": "2", "amount": "500000"}
    assert analyst.post(f"/cover/{number}/revalue", more).status_code == 302
    assert PieceVersion.objects.count() == 2
    assert approved("second") == number
    assert PieceVersion.objects.get(version=3).amount == 500_000_00
    silent = analyst.post(f"/cover/{number}/release", {"version": "3", "reason": ""})
    assert (silent.status_code, list(silent.context["form"].problems)) == (400, ["reason"])
    assert analyst.post(f"/cover/{number}/release", {"version": "3", "reason": "已解除"}).status_code == 302
    page = analyst.get(f"/cover/{number}")
    assert (page.context["row"].state, page.context["releases"]) == ("released", False)
    assert analyst.get("/cover/?state=counts").context["found"].rows == []
    assert [row.number for row in analyst.get("/cover/?state=released").context["found"].rows] == [number]


def test_the_list_narrows_and_exports_what_it_shows(analyst: Client) -> None:
    soon = stands(analyst, "C0001")
    later = stands(analyst, "C0002", until="", kind="mortgage")
    foreign = stands(analyst, "C0004", until="", currency="USD", amount="10000", eligible="100")
    numbers = {
        "": [foreign, later, soon], "?state=expiring": [soon], "?state=counts": [foreign, later, soon],
        "?state=ended": [], "?kind=mortgage": [later], "?customer=C0001": [soon], "?customer=NOBODY": [],
        "?q=C0002": [later], "?q=保字-C0001": [soon], "?as_of=2026-11-19": [],
    }  # fmt: skip
    for query, expected in numbers.items():
        assert [row.number for row in analyst.get(f"/cover/{query}").context["found"].rows] == expected, query
        table = exported(analyst, f"/cover/export{query or '?'}&format=csv")
        assert [row[0] for row in table[1:]] == [str(number) for number in expected]
    assert analyst.get("/cover/").context["found"].worth == {"CNY": 480_000_00, "USD": 10_000_00}


def test_customers_who_stand_for_each_other_are_flagged(analyst: Client) -> None:
    stands(analyst, "C0001", provider="", guarantor="C0002")
    assert analyst.get("/cover/").context["mutual"] == frozenset()
    stands(analyst, "C0002", provider="", guarantor="C0001")
    page = analyst.get("/cover/")
    assert page.context["mutual"] == {row.number for row in page.context["found"].rows}
    assert [row[17] for row in exported(analyst, "/cover/export?format=csv")[1:]] == ["是", "是"]


def test_everybody_sees_the_cover_of_their_customers_alone(
    people: Mapping[str, Client], books: Books, on_the_day: None
) -> None:
    analyst = signed_in("wu", "credit_analyst")
    numbers = {code: stands(analyst, code) for code in ("C0001", "C0003")}
    for name, mine in {"li": {"C0001"}, "zheng": {"C0003"}, "guo": {"C0001"}, "chen": set(numbers)}.items():
        client = people[name]
        assert {row.customer_code for row in client.get("/cover/").context["found"].rows} == mine, name
        table = exported(client, "/cover/export?format=csv")
        assert {row[2] for row in table[1:]} == mine
        for code, number in numbers.items():
            assert (client.get(f"/cover/{number}").status_code == 200) == (code in mine)
            sha256 = PieceVersion.objects.get(number=number).sha256
            sent = client.get(f"/cover/{number}/files/{sha256}")
            assert (sent.status_code == 200) == (code in mine)
            sent.close()
    assert people["li"].post(f"/cover/{numbers['C0001']}/release", {"version": "1", "reason": "x"}).status_code == 403
    own = signed_in("own", "credit_analyst", reach="own")
    assert own.post(f"/cover/{numbers['C0001']}/release", {"version": "1", "reason": "x"}).status_code == 404
    assert propose(own, "C0001", reference="other").context["form"].problems.keys() == {"customer"}
    assert PieceVersion.objects.count() == len(numbers)


def test_a_past_day_offers_nothing_to_write(analyst: Client) -> None:
    number = stands(analyst)
    assert not analyst.get("/cover/?as_of=2026-11-01").context["proposes"]
    assert analyst.get("/cover/new?as_of=2026-11-01").status_code == 404
    assert analyst.get(f"/cover/{number}?as_of=2026-11-01").status_code == 404


def test_more_pieces_take_no_more_questions(analyst: Client) -> None:
    stands(analyst, "C0001")
    with CaptureQueriesContext(
        connection,
    ) as few:
        analyst.get("/cover/")
    for code in ("C0002", "C0003"):
        stands(analyst, code)
    with CaptureQueriesContext(connection) as more:
        analyst.get("/cover/")
    assert len(more) <= len(few)
