"""The daily run: once, all of it, at the right level; and what people say of it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import time_machine
from django.utils import translation

from huikuan.act.collection.models import Approach, ControlAssignment, Run, RunEnd, Taken, TriageDecision
from huikuan.act.collection.operations.holding import hold, release
from huikuan.act.collection.operations.running import Ran, run_day
from huikuan.act.collection.operations.triage import drop, let_go
from huikuan.act.collection.policies import KIND
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries.due import Found, due_on
from huikuan.act.collection.queries.letter_facts import letter_facts
from huikuan.act.collection.queries.runs import approaches, run_excluded, run_lines, run_of
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.act.collection.tests.conftest import WHO, Trade, day, govern, noon, stops
from huikuan.act.collection.web.mailing import mail_customer
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.queries.rows import words
from huikuan.mechanisms.work.kinds import About, kind_named
from huikuan.mechanisms.work.models import WorkItem
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.customers.queries.people import contacts
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.promises.operations import promise_payment
from huikuan.record.receivables.operations.settlements import settle
from huikuan.shell.cli import main


def run(trade: Trade, on: str) -> Ran:
    return run_day(company=trade.company, on=day(on), actor="tester", at=noon(on))


def due(trade: Trade, on: str = "2026-03-11") -> Found:
    return due_on(trade.company.pk, day(on), strategy_in_force(trade.company, at=noon(on)).strategy).whole()


def taken() -> list[tuple[str, int, str]]:
    """Step, item and day of every fact."""
    rows = Taken.objects.order_by("pk").values_list("step", "item_id", "on_date")
    return [(step, item, on.isoformat()) for step, item, on in rows]


def test_a_day_is_run_once(trade: Trade) -> None:
    item = trade.owes(trade.customer("A"), "2026-03-10", number="A1")
    first = run(trade, "2026-03-11")
    assert (first.lines, first.approaches, first.excluded, first.again) == (1, 1, 0, False)
    again = run(trade, "2026-03-11")
    assert (again.run_id, again.lines, again.again) == (first.run_id, 1, True)
    assert taken() == [("dun:1", item, "2026-03-11")]
    assert Notice.objects.count() == 1


def test_each_step_is_taken_once_over_a_month_of_days(trade: Trade) -> None:
    item = trade.owes(trade.customer("A"), "2026-03-10")
    for on in range(1, 31):
        run(trade, f"2026-03-{on:02}")
    assert taken() == [
        ("dun:-7", item, "2026-03-03"),
        ("dun:1", item, "2026-03-11"),
        ("dun:7", item, "2026-03-17"),
        ("dun:15", item, "2026-03-25"),
    ]
    assert list(Notice.objects.order_by("pk").values_list("channel", "step", "purpose")) == [
        ("email", "dun:-7", "reminder"),
        ("email", "dun:1", "reminder"),
        ("email", "dun:7", "reminder"),
        ("letter", "dun:15", "demand"),
    ]


def test_missed_days_are_made_up_for_by_one_letter(trade: Trade) -> None:
    """TESTS 30: the machine stood still from 11 to 25 March."""
    item = trade.owes(trade.customer("A"), "2026-03-10")
    run(trade, "2026-03-11")
    run(trade, "2026-03-26")
    assert taken() == [("dun:1", item, "2026-03-11"), ("dun:15", item, "2026-03-26")]
    assert run(trade, "2026-03-27").lines == 0
    assert Notice.objects.count() == 2


def test_a_customer_gets_one_message_a_day_about_everything(trade: Trade) -> None:
    customer = trade.customer("A")
    for number, due in enumerate(("2026-03-10", "2026-03-04", "2026-03-18")):
        trade.owes(customer, due, 10_00 * (number + 1), number=f"A{number}")
    ran = run(trade, "2026-03-11")
    assert (ran.lines, ran.approaches) == (3, 1)
    notice = Notice.objects.get()
    assert (notice.step, notice.channel, len(notice.items)) == ("dun:7", "email", 3)
    said = words([notice.pk])[notice.pk]
    assert said.to == "a@example.com"
    assert said.subject == "付款提醒：CNY 60.00，江临精工"
    assert "单据 A1 · 单据日期 2026-01-02 · 到期日 2026-03-04 · 逾期天数 7 · 原额 20.00 · 未清 20.00" in said.text
    assert "\n\n\n" not in said.text
    assert [(one["code"], one["version"], one["name"]) for one in notice.letters] == [("reminder", None, "")]


def test_tasks_are_opened_for_people(trade: Trade) -> None:
    customer = trade.customer("C", grade="C")
    trade.owes(customer, "2026-03-10", 10_00)
    trade.owes(customer, "2026-03-09", 20_00)
    run(trade, "2026-03-12")
    item = WorkItem.objects.get()
    assert (item.kind, item.role, item.customer_id) == ("collection.call", "collector", customer)
    assert (item.shown["amounts"], item.shown["lines"], item.shown["late"]) == ("CNY 30.00", 2, 3)
    assert Approach.objects.get().work_id == item.pk
    assert Notice.objects.count() == 0


def test_what_was_paid_between_looking_and_doing_is_left_out(trade: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    from huikuan.act.collection.operations import running

    paid, owing = trade.customer("Paid"), trade.customer("Owing")
    item = trade.owes(paid, "2026-03-10")
    left = trade.owes(owing, "2026-03-10")
    real = running.due_on

    def look(*given: Any, **named: Any) -> Any:
        found = real(*given, **named)
        trade.pays(item, paid, 100_00, "2026-03-11")
        return found

    monkeypatch.setattr(running, "due_on", look)
    assert run(trade, "2026-03-11").lines == 1
    assert taken() == [("dun:1", left, "2026-03-11")]
    assert Notice.objects.get().customer_id == owing


def test_a_hold_holds_until_it_is_released(trade: Trade) -> None:
    customer = trade.customer("H")
    one, other = (trade.owes(customer, "2026-03-10", number=name) for name in ("H1", "H2"))
    number = hold(
        company=trade.company, customer_id=customer, item_id=one, reason="对账中", actor="wang", at=noon("2026-03-10")
    )
    assert stops(trade.on("2026-03-11")) == [("H1", "on_hold")]
    run(trade, "2026-03-11")
    release(hold_id=number, actor="wang", at=noon("2026-03-12"))
    with pytest.raises(Refusal) as refused:
        release(hold_id=number, actor="wang", at=noon("2026-03-12"))
    assert refused.value.code == "collection_hold_released"
    run(trade, "2026-03-12")
    assert [row[1] for row in taken()] == [other, one]


def test_a_hold_of_the_customer_ends_with_its_day(trade: Trade) -> None:
    customer = trade.customer("H")
    trade.owes(customer, "2026-03-10", number="H1")
    hold(
        company=trade.company,
        customer_id=customer,
        reason="x",
        until=day("2026-03-12"),
        actor="w",
        at=noon("2026-03-10"),
    )
    assert stops(trade.on("2026-03-12")) == [("H1", "on_hold")]
    assert stops(trade.on("2026-03-13")) == []


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": " "}, "collection_reason_missing"),
        ({"reason": "x" * 201}, "collection_reason_long"),
        ({"reason": "x", "until": day("2026-02-28")}, "collection_hold_over"),
    ],
)
def test_a_hold_that_is_none_is_refused(trade: Trade, said: dict[str, Any], code: str) -> None:
    from huikuan.act.collection.models import Hold

    with pytest.raises(Refusal) as refused:
        hold(company=trade.company, customer_id=trade.customer("H"), **{**WHO, **said})
    assert refused.value.code == code
    assert Hold.objects.count() == 0


def approving(trade: Trade) -> int:
    """A strategy under which a person sees each message before it goes; answers its version."""
    document = copy.deepcopy(DEFAULT)
    for segment in document["segments"]:
        for step in segment["steps"]:
            step["approve"] = "credit_manager"
    return govern(trade.company, KIND, document)


def test_what_a_person_is_to_see_first_waits_and_is_let_go_or_dropped(trade: Trade) -> None:
    approving(trade)
    for name in ("Go", "Drop", "Paid"):
        trade.owes(trade.customer(name), "2026-03-10", number=name)
    ran = run(trade, "2026-03-11")
    assert (ran.approaches, Notice.objects.count()) == (3, 0)
    rows = {row.customer: row for row in approaches(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)}
    assert {row.state for row in rows.values()} == {"waiting"}
    triage = WorkItem.objects.get()
    assert (triage.kind, triage.role, triage.shown["count"]) == ("collection.triage", "credit_manager", 3)
    paid = rows["MAIN-Paid"]
    trade.pays(Taken.objects.get(customer_id=paid.customer_id).item_id, paid.customer_id, 100_00, "2026-03-11")
    let_go(approach_ids=[rows["MAIN-Go"].id, paid.id], actor="sun", at=noon("2026-03-11"))
    drop(approach_ids=[rows["MAIN-Drop"].id], reason="already called", actor="sun", at=noon("2026-03-11"))
    rows = {row.customer: row for row in approaches(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)}
    assert {name: row.state for name, row in rows.items()} == {
        "MAIN-Go": "let_go", "MAIN-Drop": "dropped", "MAIN-Paid": "dropped",
    }  # fmt: skip
    assert Notice.objects.get().customer_id == rows["MAIN-Go"].customer_id
    with pytest.raises(Refusal) as refused:
        let_go(approach_ids=[rows["MAIN-Go"].id], actor="sun", at=noon("2026-03-11"))
    assert refused.value.code == "collection_approach_unknown"
    assert (TriageDecision.objects.count(), Notice.objects.count()) == (3, 1)
    # A dropped step is taken: it is not asked again the next day.
    assert run(trade, "2026-03-12").lines == 0


def to_the_lawyer(trade: Trade) -> None:
    """A strategy of one step: the lawyer, with somebody's leave."""
    step = {"code": "dun:30", "day": 30, "channel": "lawyer", "template": "", "purpose": "legal"}
    document = copy.deepcopy(DEFAULT)
    for segment in document["segments"]:
        segment["steps"] = [{**step, "approve": "credit_manager"}]
    govern(trade.company, KIND, document)


