"""Clocks of the ledger's claims: instalments, payments, what people and other parts of the product tell of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.limitation.domain.clock import later
from huikuan.record.limitation.models import Interruption, Suspension
from huikuan.record.limitation.operations.following import follow_event
from huikuan.record.limitation.operations.interrupting import (
    Cause,
    interrupt_customer,
    withdraw_interruption,
)
from huikuan.record.limitation.operations.suspending import (
    Obstacle,
    end_suspension,
    lift_suspension,
    record_suspension,
)
from huikuan.record.limitation.queries.clocks import clocks, expiring
from huikuan.record.limitation.tests.conftest import AT, PAPER, TODAY, WHO, Old, day
from huikuan.record.receivables.domain.posting import Part, Posting
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.operations.items import post_instalments
from huikuan.record.receivables.operations.reversals import reverse_settlement
from huikuan.record.receivables.operations.schedules import reach_milestone, record_schedule

pytestmark = pytest.mark.django_db


def instalments(old: Old, *parts: Part) -> list[int]:
    whole = Posting(
        old.customer.id, "invoice", "CNY", 90_000_00, day("2023-05-01"), day("2023-05-01"), document_number="FP-9",
        due_date=day("2023-05-01"),
    )  # fmt: skip
    return post_instalments(company=old.company, whole=whole, parts=parts, **WHO)


def test_instalments_of_one_debt_run_from_the_last(old: Old) -> None:
    items = instalments(old, Part(1, day("2023-06-30")), Part(1, day("2023-12-31")), Part(1, day("2024-06-30")))
    assert [old.safe(item) for item in items] == ["2027-06-30"] * 3
    # Claiming part interrupts the whole (9); what was told of a sibling that is paid still counts.
    old.pay(items[0], 30_000_00, "2024-09-09")
    assert [old.safe(item) for item in items] == ["2027-09-09"] * 3


def test_an_instalment_that_awaits_an_event_holds_the_clock(old: Old) -> None:
    items = instalments(old, Part(1, day("2023-06-30")), Part(1, None, "acceptance"))
    assert old.clock(items[0]).starts_on is None


def test_interest_and_costs_are_no_instalments(old: Old) -> None:
    claim = old.claim(obligation="FP-1")
    old.post("interest", 5_00, "2025-05-01", due_date=day("2025-05-01"), obligation="FP-1")
    assert old.safe(claim) == "2026-06-30"


def test_a_part_payment_counts_from_the_day_it_came_and_not_once_taken_back(old: Old) -> None:
    claim = old.claim()
    settlement = old.pay(claim, 10_000_00, "2024-02-01", applied="2024-03-05")
    assert old.safe(claim) == "2027-02-01"
    reverse_settlement(settlement_id=settlement, reason="wrong payer", **WHO)
    assert old.safe(claim) == "2026-06-30"


@pytest.mark.parametrize("kind", ["credit_note", "discount", "advance"])
def test_what_we_gave_or_applied_ourselves_is_no_acknowledgement(old: Old, kind: str) -> None:
    claim = old.claim()
    old.pay(claim, 10_000_00, "2024-02-01", kind=kind)
    assert old.safe(claim) == "2026-06-30"


def test_a_date_agreed_anew_on_paper_moves_the_start_and_without_it_is_hoped_for(old: Old) -> None:
    signed, unsigned = old.claim(), old.claim()
    lines = [Line(day("2024-01-31"), "", 50_000_00), Line(day("2024-12-31"), "", 50_000_00)]
    for claim, paper in ((signed, "ab" * 32), (unsigned, "")):
        record_schedule(
            item_id=claim, lines=lines, effective_on=day("2023-12-01"), reason="extension", file_sha256=paper, **WHO
        )
    assert (old.days(signed), old.days(unsigned)) == (("2027-12-31", "2027-12-31"), ("2026-06-30", "2027-12-31"))


def test_the_schedule_of_a_plan_nobody_signed_moves_no_safe_day_and_rings(old: Old) -> None:
    """Agreed two months before the end, the last instalment a year after it: the debtor may deny it."""
    claim = old.claim()
    later_on = [Line(day("2026-12-31"), "", 40_000_00), Line(day("2027-06-30"), "", 60_000_00)]
    record_schedule(item_id=claim, lines=later_on, effective_on=day("2026-02-01"), reason="plan", **WHO)
    told(old, "promises.plan_agreed", "2026-02-01T02:00:00", plan=1, items=[claim], sha256="")
    assert old.days(claim) == ("2026-06-30", "2030-06-30")
    (row,) = expiring(as_of=TODAY, scope=EVERYTHING, at=AT, within=180)
    assert (row.item_id, row.days_left, row.stage) == (claim, 121, 180)
    assert [row.item_id for row in expiring(as_of=TODAY, scope=EVERYTHING, at=AT)] == [claim]


def test_a_plan_that_was_signed_moves_both_days_and_broken_it_runs_from_the_break(old: Old) -> None:
    claim = old.claim()
    lines = [Line(day("2026-12-31"), "", 40_000_00), Line(day("2027-06-30"), "", 60_000_00)]
    record_schedule(
        item_id=claim, lines=lines, effective_on=day("2026-02-01"), reason="plan", file_sha256="ab" * 32, **WHO
    )
    assert old.days(claim) == ("2030-06-30", "2030-06-30")
    assert expiring(as_of=TODAY, scope=EVERYTHING, at=AT) == []
    at_once = [Line(day("2026-12-31"), "", 40_000_00), Line(day("2027-01-04"), "", 60_000_00)]
    record_schedule(item_id=claim, lines=at_once, effective_on=day("2027-01-04"), reason="plan_broken", **WHO)
    assert old.days(claim, "2027-01-05") == ("2030-01-04", "2030-01-04")


def test_once_expired_a_date_set_anew_counts_with_its_paper_alone(old: Old) -> None:
    ours, theirs = old.claim(), old.claim()
    for claim, paper in ((ours, ""), (theirs, "ab" * 32)):
        record_schedule(
            item_id=claim, lines=[Line(day("2027-01-31"), "", 100_000_00)], effective_on=day("2026-09-01"),
            reason="extension", file_sha256=paper, **WHO,
        )  # fmt: skip
    assert (old.days(ours, "2026-09-02"), old.days(theirs, "2026-09-02")) == (
        ("2026-06-30", "2026-06-30"), ("2030-01-31", "2030-01-31")
    )  # fmt: skip


def test_an_event_that_happened_dates_what_awaited_it_and_taken_back_it_awaits_again(old: Old) -> None:
    claim = old.claim(due_date=None, awaits="acceptance")
    assert old.clock(claim).starts_on is None
    reach_milestone(
        item_id=claim, awaits="acceptance", due_date=day("2023-06-30"), effective_on=day("2023-06-01"), **WHO
    )
    assert old.days(claim) == ("2026-06-30", "2026-06-30")
    # What was set without paper since is hoped for.
    moved = [Line(day("2025-12-31"), "", 100_000_00)]
    record_schedule(item_id=claim, lines=moved, effective_on=day("2024-01-01"), reason="extension", **WHO)
    assert old.days(claim) == ("2026-06-30", "2028-12-31")


def test_an_events_paper_proves_the_event_and_no_day_set_without_paper_before(old: Old) -> None:
    """40,000.00 falls due with its acceptance, certified; 60,000.00 was put off by nobody's signature."""
    claim = old.claim()
    lines = [Line(day("2027-06-30"), "", 60_000_00), Line(None, "acceptance", 40_000_00)]
    record_schedule(item_id=claim, lines=lines, effective_on=day("2023-05-02"), reason="extension", **WHO)
    reach_milestone(
        item_id=claim, awaits="acceptance", due_date=day("2023-05-31"), effective_on=day("2023-05-10"),
        file_sha256="ab" * 32, **WHO,
    )  # fmt: skip
    assert old.days(claim) == ("2026-06-30", "2030-06-30")


