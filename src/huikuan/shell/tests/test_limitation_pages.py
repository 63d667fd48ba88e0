"""Limitation as a browser receives it: the list, a claim's clock, writing an interruption down and taking it back."""

from __future__ import annotations

import io
from datetime import date, timedelta

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.record.limitation.domain.clock import later
from huikuan.record.limitation.models import Interruption, Suspension
from huikuan.record.receivables.operations.items import post_item
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_cover_pages import exported

#: 20 days before the end of the three years.
DUE = AS_OF.replace(year=AS_OF.year - 3) + timedelta(days=20)
WORDS = {"kind": "demand", "on": f"{AS_OF}", "strength": "strong", "note": "盖章签收"}


@pytest.fixture
def claim(books: Books, on_the_day: None) -> int:
    return post_item(
        company=books.company,
        customer_id=books.customer("C0001"),
        kind="invoice",
        amount=50_000_00,
        currency="CNY",
        document_date=DUE - timedelta(days=30),
        posting_date=AS_OF - timedelta(days=1),
        due_date=DUE,
        document_number="OLD-1",
        actor="min",
        at=AT,
    )


@pytest.fixture
def legal(claim: int) -> Client:
    return signed_in("lu", "legal")


def test_the_list_narrows_by_days_and_exports(legal: Client, claim: int) -> None:
    for view, found in (("", True), ("30", True), ("over", False), ("all", True)):
        rows = legal.get(f"/limitation/?view={view}").context["rows"]
        assert (claim in [row.item_id for row in rows]) == found, view
    row = exported(legal, "/limitation/export?format=csv&view=30")[1]
    assert (row[0], row[4], row[6], row[11], row[12]) == (str(claim), "OLD-1", "50000.00", "20", "30")
    assert exported(legal, "/limitation/export?format=csv&customer=NOBODY")[1:] == []


def test_an_interruption_is_written_down_with_its_proof_and_taken_back(legal: Client, claim: int) -> None:
    page = f"/limitation/items/{claim}"
    assert legal.get(page).context["left"] == 20
    answer = legal.post(f"{page}/record", WORDS)
    assert (answer.status_code, "file" in answer.context["form"].problems) == (400, True)
    proof = SimpleUploadedFile("回执.pdf", b"%PDF-1.4 receipt")
    assert legal.post(f"{page}/record", {**WORDS, "file": proof}).status_code == 302
    fact = Interruption.objects.get()
    shown = legal.get(page)
    assert shown.context["clock"].safe_on == date(AS_OF.year + 3, AS_OF.month, AS_OF.day)
    assert "回执.pdf" in shown.content.decode()
    assert sent(legal, f"/limitation/interruptions/{fact.pk}/files/{fact.sha256}") == b"%PDF-1.4 receipt"
    assert legal.get(f"/limitation/interruptions/{fact.pk}/files/{'0' * 64}").status_code == 404
    refused = legal.post(f"/limitation/interruptions/{fact.pk}/withdraw", {"reason": ""})
    assert (refused.status_code, f'name="next" value="{page}"' in refused.content.decode()) == (400, True)
    assert legal.post(f"/limitation/interruptions/{fact.pk}/withdraw", {"reason": "不是该笔"}).status_code == 302
    assert legal.get(page).context["left"] == 20


def test_a_day_before_the_claim_stands_refused_beside_its_field(legal: Client, claim: int) -> None:
    since = DUE - timedelta(days=30)
    early = {**WORDS, "strength": "weak", "on": f"{since - timedelta(days=1)}"}
    answer = legal.post(f"/limitation/items/{claim}/record", early)
    assert (answer.status_code, [*answer.context["form"].problems]) == (400, ["on"])
    told = answer.context["form"].problems["on"]
    assert all(one in told for one in ("OLD-1", f"{since}", early["on"]))
    assert Interruption.objects.count() == 0


def test_a_suspension_is_written_down_ended_and_taken_back(legal: Client, claim: int) -> None:
    page = f"/limitation/items/{claim}"
    first, last = AS_OF - timedelta(days=30), AS_OF - timedelta(days=2)
    words = {"cause": "force_majeure", "from": f"{first}", "until": "", "words": "洪水停运"}
    refused = legal.post(f"{page}/suspend", {**words, "words": ""})
    assert (refused.status_code, refused.context["opened"], "words" in refused.context["form"].problems) == (
        400, "suspend", True
    )  # fmt: skip
    assert legal.post(f"{page}/suspend", {**words, "from": ""}).status_code == 400
    proof = SimpleUploadedFile("停运公告.pdf", b"%PDF-1.4 notice")
    assert legal.post(f"{page}/suspend", {**words, "file": proof}).status_code == 302
    shown = legal.get(page)
    assert shown.context["clock"].safe_on == later(AS_OF, 6)
    fact = Suspension.objects.get()
    assert sent(legal, f"/limitation/suspensions/{fact.pk}/files/{fact.sha256}") == b"%PDF-1.4 notice"
    assert legal.get(f"/limitation/suspensions/{fact.pk}/files/{'0' * 64}").status_code == 404
    stranger = signed_in("wai", "sales")
    assert stranger.post(f"{page}/suspend", words).status_code == 404
    assert stranger.post(f"/limitation/suspensions/{fact.pk}/end", {"ended": f"{last}"}).status_code == 404
    refused = legal.post(f"/limitation/suspensions/{fact.pk}/end", {"ended": f"{AS_OF}9"})
    assert (refused.status_code, f'name="next" value="{page}"' in refused.content.decode()) == (400, True)
    assert legal.post(f"/limitation/suspensions/{fact.pk}/end", {"ended": f"{last}"}).status_code == 302
    # Six months after its last day.
    assert legal.get(page).context["clock"].safe_on == later(last, 6)
    newest = Suspension.objects.latest("pk").pk
    assert legal.post(f"/limitation/suspensions/{newest}/lift", {"reason": "并未停运"}).status_code == 302
    assert legal.get(page).context["left"] == 20


def test_the_demand_to_have_acknowledged_is_a_click_away(legal: Client, claim: int) -> None:
    assert "data-demand" in legal.get(f"/limitation/items/{claim}").content.decode()
    for language, said in (("zh-hans", "正式要求"), ("en", "demand")):
        address = f"/collection/demands/{claim}?language={language}"
        assert sent(legal, address).startswith(b"%PDF")
        paper = docx.Document(io.BytesIO(sent(legal, f"{address}&format=docx")))
        text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
        assert (said in text, "50,000.00" in text) == (True, True)
    assert signed_in("wai", "sales").get(f"/collection/demands/{claim}").status_code == 404


def sent(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]


def test_an_items_page_tells_its_two_days(legal: Client, claim: int) -> None:
    assert "data-clock" in legal.get(f"/receivables/items/{claim}").content.decode()


def test_out_of_reach_is_as_not_there(legal: Client, claim: int) -> None:
    stranger = signed_in("wai", "sales")
    assert stranger.get(f"/limitation/items/{claim}").status_code == 404
    assert stranger.post(f"/limitation/items/{claim}/record", WORDS).status_code == 404
    assert stranger.get("/limitation/").context["rows"] == []
    assert legal.get(f"/limitation/items/{claim}?as_of=2020-01-01").status_code == 200
    assert legal.post(f"/limitation/items/{claim}/record?as_of=2020-01-01", WORDS).status_code == 404
    assert Interruption.objects.count() == 0
