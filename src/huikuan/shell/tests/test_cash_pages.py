"""The cash workbench over the books of the tests: what waits, what is ticked, what applying does, and undoing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client

from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company, add_user, grant_role
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, LineUse, OpenLine
from huikuan.record.cash.domain.applying import Seen
from huikuan.record.cash.domain.book import Answer, Part, Proposal, Verdict
from huikuan.record.cash.domain.stored import document_of
from huikuan.record.cash.models import Application, Suggestion, Undoing
from huikuan.record.cash.web.payers import digest_of
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.shell.tests.books import AT, Books

PAYER = "北麓矿业装备集团有限公司"


def line_in(books: Books, amount: int, day: str = "2026-11-19", **more: Any) -> int:
    """Money that came in and is not used yet."""
    known = BankLine.objects.count()
    account = BankAccount.objects.values_list("id", flat=True).first()
    if account is None:
        opened = {"company_id": books.company.pk, "number": "6222010100000001", "bank": "江临银行", "currency": "CNY"}
        account = record(BankAccount, [{**opened, "actor": "tester"}], at=AT)[0]
    row = {
        "company_id": books.company.pk, "account_id": account, "statement_id": 1, "ordinal": known + 1,
        "key": f"test-{known + 1}", "booked_on": date.fromisoformat(day), "amount": amount, "currency": "CNY",
        "counterparty_name": PAYER, "actor": "tester", **more,
    }  # fmt: skip
    line_id = record(BankLine, [row], at=AT)[0]
    copied = {name: row[name] for name in ("company_id", "account_id", "currency", "booked_on")}
    OpenLine.objects.create(line_id=line_id, left=amount, **copied)
    return line_id


def suggest(
    books: Books,
    line: int,
    customer: str,
    parts: dict[str, int],
    probability: float,
    rest: int = 0,
    against: Sequence[str] = (),
) -> None:
    """What matching would have kept: these documents with these amounts, as everything is open now; `against`: why it
    was not applied."""
    paid = tuple(Part(books.item(document), amount) for document, amount in parts.items())
    proposal = Proposal(books.customer(customer), paid, probability, 0, (), rest)
    holds = tuple(Reason(code, met=False) for code in against)
    left = OpenLine.objects.get(pk=line).left
    seen = Seen(left, {part.item_id: open_of(part.item_id).amount for part in paid})
    Suggestion.objects.create(
        line_id=line, company_id=books.company.pk, verdict="suggested", customer_id=proposal.customer_id,
        probability_e6=round(probability * 1_000_000), computed_at=AT,
        answer=document_of(Answer(line, Verdict.SUGGESTED, (proposal,), holds), seen),
    )  # fmt: skip


def fields(page: str) -> dict[str, Any]:
    """The form that applies, as a browser would send it untouched."""
    form = page[page.index('id="apply"') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {"item": [], "customer": []}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name = said.get("name", "")
        if said.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if name in ("item", "customer"):
            found[name].append(said["value"])
        elif name:
            found[name] = said.get("value", "")
    return found


def send(client: Client, line: int, **changes: Any) -> Any:
    """Open the line, change what is to be changed, and apply."""
    address = f"/cash/?line={line}" + (f"&customer={changes.pop('who')}" if "who" in changes else "")
    form = fields(client.get(address).content.decode()) | changes
    return client.post(f"/cash/lines/{line}/apply", form)


def left(line: int) -> int:
    found = OpenLine.objects.filter(pk=line).first()
    return found.left if found else 0


def owed(books: Books, document: str) -> int:
    return open_of(books.item(document)).amount


@pytest.fixture
def clerk(books: Books, on_the_day: None) -> Client:
    add_user(username="lin", password="a long pass phrase", display_name="林静", actor="cli:test", at=AT)
    grant_role(username="lin", role="cash_clerk", actor="cli:test", at=AT)
    client = Client()
    client.force_login(User.objects.get(username="lin"))
    return client


class TestTheQueue:
    def test_it_says_what_waits_and_how_sure(self, books: Books, clerk: Client) -> None:
        sure = line_in(books, 645_000_05, memo="货款264388117730")
        unsure = line_in(books, 70_00, day="2026-10-01", counterparty_name="往来单位")
        suggest(books, sure, "C0001", {"264388117730": 645_000_05}, 0.9629)
        page = clerk.get("/cash/").context
        assert [(row.line.id, row.verdict, row.percent) for row in page["queue"].rows] == [
            (sure, "suggested", 96), (unsure, "left", 0),
        ]  # fmt: skip
        assert [(one.currency, one.count, one.left) for one in page["queue"].sums] == [("CNY", 2, 645_070_05)]
        told = page["progress"]
        assert (told.lines, told.automatic, told.people, told.suggested, told.left) == (1, 0, 0, 1, 0)
        assert page["desk"].line.id == sure
        assert (page["desk"].percent, page["desk"].applied, page["desk"].rest) == ("96", 645_000_05, 0)

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("verdict=suggested", [0]), ("verdict=left", [2, 1]), ("age=older", [1]), ("age=week", [0, 2]),
            ("day=2026-11-18", [2]), ("q=264388117730", [0]), ("order=most", [0, 1, 2]), ("account=0", []),
        ],
    )  # fmt: skip
    def test_conditions_narrow_it(self, books: Books, clerk: Client, asked: str, found: list[int]) -> None:
        lines = [line_in(books, 645_000_05, memo="货款264388117730"), line_in(books, 90_00, day="2026-10-01"),
                 line_in(books, 80_00, day="2026-11-18")]  # fmt: skip
        suggest(books, lines[0], "C0001", {"264388117730": 645_000_05}, 0.9)
        queue = clerk.get(f"/cash/?{asked}").context["queue"]
        assert [row.line.id for row in queue.rows] == [lines[place] for place in found]

    def test_an_account_of_a_company_out_of_sight_has_no_name(self, books: Books) -> None:
        line_in(books, 90_00)
        account = BankAccount.objects.get()
        Company.objects.create(code="APART", name="江临分公司", currency="CNY")
        add_user(username="lin", password="a long pass phrase", display_name="林静", actor="cli:test", at=AT)
        grant_role(username="lin", role="cash_clerk", company="APART", actor="cli:test", at=AT)
        client = Client()
        client.force_login(User.objects.get(username="lin"))
        page = client.get(f"/cash/?account={account.pk}")
        assert page.status_code == 200
        assert account.number not in page.content.decode()

    def test_nothing_waits(self, books: Books, clerk: Client) -> None:
        assert "还没有银行流水" in clerk.get("/cash/").content.decode()

    def test_who_may(self, books: Books, reader: Client, clerk: Client) -> None:
        line = line_in(books, 100_00)
        add_user(username="shen", password="a long pass phrase", display_name="沈青", actor="cli:test", at=AT)
        grant_role(username="shen", role="auditor", actor="cli:test", at=AT)
        auditor = Client()
        auditor.force_login(User.objects.get(username="shen"))
        page = auditor.get("/cash/?customer=C0001")
        assert page.status_code == 200
        assert "data-apply" not in page.content.decode()
        assert auditor.post(f"/cash/lines/{line}/apply", {}).status_code == 403
        assert "data-apply" in clerk.get("/cash/?customer=C0001").content.decode()
        past = clerk.post(f"/cash/lines/{line}/apply?as_of=2026-01-01", {"onto": "account", "customer": "C0001"})
        assert past.status_code == 404
        assert left(line) == 100_00


class TestApplying:
    def test_a_suggestion_as_it_was_shown_is_accepted_and_undone(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 645_000_05, memo="货款264388117730")
        following = line_in(books, 50_00, day="2026-11-18")
        suggest(books, line, "C0001", {"264388117730": 645_000_05}, 0.96)
        answer = send(clerk, line)
        assert answer.headers["Location"] == f"/cash/?line={following}"
        made = Application.objects.get()
        assert (made.kind, made.amount, made.rest, made.probability_e6) == ("accepted", 645_000_05, 0, 960_000)
        assert (left(line), owed(books, "264388117730")) == (0, 0)
        page = clerk.get("/cash/").context
        assert (page["progress"].people, page["by_hand"]) == (1, 1)
        assert check_ledger() == []
        assert clerk.post("/cash/undo", {"step": page["undoable"].step}).status_code == 302
        assert (left(line), owed(books, "264388117730")) == (645_000_05, 645_000_05)
        assert Undoing.objects.get().application_id == made.id
        assert clerk.get("/cash/").context["undoable"] is None
        assert clerk.get(f"/cash/?line={line}").context["desk"].percent == "96", "suggested as before"
        assert check_ledger() == []

    def test_a_changed_suggestion_is_by_hand(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 645_000_05)
        suggest(books, line, "C0001", {"264388117730": 645_000_05}, 0.96)
        item = books.item("264388117730")
        send(clerk, line, **{f"amount-{item}": "600,000.05", "rest": "stays"})
        made = Application.objects.get()
        assert (made.kind, made.amount, made.rest) == ("manual", 645_000_05, 45_000_00)
        assert owed(books, "264388117730") == 45_000_00
        assert check_ledger() == []

    def test_two_customers_share_a_payment(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 731_400_55, counterparty_name="代付单位")
        form = fields(clerk.get(f"/cash/?line={line}&customer=C0002&customer=C0001").content.decode())
        small, large = books.item("264377023311"), books.item("264388117730")
        form |= {"item": [small, large], f"amount-{small}": "", f"amount-{large}": "", "rest": "stays"}
        assert clerk.post(f"/cash/lines/{line}/apply", form).status_code == 302
        made = [(one.customer_id, one.amount, one.rest) for one in Application.objects.order_by("portion")]
        assert made == [(books.customer("C0002"), 86_400_55, 0), (books.customer("C0001"), 645_000_00, 0)]
        assert (owed(books, "264377023311"), owed(books, "264388117730")) == (0, 5)
        assert check_ledger() == []

    def test_part_of_it_waits_for_somebody_else(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 100_000_00)
        item = books.item("264377023311")
        answer = send(clerk, line, who="C0002", item=[item], rest="open")
        assert answer.headers["Location"] == f"/cash/?line={line}"
        assert left(line) == 13_599_45
        assert Application.objects.get().rest == 0

    def test_all_on_account_and_as_an_advance(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 88_00)
        send(clerk, line, who="C0003", onto="account")
        made = Application.objects.get()
        assert (made.parts, made.rest, left(line)) == ([], 88_00, 0)
        told = [(one.what, one.count, one.amount) for one in clerk.get("/cash/unapplied").context["sums"]]
        assert told == [("account", 2, 100_088_00)], "beside what stood there before"

    def test_what_is_short_says_why_and_stays_open(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 600_000_05)
        item = books.item("264388117730")
        send(clerk, line, who="C0001", item=[item], **{f"amount-{item}": "600000.05"}, short="leave", why="quality")
        made = Application.objects.get()
        assert [(part["item"], part["amount"], part["short"]) for part in made.parts] == [
            (item, 600_000_05, "quality")
        ]
        assert owed(books, "264388117730") == 45_000_00

    def test_money_of_nobody_is_set_aside(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 1_00, memo="结息")
        assert clerk.post(f"/cash/lines/{line}/aside", {"note": ""}).status_code == 400
        assert left(line) == 1_00
        clerk.post(f"/cash/lines/{line}/aside", {"note": "活期利息"})
        use = LineUse.objects.get()
        assert (use.purpose, use.note, left(line)) == ("set_aside", "活期利息", 0)
        clerk.post("/cash/undo", {"step": clerk.get("/cash/").context["undoable"].step})
        assert left(line) == 1_00

    def test_the_same_form_sent_twice_is_done_once(self, books: Books, clerk: Client) -> None:
        line, item = line_in(books, 200_00), books.item("264388117730")
        form = fields(clerk.get(f"/cash/?line={line}&customer=C0001").content.decode())
        form |= {"item": [item], f"amount-{item}": "100", "rest": "open"}
        for _ in range(2):
            assert clerk.post(f"/cash/lines/{line}/apply", form).status_code == 302
        assert (Application.objects.count(), left(line)) == (1, 100_00)

    def test_what_changed_meanwhile_is_said_and_nothing_typed_lost(self, books: Books, clerk: Client) -> None:
        first, second = line_in(books, 645_000_05), line_in(books, 645_000_05, day="2026-11-18")
        item = books.item("264388117730")
        stale = fields(clerk.get(f"/cash/?line={second}&customer=C0001").content.decode())
        stale |= {"item": [item], f"amount-{item}": "645,000.05"}
        send(clerk, first, who="C0001", item=[item])
        answer = clerk.post(f"/cash/lines/{second}/apply", stale)
        assert answer.status_code == 400
        assert answer.context["refused"]
        assert (Application.objects.count(), left(second)) == (1, 645_000_05)

    def test_a_guess_is_not_ticked_before_somebody_chooses_it(self, books: Books, clerk: Client) -> None:
        line, item = line_in(books, 645_000_05, counterparty_name="陈*明"), books.item("264388117730")
        suggest(books, line, "C0001", {"264388117730": 645_000_05}, 0.05)
        Suggestion.objects.update(verdict="left")
        page = clerk.get(f"/cash/?line={line}")
        assert (page.context["desk"].customers, page.context["desk"].digest) == ([], "")
        assert [way.next for way in page.context["desk"].others] == [True]
        chosen = clerk.get(f"/cash/?line={line}&proposal=0").context["desk"]
        assert [claim.item_id for claim in chosen.customers[0].claims if claim.ticked] == [item]

    def test_nothing_ticked_is_refused(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 10_00)
        answer = send(clerk, line, who="C0001", rest="open")
        assert answer.status_code == 400
        assert "请勾选" in answer.context["refused"]
        assert left(line) == 10_00


class TestAPayerByName:
    def test_without_a_suggestion_its_own_items_are_there_and_none_is_ticked(
        self, books: Books, clerk: Client
    ) -> None:
        line = line_in(books, 1_00)
        desk = clerk.get(f"/cash/?line={line}").context["desk"]
        assert [part.customer.code for part in desk.customers] == ["C0001"]
        assert (desk.customers[0].count, desk.ticked, desk.applied, desk.proposal, desk.digest) == (3, 0, 0, None, "")

    @pytest.mark.parametrize("name", ["", "北麓矿业", "北*矿业装备集团有限公司"])
    def test_a_name_that_is_not_quite_its_own_says_nothing(self, books: Books, clerk: Client, name: str) -> None:
        line = line_in(books, 1_00, counterparty_name=name)
        assert clerk.get(f"/cash/?line={line}").context["desk"].customers == []


class TestTogether:
    def test_sure_ones_without_a_difference_are_accepted_at_once(self, books: Books, clerk: Client) -> None:
        sure, rest, unsure = line_in(books, 645_000_05), line_in(books, 86_500_00), line_in(books, 880_000_00)
        suggest(books, sure, "C0001", {"264388117730": 645_000_05}, 0.99)
        suggest(books, rest, "C0002", {"264377023311": 86_400_55}, 0.99, rest=99_45)
        suggest(books, unsure, "C0001", {"264401827731": 880_000_00}, 0.949)
        assert clerk.get("/cash/").context["sure"] == [sure]
        clerk.post("/cash/accept", {"lines": f"{sure},{rest},{unsure}"})
        assert [left(line) for line in (sure, rest, unsure)] == [0, 86_500_00, 880_000_00]
        assert [one.kind for one in Application.objects.all()] == ["accepted"]

    @pytest.mark.parametrize("why", ["third_party_without_mandate", "taken_back", "undone_before", "other_sets_fit"])
    def test_what_a_person_has_to_look_at_is_never_among_them(self, books: Books, clerk: Client, why: str) -> None:
        line, lower = line_in(books, 645_000_05), line_in(books, 86_400_55)
        suggest(books, line, "C0001", {"264388117730": 645_000_05}, 0.99, against=["below_automatic", why])
        suggest(books, lower, "C0002", {"264377023311": 86_400_55}, 0.99, against=["below_automatic"])
        assert clerk.get("/cash/").context["sure"] == [lower]
        clerk.post("/cash/accept", {"lines": f"{line},{lower}"})
        assert [left(one) for one in (line, lower)] == [645_000_05, 0]

    def test_customers_are_found_and_a_second_one_shares(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 10_00)
        part = clerk.get(f"/cash/customers?line={line}&customer=C0001&find=hs").content.decode()
        assert "宏朔钢构有限公司" in part
        assert f"/cash/?line={line}&amp;customer=C0002" in part
        assert f"/cash/?line={line}&amp;customer=C0001&amp;customer=C0002" in part


class TestOneApplication:
    def test_its_page_leads_everywhere_and_undoes(self, books: Books, clerk: Client) -> None:
        line, item = line_in(books, 645_000_05), books.item("264388117730")
        send(clerk, line, who="C0001", item=[item])
        made = Application.objects.get()
        page = clerk.get(f"/cash/applications/{made.id}").content.decode()
        assert f"/receivables/items/{item}" in page
        assert f"/receivables/items/{made.credit_id}" in page
        for number in (item, made.credit_id):
            back = clerk.get(f"/receivables/items/{number}").content.decode()
            assert f'href="/cash/applications/{made.id}" data-application' in back
        assert clerk.post(f"/cash/applications/{made.id}/undo", {"reason": ""}).status_code == 302
        assert not Undoing.objects.exists()
        clerk.post(f"/cash/applications/{made.id}/undo", {"reason": "记错客户"})
        assert Undoing.objects.get().reason == "记错客户"
        assert (left(line), owed(books, "264388117730")) == (645_000_05, 645_000_05)
        assert check_ledger() == []

    def test_a_stranger_s_application_is_not_there(self, books: Books, clerk: Client) -> None:
        assert clerk.get("/cash/applications/999").status_code == 404


def test_unapplied_cash_sums_to_its_rows_and_its_file(books: Books, clerk: Client) -> None:
    line_in(books, 30_00, day="2026-09-01")
    line_in(books, 70_00)
    page = clerk.get("/cash/unapplied")
    sums = {(one.what, one.age): one.amount for one in page.context["sums"]}
    assert (sums["line", "older"], sums["line", "week"], sums["account", "week"]) == (30_00, 70_00, 100_000_00)
    assert sum(sums.values()) == sum(row.amount for row in page.context["rows"])
    narrowed = clerk.get("/cash/unapplied?what=line&age=older")
    assert [row.amount for row in narrowed.context["rows"]] == [30_00]
    file = clerk.get("/cash/unapplied/export?what=line&format=csv")
    text = b"".join(file).decode("utf-8-sig")
    assert [line.split(",")[-1] for line in text.splitlines()[1:]] == ["30.00", "70.00"]


@pytest.mark.usefixtures("limits")
def test_what_it_changes_at_the_customer_s_credit_is_said_before(books: Books, clerk: Client) -> None:
    line, who = line_in(books, 645_000_05), books.customer("C0001")
    page = clerk.get(f"/cash/?line={line}&customer=C0001").content.decode()
    address = f"/credit/customers/{who}/paid?of={books.company.pk}&in=CNY&paid=64500005"
    assert address in page
    told = clerk.get(address).context["effect"]
    owed_now = sum(owed(books, one) for one in ("264388102254", "264388117730", "264401827731"))
    assert (told.before, told.after) == (owed_now, owed_now - 645_000_05)
    assert clerk.get(f"/credit/customers/{who}/paid?of=0&in=CNY&paid=1").status_code == 404


class TestWhatWasLearned:
    def test_an_alias_is_seen_and_revoked(self, books: Books, clerk: Client) -> None:
        line = line_in(books, 645_000_05, counterparty_name="北麓代付贸易", counterparty_account="6217000010004410")
        send(clerk, line, who="C0001", item=[books.item("264388117730")])
        known = [(row.sign, row.standing.confirmed) for _, row in clerk.get("/cash/payers").context["known"]]
        assert known == [("account", 1), ("name", 1)]
        row = next(row for _, row in clerk.get("/cash/payers").context["known"] if row.sign == "name")
        typed = {"company": books.company.pk, "customer": "C0001", "sign": "name", "value": row.value}
        page = clerk.get("/cash/payers").content.decode()
        assert "6217 **** 4410" in page
        assert "6217000010004410" not in page
        clerk.post("/cash/payers/revoke", typed | {"alias": digest_of(row.value)})
        told = {row.sign: row.standing.counts for _, row in clerk.get("/cash/payers").context["known"]}
        assert told == {"account": True, "name": False}
        clerk.post("/cash/payers/register", typed)
        assert all(row.standing.counts for _, row in clerk.get("/cash/payers").context["known"])
        file = b"".join(clerk.get("/cash/payers/export?format=csv")).decode("utf-8-sig")
        assert len(file.splitlines()) == 3
        assert "6217000010004410" not in file
        # To see people of another company's customers shows nothing of these; to see these does.
        add_company(code="OTHER", name="另一家", currency="CNY", time_zone="Asia/Shanghai")
        for company, shown in (("OTHER", False), (None, True)):
            grant_role(username="lin", role="collector", company=company, actor="cli:root", at=AT)
            file = b"".join(clerk.get("/cash/payers/export?format=csv&company=MAIN")).decode("utf-8-sig")
            assert ("6217000010004410" in file) == shown

    def test_a_mandate_is_registered_and_ended(self, books: Books, clerk: Client) -> None:
        typed = {"company": books.company.pk, "customer": "C0001", "payer": "江临供应链有限公司",
                 "document": "委托书 2026-03", "from": "2026-03-02", "until": ""}  # fmt: skip
        clerk.post("/cash/payers/mandates", typed)
        ((_, row),) = clerk.get("/cash/payers").context["mandates"]
        assert (row.payer_name, row.document, row.ended) == ("江临供应链有限公司", "委托书 2026-03", False)
        clerk.post(f"/cash/payers/mandates/{row.id}/end", {"company": books.company.pk})
        assert [row.ended for _, row in clerk.get("/cash/payers").context["mandates"]] == [True]

    def test_suggestions_turned_down_and_accepted_are_counted(self, books: Books, clerk: Client) -> None:
        one, other = line_in(books, 645_000_05), line_in(books, 86_400_55)
        suggest(books, one, "C0001", {"264388117730": 645_000_05}, 0.96)
        suggest(books, other, "C0002", {"264377023311": 86_400_55}, 0.97)
        send(clerk, one)
        form = fields(clerk.get(f"/cash/?line={other}").content.decode())
        clerk.post(f"/cash/lines/{other}/reject", form)
        fared = clerk.get("/cash/payers").context["fared"]
        assert [(row.least, row.stood, row.refused, row.share) for row in fared] == [(95, 1, 1, 50)]
        assert left(other) == 86_400_55


class TestMoneyThatWentBack:
    def test_it_is_shown_and_taken_back_from_the_workbench(self, books: Books, clerk: Client) -> None:
        document = books.item("264388117730")
        line = line_in(books, 645_000_05)
        send(clerk, line, who="C0001", item=[document])
        assert open_of(document).amount == 0
        back = line_in(books, -645_000_05, "2026-11-20", reversal=True, counterparty_name="")
        (waiting,) = clerk.get("/cash/").context["returns"]
        assert (waiting.line.id, waiting.original.id) == (back, line)
        page = clerk.get("/cash/").content.decode()
        assert f'action="/cash/lines/{back}/return"' in page
        answer = clerk.post(f"/cash/lines/{back}/return", {"original": str(line)})
        assert (answer.status_code, answer["Location"]) == (302, "/cash/")
        assert open_of(document).amount == 645_000_05
        assert not OpenLine.objects.exists()
        assert clerk.get("/cash/").context["returns"] == []
        assert check_ledger() == []

    def test_it_stands_on_the_page_of_the_bank_line_for_who_may_settle(self, books: Books, clerk: Client) -> None:
        told = {"company_id": books.company.pk, "account_id": 1, "file_sha256": "0", "file_name": "三月.csv",
                "layout": "plain", "currency": "CNY", "lines_new": 2, "lines_known": 0, "actor": "tester"}  # fmt: skip
        statement = record(BankStatement, [told], at=AT)[0]
        line = line_in(books, 645_000_05, statement_id=statement)
        send(clerk, line, who="C0001", item=[books.item("264388117730")])
        back = line_in(books, -645_000_05, "2026-11-20", statement_id=statement)
        action = f'action="/cash/lines/{back}/return"'
        assert action in clerk.get(f"/bank/lines/{back}").content.decode()
        assert action not in clerk.get(f"/bank/lines/{line}").content.decode()
        assert action not in clerk.get(f"/bank/lines/{back}?as_of=2026-11-01").content.decode()
        answer = clerk.post(f"/cash/lines/{back}/return", {"original": str(line), "from": "line"})
        assert answer["Location"] == f"/bank/lines/{back}"
        assert clerk.post(f"/cash/lines/{back + 1_000}/return", {"original": str(line)}).status_code == 404
        stranger = line_in(books, -1_00, "2026-11-20")
        clerk.post(f"/cash/lines/{stranger}/return", {"original": str(line)})
        assert OpenLine.objects.get().left == -1_00