def test_a_demand_with_its_receipt_and_one_without(old: Old) -> None:
    claim = old.claim()
    old.interrupt(claim, "2024-02-01")
    old.interrupt(claim, "2025-02-01", "sent", "weak")
    found = old.clock(claim)
    assert (f"{found.safe_on}", f"{found.hoped_on}") == ("2027-02-01", "2028-02-01")
    row = Interruption.objects.get(kind="demand")
    assert (row.file_name, len(row.sha256)) == ("催款函回执.pdf", 64)


def test_what_is_taken_back_never_was(old: Old) -> None:
    claim = old.claim()
    (number,) = old.interrupt(claim, "2024-02-01")
    withdraw_interruption(interruption_id=number, note="回执不是该客户的", **WHO)
    assert old.safe(claim) == "2026-06-30"
    with pytest.raises(Refusal, match="limitation_withdrawn_already"):
        withdraw_interruption(interruption_id=number, note="again", **WHO)
    with pytest.raises(Refusal, match="limitation_reason_missing"):
        withdraw_interruption(interruption_id=number, note=" ", **WHO)


def test_of_a_customer_it_concerns_what_was_posted_by_then(old: Old) -> None:
    before, after = old.claim(), old.claim("2024-06-30", posted="2024-05-01")
    others = old.claim(customer_id=old.other.id)
    cause = Cause("suit", day("2024-04-01"), "strong")
    interrupt_customer(company=old.company, customer_id=old.customer.id, cause=cause, file=PAPER, **WHO)
    assert [old.safe(item) for item in (before, after, others)] == ["2027-04-01", "2027-06-30", "2026-06-30"]


