"""Late-payment interest as a browser receives it: an item's segments, a claim, its sheet, a waiver, the parties."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import docx
import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import SafeString

from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.beside import _PANELS
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.interest.models import Bankruptcy, Claim, Correction, Declaration, Waiver
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.operations.parties import declare_parties, record_bankruptcy
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.settlements import settle
from huikuan.shell.tests.books import AS_OF, AT, Books, seal_everything
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_cover_pages import exported


@pytest.fixture
def item(books: Books, on_the_day: None) -> int:
    """365,000.00 that fell due 101 days before the books' day: a hundred days late on the day itself."""
    return post_item(
        company=books.company,
        customer_id=books.customer("C0001"),
        kind="invoice",
        amount=365_000_00,
        currency="CNY",
        document_date=AS_OF - timedelta(days=120),
        posting_date=AS_OF - timedelta(days=1),
        due_date=AS_OF - timedelta(days=101),
        document_number="LATE-1",
        actor="min",
        at=AT,
    )


@pytest.fixture
def collector(item: int) -> Client:
    return signed_in("cui", "collector")


def test_an_item_bears_interest_by_law_and_the_range_is_shown(collector: Client, item: int) -> None:
    page = collector.get(f"/interest/items/{item}")
    # LPR 3.00 % × 1.3 for 100 days of 365,000.00
    assert (page.context["found"].whole.amount, page.context["found"].most) == (3_900_00, 4_500_00)
    assert collector.get(f"/interest/items/{item}?until={AS_OF - timedelta(days=100)}").context["segments"] == []
    assert "data-interest" in collector.get(f"/receivables/items/{item}").content.decode()


def content(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]


def test_it_is_claimed_once_and_its_sheet_printed(collector: Client, item: int) -> None:
    for _ in range(2):
        assert collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"}).status_code == 302
    claim = Claim.objects.get()
    assert (claim.amount, Item.objects.get(kind="interest").amount) == (3_900_00, 3_900_00)
    ahead = collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF + timedelta(days=9)}"})
    assert (ahead.status_code, Claim.objects.count()) == (400, 1)
    for language, said in (("zh-hans", "逾期利息"), ("en", "Computation of interest")):
        address = f"/interest/claims/{claim.pk}/sheet?language={language}"
        assert content(collector, address).startswith(b"%PDF")
        paper = docx.Document(io.BytesIO(content(collector, f"{address}&format=docx")))
        text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        assert said in text + "".join(cells)
        assert ("3,900.00" in text, "3,900.00" in cells, "3.9 %" in cells) == (True, True, True)
    row = exported(collector, "/interest/export?format=csv")[1]
    assert (row[4], row[7], row[9], row[14], row[17]) == ("LATE-1", "lpr*1.3", "3900.00", "3900.00", claim.digest)


def test_a_waiver_is_asked_for_and_a_claim_taken_back(collector: Client, item: int) -> None:
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim = Claim.objects.get().pk
    assert collector.post(f"/interest/claims/{claim}/waive", {"amount": "9,999", "reason": "x"}).status_code == 400
    assert (
        collector.post(f"/interest/claims/{claim}/waive", {"amount": "1,000", "reason": "长期合作"}).status_code == 302
    )
    assert ApprovalRequest.objects.get().amount == 1_000_00
    assert collector.post(f"/interest/claims/{claim}/withdraw", {"reason": ""}).status_code == 400
    assert collector.post(f"/interest/claims/{claim}/withdraw", {"reason": "算错"}).status_code == 302
    assert '<th scope="col">起止日期</th>' in collector.get("/interest/").content.decode()
    rows = collector.get("/interest/?state=withdrawn").context["rows"]
    assert [row.id for row, _, _ in rows] == [claim]


def test_a_refused_waiver_keeps_what_was_typed_beside_its_field(collector: Client, item: int) -> None:
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim = Claim.objects.get().pk
    answer = collector.post(f"/interest/claims/{claim}/waive", {"amount": "99,999", "reason": "长期合作"})
    page = answer.content.decode()
    assert (answer.status_code, ApprovalRequest.objects.count()) == (400, 0)
    form = page[page.index("data-waiver") :]
    form = form[: form.index("</form>")]
    assert 'value="99,999"' in form
    assert 'value="长期合作"' in form
    assert "CNY 3,900.00" in form
    assert re.search(r"<details[^>]* open[^>]*>(?:(?!</details>).)*data-waiver", page, re.S)
    assert form.count('class="small problem"') == 1
    # Of another form nothing is lost either, and the buyer stays as it is known.
    assert 'value="" selected' not in page
    silent = collector.post(f"/interest/claims/{claim}/waive", {"amount": "1,000", "reason": ""}).content.decode()
    assert 'value="1,000"' in silent