def test_a_task_is_let_go_for_what_may_be_asked_for_then(trade: Trade) -> None:
    to_the_lawyer(trade)
    customer = trade.customer("A")
    first, second, third = (trade.owes(customer, "2026-01-20", amount) for amount in (100_00, 50_00, 30_00))
    ran = run(trade, "2026-03-11")
    [row] = approaches(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)
    assert (row.state, row.amounts, row.lines) == ("waiting", {"CNY": 180_00}, 3)
    said = {"company_id": trade.company.pk, "customer_id": customer, "said_by": "", "source": "phone",
            "actor": "he", "at": noon("2026-03-12")}  # fmt: skip
    promise_payment(parts=[(first, 100_00), (second, 20_00)], by=day("2026-03-20"), **said)
    trade.pays(third, customer, 10_00, "2026-03-12")
    let_go(approach_ids=[row.id], actor="sun", at=noon("2026-03-12"))
    task = WorkItem.objects.get(kind="collection.lawyer")
    assert task.shown == {
        "run": ran.run_id, "amounts": "CNY 50.00", "lines": 2, "late": 51, "was": "CNY 180.00",
        "since": "collection_promised,collection_paid",
    }  # fmt: skip
    with translation.override("en"):
        assert kind_named(task.kind).describe(About(task.kind, task.key, 1, customer, task.shown)) == (
            "CNY 50.00, 2 claims, the longest 51 days late; CNY 180.00 on the day of the run, less since: promised"
            " meanwhile, paid meanwhile"
        )