def test_a_suspension_of_an_item(old: Old) -> None:
    claim = old.claim()
    stood = Obstacle("force_majeure", day("2026-01-05"), None, "洪水停运")
    (number,) = record_suspension(item_ids=[claim], obstacle=stood, file=PAPER, **WHO)
    assert record_suspension(item_ids=[claim], obstacle=stood, file=PAPER, **WHO) == [number]
    with pytest.raises(Refusal, match="limitation_suspension_stands"):
        record_suspension(item_ids=[claim], obstacle=replace(stood, until_on=day("2026-02-01")), **WHO)
    # Nobody knows when it ends: ended today it leaves six months, at most the twenty years.
    assert old.safe(claim) == "2026-09-01"
    assert f"{old.clock(claim, day('2043-05-01')).safe_on}" == "2043-06-30"
    (row,) = expiring(as_of=TODAY, scope=EVERYTHING, at=AT, within=180)
    assert (row.suspended, row.stage, row.days_left) == (number, 180, 184)
    (ended,) = [end_suspension(suspension_id=number, until_on=day("2026-02-20"), **WHO)]
    assert old.safe(claim) == "2026-08-20"
    with pytest.raises(Refusal, match="limitation_suspension_changed"):
        end_suspension(suspension_id=number, until_on=day("2026-02-21"), **WHO)
    lift_suspension(suspension_id=ended, note="并未停运", **WHO)
    assert old.safe(claim) == "2026-06-30"
    with pytest.raises(Refusal, match="limitation_suspension_changed"):
        lift_suspension(suspension_id=ended, note="再次", **WHO)


def test_a_suspension_without_its_paper_is_hoped_for(old: Old) -> None:
    claim = old.claim()
    stood = Obstacle("controlled", day("2026-01-05"), day("2026-02-20"), "印章被扣")
    record_suspension(item_ids=[claim], obstacle=stood, **WHO)
    assert (old.safe(claim), f"{old.clock(claim).hoped_on}") == ("2026-06-30", "2026-08-20")