def form_to(page: str, address: str) -> str:
    """The form that is sent to the address, with the details it stands in."""
    found = re.search(f'<form[^>]*method="post"[^>]*action="{address}".*?</form>', page, re.S)
    assert found, address
    return page[page.rindex("<details", 0, found.start()) : found.end()]


def dead_links(page: str) -> set[str]:
    """Where the problems lead to, and the page has nothing."""
    return {one for one in re.findall(r'href="#([^"]+)"', page) if f'id="{one}"' not in page}


def test_a_refused_taking_back_leaves_what_is_known_in_every_other_form(
    collector: Client, item: int, books: Books
) -> None:
    """Saved as it stood there, the bankruptcy of November 19 would have been taken back too."""
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF - timedelta(days=50)}"})
    claim, day = Claim.objects.get().pk, AS_OF - timedelta(days=1)
    known = {"customer_id": books.customer("C0001"), "company": books.company, "actor": "cui", "at": AT}
    record_bankruptcy(accepted_on=day, note="（2026）苏破1号", **known)
    declare_parties(buyer="large_enterprise", seller_declared=True, contract_number="", note="", **known)
    for address, said in (("withdraw", {"reason": ""}), ("waive", {"amount": "x", "reason": "长期合作"})):
        answer = collector.post(f"/interest/claims/{claim}/{address}", said)
        page = answer.content.decode()
        assert (answer.status_code, Bankruptcy.objects.count(), Declaration.objects.count()) == (400, 1, 1)
        assert f'name="accepted" value="{day}"' in form_to(page, f"/interest/items/{item}/bankruptcy")
        parties = form_to(page, f"/interest/items/{item}/declare")
        assert 'value="large_enterprise" selected' in parties
        assert 'name="declared" value="1" checked' in parties
        assert re.search(r"<details[^>]* open[^>]*>", form_to(page, f"/interest/claims/{claim}/{address}"))
        assert (page.count('<details class="pop" open>'), dead_links(page)) == (1, set())
    silent = collector.post(f"/interest/claims/{claim}/withdraw", {"reason": ""}).content.decode()
    assert f'name="next" value="/interest/items/{item}"' in silent, "in another language it is the page it stood on"
    assert 'id="f-reason"' in form_to(silent, f"/interest/claims/{claim}/withdraw")


def test_a_refused_form_of_the_item_keeps_what_was_typed_and_no_other_takes_it_over(
    collector: Client, item: int, books: Books
) -> None:
    record_bankruptcy(
        company=books.company, customer_id=books.customer("C0001"), accepted_on=AS_OF, note="x", actor="cui", at=AT
    )
    own, courts = f"/interest/items/{item}/declare", f"/interest/items/{item}/bankruptcy"
    page = collector.post(own, {"buyer": "somebody", "declared": "1", "note": "合同第九条"}).content.decode()
    assert ('value="合同第九条"' in form_to(page, own), "checked" in form_to(page, own)) == (True, True)
    assert f'name="accepted" value="{AS_OF}"' in form_to(page, courts)
    typed = AS_OF - timedelta(days=9)
    page = collector.post(courts, {"accepted": f"{typed}", "court": ""}).content.decode()
    assert f'name="accepted" value="{typed}"' in form_to(page, courts)
    assert (" checked" in form_to(page, own), '<details class="pop" open>' in form_to(page, courts)) == (False, True)


