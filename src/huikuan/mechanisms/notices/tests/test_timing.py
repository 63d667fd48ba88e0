"""Hours, caps and wishes as the policies in force say, asked as a notice is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices import channels, counting, queries
from huikuan.mechanisms.notices.channels import Message, Receipt, Unsure
from huikuan.mechanisms.notices.models import Consent
from huikuan.mechanisms.notices.operations import record_consent, report, send_again
from huikuan.mechanisms.notices.operations.reporting import day_told
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.policies import CALENDAR, CAPS, QUIET_TIME
from huikuan.mechanisms.notices.queries.consents import consents
from huikuan.mechanisms.notices.queries.timing import missing_year
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, TO, Box, Office, known, steps
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion
from huikuan.mechanisms.policies.queries import in_force

HOUR = timedelta(hours=1)
MONDAY = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


def turn(at: datetime = AT) -> dict[str, Any]:
    return send_due(clock=lambda: at).as_json()


def test_after_hours_it_waits_for_the_next_workday(office: Office, box: Box) -> None:
    evening = AT + 10 * HOUR
    notice = office.queue(at=evening)
    assert turn(evening)["sent"] == 0
    row = known(notice)
    assert (row.state, row.waits, row.due_at, steps(notice)) == ("queued", "quiet", MONDAY, [])
    assert turn(MONDAY - timedelta(seconds=1))["sent"] == 0
    assert turn(MONDAY)["sent"] == 1


def test_each_company_has_its_own_clock(office: Office, box: Box) -> None:
    abroad = Company.objects.create(code="US", name="Jianglin Inc.", time_zone="America/New_York", currency="USD").pk
    here, there = office.queue(), office.queue(company_id=abroad)
    turn()
    assert [known(one).state for one in (here, there)] == ["sent", "queued"]
    assert known(there).due_at == datetime.fromisoformat("2026-11-20T09:00:00-05:00")


def test_a_customer_with_many_invoices_is_written_to_so_often_and_no_more(office: Office, box: Box) -> None:
    mine = [office.queue(f"item:{number}", step="dun:1") for number in range(7)]
    other = office.queue("item:99", customer_id=office.second, to="li@hongshuo.example")
    legal = office.queue("item:100", purpose="legal")
    confirmation = office.queue("confirmation:1", purpose="confirmation")
    assert turn()["sent"] == 4
    assert [known(one).state for one in (*mine[:2], other, legal, confirmation)] == [
        "sent", "queued", "sent", "sent", "sent",
    ]  # fmt: skip
    assert (known(mine[1]).waits, known(mine[1]).due_at) == ("cap", MONDAY)
    day, sent = MONDAY, []
    for _ in range(7):
        sent.append(turn(day)["sent"])
        day += DAY
    # One a day; the fifth in seven days goes on Thursday, and on Friday the first is a week ago. No mail at weekends.
    assert sent == [1, 1, 1, 1, 1, 0, 0]


def test_what_is_in_doubt_counts_on_the_day_it_may_have_arrived(office: Office, box: Box) -> None:
    def dropped(_: Message) -> Receipt:
        raise Unsure("dropped")

    box.does = dropped
    doubtful, second = office.queue(), office.queue("item:18")
    assert turn()["in_doubt"] == 1
    box.does = None
    turn(AT + HOUR)
    assert (known(doubtful).state, known(second).state) == ("in_doubt", "queued")
    assert (known(second).waits, known(second).due_at) == ("cap", MONDAY)
    assert (turn(MONDAY)["sent"], known(second).sent_at) == (1, MONDAY)


def test_what_was_sent_again_counts_on_the_day_it_went(office: Office, box: Box) -> None:
    notice = office.queue()
    turn()
    report(notice_id=notice, step="bounced", reason="bounced", actor="system", at=AT + HOUR)
    send_again(notice_id=notice, to="li@yunling.example", actor="cli:test", at=MONDAY)
    other = office.queue("item:18", at=MONDAY)
    assert turn(MONDAY)["sent"] == 1
    assert (known(notice).state, known(notice).sent_at) == ("sent", MONDAY)
    assert (known(other).state, known(other).waits, known(other).due_at) == ("queued", "cap", MONDAY + DAY)
    # What is told of the first mail later still happened on its own day.
    assert day_told(notice, AT + HOUR, MONDAY + DAY) == AT.date()


def test_calls_people_made_count_with_those_a_voice_makes(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_counted", {})
    counting.also_count("voice", lambda customer, company, since: [AT - HOUR] * 3 if customer == office.first else [])
    channels.register("voice", box.open)
    held, free = (
        office.queue(f"call:{customer}", channel="voice", to="13812345678", customer_id=customer)
        for customer in (office.first, office.second)
    )
    turn()
    assert [(known(one).state, known(one).waits) for one in (held, free)] == [("queued", "cap"), ("sent", "")]


# Wishes ------------------------------------------------------------------------------------------------


def stop(office: Office, **more: Any) -> int | None:
    said: dict[str, Any] = {
        "wanted": False, "channel": "email", "source": "reply", "company_id": office.company, "address": TO,
    }  # fmt: skip
    return record_consent(**{**said, **more}, actor="system", at=AT)


def test_who_said_stop_gets_legal_notices_alone(office: Office, box: Box) -> None:
    assert stop(office, customer_id=office.first) is not None
    assert stop(office, customer_id=office.first) is None
    reminder, legal, code = (
        office.queue(f"item:{number}", purpose=purpose, to=TO.upper())
        for number, purpose in enumerate(("reminder", "legal", "code"))
    )
    short = office.queue("item:9", channel="sms", to="13812345678")
    turn()
    assert [known(one).state for one in (reminder, legal, code, short)] == ["cancelled", "sent", "sent", "queued"]
    assert queries.history(reminder)[-1].reason == "stopped"
    assert stop(office, wanted=True) is not None
    again = office.queue("item:10")
    turn()
    assert known(again).state == "sent"
    assert [row.wanted for row in consents(office.first, EVERYTHING)] == [False]


def test_a_person_says_it_for_every_channel(office: Office, box: Box) -> None:
    stop(office, channel="", address="", customer_id=office.first, person_id=2, source="phone")
    to_them = office.queue("item:1", person_id=2, to="new@yunling.example")
    to_another = office.queue("item:2", person_id=1)
    same_number_elsewhere = office.queue("item:3", person_id=2, customer_id=office.second, to="li@hongshuo.example")
    turn()
    assert [known(one).state for one in (to_them, to_another, same_number_elsewhere)] == ["cancelled", "sent", "sent"]


def test_a_wish_of_nobody_is_refused_and_its_address_is_erasable(office: Office) -> None:
    with pytest.raises(Refusal, match="consent_of_nobody"):
        stop(office, address="")
    with pytest.raises(Refusal, match="notice_word_unknown"):
        stop(office, channel="fax")
    number = stop(office)
    assert not any(TO in str(value) for value in Consent.objects.filter(pk=number).values().get().values())


# Policies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("quiet_time", {}),
        ("quiet_time", {**QUIET_TIME.default, "from": "18:00", "until": "09:00"}),
        ("quiet_time", {**QUIET_TIME.default, "from": "9"}),
        ("quiet_time", {**QUIET_TIME.default, "days": "sometimes"}),
        ("quiet_time", {**QUIET_TIME.default, "more": 1}),
        ("quiet_time", {**QUIET_TIME.default, "by_purpose": {"advert": {}}}),
        ("quiet_time", {**QUIET_TIME.default, "by_channel": {"sms": {"from": "09:00"}}}),
        ("caps", {}),
        ("caps", {"voice": {"day": 4}}),
        ("caps", {"voice": {"day": 3}, "email": {"day": 0}}),
        ("caps", {"voice": {"day": 3}, "email": {"month": 3}}),
        ("caps", {"voice": {"day": 3}, "fax": {"day": 3}}),
        ("calendar", {}),
        ("calendar", {"weekend": [6, 8], "years": {}}),
        ("calendar", {"weekend": [1, 2, 3, 4, 5, 6, 7], "years": {}}),
        ("calendar", {"weekend": [6, 7], "years": {"2027": {"holidays": []}}}),
        ("calendar", {"weekend": [], "years": {"2027": {"source": "", "holidays": ["2027-02-30"], "worked": []}}}),
        ("calendar", {"weekend": [], "years": {"2027": {"source": "", "holidays": ["2029-01-01"], "worked": []}}}),
        ("calendar", {"weekend": [], "years": {"2027": {"source": "", "holidays": [5], "worked": []}}}),
    ],
)
def test_what_no_rule_is_is_refused(kind: str, document: Mapping[str, Any]) -> None:
    with pytest.raises(Refusal, match="policy_document_bad"):
        kind_named(kind).check(document)


def test_what_is_shipped_passes() -> None:
    for kind in (QUIET_TIME, CAPS, CALENDAR):
        kind.check(kind.default)


def test_the_next_year_is_entered_as_a_new_version(office: Office, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    december, spring = AT + 20 * DAY, datetime.fromisoformat("2027-02-08T10:00:00+08:00")
    assert (missing_year(office.company, at=AT), missing_year(office.company, at=december)) == (None, 2027)
    notice = office.queue(at=spring)
    assert turn(spring)["sent"] == 1  # a Monday like others, as far as anybody knows
    years = {
        **CALENDAR.default["years"],
        "2027": {"source": "国务院办公厅通知", "holidays": ["2027-02-05/2027-02-12"], "worked": []},
    }
    put_in_force("calendar", {"weekend": [6, 7], "years": years}, at=december)
    assert missing_year(office.company, at=december) is None
    later = office.queue("item:18", at=spring)
    assert turn(spring)["sent"] == 0
    assert known(later).due_at == datetime.fromisoformat("2027-02-15T09:00:00+08:00")
    assert known(notice).state == "sent"


def put_in_force(kind: str, document: dict[str, Any], *, at: datetime) -> None:
    """A version in force, without the people it takes."""
    kind_named(kind).check(document)
    row = {"kind": kind, "company_id": None, "number": 1, "document": document, "note": "", "drafted_by": "cli:test"}
    version = record(PolicyVersion, [row], at=at)[0]
    step = {"version_id": version, "step": "in_force", "digest": "d", "effective_at": at, "own": False, "actor": "x"}
    record(PolicyStep, [step], at=at)
    assert in_force(kind, company_id=None, at=at).version_id == version
