"""Printed letters: posted once with a number, delivered with a proof, and never where nobody wants them any more."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company, grant_role
from huikuan.mechanisms.notices import guards
from huikuan.mechanisms.notices.models import Notice, NoticeStep
from huikuan.mechanisms.notices.operations import cancel_notice, send_again
from huikuan.mechanisms.notices.operations.consenting import record_consent
from huikuan.mechanisms.notices.operations.posting import deliver_letter, post_letter, printed_letters
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries.rows import Letter
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, Office, known, steps
from huikuan.record.customers.operations import change_customer
from huikuan.shell import catalogs

ON = AT.date()
TO = "江苏省盐城市示范路 8 号 财务部"
WHO: dict[str, Any] = {"actor": "cli:test", "at": AT}


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def letter(office: Office) -> int:
    return office.queue("item:1", channel="letter", to=TO, purpose="demand", text="第一段 {{total}} <b>\n\n第二段")


@pytest.fixture
def unwanted() -> Iterator[None]:
    """Everybody has paid meanwhile."""
    before = {purpose: list(known) for purpose, known in guards._guards.items()}
    guards.register("demand", lambda _notice, _at: "paid")
    yield
    guards._guards.clear()
    guards._guards.update(before)


def post(number: int, **more: Any) -> None:
    post_letter(
        **{"notice_id": number, "posted_on": ON, "carrier": "EMS", "tracking": "EX 123456789 CN", **WHO, **more}
    )


def test_a_letter_is_printed_posted_and_delivered(office: Office, letter: int) -> None:
    assert send_due().as_json()["sent"] == 0  # no channel takes it: it waits for a person
    assert printed_letters(notice_id=letter, at=AT)[0].content.startswith(b"%PDF-")
    post(letter)
    assert steps(letter) == ["claimed", "sent"]
    sent = NoticeStep.objects.get(notice_id=letter, step="sent")
    assert (sent.reference, sent.sender, sent.note) == ("EX 123456789 CN", "EMS", f"posted {ON}")
    said = {
        "notice_id": letter,
        "on": ON,
        "arrived": True,
        "note": "门卫 王",
        "proof": b"a scan",
        "proof_name": "slip.jpg",
    }
    assert deliver_letter(**said, **WHO)
    assert not deliver_letter(**said, **WHO)
    assert known(letter).state == "delivered"
    last = NoticeStep.objects.get(notice_id=letter, step="delivered")
    assert (last.note, last.reference) == (f"{ON} 门卫 王", "EX 123456789 CN")
    assert open_original(last.sha256).read_bytes() == b"a scan"


def test_what_is_told_of_it_names_the_day_it_arrived_and_not_the_day_it_was_entered(letter: int) -> None:
    entered: dict[str, Any] = {"actor": "cli:test", "at": AT + timedelta(days=70)}
    post(letter, posted_on=ON + timedelta(days=2), **entered)
    deliver_letter(notice_id=letter, on=ON + timedelta(days=11), arrived=True, **entered)
    told = [Event.objects.get(kind=f"notices.{kind}").payload["on"] for kind in ("sent", "delivered")]
    assert told == ["2026-11-22", "2026-12-01"]


def test_nothing_is_posted_before_it_was_drawn_up(letter: int) -> None:
    """Else its arrival would prove that limitation was interrupted on a day on which nobody had asked for anything."""
    with pytest.raises(Refusal, match="letter_posted_early") as refusal:
        post(letter, posted_on=date(2020, 1, 1))
    assert refusal.value.params == {"posted": date(2020, 1, 1), "written": ON}
    assert steps(letter) == []


def test_the_day_it_was_drawn_up_is_the_company_s(office: Office) -> None:
    """Drawn up on 21 November at seven in Shanghai, when it was the 20th in UTC."""
    early = office.queue(channel="letter", to=TO, purpose="demand", at=AT.replace(hour=23))
    with pytest.raises(Refusal, match="letter_posted_early"):
        post(early, posted_on=ON, at=AT + DAY)
    post(early, posted_on=ON + DAY, at=AT + DAY)
    assert steps(early) == ["claimed", "sent"]


@pytest.mark.parametrize("arrived", [True, False])
def test_nothing_arrives_or_comes_back_before_it_was_posted(letter: int, arrived: bool) -> None:
    later: dict[str, Any] = {"actor": "cli:test", "at": AT + 5 * DAY}
    post(letter, posted_on=ON + 3 * DAY, **later)
    with pytest.raises(Refusal, match="letter_arrived_early") as refusal:
        deliver_letter(notice_id=letter, on=ON + 2 * DAY, arrived=arrived, proof=b"a scan", **later)
    assert refusal.value.params == {"day": ON + 2 * DAY, "posted": ON + 3 * DAY}
    assert steps(letter) == ["claimed", "sent"]
    assert deliver_letter(notice_id=letter, on=ON + 3 * DAY, arrived=arrived, **later)


def test_posted_again_it_arrives_after_its_second_posting(letter: int) -> None:
    post(letter)
    deliver_letter(notice_id=letter, on=ON, arrived=False, **WHO)
    later: dict[str, Any] = {"notice_id": letter, "actor": "cli:test", "at": AT + 5 * DAY}
    send_again(**later)
    post_letter(posted_on=ON + 4 * DAY, carrier="EMS", tracking="EX 2", **later)
    with pytest.raises(Refusal, match="letter_arrived_early"):
        deliver_letter(on=ON + 3 * DAY, arrived=True, **later)
    assert deliver_letter(on=ON + 4 * DAY, arrived=True, **later)


def test_a_letter_comes_back(office: Office, letter: int) -> None:
    post(letter)
    deliver_letter(notice_id=letter, on=ON, arrived=False, note="查无此人", **WHO)
    assert known(letter).state == "bounced"


def test_nobody_posts_a_letter_twice(office: Office, letter: int) -> None:
    post(letter)
    with pytest.raises(Refusal, match="letter_not_posted_so"):
        post(letter)
    assert steps(letter) == ["claimed", "sent"]


@pytest.mark.parametrize("more", [{"tracking": " "}, {"posted_on": ON + timedelta(days=1)}])
def test_without_number_or_on_a_day_to_come_nothing_is_posted(office: Office, letter: int, more: Any) -> None:
    with pytest.raises(Refusal, match="letter_posting_bad"):
        post(letter, **more)
    assert steps(letter) == []


def test_the_day_is_the_company_s(office: Office, letter: int) -> None:
    """Seven in the morning in Shanghai it is still yesterday in UTC."""
    early = AT.replace(hour=23)
    post(letter, posted_on=ON + timedelta(days=1), at=early)
    assert steps(letter) == ["claimed", "sent"]


def test_who_paid_meanwhile_gets_no_letter(office: Office, letter: int, unwanted: None) -> None:
    for work in (lambda: printed_letters(notice_id=letter, at=AT), lambda: post(letter)):
        with pytest.raises(Refusal, match=r"letter_not_wanted.*paid"):
            work()
    assert steps(letter) == []


def test_who_wants_no_more_gets_no_letter(office: Office, letter: int) -> None:
    record_consent(wanted=False, channel="letter", source="phone", company_id=None, address=TO, **WHO)
    with pytest.raises(Refusal, match=r"letter_not_wanted.*stopped"):
        post(letter)
    cancel_notice(notice_id=letter, **WHO)
    with pytest.raises(Refusal, match="letter_not_posted_so"):
        post(letter, posted_on=ON + DAY, at=AT + DAY)


def test_who_was_erased_gets_no_letter(letter: int) -> None:
    erase_personal(Notice, letter, reason="asked", actor="system", at=AT)
    for work in (lambda: printed_letters(notice_id=letter, at=AT), lambda: post(letter)):
        with pytest.raises(Refusal, match=r"letter_not_wanted.*erased"):
            work()
    assert steps(letter) == []


def test_other_notices_are_no_letters(office: Office, letter: int) -> None:
    mail = office.queue("item:2")
    for work in (lambda: printed_letters(notice_id=mail, at=AT), lambda: post(mail)):
        with pytest.raises(Refusal, match="letter_not_posted_so"):
            work()
    with pytest.raises(Refusal, match="letter_not_posted_yet"):
        deliver_letter(notice_id=letter, on=ON, arrived=True, **WHO)
    assert steps(mail) == steps(letter) == []


def test_a_letter_that_waits_says_until_when_and_is_posted_where_it_was_printed(office: Office, letter: int) -> None:
    second = office.queue("item:2", channel="letter", to=TO, purpose="demand")
    legal = office.queue("item:3", channel="letter", to=TO, purpose="legal")
    assert printed_letters(notice_id=second, at=AT)
    post(letter)
    with pytest.raises(Refusal) as refusal:
        printed_letters(notice_id=second, at=AT)
    # One a day: the next is a Monday.
    assert (refusal.value.code, refusal.value.params["until"]) == ("letter_waits", date(2026, 11, 23))
    assert printed_letters(notice_id=legal, at=AT)
    assert printed_letters(notice_id=second, at=AT + 3 * DAY)
    post(second)
    assert steps(second) == ["claimed", "sent"]


def test_a_letter_for_another_day_is_not_printed_before(office: Office) -> None:
    later = office.queue("item:2", channel="letter", to=TO, purpose="demand", not_before=AT + 4 * DAY)
    with pytest.raises(Refusal, match="letter_waits") as refusal:
        printed_letters(notice_id=later, at=AT)
    assert refusal.value.params["until"] == date(2026, 11, 24)
    # On its day it is printed at any hour: paper wakes nobody.
    assert printed_letters(notice_id=later, at=AT + 4 * DAY - timedelta(hours=9))


def test_the_desk_at_which_letters_are_posted(office: Office, letter: int, client: Client) -> None:
    user = User.objects.create(username="legal", language="en")
    grant_role(username="legal", role="legal", actor="cli:root", at=AT - DAY)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with time_machine.travel(AT, tick=False):
        client.force_login(user)
        assert f'data-notice="{letter}"' in client.get("/notices/post/").content.decode()
        assert b"".join(client.get(f"/notices/post/{letter}").streaming_content).startswith(b"%PDF-")  # type: ignore[arg-type]
        said = {"deed": "post", "on": f"{ON}", "carrier": "EMS", "tracking": "EX1"}
        client.post(f"/notices/post/{letter}/say", said)
        assert steps(letter) == ["claimed", "sent"]
        client.post(f"/notices/post/{letter}/say", {"deed": "arrived", "on": f"{ON}"})
        assert known(letter).state == "delivered"


def test_the_desk_says_both_days_of_a_day_that_cannot_be(letter: int, client: Client) -> None:
    with time_machine.travel(AT + 3 * DAY, tick=False):
        desk, door = at_the_desk(client), f"/notices/post/{letter}/say"
        said = {"deed": "post", "on": "2020-01-01", "carrier": "EMS", "tracking": "EX1"}
        early = desk.post(door, said)
        desk.post(door, {**said, "on": f"{ON + 3 * DAY}"})
        arrived = desk.post(door, {"deed": "arrived", "on": f"{ON + 2 * DAY}"})
    assert (early.status_code, early.context["tried"].field, early.context["tried"].problem) == (
        400, "on", "The letter was drawn up on 2026-11-20; it cannot have been posted before that, on 2020-01-01.",
    )  # fmt: skip
    assert (arrived.status_code, arrived.context["tried"].field, arrived.context["tried"].problem) == (
        400, "on",
        "The letter was posted on 2026-11-23; it cannot have arrived or come back before that, on 2026-11-22.",
    )  # fmt: skip
    assert steps(letter) == ["claimed", "sent"]


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2026-11-21", "2026-11-21 lies ahead; today is 2026-11-20: nothing has arrived or come back on that day."),
        ("", "Say the day on which it arrived or came back."),
        ("20.11.", "“20.11.” is not a date; write it like 2026-11-21."),
    ],
)
@pytest.mark.parametrize("deed", ["arrived", "returned"])
def test_the_desk_says_what_is_wrong_with_the_day_of_arrival(
    letter: int, client: Client, day: str, problem: str, deed: str
) -> None:
    post(letter)
    with time_machine.travel(AT, tick=False):
        tried = at_the_desk(client).post(f"/notices/post/{letter}/say", {"deed": deed, "on": day}).context["tried"]
    assert (tried.field, tried.problem, steps(letter)) == ("on", problem, ["claimed", "sent"])


def test_the_desk_asks_for_the_day_of_posting(letter: int, client: Client) -> None:
    said = {"deed": "post", "on": "", "carrier": "EMS", "tracking": "EX1"}
    with time_machine.travel(AT, tick=False):
        tried = at_the_desk(client).post(f"/notices/post/{letter}/say", said).context["tried"]
    assert (tried.field, tried.problem, steps(letter)) == ("on", "Say the day on which it was posted.", [])


def test_the_life_of_a_letter_says_in_the_reader_s_language_when_it_was_posted(letter: int, client: Client) -> None:
    """And what people said of it stays as they said it."""
    post(letter)
    deliver_letter(notice_id=letter, on=ON, arrived=True, note="门卫 王", **WHO)
    with time_machine.travel(AT, tick=False):
        desk = at_the_desk(client)
        said = [one["note"] for one in desk.get(f"/notices/{letter}").context["history"]]
        User.objects.update(language="zh-hans")
        page = desk.get(f"/notices/{letter}", headers={"Accept-Language": "zh-hans"})
    assert said == ["“2026-11-20 门卫 王”", "posted on 2026-11-20", ""]
    assert [one["note"] for one in page.context["history"]] == ["“2026-11-20 门卫 王”", "2026-11-20 寄出", ""]
    assert "2026-11-20 寄出" in page.content.decode()
    assert "posted 2026" not in page.content.decode()


def test_a_text_that_was_used_twice_is_named_once(office: Office, client: Client) -> None:
    used = (Letter("demand", None), Letter("demand", None, "催款函.pdf"), Letter("demand", 7, "附.pdf"))
    letter = office.queue("item:1", to=TO, channel="letter", purpose="demand", letters=used)
    with time_machine.travel(AT, tick=False):
        shown = at_the_desk(client).get(f"/notices/{letter}").context["written_by"]
    assert [(one["title"], one["version"]) for one in shown] == [
        ("Demand for payment", "as shipped"), ("Demand for payment", "version 7"),
    ]  # fmt: skip


def at_the_desk(client: Client, role: str = "legal") -> Client:
    user = User.objects.create(username=role, language="en")
    grant_role(username=role, role=role, actor="cli:root", at=AT - DAY)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(user)
    return client


def test_a_letter_at_the_desk_is_known_from_others_to_the_same_customer(office: Office, client: Client) -> None:
    """By what it asks for, of how many documents, in whose name; one without a postal address says so."""
    said = {"channel": "letter", "purpose": "demand"}
    office.queue("item:1", to="江临市样本路 1 号", subject="催款函：CNY 40,000.00", items=(1, 2), **said)
    bare = office.queue("item:2", to="云岭铸造", subject="催款函：CNY 7.00", items=(3,), **said)
    with time_machine.travel(AT, tick=False):
        page = at_the_desk(client).get("/notices/post/").content.decode()
        notice = client.get(f"/notices/{bare}").content.decode()
        assert "MAIN" not in page.partition("waiting-title")[2]
        other = Company.objects.create(code="EAST", name="东港精工").pk
        office.queue("item:4", company_id=other, to="江临市样本路 1 号", **said)
        both = client.get("/notices/post/").content.decode().partition("waiting-title")[2]
    assert all(word in page for word in ("CNY 40,000.00", "2 documents", "样本路 1 号", "CNY 7.00", "1 document"))
    assert (page.count("no postal address"), notice.count("no postal address")) == (1, 1)
    assert ("MAIN" in both, "EAST" in both) == (True, True)


def test_a_letter_without_a_postal_address_says_so_after_its_customer_was_renamed(
    office: Office, client: Client
) -> None:
    said = {"channel": "letter", "purpose": "demand"}
    bare = office.queue("item:1", to="云岭铸造", **said)
    office.queue("item:2", to="江临市样本路 1 号", **said)
    change_customer(code="C1", version=1, changes={"name": "云岭铸锻"}, actor="cli:test", at=AT)
    office.queue("item:3", to="云岭铸锻", **said)
    with time_machine.travel(AT, tick=False):
        page = at_the_desk(client).get("/notices/post/").content.decode()
        notice = client.get(f"/notices/{bare}").content.decode()
    assert (page.count("no postal address"), notice.count("no postal address")) == (2, 1)


@pytest.mark.parametrize(("role", "edits"), [("legal", False), ("collector", False), ("billing_clerk", True)])
def test_who_may_edit_the_customer_is_led_there_for_its_address_and_others_are_told_whom_to_ask(
    office: Office, client: Client, role: str, edits: bool
) -> None:
    letter = office.queue("item:1", to="云岭铸造", channel="letter", purpose="demand")
    with time_machine.travel(AT, tick=False):
        desk = at_the_desk(client, role)
        pages = [desk.get(url).content.decode() for url in ("/notices/post/", f"/notices/{letter}")]
        led = [re.findall(r'href="(/customers/\d+/edit)[^"]*#care"', page) for page in pages]
        asked = ["Ask whoever keeps the master data to enter it." in page for page in pages]
        assert (led, asked) == ([[f"/customers/{office.first}/edit"] * edits] * 2, [not edits] * 2)
        if edits:
            assert 'id="care"' in desk.get(led[0][0]).content.decode()


def test_the_desk_is_there_once_the_books_are_sealed(letter: int, client: Client) -> None:
    """Every page then says until when, in a name of its own."""
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        seal(AT + timedelta(minutes=6))
        answer = at_the_desk(client).get("/notices/post/")
    assert (answer.status_code, f'data-notice="{letter}"' in answer.content.decode()) == (200, True)


def test_a_letter_taken_out_after_it_waited_is_offered_however_many_were_taken_out_at_once(
    office: Office, letter: int, client: Client
) -> None:
    """What was cancelled within minutes nobody printed; what waited a day may have been posted before that."""
    for n in range(51):
        at_once = office.queue(f"item:at-once:{n}", channel="letter", to=TO, purpose="demand")
        cancel_notice(notice_id=at_once, actor="cli:test", at=AT + timedelta(minutes=10))
    cancel_notice(notice_id=letter, actor="cli:test", at=AT + DAY)
    printed = office.queue("item:printed", channel="letter", to=TO, purpose="demand")
    cancel_notice(notice_id=printed, actor="cli:test", at=AT + timedelta(minutes=11))
    office.queue("item:waits", channel="letter", to=TO, purpose="demand")
    cancel_notice(notice_id=office.queue("item:mail"), actor="cli:test", at=AT + DAY)

    def offered(at: datetime) -> list[int]:
        with time_machine.travel(at, tick=False):
            desk.force_login(User.objects.get(username="legal"))
            return [one["row"].id for one in desk.get("/notices/post/").context["taken_out"]]

    desk = at_the_desk(client)
    assert offered(AT + DAY + timedelta(hours=1)) == [letter, printed], "the one taken out last comes first"
    assert offered(AT + 14 * DAY + timedelta(minutes=11)) == [letter]
    assert offered(AT + 15 * DAY) == []


def test_a_letter_that_is_not_among_those_listed_is_led_to_by_its_own_page(office: Office, client: Client) -> None:
    letters = [office.queue(f"item:{n}", channel="letter", to=TO, purpose="demand") for n in range(51)]
    for one in letters:
        cancel_notice(notice_id=one, actor="cli:test", at=AT + DAY)
    mail = office.queue("item:mail")

    def listed(address: str) -> list[int]:
        return [one["row"].id for one in desk.get(address).context["taken_out"]]

    desk = at_the_desk(client)
    with time_machine.travel(AT + DAY + timedelta(hours=1), tick=False):
        desk.force_login(User.objects.get(username="legal"))
        assert listed("/notices/post/") == letters[:0:-1]
        way = f"/notices/post/?letter={letters[0]}"
        [own] = re.findall(r'href="([^"]*letter=[^"]*)"', desk.get(f"/notices/{letters[0]}").content.decode())
        assert own.endswith(f"#letter-{letters[0]}")
        assert listed(html.unescape(own)) == [letters[0], *letters[:0:-1]]
        assert listed(way) == [letters[0], *letters[:0:-1]]
        assert listed(f"/notices/post/?letter={mail}") == letters[:0:-1]
        assert "/notices/post/?letter" not in desk.get(f"/notices/{mail}").content.decode()
        refused = desk.post(f"/notices/post/{letters[0]}/say", {"deed": "post", "on": f"{ON}", "carrier": "EMS"})
        assert refused.context["taken_out"][0]["row"].id == letters[0]
        said = {"deed": "post", "on": f"{ON}", "carrier": "EMS", "tracking": "EX1"}
        desk.post(f"/notices/post/{letters[0]}/say", said)
    assert steps(letters[0]) == ["cancelled", "claimed", "sent"]


def test_a_letters_page_leads_to_it_at_its_own_company(office: Office, client: Client) -> None:
    """Who reads two companies one at a time is shown the first unless another is named."""
    for code in ("AAA", "NORTH"):
        add_company(code=code, name=code, currency="CNY", time_zone="Asia/Shanghai")
    whose = Company.objects.get(code="NORTH").pk
    letter = office.queue("item:north", channel="letter", to=TO, purpose="demand", company_id=whose)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    user = User.objects.create(username="two", language="en")
    for code in ("AAA", "NORTH"):
        grant_role(username="two", role="legal", company=code, actor="cli:root", at=AT - DAY)
    with time_machine.travel(AT, tick=False):
        client.force_login(user)
        for asked in ("", "?company=AAA"):
            [way] = re.findall(r'href="([^"]*letter=[^"]*)"', client.get(f"/notices/{letter}{asked}").content.decode())
            assert f'data-notice="{letter}"' in client.get(html.unescape(way)).content.decode()


def test_what_was_typed_of_a_letter_and_not_taken_stays_beside_it(office: Office, letter: int, client: Client) -> None:
    tomorrow = ON + timedelta(days=1)
    typed = {"deed": "post", "on": f"{tomorrow}", "carrier": "顺丰", "tracking": "SF1"}
    with time_machine.travel(AT, tick=False):
        desk = at_the_desk(client)
        office.queue("item:9", channel="letter", to=TO, purpose="demand")
        answer = desk.post(f"/notices/post/{letter}/say", typed)
        page = answer.content.decode()
        assert (answer.status_code, steps(letter)) == (400, [])
        assert f"云岭铸造 · demand {letter}: A posted letter has a day up to today" in page
        values = [f'value="{one}"' for one in (tomorrow, "顺丰", "SF1")]
        kept = (*values, f'aria-describedby="p-{letter}"', f'id="p-{letter}"')
        assert [page.count(one) for one in kept] == [1] * 5
        without = {**typed, "on": f"{ON}", "tracking": ""}
        numberless = desk.post(f"/notices/post/{letter}/say", without).content.decode()
        assert re.findall(r'name="(\w+)"[^>]*aria-invalid', numberless) == ["tracking"]
        post(letter)
        late = desk.post(f"/notices/post/{letter}/say", {"deed": "arrived", "on": f"{tomorrow}", "note": "门卫签收"})
        page = late.content.decode()
        assert (f'value="{tomorrow}"' in page, 'value="门卫签收"' in page, known(letter).state) == (True, True, "sent")