def test_a_refused_claim_is_shown_again_with_its_own_days_and_amount(
    collector: Client, item: int, books: Books
) -> None:
    """By today it would be 3,900.00 for a hundred days; asked for were fifty of them: 1,950.00."""
    known = {"customer_id": books.customer("C0001"), "company": books.company, "actor": "cui", "at": AT}
    record_bankruptcy(accepted_on=AS_OF - timedelta(days=1), note="（2026）苏破1号", **known)
    came = AS_OF - timedelta(days=60)
    post_item(
        company=books.company, customer_id=books.customer("C0001"), kind="receipt", amount=5_00, currency="CNY",
        document_date=came, posting_date=came, due_date=came, document_number="R-77", actor="min", at=AT,
    )  # fmt: skip
    until = AS_OF - timedelta(days=50)
    answer = collector.post(f"/interest/items/{item}/claim", {"until": f"{until}"})
    page = answer.content.decode()
    asked = form_to(page, f"/interest/items/{item}/claim")
    assert (answer.status_code, Claim.objects.count()) == (400, 0)
    assert (f'name="until" value="{until}"' in asked, '<details class="pop" open>' in asked) == (True, True)
    assert (answer.context["until"], answer.context["found"].unclaimed_amount) == (until, 1_950_00)
    assert 'value="1950.00"' in asked[asked.index("data-commit") :]
    day = AS_OF - timedelta(days=1)
    assert f'name="accepted" value="{day}"' in form_to(page, f"/interest/items/{item}/bankruptcy")
    # Another day is asked for where pages are read.
    assert f'<form class="buttons" method="get" action="/interest/items/{item}">' in page
    unread = collector.post(f"/interest/items/{item}/claim", {"until": "x"})
    assert (unread.status_code, dead_links(unread.content.decode())) == (400, set())


@pytest.mark.parametrize("said", [{"amount": "1,000", "reason": "x"}, {"amount": "many", "reason": "x"}])
def test_a_waiver_of_a_claim_that_was_settled_meanwhile_is_refused_as_a_whole(
    collector: Client, item: int, books: Books, said: dict[str, str]
) -> None:
    """Its form is not there any more: the problem leads to no field."""
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim = Claim.objects.get()
    credit = post_item(
        company=books.company, customer_id=books.customer("C0001"), kind="receipt", amount=claim.amount,
        currency="CNY", document_date=AS_OF, posting_date=AS_OF, document_number="R-78", actor="min", at=AT,
    )  # fmt: skip
    settle(
        credit_id=credit, debit_id=claim.interest_item_id, credit_amount=claim.amount, effective_on=AS_OF,
        reason="manual", actor="min", at=AT,
    )  # fmt: skip
    answer = collector.post(f"/interest/claims/{claim.pk}/waive", said)
    assert (answer.status_code, list(answer.context["form"].problems)) == (400, [""])
    assert dead_links(answer.content.decode()) == set()