def test_a_task_of_which_nothing_may_be_asked_for_is_not_let_go(trade: Trade) -> None:
    to_the_lawyer(trade)
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-01-20", 100_00)
    ran = run(trade, "2026-03-11")
    [row] = approaches(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)
    said = {"company_id": trade.company.pk, "actor": "he", "at": noon("2026-03-12")}
    raise_dispute(item_id=item, reason="quality", source="call", **said)
    with translation.override("en"), pytest.raises(Refusal) as refused:
        let_go(approach_ids=[row.id], actor="sun", at=noon("2026-03-12"))
    assert (refused.value.code, refused.value.params["why"]) == ("collection_nothing_left", "disputed meanwhile")
    assert not TriageDecision.objects.exists()
    assert not WorkItem.objects.filter(kind="collection.lawyer").exists()


def test_the_groups_of_the_control_are_recorded_once(trade: Trade) -> None:
    document = {**copy.deepcopy(DEFAULT), "control_percent": 50}
    govern(trade.company, KIND, document)
    for number in range(20):
        trade.owes(trade.customer(f"K{number}"), "2026-03-10")
    first = run(trade, "2026-03-11")
    control = set(ControlAssignment.objects.filter(control=True).values_list("customer_id", flat=True))
    assert ControlAssignment.objects.count() == 20
    assert {
        one.customer_id for one in run_excluded(run_of(first.run_id, scope=EVERYTHING), scope=EVERYTHING)
    } == control
    run(trade, "2026-03-17")
    assert ControlAssignment.objects.count() == 20


def test_a_run_is_told_again_as_it_was(trade: Trade) -> None:
    customer = trade.customer("A")
    trade.owes(customer, "2026-03-10", number="A1")
    nobody = trade.customer("N", email=False)
    trade.owes(nobody, "2026-03-18", number="N1")
    before = trade.on("2026-03-11")
    ran = run_of(run(trade, "2026-03-11").run_id, scope=EVERYTHING)
    assert tuple(run_lines(ran, scope=EVERYTHING)) == before.rows
    assert tuple(run_excluded(ran, scope=EVERYTHING)) == before.excluded


