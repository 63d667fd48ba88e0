"""Hand-overs of customers with items in two companies: who reads, draws up, signs and calls off what."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.models import Affiliation, Customer, HandOver, HandOverStep
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.see.dossiers.operations import hand_over_paper
from huikuan.shell import cli, installation
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_customer_pages import exported, own

NEW = "/customers/hand-overs/new?from=李沅&to=尹川&on=2026-11-20"
WHO: dict[str, Any] = {"actor": "test", "at": AT}
#: The document of the other company, and its amount.
ELSEWHERE, ITS_AMOUNT = "SOUTH-7", "777,777.77"


@pytest.fixture
def south(books: Books, on_the_day: None) -> Company:
    """C0001 is 李沅's and owes another company too, C0003 the first company alone."""
    company = Company.objects.create(code="SOUTH", name="江临南方装备有限公司")
    for code in ("C0001", "C0003"):
        own(code, "李沅")
    day = AS_OF - timedelta(days=90)
    posting = Posting(
        books.customer("C0001"), "invoice", "CNY", 777_777_77, day, day, due_date=day, document_number=ELSEWHERE
    )
    post_items(company=company, postings=[posting], **WHO)
    for name, owner in (("yin", "尹川"), ("li", "李沅")):
        signed_in(name, "sales")
        User.objects.filter(username=name).update(owner_name=owner)
    return company


def entered(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def drawn_up(reader: Client, books: Books, *codes: str) -> int:
    ticked = {"to": "尹川", "reason": "离职", "customer": [books.customer(code) for code in codes]}
    answer = reader.post(NEW, ticked)
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].rpartition("/")[2])


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_whoever_sees_one_company_reads_nothing_of_the_other(
    reader: Client,
    books: Books,
    south: Company,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    printed: list[Any] = []
    monkeypatch.setattr(hand_over_paper, "pdf", lambda _template, said, at: printed.append(said) or b"%PDF")
    number = drawn_up(reader, books, "C0001", "C0003")
    north_only, south_only = signed_in("wu", "finance_manager", "MAIN"), signed_in("sun", "auditor", "SOUTH")
    told = {}
    for name, client in (("wu", north_only), ("sun", south_only), ("zhou", reader), ("yin", entered("yin"))):
        page = client.get(f"/customers/hand-overs/{number}")
        assert client.get(f"/customers/hand-overs/{number}/document").status_code == 200
        code, shown = answered(capsys, "handover", "show", str(number), "--actor", name)
        assert code == 0
        ways = (page.content.decode(), json.dumps(printed.pop(), ensure_ascii=False), json.dumps(shown))
        told[name] = [(ELSEWHERE in text, "264402031188" in text.replace(" ", "").replace(
            '</span><spanclass="four">', "")) for text in ways]  # fmt: skip
        rows = exported(client, "/customers/hand-overs/export?format=csv")
        listed = answered(capsys, "handover", "list", "--actor", name)[1]["hand_overs"]
        told[name].append((int(rows[1][4]), listed[0]["customers"]))
    assert told == {
        "wu": [(False, True)] * 3 + [(2, 2)],
        "sun": [(True, False)] * 3 + [(1, 1)],
        "zhou": [(True, True)] * 3 + [(2, 2)],
        "yin": [(True, True)] * 3 + [(2, 2)],
    }
    page = north_only.get(f"/customers/hand-overs/{number}").content.decode()
    assert "您看不到的公司的款项未列出" in page
    assert ITS_AMOUNT not in page


def test_a_paper_of_another_company_is_not_there(reader: Client, books: Books, south: Company) -> None:
    number = drawn_up(reader, books, "C0003")
    south_only = signed_in("sun", "auditor", "SOUTH")
    assert south_only.get("/customers/hand-overs/").context["rows"] == []
    for path in ("", "/document"):
        assert south_only.get(f"/customers/hand-overs/{number}{path}").status_code == 404
