"""Building the demo: what the story says is what the ledger holds, once, and apart from real debts."""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from django.contrib.auth import authenticate
from django.db.models import Sum
from tests.standing import standing_on

from huikuan.act.collection.models import Hold, Run
from huikuan.act.collection.queries.worklist import worklist
from huikuan.act.visits.models import Call, Outcome, Visit
from huikuan.connect.connectors.models import Batch
from huikuan.judge.credit.models import DryRun, LimitRequest, LimitStep, OrderDecision, OrderStanding
from huikuan.judge.rating.models import Assessment
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries import waiting_for
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.files.operations import path_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company, RoleGrant
from huikuan.mechanisms.notices.models import NoticeStand
from huikuan.record.banking.models import BankAccount, BankLine, OpenLine
from huikuan.record.cash.models import Application
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.contracts.models import SalesOrder
from huikuan.record.customers import queries
from huikuan.record.customers.models import Customer
from huikuan.record.disputes.models import Dispute
from huikuan.record.financials.models import StatementVersion
from huikuan.record.interest.models import Claim
from huikuan.record.limitation.queries.clocks import expiring
from huikuan.record.promises.models import Barter, Freeze, Plan, Promise, Verdict
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.see.confirmations.models import Invitation, Reply, ReplyLine
from huikuan.shell.cli import main
from huikuan.shell.demo import build as building
from huikuan.shell.demo import story as telling
from huikuan.shell.demo.cast import PEOPLE
from huikuan.shell.demo.money import BANKS
from huikuan.shell.demo.standing import standing
from huikuan.shell.demo.tests.test_story import open_of