def test_what_stands_against_a_claim_is_asked_for_only_where_one_can_be_made(
    collector: Client, item: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def panel(_request: HttpRequest, number: int) -> SafeString:
        asked.append(number)
        return SafeString("")

    monkeypatch.setitem(_PANELS, "interest.claim", [panel])
    page = f"/interest/items/{item}"
    assert collector.get(page).context["claimable"]
    assert asked == [item]
    collector.post(f"{page}/claim", {"until": f"{AS_OF}"})
    assert not collector.get(page).context["claimable"]
    assert not signed_in("ren", "auditor").get(page).context["claimable"]
    assert asked == [item]


def test_before_interest_is_claimed_the_page_says_how_much_for_which_days_and_what_stands_against_it(
    collector: Client, item: int, books: Books
) -> None:
    raise_dispute(
        company_id=books.company.pk,
        item_id=item,
        amount=96_400_00,
        reason="quality",
        source="call",
        actor="cui",
        at=AT,
    )
    with CaptureQueriesContext(connection) as queries:
        page = collector.get(f"/interest/items/{item}").content.decode()
    whole_company = [one["sql"] for one in queries if re.search('FROM "?(visits_|promises_promisepart p)', one["sql"])]
    assert len(whole_company) <= 1, "what stands against one claim is asked of that claim"
    asked = page[page.index("data-claim-form") :]
    asked = asked[: asked.index("</form>")]
    first, last = AS_OF - timedelta(days=100), AS_OF - timedelta(days=1)
    assert f"{first} – {last}" in asked
    assert ("LPR × 1.3" in asked, 'value="3900.00"' in asked) == (True, True)
    assert "data-against" in asked
    assert "争议" in asked
    assert 'value="96400.00"' in asked


def test_the_parties_change_the_rule_and_bankruptcy_ends_it(collector: Client, item: int) -> None:
    page = f"/interest/items/{item}"
    assert collector.post(f"{page}/declare", {"buyer": "somebody"}).status_code == 400
    assert collector.post(f"{page}/declare", {"buyer": "government", "declared": "1"}).status_code == 302
    assert collector.get(page).context["found"].whole.amount == 18_250_00
    assert Declaration.objects.get().contract_number == ""
    said = {"accepted": f"{AS_OF - timedelta(days=90)}", "court": ""}
    assert collector.post(f"{page}/bankruptcy", said).status_code == 400
    assert collector.post(f"{page}/bankruptcy", {**said, "court": "（2026）苏破1号"}).status_code == 302
    assert collector.get(page).context["found"].whole.amount == 1_825_00
    assert Bankruptcy.objects.count() == 1


def test_out_of_reach_is_as_not_there(collector: Client, item: int) -> None:
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim, stranger = Claim.objects.get().pk, signed_in("wai", "sales")
    for address in (f"items/{item}", f"claims/{claim}/sheet"):
        assert stranger.get(f"/interest/{address}").status_code == 404
    assert stranger.get("/interest/").context["rows"] == []
    assert stranger.post(f"/interest/claims/{claim}/waive", {"amount": "1", "reason": "x"}).status_code == 403


def test_what_was_claimed_too_much_is_seen_and_given_back_from_list_and_item(collector: Client, item: int) -> None:
    day = AS_OF - timedelta(days=1)
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim = Claim.objects.get()
    assert "data-over" not in collector.get(f"/interest/items/{item}").content.decode()
    assert collector.post(f"/interest/claims/{claim.pk}/correct").status_code == 302
    assert Correction.objects.count() == 0
    whose = {"company": Company.objects.get(pk=claim.company_id), "customer_id": claim.customer_id, "actor": "min"}
    receipt = post_item(
        **whose, kind="receipt", amount=365_000_00, currency="CNY", document_date=day - timedelta(days=50),
        posting_date=day - timedelta(days=50), at=AT,
    )  # fmt: skip
    amount = 365_000_00
    settle(
        credit_id=receipt, debit_id=item, credit_amount=amount, effective_on=day, reason="manual", actor="min", at=AT
    )
    page = collector.get(f"/interest/items/{item}").content.decode()
    assert "data-over" in page
    # On 51 of the hundred days it was paid: 1,989.00 of 3,900.00.
    assert "1,989.00" in collector.get("/interest/?state=over").content.decode()
    assert "1,989.00" in collector.get(f"/receivables/items/{item}").content.decode()
    assert collector.post(f"/interest/claims/{claim.pk}/correct").status_code == 302
    assert Correction.objects.get().amount == 1_989_00
    assert collector.get("/interest/?state=over").context["rows"] == []
    assert content(collector, f"/interest/claims/{claim.pk}/sheet?language=en").startswith(b"%PDF")
    assert signed_in("ren", "auditor").post(f"/interest/claims/{claim.pk}/correct").status_code == 403


def test_what_was_claimed_too_little_is_seen_from_list_and_item(collector: Client, item: int) -> None:
    came = AS_OF - timedelta(days=40)
    whose = {"company": Company.objects.get(), "customer_id": Item.objects.get(pk=item).customer_id, "actor": "min"}
    receipt = post_item(
        **whose, kind="receipt", amount=182_500_00, currency="CNY", document_date=came, posting_date=came, at=AT
    )
    settlement = settle(
        credit_id=receipt, debit_id=item, credit_amount=182_500_00, effective_on=AS_OF - timedelta(days=1),
        reason="manual", actor="min", at=AT,
    )  # fmt: skip
    collector.post(f"/interest/items/{item}/claim", {"until": f"{AS_OF}"})
    claim = Claim.objects.get()
    assert claim.amount == 3_120_00
    reverse_settlement(settlement_id=settlement, reason="bounced", actor="min", at=AT)
    # 60 days of 39.00 and 40 of 19.50 were claimed, a hundred of 39.00 are borne; nothing can be undone.
    for address in ("/interest/?state=over", f"/interest/items/{item}", f"/receivables/items/{item}"):
        assert "780.00" in collector.get(address).content.decode()
    page = collector.get(f"/interest/items/{item}").content.decode()
    assert ("data-under" in page, f"/interest/claims/{claim.pk}/correct" in page) == (True, False)
    assert exported(collector, "/interest/export?format=csv")[1][12:14] == ["0.00", "780.00"]


def told(collector: Client, item: int, more: str = "") -> list[tuple[str, str]]:
    """What the customer's story says of interest, the first first, each with its tag; the desk says the same."""
    customer = Item.objects.get(pk=item).customer_id
    events = collector.get(f"/customers/{customer}?tab=timeline&kind=collecting{more}").context["events"]
    found = [(one.fact.title, one.fact.tag) for one in reversed(events)]
    if "known_at" not in more:
        desk = collector.get(f"/collection/?customer={customer}{more}").context["desk"].entries
        assert [(one.title, one.tag) for one in reversed(desk) if one.entry.kind == "interest"] == found
    return found


def paid_early(item: int) -> None:
    """It was paid fifty days ago and nobody wrote it down: 1,989.00 of 3,900.00 was claimed too much."""
    day = AS_OF - timedelta(days=51)
    receipt = post_item(
        company=Company.objects.get(), customer_id=Item.objects.get(pk=item).customer_id, kind="receipt",
        amount=365_000_00, currency="CNY", document_date=day, posting_date=day, actor="min", at=AT,
    )  # fmt: skip
    settle(credit_id=receipt, debit_id=item, credit_amount=365_000_00, effective_on=AS_OF - timedelta(days=1),
           reason="manual", actor="min", at=AT)  # fmt: skip


def test_interest_that_was_taken_back_is_told_as_such_from_the_day_it_was(collector: Client, item: int) -> None:
    [claim] = claim_interest(item_id=item, until=AS_OF - timedelta(days=3), actor="min", at=AT - timedelta(days=3))
    claimed = "min 主张利息 3,783.00"
    assert told(collector, item) == [(claimed, "")]
    withdraw_claim(claim_id=claim, reason="算错", actor="min", at=AT)
    assert told(collector, item) == [(claimed, "已撤回")]
    assert told(collector, item, f"&as_of={AS_OF - timedelta(days=1)}") == [(claimed, "")]


def test_interest_is_told_as_it_was_known_to_be_claimed(collector: Client, item: int) -> None:
    [claim] = claim_interest(item_id=item, until=AS_OF, actor="min", at=AT)
    seal_everything()
    withdraw_claim(claim_id=claim, reason="算错", actor="min", at=AT + timedelta(hours=1))
    assert told(collector, item, "&known_at=2026-11-20T10:30") == [("min 主张利息 3,900.00", "")]


def test_what_was_given_up_and_given_back_is_told_and_that_it_was_undone(collector: Client, item: int) -> None:
    [claim] = claim_interest(item_id=item, until=AS_OF, actor="min", at=AT)
    paid_early(item)
    correct_claim(claim_id=claim, actor="min", at=AT + timedelta(minutes=1))
    signed_in("fang", "management")
    request = ask_waiver(claim_id=claim, amount=1_000_00, reason="长期合作", actor="cui", at=AT + timedelta(minutes=2))
    digest = request_record(request).digest
    approve_request(request_id=request, digest=digest, actor="fang", at=AT + timedelta(minutes=3))
    claimed, back, waived = "min 主张利息 3,900.00", "冲回利息 1,989.00", "豁免利息 1,000.00"
    assert told(collector, item) == [(claimed, ""), (back, ""), (waived, "")]
    credit = Waiver.objects.get().credit_id
    [settlement] = Settlement.objects.filter(credit_id=credit).values_list("pk", flat=True)
    reverse_settlement(settlement_id=settlement, reason="mistake", actor="min", at=AT + timedelta(minutes=4))
    reverse_item(item_id=credit, reason="mistake", actor="min", at=AT + timedelta(minutes=4))
    assert told(collector, item) == [(claimed, ""), (back, ""), (waived, "已撤回")]


def test_interest_of_an_item_that_was_reversed_leads_to_the_item(collector: Client, item: int) -> None:
    claim_interest(item_id=item, until=AS_OF, actor="min", at=AT)
    customer = Item.objects.get(pk=item).customer_id
    pages = (f"/customers/{customer}?tab=timeline&kind=collecting", f"/collection/?customer={customer}")
    for address in (f"/interest/items/{item}", f"/receivables/items/{item}"):
        for page in pages:
            [link] = re.findall(r'href="([^"]*)">min 主张利息', collector.get(page).content.decode())
            assert (link, collector.get(link).status_code) == (address, 200)
        if address.startswith("/interest/"):
            reverse_item(item_id=item, reason="mistake", actor="min", at=AT + timedelta(minutes=1))
