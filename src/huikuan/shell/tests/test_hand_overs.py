"""Hand-overs of customers with items in two companies: who reads, draws up, signs and calls off what."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.models import Affiliation, HandOver, HandOverStep
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.see.dossiers.operations import hand_over_paper
from huikuan.shell import cli, installation
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.colleagues import OWNERS, READERS, SEES, entered, names_in
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


def drawn_up(reader: Client, books: Books, *codes: str) -> int:
    ticked = {"to": "尹川", "reason": "离职", "customer": [books.customer(code) for code in codes]}
    answer = reader.post(NEW, ticked)
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])


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


def test_who_may_hand_over_in_one_company_draws_up_and_signs_nothing_of_two(
    reader: Client,
    books: Books,
    south: Company,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    wu = signed_in("wu", "finance_manager", "MAIN")
    ticked = {"to": "尹川", "reason": "离职", "customer": [books.customer("C0001")]}
    answer = wu.post(NEW, ticked)
    assert (answer.status_code, HandOver.objects.count()) == (400, 0)
    assert "均有权限的人拟定" in answer.content.decode()
    draw = ("handover", "draw-up", "--from", "李沅", "--to", "尹川", "--customer", "C0001", "--actor", "wu")
    assert answered(capsys, *draw)[1]["error"]["code"] == "hand_over_in_part"
    both, one = drawn_up(reader, books, "C0001"), drawn_up(wu, books, "C0003")
    assert signs(wu, both) == 404, "who does not see all of it signs nothing"
    grant_role(username="wu", role="collector", actor="cli:root", at=AT)
    wu = entered("wu")
    assert 'name="side"' not in wu.get(f"/customers/hand-overs/{both}").content.decode()
    assert (signs(wu, both), signs(wu, one)) == (302, 302)
    assert list(HandOverStep.objects.values_list("hand_over_id", flat=True)) == [one]
    for number in (both, one):
        sign = ("handover", "sign", str(number), "--side", "giver", "--actor", "wu")
        assert answered(capsys, *sign)[1]["error"]["code"] == (
            "hand_over_not_yours" if number == both else "hand_over_signed_already"
        )


def signs(client: Client, number: int) -> int:
    digest = HandOver.objects.get(pk=number).content_sha256
    return client.post(f"/customers/hand-overs/{number}/sign", {"side": "giver", "content": digest}).status_code


def test_calling_off_takes_more_than_reading(
    reader: Client,
    books: Books,
    south: Company,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(installation, "prepare", lambda: None)
    number = drawn_up(reader, books, "C0001")
    wu = signed_in("wu", "finance_manager", "SOUTH")
    grant_role(username="wu", role="collector", actor="cli:root", at=AT)
    wu = entered("wu")
    page = wu.get(f"/customers/hand-overs/{number}")
    assert (page.context["paper"].whole, page.context["may_call_off"]) == (True, False)
    assert wu.post(f"/customers/hand-overs/{number}/call-off", {"reason": "错"}).status_code == 404
    off = ("handover", "call-off", str(number), "--reason", "错", "--actor")
    assert answered(capsys, *off, "wu")[1]["error"]["code"] == "hand_over_unknown"
    assert HandOverStep.objects.count() == 0
    assert reader.get(f"/customers/hand-overs/{number}").context["may_call_off"]
    assert answered(capsys, *off, "zhou") == (0, {"state": "called_off"})


def test_what_is_open_is_on_the_paper_whoever_had_the_customer_that_day(
    reader: Client, books: Books, south: Company
) -> None:
    """Theirs from tomorrow on alone, and an item that is somebody else's apart."""
    own("C0002", "郑可")
    tomorrow = AS_OF + timedelta(days=1)
    customer = books.customer("C0002")
    said = {"customer_id": customer, "dimension": "owner", **WHO}
    affiliate(**said, value="李沅", effective_on=tomorrow)
    affiliate(**said, value="郑可", effective_on=date(2020, 1, 1), item_id=books.item("264377023311"))
    later = reader.get(f"/customers/hand-overs/new?from=李沅&to=尹川&on={tomorrow}").context["found"]
    lines = {one.code: {line.document_number for line in one.lines} for one in later}
    assert lines["C0002"] == {"264377023310", "RC-2"}
    assert "C0002" not in {one.code for one in reader.get(NEW).context["found"]}


def test_a_refused_form_keeps_what_was_ticked(reader: Client, books: Books, south: Company) -> None:
    one, other = books.customer("C0001"), books.customer("C0003")
    page = reader.post(NEW, {"to": "李沅", "reason": "离职", "customer": [one]})
    assert page.status_code == 400
    text = page.content.decode()
    assert f'value="{one}" checked' in text
    assert f'value="{other}" checked' not in text
    assert 'value="离职"' in text
    assert f'value="{other}" checked' in reader.get(NEW).content.decode()


