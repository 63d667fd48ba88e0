"""The day of the signature is the event of what awaits the signing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.work import Work
from huikuan.record.contracts.domain.milestones import Happened, read_milestones
from huikuan.record.contracts.domain.signature import Followed, by_its_day, by_signature
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.jobs import reach_signings
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.contracts.operations.contracts import amend_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.terms import standing
from huikuan.record.contracts.tests.conftest import AT, WHO, Register, day

TODAY = date(2026, 11, 20)
PLAIN = Terms("主轴", "CNY", milestones=read_milestones("预付款 10%；签订 20% 10天；验收 70%"))
SIGNED = replace(PLAIN, signed_on=date(2026, 1, 10))
TWO = ("signing-1", "signing-2")


def stands(*codes: str, on: date = date(2026, 1, 10)) -> dict[str, Happened]:
    return {code: Happened(number, code, on, on) for number, code in enumerate(codes, 1)}


def amended(contract: int, version: int, **changes: Any) -> None:
    said = {"version": version, "effective_on": day("2026-11-20"), "reason": "更正", **WHO}
    amend_contract(contract_id=contract, changes=changes, **said)


def reached(contract: int) -> dict[str, str]:
    return {code: one.happened_on.isoformat() for code, one in standing(contract).items()}


def test_a_new_day_reaches_all_that_awaits_the_signing() -> None:
    for before in (None, PLAIN):
        assert by_signature(before, SIGNED, {}, TODAY) == Followed(reached=TWO)
    assert by_signature(PLAIN, SIGNED, stands("signing-1", on=date(2026, 1, 5)), TODAY) == Followed(
        reached=("signing-2",)
    ), "what was recorded for another day stays"


def test_a_corrected_day_takes_back_what_it_reached_and_no_other() -> None:
    moved = replace(PLAIN, signed_on=date(2026, 1, 12))
    known = {**stands("signing-1"), "signing-2": Happened(9, "signing-2", date(2026, 1, 5), date(2026, 1, 5))}
    assert by_signature(SIGNED, moved, known, TODAY) == Followed((known["signing-1"],), ("signing-1",))
    assert by_signature(SIGNED, PLAIN, known, TODAY) == Followed((known["signing-1"],), ())
    other = {"acceptance": Happened(3, "acceptance", date(2026, 1, 10), date(2026, 1, 10))}
    assert by_signature(SIGNED, PLAIN, other, TODAY) == Followed(), "an acceptance of the same day is no signing"


def test_a_day_that_stays_reaches_only_what_is_new() -> None:
    renamed = replace(SIGNED, name="主轴总成")
    assert by_signature(SIGNED, renamed, {}, TODAY) == Followed(), "taken back by hand it does not come again"
    bare = replace(SIGNED, milestones=read_milestones("验收 100%"))
    assert by_signature(bare, SIGNED, {}, TODAY) == Followed(reached=TWO)


def test_nothing_is_reached_before_its_day_nor_of_a_void_contract() -> None:
    assert by_signature(None, replace(PLAIN, signed_on=date(2026, 11, 21)), {}, TODAY) == Followed()
    void = replace(SIGNED, status="void")
    assert by_signature(None, void, {}, TODAY) == Followed()
    assert by_signature(void, SIGNED, {}, TODAY) == Followed(reached=TWO), "void no more, it is as new"
    assert by_signature(SIGNED, void, stands(*TWO), TODAY) == Followed(), "what was reached stays"


def test_a_contract_registered_with_its_day_has_its_event_and_the_next_day_waited_for(register: Register) -> None:
    milestones = read_milestones("签订 30% 10天 @2026-01-10；验收 70% @2026-12-01")
    contract = register.contract(milestones=milestones)
    (event,) = MilestoneEvent.objects.all()
    assert (event.milestone, event.happened_on, event.due_date, event.actor, event.batch_id) == (
        "signing", day("2026-01-10"), day("2026-01-20"), "tester", None,
    )  # fmt: skip
    assert Contract.objects.get(pk=contract).awaited_on == day("2026-12-01")


def test_entered_corrected_and_taken_away(register: Register) -> None:
    contract = register.contract(signed_on=None)
    assert reached(contract) == {}
    amended(contract, 1, signed_on=day("2026-01-10"))
    assert reached(contract) == {"signing": "2026-01-10"}
    amended(contract, 2, signed_on=day("2026-01-12"))
    assert reached(contract) == {"signing": "2026-01-12"}
    amended(contract, 3, signed_on=None)
    assert reached(contract) == {}
    told = list(MilestoneEvent.objects.order_by("id").values_list("happened_on", "reversal_of"))
    first, second = MilestoneEvent.objects.filter(reversal_of=None).order_by("id").values_list("id", flat=True)
    assert told == [
        (day("2026-01-10"), None), (day("2026-01-10"), first), (day("2026-01-12"), None), (day("2026-01-12"), second),
    ]  # fmt: skip


def test_taken_back_by_hand_it_does_not_come_again_by_itself(register: Register) -> None:
    contract = register.contract()
    withdraw_milestone(event_id=standing(contract)["signing"].event_id, reason="预付款未约定", **WHO)
    amended(contract, 1, name="主轴")
    assert reached(contract) == {}
    record_milestone(contract_id=contract, milestone="signing", happened_on=day("2026-01-15"), **WHO)
    amended(contract, 2, signed_on=day("2026-01-12"))
    assert reached(contract) == {"signing": "2026-01-15"}, "recorded for another day by hand"


# A day that is still ahead ----------------------------------------------------------------------------

AHEAD = date(2026, 12, 1)


def its_day(*, said_on: date = TODAY, ever: frozenset[tuple[str, date]] = frozenset(), today: date = AHEAD) -> Any:
    after = replace(PLAIN, signed_on=AHEAD)
    return by_its_day([(said_on, after)], after, ever, today)


def test_a_day_that_was_ahead_reaches_all_that_awaits_the_signing_when_it_comes() -> None:
    assert its_day() == TWO
    assert its_day(today=date(2026, 12, 9)) == TWO, "also when nobody looked on the day itself"
    assert its_day(today=date(2026, 11, 30)) == ()
    assert its_day(said_on=AHEAD) == (), "entered on its day it was reached as it was entered"
    assert its_day(ever=frozenset({("signing-1", AHEAD)})) == ("signing-2",), "reached, or taken back since"
    void = replace(PLAIN, signed_on=AHEAD, status="void")
    assert by_its_day([(TODAY, void)], void, (), AHEAD) == ()
    moved = replace(PLAIN, signed_on=date(2026, 12, 3))
    assert by_its_day([(TODAY, replace(PLAIN, signed_on=AHEAD)), (AHEAD, moved)], moved, (), date(2026, 12, 5)) == TWO


def turned(at: datetime) -> dict[str, int]:
    job = Job(kind="contracts.sign", key="", started_at=at, run_after=at)
    return reach_signings(Work(job, Event()))


def test_the_job_reaches_what_comes_due_once(register: Register) -> None:
    contract = register.contract(signed_on=AHEAD)
    register.contract("JL-002")
    assert turned(AT) == {"reached": 0, "refused": 0}
    assert reached(contract) == {}
    # Midnight at the company: 16:00 UTC of the day before.
    assert turned(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))["reached"] == 0
    assert turned(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))["reached"] == 1
    assert reached(contract) == {"signing": "2026-12-01"}
    event = MilestoneEvent.objects.get(contract_id=contract)
    assert (event.due_date, event.actor) == (date(2026, 12, 11), "system")
    later = datetime(2026, 12, 5, 2, tzinfo=UTC)
    assert turned(later)["reached"] == 0
    withdraw_milestone(event_id=event.pk, reason="未签", actor="tester", at=later)
    assert turned(later)["reached"] == 0, "taken back by hand it does not come again"
    assert MilestoneEvent.objects.filter(contract_id=contract).count() == 2