@time_machine.travel(noon("2027-03-11"), tick=False)
def test_the_commands(trade: Trade, capsys: pytest.CaptureFixture[str]) -> None:
    trade.owes(trade.customer("A"), "2026-03-10", number="A1")
    trade.owes(trade.customer("B"), "2026-03-10", number="B1")

    def said(*words: str) -> Any:
        assert main(["collect", *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    held = said("hold", "--customer", "MAIN-B", "--document", "B1", "--reason", "talking")
    assert [one["document_no"] for one in said("holds")["holds"]] == ["B1"]
    previewed = said("preview", "--date", "2027-03-11")
    assert previewed == {
        "date": "2027-03-11",
        "rows": previewed["rows"],
        "excluded": [{"document_no": "B1", "reason": "on hold: talking"}],
    }
    assert [(row["document_no"], row["step"]) for row in previewed["rows"]] == [("A1", "dun:15")]
    assert said("run", "--date", "2027-03-11") == previewed
    assert said("run", "--date", "2027-03-11") == previewed
    assert said("release", str(held["hold"])) == {"hold": held["hold"]}
    assert said("holds") == {"holds": []}
    assert (Run.objects.count(), RunEnd.objects.count()) == (1, 1)
    assert main(["collect", "release", "99", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "collection_hold_unknown"


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_listed_with_the_number_that_lets_it_go(capsys: pytest.CaptureFixture[str]) -> None:
    trade = Trade()
    approving(trade)
    trade.owes(trade.customer("Go"), "2026-03-10", number="G1")
    with translation.override("zh-hans"), time_machine.travel(noon("2026-03-11")):
        assert main(["collect", "run"]) == 0
        number = str(Approach.objects.get().pk)
        waits = f"#{number}\t2026-03-11\tMAIN-Go\tCNY 100.00\t到期后 1 天\t电子邮件\t待放行 → 信用经理"
        assert capsys.readouterr().out.splitlines()[-1] == f"  {waits}"
        assert main(["collect", "waiting"]) == 0
        assert capsys.readouterr().out == f"{waits}\n"
        assert main(["collect", "waiting", "--json"]) == 0
        [row] = json.loads(capsys.readouterr().out)["waiting"]
        assert (row["approach"], row["amounts"], row["role"]) == (int(number), {"CNY": "100.00"}, "credit_manager")
        assert main(["collect", "let-go", number]) == 0
        capsys.readouterr()
        assert main(["collect", "waiting"]) == 0
        assert capsys.readouterr().out == "没有待放行事项。\n"


def test_a_day_that_is_not_there_yet_is_not_run(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-03-30")
    with pytest.raises(Refusal, match="collection_day_ahead"):
        run_day(company=trade.company, on=day("2026-03-31"), actor="tester", at=noon("2026-03-30"))
    assert (Run.objects.count(), Notice.objects.count()) == (0, 0)


def mail(trade: Trade, customer: int, number: int | None) -> int:
    return mail_customer(
        company_id=trade.company.pk, customer_id=customer, contacts=contacts(customer, clear=True), number=number,
        subject="请付款", text="请核对。", key="k", actor="tester", at=noon("2026-03-11"),
    )  # fmt: skip


def test_a_mail_by_hand_goes_to_whom_it_names_and_to_nobody_who_wants_none(trade: Trade) -> None:
    customer = trade.customer("A", consent="refused", consent_on=day("2026-01-01"))
    for number, code in ((None, "desk_nobody_to_mail"), (1, "desk_contact_unreachable")):
        with pytest.raises(Refusal, match=code):
            mail(trade, customer, number)
    add_contact(customer_id=customer, contact=Contact(name="无邮箱", phone="13800000000"), **WHO)
    add_contact(customer_id=customer, contact=Contact(name="陆安", email="lu@example.com"), **WHO)
    with pytest.raises(Refusal, match="desk_contact_unreachable"):
        mail(trade, customer, 2)
    assert Notice.objects.count() == 0
    notice = mail(trade, customer, None)
    assert words([notice])[notice].to == "lu@example.com"


def test_interest_claimed_too_much_is_asked_for_once_it_is_corrected(trade: Trade) -> None:
    customer = trade.customer("A")
    item = trade.owes(customer, "2026-01-31", 100_000_00, number="A1")
    [number] = claim_interest(item_id=item, until=day("2026-02-28"), **WHO)
    interest = Claim.objects.get().interest_item_id
    # The money had come on 5 February already: four days of 27 were late.
    credit = trade.money(customer, 100_000_00, "2026-02-05")
    settle(
        credit_id=credit, debit_id=item, credit_amount=100_000_00, effective_on=day("2026-03-01"),
        reason="allocation", **WHO,
    )  # fmt: skip
    assert [(row.due.line.item_id, row.stop.code) for row in due(trade).excluded] == [(interest, "overclaimed")]
    asked: dict[str, Any] = {"customer_id": customer, "company_id": trade.company.pk, "scope": EVERYTHING}
    said = {**asked, "as_of": day("2026-03-11"), "language": "en", "at": noon("2026-03-11")}
    with pytest.raises(Refusal, match="letter_nothing_open"):
        letter_facts(**said)
    correct_claim(claim_id=number, **WHO)
    assert due(trade).excluded == ()
    assert letter_facts(**said).item_ids == (interest,)
