"""Who should get what on a day, asked of a real ledger, with what holds people back."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.utils import translation

from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries.addresses import Address, address_now
from huikuan.act.collection.telling import reason_text, stop_text
from huikuan.act.collection.tests.conftest import AT, WHO, Trade, day, noon, steps, stops
from huikuan.act.planning.models import TierAssignment
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.notices.operations import record_consent
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.receivables.domain.schedules import Line as Part
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.shell.cli import main


def strategy(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DEFAULT), **more}


def test_each_grade_goes_through_its_own_steps(trade: Trade) -> None:
    for grade in ("A", "B", "C", ""):
        trade.owes(trade.customer(f"G{grade}", grade=grade), "2026-03-10", number=f"N{grade}")
    for on, expected in {
        "2026-03-02": [],
        "2026-03-03": [("N", "dun:-7"), ("NA", "dun:-7"), ("NB", "dun:-7"), ("NC", "dun:-7")],
        "2026-03-11": [("N", "dun:1"), ("NB", "dun:1"), ("NC", "dun:1")],
        "2026-03-13": [("N", "dun:1"), ("NA", "dun:3"), ("NB", "dun:1"), ("NC", "dun:1")],
        "2026-03-26": [("N", "dun:15"), ("NA", "dun:15"), ("NB", "dun:15"), ("NC", "dun:15")],
    }.items():
        assert sorted(row[:2] for row in steps(trade.on(on))) == expected
    channels = {number: channel for number, _, channel in steps(trade.on("2026-03-26"))}
    assert channels == {"NA": "email", "NB": "letter", "N": "letter", "NC": "visit"}


def test_a_tier_goes_through_its_own_steps(trade: Trade) -> None:
    watched, usual = trade.customer("W", grade="A"), trade.customer("U", grade="A")
    for number, name in ((watched, "W-1"), (usual, "U-1")):
        trade.owes(number, "2026-03-10", number=name)
    shipped = strategy()
    call = {"code": "dun:1", "day": 1, "channel": "call", "template": "", "purpose": "reminder"}
    own = {**shipped, "segments": [{"name": "watched", "tiers": ["4"], "steps": [call]}, *shipped["segments"]]}
    row = {"company_id": trade.company.pk, "customer_id": watched, "tier": "4", "actor": "tester"}
    record(TierAssignment, [{**row, "effective_on": day("2026-03-12")}], at=AT)
    assert steps(trade.on("2026-03-11", own)) == []
    assert steps(trade.on("2026-03-13", own)) == [("W-1", "dun:1", "call"), ("U-1", "dun:3", "email")]


def test_the_reason_is_said_in_words(trade: Trade) -> None:
    customer = trade.customer("W")
    trade.owes(customer, "2026-03-10", number="W1")
    trade.owes(customer, "2026-03-24", number="W2")
    first, second = trade.on("2026-03-25").rows
    with translation.override("en"):
        said = reason_text(first.why, first.together)
    assert said == (
        "15 days late; segment B; step from day 15 on; 7 days before due, 1 day after due, "
        "7 days after due passed over; with 1 more of the customer's"
    )
    assert (second.step, second.channel, second.template) == ("dun:1", "letter", "demand")


def test_what_holds_a_customer_back_is_said(trade: Trade) -> None:
    names = {name: trade.customer(name) for name in ("Paid", "Unapplied", "Disputed", "Partly", "Free")}
    items = {name: trade.owes(number, "2026-03-10", number=name) for name, number in names.items()}
    trade.pays(items["Paid"], names["Paid"], 100_00, "2026-03-11")
    trade.money(names["Unapplied"], 150_00, "2026-03-11")
    for name, amount in (("Disputed", None), ("Partly", 40_00)):
        raise_dispute(
            company_id=trade.company.pk, item_id=items[name], amount=amount, reason="quality", note="", source="call",
            actor="tester", at=noon("2026-03-10"),
        )  # fmt: skip
    found = trade.on("2026-03-12")
    assert sorted(stops(found)) == [("Disputed", "disputed"), ("Unapplied", "unapplied")]
    assert {row.document_number: row.amount for row in found.rows} == {"Free": 100_00, "Partly": 60_00}
    with translation.override("en"):
        said = {one.document_number: stop_text(one.stop) for one in found.excluded}
    assert said["Unapplied"] == "unapplied cash of CNY 150.00 waits to be matched"


def test_whoever_cannot_or_will_not_be_written_to(trade: Trade) -> None:
    nobody = trade.customer("Nobody", email=False)
    refuses = trade.customer("Refuses", consent="refused", consent_on=day("2026-01-01"))
    for number, name in ((nobody, "N1"), (refuses, "R1")):
        trade.owes(number, "2026-03-10", number=name)
    assert sorted(stops(trade.on("2026-03-03"))) == [("N1", "no_address"), ("R1", "opted_out")]
    # Late, a letter is written instead.
    assert sorted(steps(trade.on("2026-03-11"))) == [("N1", "dun:1", "letter"), ("R1", "dun:1", "letter")]


@pytest.mark.parametrize("by", ["person", "address", "reply"])
def test_whoever_said_stop_is_not_written_to_there(trade: Trade, by: str) -> None:
    customers = {name: trade.customer(name) for name in ("Early", "Late", "Other", "Again", "Asked")}
    for name, number in customers.items():
        trade.owes(number, "2026-03-18" if name == "Early" else "2026-03-10", number=name)
        if name != "Asked":
            says(trade, number, name, by, wanted=False)
    says(trade, customers["Again"], "Again", by, wanted=True)
    add_contact(customer_id=customers["Other"], contact=Contact(name="陆安", email="lu@example.com"), **WHO)
    assert stops(trade.on("2026-03-11")) == [("Early", "opted_out")]
    assert sorted(steps(trade.on("2026-03-11"))) == [
        ("Again", "dun:1", "email"), ("Asked", "dun:1", "email"),
        ("Late", "dun:1", "letter"), ("Other", "dun:1", "email"),
    ]  # fmt: skip
    other = customers["Other"]
    assert address_now(other, "email", purpose="reminder") == Address("lu@example.com", "zh-hans", 2)
    # The law's letters go out whoever said stop.
    assert address_now(other, "email", purpose="legal") == Address("other@example.com", "zh-hans", 1)


def says(trade: Trade, customer: int, name: str, by: str, *, wanted: bool) -> None:
    """The customer's first contact, or whoever is behind its address, wants no mails, or wants them again."""
    person = {} if by == "address" else {"customer_id": customer, "person_id": 1}
    address = {} if by == "person" else {"address": f" {name.upper()}@example.com"}
    said: dict[str, Any] = {**person, **address}
    record_consent(
        wanted=wanted, channel="email", source="reply", company_id=trade.company.pk, actor="system", at=AT, **said
    )