def test_who_manages_customers_alone_takes_none_from_an_owner(reader: Client, books: Books, south: Company) -> None:
    clerk = signed_in("clerk", "billing_clerk")

    def say(client: Client, code: str, owner: str, on: str = "2026-11-20", dimension: str = "owner") -> int:
        said = {dimension: owner, "effective_on": on}
        return client.post(f"/customers/{books.customer(code)}/affiliation", said).status_code

    before = Affiliation.objects.count()
    for day in ("2026-11-20", "2019-01-01", "2027-01-01"):
        assert (say(clerk, "C0001", "尹川", day), say(clerk, "C0001", "", day)) == (400, 400)
    assert Affiliation.objects.count() == before
    assert say(clerk, "C0001", "华东", dimension="region") == 302
    assert say(clerk, "C0002", "尹川", "2026-12-24") == 302, "it was nobody's"
    assert say(clerk, "C0002", "李沅") == 400, "it will be somebody's"
    assert say(signed_in("wu", "finance_manager", "MAIN"), "C0001", "尹川") == 400, "not in every company"
    assert say(reader, "C0001", "尹川") == 302


def test_every_reader_reads_the_papers_of_their_customers(
    people: Mapping[str, Client], books: Books, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lists, papers, documents and files of hand-overs, one of each of two teams' customers."""
    printed: list[str] = []
    monkeypatch.setattr(
        hand_over_paper, "pdf", lambda _, said, at: printed.append(json.dumps(said, ensure_ascii=False)) or b""
    )
    drawn = {}
    for code, receiver in (("C0001", "尹川"), ("C0003", "吴迪")):
        asked = {"to": receiver, "reason": "离职", "customer": [books.customer(code)]}
        answer = people["zhou"].post(f"/customers/hand-overs/new?from={OWNERS[code]}&to={receiver}", asked)
        drawn[code] = int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])
    for name in READERS:
        client, mine = people[name], [drawn[code] for code in reversed(drawn) if code in SEES[name]]
        assert [row.id for row in client.get("/customers/hand-overs/").context["rows"]] == mine, name
        text = b"".join(client.get("/customers/hand-overs/export?format=csv").streaming_content).decode("utf-8-sig")
        assert [int(row[0]) for row in list(csv.reader(io.StringIO(text)))[1:]] == mine, name
        for code, number in drawn.items():
            page, document = (client.get(f"/customers/hand-overs/{number}{more}") for more in ("", "/document"))
            assert page.status_code == document.status_code == (200 if number in mine else 404), (name, code)
            if number in mine:
                assert names_in(page.content.decode()) == names_in(printed.pop()) == {code}, name
    for more in ("", f"{drawn['C0001']}", f"{drawn['C0001']}/document"):
        assert people["law"].get(f"/customers/hand-overs/{more}").status_code == 403
    assert printed == []


def test_a_signature_says_whose_hand_it_was_and_for_whom(
    people: Mapping[str, Client], books: Books, on_the_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead signs for their salesperson, the receiver for themselves."""
    printed: list[Any] = []
    monkeypatch.setattr(hand_over_paper, "pdf", lambda _, said, at: printed.append(said["signatures"]) or b"")
    asked = {"to": "尹川", "reason": "离职", "customer": [books.customer("C0001")]}
    answer = people["guo"].post("/customers/hand-overs/new?from=李沅&to=尹川", asked)
    number = int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])
    before = people["guo"].get(f"/customers/hand-overs/{number}").content.decode()
    assert "您将代李沅签署。" in before
    assert signs(people["guo"], number) == 302
    sign = {"side": "receiver", "content": HandOver.objects.get(pk=number).content_sha256}
    assert "您将代" not in entered("yin").get(f"/customers/hand-overs/{number}").content.decode()
    assert entered("yin").post(f"/customers/hand-overs/{number}/sign", sign).status_code == 302
    page = people["zhou"].get(f"/customers/hand-overs/{number}")
    sides = [one["signature"] for one in page.context["sides"]]
    assert [(one.name, one.on_behalf) for one in sides] == [("郭领", True), ("尹川", False)]
    giver, receiver = page.content.decode().partition('data-side="receiver"')[::2]
    assert "郭领" in giver
    assert "代李沅签署" in giver
    assert "代尹川签署" not in receiver
    people["zhou"].get(f"/customers/hand-overs/{number}/document")
    assert [line[1] for line in printed.pop()] == ["郭领 (guo)（代李沅签署）", "尹川 (yin)"]