def test_said_again_it_concerns_what_is_missing_and_takes_its_paper_in(old: Old) -> None:
    first, second = old.claim(), old.claim()
    stood = Obstacle("controlled", day("2026-01-05"), day("2026-02-20"), "印章被扣")
    (bare,) = record_suspension(item_ids=[first], obstacle=stood, **WHO)
    known, more = record_suspension(item_ids=[first, second], obstacle=stood, **WHO)
    assert (known, more > bare) == (bare, True)
    assert [old.days(claim) for claim in (first, second)] == [("2026-06-30", "2026-08-20")] * 2
    # The paper is handed in later: it counts for the safe day, and what was said before is replaced.
    papered = record_suspension(item_ids=[first, second], obstacle=stood, file=PAPER, **WHO)
    assert [old.days(claim) for claim in (first, second)] == [("2026-08-20", "2026-08-20")] * 2
    rows = Suspension.objects.filter(pk__in=papered).order_by("item_id")
    assert [(row.item_id, row.replaces, row.file_name) for row in rows] == [
        (first, bare, PAPER.name), (second, more, PAPER.name)
    ]  # fmt: skip
    # With the same paper, or without one, it is the same again.
    assert record_suspension(item_ids=[first, second], obstacle=stood, file=PAPER, **WHO) == papered
    assert record_suspension(item_ids=[first, second], obstacle=stood, **WHO) == papered
    assert Suspension.objects.count() == 4


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"cause": "weather"}, "limitation_cause_unknown"),
        ({"note": " "}, "limitation_reason_missing"),
        ({"until_on": day("2026-01-04")}, "limitation_days_reversed"),
        ({"until_on": day("2026-03-02")}, "limitation_ahead"),
        ({"from_on": day("2026-03-02"), "until_on": None}, "limitation_ahead"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused(old: Old, said: dict[str, Any], code: str) -> None:
    given = {"cause": "other", "from_on": day("2026-01-05"), "until_on": day("2026-02-20"), "note": "封控", **said}
    claim = old.claim()
    with pytest.raises(Refusal, match=code):
        record_suspension(item_ids=[claim], obstacle=Obstacle(**given), **WHO)
    with pytest.raises(Refusal, match="limitation_items_missing"):
        record_suspension(item_ids=[], obstacle=Obstacle("other", TODAY, None, "封控"), **WHO)
    with pytest.raises(Refusal, match="limitation_suspension_unknown"):
        lift_suspension(suspension_id=99, note="无", **WHO)
    assert Suspension.objects.count() == 0


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "letter"}, "limitation_kind_unknown"),
        ({"kind": "audit"}, "limitation_strength_bad"),
        ({"strength": "sure"}, "limitation_strength_bad"),
        ({"file": None}, "limitation_proof_missing"),
        ({"on": "2026-03-02"}, "limitation_ahead"),
        ({"item": 999}, "limitation_no_clock"),
    ],
)
def test_refusals_write_nothing(old: Old, said: dict[str, Any], code: str) -> None:
    given = {"item": old.claim(), "on": "2024-02-01", **said}
    with pytest.raises(Refusal, match=code):
        old.interrupt(**given)
    assert Interruption.objects.count() == 0


def test_nothing_interrupts_limitation_of_a_claim_before_its_document(old: Old) -> None:
    """Of an opening balance the document is older than its posting; where a claim was due before it, from that day."""
    claim = old.claim(document_number="FP-1")
    with pytest.raises(Refusal, match="limitation_before_claim") as refusal:
        old.interrupt(claim, "2023-04-30")
    assert refusal.value.params == {"number": "FP-1", "since": day("2023-05-01"), "day": day("2023-04-30")}
    opening = old.claim(posted="2025-12-31", document_date=day("2023-05-01"))
    late = old.claim(posted="2023-08-01")
    with pytest.raises(Refusal, match="limitation_before_claim") as refusal:
        old.interrupt(late, "2023-06-29")
    assert refusal.value.params == {"number": f"{late}", "since": day("2023-06-30"), "day": day("2023-06-29")}
    assert Interruption.objects.count() == 0
    for item, on in ((claim, "2023-05-01"), (opening, "2023-05-01"), (late, "2023-06-30")):
        old.interrupt(item, on)
    # Before the day after the due day it begins nothing, and does no harm.
    assert [old.safe(item) for item in (claim, opening, late)] == ["2026-06-30"] * 3


def test_of_a_debt_in_parts_the_oldest_document_counts(old: Old) -> None:
    """What interrupts one part interrupts all of the debt."""
    old.claim(obligation="SO-1")
    second = old.claim("2024-06-30", posted="2024-05-01", obligation="SO-1")
    old.interrupt(second, "2023-07-01")
    with pytest.raises(Refusal, match="limitation_before_claim"):
        old.interrupt(second, "2023-04-30")