TODAY, AT = date(2026, 11, 20), datetime(2026, 11, 20, 0, 46, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cast and some others: the whole company takes too long for every run."""
    monkeypatch.setattr(telling, "_ORDINARY", 80)


@pytest.fixture
def built(transactional_db: None, data_folder: Path) -> None:
    """The demo as it is built for TODAY."""
    standing_on("demo", lambda: building.build(today=TODAY, at=AT), data_folder)


def test_the_ledger_holds_what_the_story_says(built: None) -> None:
    story = telling.company_as_of(TODAY)
    _facts_are_all_there(story)
    _owners_change_and_the_past_keeps_its_own(story)
    _an_item_leads_to_its_line_in_the_file()


def _facts_are_all_there(story: telling.Story) -> None:
    told = Item.objects.filter(origin_system="demo")
    assert told.count() == story.items.height
    assert Settlement.objects.filter(credit_id__in=told.values("id")).count() == story.settlements.height
    assert set(Company.objects.values_list("code", flat=True)) == {"MAIN", "HD"}
    expected = {row["key"]: row["open"] for row in open_of(story).filter(pl.col("open") > 0).iter_rows(named=True)}
    keys = dict(Item.objects.values_list("id", "origin_key"))
    # What collecting brought in is beside the story, and of ordinary customers alone.
    brought = set(Settlement.objects.exclude(credit_id__in=told.values("id")).values_list("debit_id", flat=True))
    opened = OpenItem.objects.filter(item_id__in=told.values("id")).exclude(item_id__in=brought)
    for pk in brought:
        del expected[keys[pk]]
    assert {keys[pk]: amount for pk, amount in opened.values_list("item_id", "open_amount")} == expected
    assert not Item.objects.filter(id__in=brought, customer_id__in=Customer.objects.filter(code__lt="C10100")).exists()
    haiyue = Customer.objects.get(code="C10018")
    late = OpenItem.objects.filter(customer_id=haiyue.pk, side="debit", due_date__lt=TODAY)
    assert late.aggregate(sum=Sum("open_amount"))["sum"] == 754_200_000
    assert Head.objects.order_by("size").last().size == Leaf.objects.count()
    assert not Item.objects.filter(book_amount=None).exists()


def _owners_change_and_the_past_keeps_its_own(story: telling.Story) -> None:
    change = next(one for one in story.hand_overs if one.dimension == "group")
    customer = Customer.objects.get(code=change.customer)
    before = date.fromordinal(change.effective_on.toordinal() - 1)
    assert queries.affiliations_of(customer.pk, before).get("group") is None
    assert queries.affiliations_of(customer.pk, change.effective_on)["group"] == change.value


def _an_item_leads_to_its_line_in_the_file() -> None:
    batch = Batch.objects.get(company_id=Company.objects.get(code="HD").pk)
    text = path_of(batch.file_sha256).read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    for item in Item.objects.filter(batch_id=batch.pk).order_by("id")[:50]:
        line = lines[item.batch_row - 2]
        assert line["单据号"] == item.document_number
        assert line["金额"].replace(".", "") == str(item.amount)


def test_credit_is_there_to_be_walked(built: None) -> None:
    """One order of each fate, limits granted and one waiting, grades for everybody, and a year replayed."""
    standings = dict(OrderStanding.objects.exclude(state="cancelled").values_list("order_id", "state"))
    numbers = {order.number: standings.get(order.pk) for order in SalesOrder.objects.filter(number__startswith="SO-D")}
    assert numbers == {
        "SO-D-01": "released", "SO-D-02": "paused", "SO-D-03": "held", "SO-D-04": "held", "SO-D-05": "held"
    }  # fmt: skip
    why = {
        decision.order_id: {one["rule"] for one in json.loads(decision.content)["reasons"]}
        for decision in OrderDecision.objects.all()
    }
    rules = [why[order.pk] for order in SalesOrder.objects.filter(number__startswith="SO-D").order_by("number")]
    assert rules == [
        {"within_limit"}, {"over_threshold"}, {"over_limit"}, {"prepay_only", "overdue_days"},
        {"over_threshold", "overdue_days"},
    ]  # fmt: skip
    assert not waiting_for("zhoumin", at=AT)
    (waiting,) = waiting_for("hance", at=AT)
    assert (waiting.maker, waiting.amount, waiting.route) == ("shenzhou", 350_000_000, (("management",),))
    assert json.loads(waiting.shown["calculation"])["departures"] == ["amount", "until"]
    assert not LimitRequest.objects.filter(calculation="").exists()
    assert LimitRequest.objects.count() == LimitStep.objects.filter(step="approved").count() + 1
    assert Assessment.objects.count() == Customer.objects.count()
    assert StatementVersion.objects.count() == 2
    assert set(DryRun.objects.values_list("company_id", flat=True)) == set(
        Company.objects.values_list("id", flat=True)
    )


def test_a_second_build_writes_nothing_and_interrupted_ones_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    write, calls = building.write_books, []

    def once(*arguments: object, **named: object) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return write(*arguments, **named)

    monkeypatch.setattr(building, "write_books", once)
    with pytest.raises(KeyboardInterrupt):
        building.build(today=TODAY, at=AT)
    assert standing() is None
    building.build(today=date(2027, 1, 1), at=AT)
    counts = Leaf.objects.count(), Item.objects.count()
    assert standing().as_of == TODAY
    assert Item.objects.filter(origin_system="demo").count() == telling.company_as_of(TODAY).items.height
    building.build(today=TODAY, at=AT)
    assert (Leaf.objects.count(), Item.objects.count()) == counts


def test_people_log_in_with_this_installations_passwords(built: None, data_folder: Path) -> None:
    demo = standing()
    first = demo.logins[0]
    username, password, name = first.username, first.password, first.name
    assert (username, name, first.roles) == ("zhoumin", "周敏", ("finance_manager",))
    assert authenticate(request=_Asked(), username=username, password=password) is not None
    assert RoleGrant.objects.count() == sum(len(person.roles) for person in PEOPLE)
    assert stat.S_IMODE((data_folder / "demo-logins.txt").stat().st_mode) == 0o600


class _Asked:
    """Enough of a request for the log-in guard."""

    META = {"REMOTE_ADDR": "127.0.0.1"}
    POST: dict[str, str] = {}
    GET: dict[str, str] = {}
    path = "/"
    method = "POST"


def test_it_keeps_away_from_real_debts() -> None:
    company = Company.objects.create(code="MAIN", name="真公司")
    _post_real_item(company)
    with pytest.raises(Refusal) as caught:
        building.build(today=TODAY, at=AT)
    assert caught.value.code == "demo_needs_empty_installation"
    assert (Item.objects.count(), Customer.objects.count()) == (1, 1)


def _post_real_item(company: Company) -> None:
    from huikuan.record.customers.operations import ensure_prospects
    from huikuan.record.receivables.operations.items import post_item

    ids = ensure_prospects({"A": "甲"}, batch_id=None, actor="cli:test", at=AT)
    post_item(
        company=company,
        customer_id=ids["A"],
        kind="invoice",
        currency="CNY",
        amount=100,
        document_date=TODAY,
        posting_date=TODAY,
        due_date=TODAY,
        actor="cli:test",
        at=AT,
    )


def test_the_command_tells_the_logins_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--no-serve", "--json", "--as-of", "2026-11-20"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["fresh"] is True
    assert main(["demo", "--no-serve", "--json"]) == 0
    second = json.loads(capsys.readouterr().out)
    assert second == {**first, "fresh": False}
    assert main(["demo", "--no-serve"]) == 0
    assert re.search("zhoumin .* 周敏 · 财务经理", capsys.readouterr().out)


def test_three_banks_told_of_the_last_days_and_the_books_stay_as_told(built: None) -> None:
    """Nothing is applied before the worker runs; then most of it finds its invoices."""
    accounts = list(BankAccount.objects.values_list("number", flat=True).order_by("id"))
    assert accounts == [number for _, number in BANKS]
    lines = BankLine.objects.count()
    assert OpenLine.objects.count() == lines >= 8
    assert not Application.objects.exists()
    ran = match_lines(company=Company.objects.get(code="MAIN"), actor="cli:test", at=AT)
    verdicts = Counter(one.answer.verdict.value for one in ran.outcomes)
    assert verdicts["applied"] >= 3
    assert verdicts["left"] >= 2
    assert check_ledger() == []


def test_collecting_is_there_to_be_walked(built: None) -> None:
    """A morning of a collector: three days of reminders, promises of every fate, visits, accounts confirmed."""
    assert Run.objects.count() == 6
    assert Counter(Verdict.objects.values_list("state", flat=True)) == {"kept": 2, "broken": 2, "partly": 1}
    assert (Promise.objects.count(), Plan.objects.count()) == (8, 1)
    assert (Barter.objects.count(), Freeze.objects.count()) == (1, 1)
    stands = Counter(NoticeStand.objects.values_list("channel", "state"))
    assert [stands["email", state] for state in ("bounced", "in_doubt", "replied")] == [1, 1, 1]
    assert stands["email", "sent"] > 10 < stands["letter", "queued"]
    assert (stands["letter", "sent"], stands["letter", "delivered"]) == (2, 2)
    assert (Visit.objects.count(), Outcome.objects.count(), Call.objects.count()) == (3, 1, 10)
    assert (Claim.objects.count(), Hold.objects.count(), Dispute.objects.count()) == (2, 1, 5)
    assert (Invitation.objects.count(), Reply.objects.count()) == (4, 2)
    assert ReplyLine.objects.filter(said="disputed").count() == 1
    assert expiring(as_of=TODAY, scope=EVERYTHING, at=AT)


def test_a_collector_meets_the_cast_in_the_morning(built: None) -> None:
    """By what a contact adds: who promised, is held back or in a plan is left alone."""
    found = worklist(Company.objects.get(code="MAIN"), scope=EVERYTHING, as_of=TODAY)
    ahead = [row.code for row in found.rows]
    assert {"C10007", "C10018", "C10023"} <= set(ahead)
    resting = {row.code: row.left[0].kind for row in found.resting if row.left}
    assert resting["C10015"] == "held"