def test_who_wants_no_letters_gets_none(trade: Trade) -> None:
    trade.owes(trade.customer("N", email=False), "2026-03-10", number="N1")
    record_consent(
        wanted=False, channel="letter", source="phone", company_id=trade.company.pk, address="N机械有限公司",
        actor="tester", at=AT,
    )  # fmt: skip
    assert stops(trade.on("2026-03-11")) == [("N1", "no_address")]
    assert stops(trade.on("2026-03-25")) == [("N1", "opted_out")]


def test_an_instalment_goes_by_its_own_day(trade: Trade) -> None:
    item = trade.owes(trade.customer("P"), "2026-03-01", number="P1")
    lines = [Part(day("2026-03-10"), "", 30_00), Part(day("2026-04-10"), "", 70_00)]
    record_schedule(item_id=item, lines=lines, effective_on=day("2026-03-02"), reason="agreed", **WHO)
    [row] = trade.on("2026-03-11").rows
    assert (row.step, row.amount, row.line) == ("dun:1", 30_00, 1)


def test_a_past_day_is_answered_as_it_was(trade: Trade) -> None:
    customer = trade.customer("O")
    item = trade.owes(customer, "2026-03-10", number="O1")
    trade.pays(item, customer, 100_00, "2026-03-20")
    assert [row.document_number for row in trade.on("2026-03-19").rows] == ["O1"]
    assert trade.on("2026-03-20").rows == ()


def test_the_control_group_gets_nothing_early(trade: Trade) -> None:
    for number in range(40):
        trade.owes(trade.customer(f"K{number}"), "2026-03-10")
    found = trade.on("2026-03-11", strategy(control_percent=50))
    held = {one.customer_id for one in found.excluded}
    assert {one.stop.code for one in found.excluded} == {"control_group"}
    assert 8 < len(held) < 32
    later = trade.on("2026-03-26", strategy(control_percent=50))
    assert held <= {row.customer_id for row in later.rows}


def test_the_command_says_it_as_agreed(trade: Trade, capsys: pytest.CaptureFixture[str]) -> None:
    trade.owes(trade.customer("Cli"), "2026-03-10", number="CLI-1")
    assert main(["collect", "preview", "--date", "2026-03-11", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "date": "2026-03-11",
        "rows": [
            {
                "customer": "MAIN-Cli",
                "document_no": "CLI-1",
                "step": "dun:1",
                "channel": "email",
                "template": "reminder",
                "reason": "1 day late; segment B; step from day 1 on; 7 days before due passed over",
            }
        ],
        "excluded": [],
    }


def test_what_is_disputed_or_promised_of_a_claim_is_left_alone_once_not_on_every_instalment(trade: Trade) -> None:
    """60.00 of two instalments of 50.00 are disputed, then 30.00 promised: 40.00 are pursued, then 10.00."""
    item = trade.owes(trade.customer("Parts"), "2026-03-10", number="P1")
    parts = [Part(day("2026-03-09"), "", 50_00), Part(day("2026-03-10"), "", 50_00)]
    record_schedule(item_id=item, lines=parts, effective_on=day("2026-03-02"), reason="agreed", **WHO)
    raise_dispute(
        company_id=trade.company.pk, item_id=item, amount=60_00, reason="quality", note="", source="call",
        actor="wang", at=noon("2026-03-11"),
    )  # fmt: skip
    found = trade.on("2026-03-11")
    assert [(row.late, row.amount) for row in found.rows] == [(1, 40_00)]
    assert stops(found) == [("P1", "disputed")]
    promise_payment(
        customer_id=found.rows[0].customer_id, company_id=trade.company.pk, parts=[(item, 30_00)],
        by=day("2026-03-20"), said_by="陈晓", source="phone", actor="wang", at=noon("2026-03-11"),
    )  # fmt: skip
    assert [(row.late, row.amount) for row in trade.on("2026-03-11").rows] == [(1, 10_00)]