def test_what_an_event_tells_of_is_written_whatever_its_day(old: Old) -> None:
    """The part that tells of it judged the day; nobody is there whom a refusal would help."""
    claim = old.claim()
    told(old, **{**notice("notices.sent", [claim]), "on": "2023-04-30"})
    assert (kinds(claim), old.safe(claim)) == ([("sent", "weak")], "2026-06-30")


def told(old: Old, kind: str, recorded_at: str = "2025-05-06T02:00:00", **payload: Any) -> None:
    recorded = datetime.fromisoformat(recorded_at).replace(tzinfo=UTC)
    event = Announced(7, 7, kind, old.company.id, old.customer.id, payload, recorded)
    for _ in range(2):  # told again it is the same
        follow_event(event, at=AT)


def notice(kind: str, items: list[int], purpose: str = "demand", channel: str = "email") -> dict[str, Any]:
    return {"kind": kind, "notice": 5, "case": "item:1", "step": "dun:3", "channel": channel, "purpose": purpose,
            "items": items}  # fmt: skip


def kinds(claim: int) -> list[tuple[str, str]]:
    rows = Interruption.objects.filter(item_id=claim).order_by("id")
    return [(row.kind, row.strength) for row in rows if row.reversal_of is None]


def test_a_demand_sent_is_weak_and_delivered_it_counts(old: Old) -> None:
    claim = old.claim()
    told(old, **notice("notices.sent", [claim]))
    told(old, **notice("notices.delivered", [claim]))
    assert kinds(claim) == [("sent", "weak"), ("demand", "medium")]
    assert (old.safe(claim), f"{old.clock(claim).hoped_on}") == ("2026-06-30", "2028-05-06")
    told(old, **notice("notices.bounced", [claim]))
    assert f"{old.clock(claim).hoped_on}" == "2026-06-30"


def test_a_demand_that_bounced_and_was_sent_again_interrupts_when_it_arrives(old: Old) -> None:
    claim = old.claim()
    for arrived in ("2025-02-26", "2025-03-05", "2025-03-20"):
        told(old, **notice("notices.sent", [claim], channel="letter"), on=arrived)
        told(old, **notice("notices.delivered", [claim], channel="letter"), on=arrived)
        assert old.safe(claim) == f"{later(day(arrived), 36)}"
        told(old, **notice("notices.bounced", [claim], channel="letter"))
        assert f"{old.clock(claim).hoped_on}" == "2026-06-30"
    rows = Interruption.objects.filter(reversal_of__isnull=True, kind="demand").order_by("id")
    assert [row.source for row in rows] == ["notice:5:arrived", "notice:5:arrived.2", "notice:5:arrived.3"]


def test_a_letter_somebody_signed_for_is_strong_and_a_reminder_is_nothing(old: Old) -> None:
    claim = old.claim()
    told(old, **notice("notices.delivered", [claim], purpose="reminder"))
    assert kinds(claim) == []
    told(old, **notice("notices.delivered", [claim], channel="letter"))
    assert old.safe(claim) == "2028-05-06"


def test_a_demand_counts_from_the_day_it_arrived_however_late_that_is_entered(old: Old) -> None:
    claim = old.claim()
    told(old, **notice("notices.sent", [claim], channel="letter"), on="2025-02-26")
    told(old, **notice("notices.delivered", [claim], channel="letter"), on="2025-03-01")
    rows = Interruption.objects.filter(item_id=claim).order_by("id")
    assert [(row.kind, str(row.on)) for row in rows] == [("sent", "2025-02-26"), ("demand", "2025-03-01")]
    assert old.safe(claim) == "2028-03-01"


def test_promises_plans_and_confirmations(old: Old) -> None:
    one, two, three = old.claim(), old.claim(), old.claim()
    receipt = old.post("receipt", 5_00, "2025-01-01")
    told(old, "promises.made", promise=1, items=[one, receipt], source="phone")
    told(old, "promises.plan_agreed", plan=1, items=[two], sha256="ab" * 32)
    told(old, "confirmations.answered", reply=3, confirmed=[three], promised=[], disputed=[one])
    assert [kinds(item) for item in (one, two, three)] == [
        [("promise", "weak")], [("plan", "strong")], [("statement", "medium")]
    ]  # fmt: skip
    assert old.safe(two) == "2028-05-06"
    told(old, "promises.withdrawn", promise=1, items=[one])
    assert f"{old.clock(one).hoped_on}" == "2026-06-30"


