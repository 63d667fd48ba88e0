"""The day of the signature is the event of what awaits the signing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from huikuan.record.contracts.domain.milestones import Happened, read_milestones
from huikuan.record.contracts.domain.signature import Followed, by_signature
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.contracts.operations.contracts import amend_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.terms import standing
from huikuan.record.contracts.tests.conftest import WHO, Register, day

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