def test_what_was_promised_in_the_portal_is_one_event_told_by_the_answer(old: Old) -> None:
    claim = old.claim()
    told(old, "promises.made", promise=1, items=[claim], source="portal")
    told(old, "confirmations.answered", reply=3, confirmed=[], promised=[claim], disputed=[])
    assert kinds(claim) == [("promise", "medium")]
    # That we promise it no more takes back nothing the guest typed.
    told(old, "promises.withdrawn", promise=1, items=[claim])
    assert kinds(claim) == [("promise", "medium")]


def test_a_plan_nobody_signed_is_no_strong_evidence(old: Old) -> None:
    claim = old.claim()
    told(old, "promises.plan_agreed", plan=2, items=[claim], sha256="")
    assert kinds(claim) == [("plan", "medium")]
    assert (old.safe(claim), f"{old.clock(claim).hoped_on}") == ("2026-06-30", "2028-05-06")


def test_those_that_run_out_first_first_and_in_reach_alone(old: Old) -> None:
    soon, later_on, over = (
        old.claim("2023-04-30"),
        old.claim("2023-08-01"),
        old.claim("2022-12-31", posted="2022-06-01"),
    )
    old.claim("2024-01-01")
    rows = expiring(as_of=TODAY, scope=EVERYTHING, at=AT, within=180)
    assert [(row.item_id, row.days_left, row.stage, row.over) for row in rows] == [
        (over, -60, None, True), (soon, 60, 90, False), (later_on, 153, 180, False)
    ]  # fmt: skip
    assert expiring(as_of=TODAY, scope=NOTHING, at=AT, within=180) == []
    assert len(expiring(as_of=TODAY, scope=EVERYTHING, at=AT)) == 4
    old.interrupt(soon, "2026-02-01")
    assert [row.item_id for row in expiring(as_of=TODAY, scope=EVERYTHING, at=AT, within=180)] == [over, later_on]


def test_a_customer_is_asked_for_with_those_it_is_one_with(old: Old) -> None:
    mine, theirs = old.claim("2023-04-30"), old.claim("2023-05-30", customer_id=old.other.id)
    asked: dict[str, Any] = {"as_of": TODAY, "scope": EVERYTHING, "at": AT, "within": 180}
    assert [row.item_id for row in expiring(**asked, customer_id=old.customer.id)] == [mine]
    merge_customers(from_id=old.other.id, into_id=old.customer.id, reason="同一家", actor="tester", at=AT)
    for whose in (old.customer.id, old.other.id):
        assert [row.item_id for row in expiring(**asked, customer_id=whose)] == [mine, theirs]


def test_on_a_day_gone_by_it_says_what_was_open_then(old: Old) -> None:
    claim = old.claim("2023-04-30")
    old.pay(claim, 40_000_00, "2026-01-15")
    old.pay(claim, 60_000_00, "2026-02-15")
    asked: dict[str, Any] = {"scope": EVERYTHING, "at": AT, "within": 180}
    assert expiring(as_of=TODAY, **asked) == []
    then = {on: expiring(as_of=day(on), **asked) for on in ("2026-01-14", "2026-01-15", "2026-02-15")}
    assert [(row.item_id, row.open_amount) for row in then["2026-01-14"]] == [(claim, 100_000_00)]
    # The payment of 01-15 began it anew: it is open, and nothing rings.
    assert then["2026-01-15"] == [] == then["2026-02-15"]
    assert [row.open_amount for row in expiring(as_of=day("2026-01-15"), scope=EVERYTHING, at=AT)] == [60_000_00]


def test_many_items_take_as_many_questions_as_few(old: Old, django_assert_max_num_queries: Any) -> None:
    items = [old.claim(amount=100_00 + number, obligation=f"O-{number // 2}") for number in range(30)]
    with django_assert_max_num_queries(20) as few:
        clocks(items[:2], as_of=TODAY, at=AT)
    with django_assert_max_num_queries(len(few)):
        assert len(clocks(items, as_of=TODAY, at=AT)) == 30
