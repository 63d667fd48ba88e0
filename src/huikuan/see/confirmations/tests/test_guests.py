"""The door: links open once they are right, alive and not used; codes prove the person; nothing tells which it was."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, BOUNCED, DELIVERED, IN_DOUBT, REFUSED
from huikuan.mechanisms.notices.models import Notice, NoticeStep
from huikuan.mechanisms.notices.operations import cancel_notice, confirm_sent, report, send_again
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.consenting import record_consent
from huikuan.mechanisms.notices.operations.sending import settle
from huikuan.mechanisms.notices.queries.consents import stopped
from huikuan.mechanisms.notices.queries.evidence import mail_sent
from huikuan.mechanisms.notices.queries.rows import history, words
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations.people import add_contact, change_contact, erase_contact
from huikuan.see.confirmations.domain.links import CODE_LIVES, CODE_TRIES, WRONG_CODES, WRONG_LINKS
from huikuan.see.confirmations.models import GuestSession, Invitation, Knock, Opening, Reminder, Reply
from huikuan.see.confirmations.operations import answering, guests
from huikuan.see.confirmations.operations.answering import answer, content_of
from huikuan.see.confirmations.operations.guests import leave, open_link, send_code, take_code, tidy_doors
from huikuan.see.confirmations.operations.inviting import remind, revoke
from huikuan.see.confirmations.queries.guests import guest_of, link_channel
from huikuan.see.confirmations.queries.replies import reply
from huikuan.see.confirmations.tests.conftest import (
    AT,
    GU,
    WANG,
    Portal,
    code_received,
    handed_over,
    last_queued,
)


def refused(wanted: str, call: Any, **args: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        call(**args)
    assert found.value.code == wanted
    return found.value


def opening(token: str, at=AT, whence: str = "here"):
    return open_link(token=token, address="192.0.2.7", whence=whence, at=at)


def test_only_the_hash_of_a_link_is_kept_here(portal: Portal) -> None:
    invited, token = portal.invite()
    assert len(token) >= 32  # 192 bits
    fact = Invitation.objects.get(pk=invited)
    assert token not in str(vars(fact))
    assert bytes(fact.token_hash) != token.encode()
    assert guest_of(opening(token).key, at=AT) is not None


def test_the_mail_names_company_day_amount_and_link(portal: Portal) -> None:
    _invited, token = portal.invite()
    (notice,) = Notice.objects.filter(purpose="confirmation")
    said = words([notice.pk])[notice.pk]
    assert said.to == "gu@beilu.example"
    for part in ("江临精工装备股份有限公司", "2026-10-31", "CNY 85,499.95", f"/portal/open/{token}"):
        assert part in said.text


def test_every_link_that_opens_nothing_is_answered_alike(portal: Portal) -> None:
    answers = set()

    def dead(token: str, at=AT) -> None:
        found = refused("portal_link_dead", opening, token=token, at=at)
        answers.add((found.code, str(found.params), str(found.where)))

    dead("A" * 32)
    dead("")
    dead("x" * 100_000)
    _, expired = portal.invite(days=1)
    dead(expired, AT + timedelta(days=1))
    revoked_id, revoked = portal.invite()
    revoke(invitation_id=revoked_id, reason="", actor="cli:test", at=AT)
    dead(revoked)
    reminded_id, old = portal.invite()
    remind(invitation_id=reminded_id, channel="copy", days=7, actor="cli:test", at=AT)
    dead(old)
    _, used = portal.invite()
    guest = portal.enter(used)
    code = portal.code(guest)
    answer(guest=portal.again(guest, AT), said=portal.all_correct(guest), person=GU, code=code, at=AT)
    dead(used)
    assert len(answers) == 1
    assert Opening.objects.count() == 1


def test_wrong_links_from_one_address_are_slowed_down_and_others_are_not(portal: Portal) -> None:
    _, token = portal.invite()
    for _ in range(WRONG_LINKS.most):
        refused("portal_link_dead", opening, token="wrong")
    refused("portal_paused", opening, token="wrong")
    refused("portal_paused", opening, token=token)
    assert opening(token, whence="elsewhere")
    assert opening(token, at=AT + WRONG_LINKS.span)


def test_without_the_cap_a_link_may_be_guessed_at_for_ever(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the guard off, the fault is there."""
    monkeypatch.setattr(guests, "check_rate", lambda *_: None)
    for _ in range(WRONG_LINKS.most + 5):
        refused("portal_link_dead", opening, token="wrong")


def test_a_session_ends_left_alone_after_its_hours_and_when_the_link_is_opened_again(portal: Portal) -> None:
    _, token = portal.invite()
    first = opening(token)
    assert guest_of(first.key, at=AT + timedelta(minutes=59)) is not None
    assert guest_of(first.key, at=AT + timedelta(minutes=61)) is None
    second = opening(token)
    assert guest_of(first.key, at=AT) is None
    found = guest_of(second.key, at=AT)
    assert found is not None
    leave(session_id=found.session.pk)
    assert guest_of(second.key, at=AT) is None
    assert guest_of("", at=AT) is None
    assert guest_of("k" * 5_000, at=AT) is None


def test_what_was_filled_in_waits_for_the_link_to_be_opened_again(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    guests.change_draft(session_id=guest.session.pk, change=lambda draft: draft | {"name": "顾静"})
    assert portal.enter(token).session.draft == {"name": "顾静"}


def test_a_guest_inside_is_outside_once_the_invitation_is_taken_back(portal: Portal) -> None:
    invited, token = portal.invite()
    opened = opening(token)
    revoke(invitation_id=invited, reason="falsche Person", actor="cli:test", at=AT)
    assert guest_of(opened.key, at=AT) is None


def test_a_code_has_six_digits_and_goes_to_the_address_on_file(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    code = portal.code(guest)
    assert re.fullmatch(r"[0-9]{6}", code)
    (notice,) = Notice.objects.filter(purpose="code")
    assert words([notice.pk])[notice.pk].to == "gu@beilu.example"
    assert code.encode() not in bytes(GuestSession.objects.get().code_hash)
    assert take_code(guest=guest, code=code, at=AT) == "code:email"


def test_no_code_is_taken_before_its_message_has_gone_out(portal: Portal) -> None:
    """Whoever knows it then read it somewhere else: it would prove nothing of the mailbox on file."""
    guest = portal.enter(portal.invite()[1])
    send_code(guest=guest, at=AT)
    code = code_received(AT, sent=False)
    said = portal.all_correct(guest)
    refused("portal_code_waits", answer, guest=guest, said=said, person=GU, code=code, at=AT)
    assert Reply.objects.count() == 0
    code_received(AT)
    answer(guest=guest, said=said, person=GU, code=code, at=AT)
    assert Reply.objects.get().proof == "code:email"


def test_what_is_typed_before_the_code_has_gone_out_is_no_try(portal: Portal) -> None:
    """Nothing is compared then, right or wrong, however often: nothing can be guessed, and no try is used up."""
    guest = portal.enter(portal.invite()[1])
    send_code(guest=guest, at=AT)
    code = code_received(AT, sent=False)
    for typed in (code, other_than(code)) * CODE_TRIES:
        refused("portal_code_waits", take_code, guest=guest, code=typed, at=AT)
    handed_over("code", outcome=IN_DOUBT)
    refused("portal_code_waits", take_code, guest=guest, code=code, at=AT)
    assert (GuestSession.objects.get().tries, Knock.objects.filter(about__startswith="wrong:").count()) == (0, 0)
    confirm_sent(notice_id=last_queued("code"), actor="cli:root", at=AT)
    for _ in range(CODE_TRIES - 1):
        refused("portal_code_wrong", take_code, guest=guest, code=other_than(code), at=AT)
    assert take_code(guest=guest, code=code, at=AT) == "code:email"
    refused("portal_code_wrong", take_code, guest=guest, code=code, at=AT)
    assert GuestSession.objects.get().tries == CODE_TRIES


def test_a_session_without_a_code_compares_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """None sent, waiting, too old, used, tried too often: nothing typed is compared with anything."""
    compared: list[str] = []
    monkeypatch.setattr(guests, "same", lambda *_: compared.append("once") or False)
    guest = portal.enter(portal.invite()[1])
    refused("portal_code_wrong", take_code, guest=guest, code="000000", at=AT)
    send_code(guest=guest, at=AT)
    refused("portal_code_waits", take_code, guest=guest, code="000000", at=AT)
    handed_over("code")
    refused("portal_code_wrong", take_code, guest=guest, code="000000", at=AT + CODE_LIVES)
    guests.void_code(guest.session.pk)
    refused("portal_code_wrong", take_code, guest=guest, code="000000", at=AT)
    assert compared == []
    later = AT + CODE_LIVES
    portal.code(portal.again(guest, later), at=later)
    for _ in range(2 * CODE_TRIES):
        refused("portal_code_wrong", take_code, guest=guest, code="000000", at=later)
    assert len(compared) == CODE_TRIES


def test_a_code_replaced_between_looking_and_trying_is_not_compared(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fresh code's tries are not spent on the one before, and the one before is void."""
    guest = portal.enter(portal.invite()[1])
    code, later = portal.code(guest), AT + timedelta(minutes=2)
    look = guests.code_stands

    def looked(session: GuestSession) -> str:
        found = look(session)
        send_code(guest=portal.again(guest, later), at=later)
        return found

    monkeypatch.setattr(guests, "code_stands", looked)
    refused("portal_code_wrong", take_code, guest=guest, code=code, at=later)
    assert GuestSession.objects.get().tries == 0


def test_the_code_is_shown_to_nobody_here_and_sent_to_nobody_else(portal: Portal) -> None:
    guest = portal.enter(portal.invite()[1])
    send_code(guest=guest, at=AT)
    (notice,) = Notice.objects.filter(purpose="code")
    code = code_received(AT, sent=False)
    said = words([notice.pk])[notice.pk]
    assert (said.to, code in str(said)) == ("gu@beilu.example", False)
    assert "一次性验证码" in said.text
    taken = claim(notice.pk, at=AT)
    assert taken is not None
    assert code in taken.words.text
    settle(taken, BOUNCED, {"answer": f"550 returned: {code}"}, at=AT)
    assert code not in str(history(notice.pk))
    other = {"notice_id": notice.pk, "to": "mine@jianglin.example", "actor": "cli:root", "at": AT}
    refused("notice_secret", send_again, **other)
    refused("notice_secret", mail_sent, notice_id=notice.pk, scope=EVERYTHING)


def test_the_evidence_says_how_the_link_came(portal: Portal) -> None:
    """One that somebody here passed on is not told as one that was sent to the mailbox on file."""

    assert [link_told(portal, channel=by) for by in ("email", "sms", "copy")] == ["email", "sms", "copy"]
    for by in ("email", "copy"):
        invited, _token = portal.invite(channel="copy" if by == "email" else "email")
        _count, link = remind(invitation_id=invited, channel=by, days=7, actor="cli:test", at=AT)
        handed_over("confirmation")
        guest = portal.enter(link.rpartition("/")[2])
        assert link_channel(guest.invitation) == by


def link_told(portal: Portal, became: Callable[[], Any] | None = None, **more: Any) -> str:
    """How the link came, as the answer records it and who reads the reply is told. `became`: what came of the message
    that carried it; else it went out."""
    _invited, token = portal.invite(**more)
    if became is not None:
        became()
    elif more.get("channel") != "copy":
        handed_over("confirmation")
    guest = portal.enter(token)
    row = reply(answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT))
    assert row.link == json.loads(row.content)["link"]
    return row.link


def to_another() -> None:
    """It came back, and somebody here had it sent to another address."""
    again = {"to": "mine@jianglin.example", "actor": "cli:root", "at": AT}
    send_again(notice_id=handed_over("confirmation", outcome=BOUNCED), **again)


def and_back() -> None:
    """It went to another address; when that refused it, to the first one after all."""
    to_another()
    number = handed_over("confirmation", outcome=REFUSED)
    send_again(notice_id=number, to="gu@beilu.example", actor="cli:root", at=AT)
    handed_over("confirmation")


def same_address() -> None:
    """It came back, and was sent to the same address again, typed otherwise."""
    number = handed_over("confirmation", outcome=BOUNCED)
    send_again(notice_id=number, to="GU@beilu.example", actor="cli:root", at=AT)
    handed_over("confirmation")


def said_here() -> None:
    """Nobody knows whether it went out, and somebody here says so."""
    number = handed_over("confirmation", outcome=IN_DOUBT)
    confirm_sent(notice_id=number, note="the mailbox has it", actor="cli:root", at=AT)


def said_there() -> None:
    """The carrier says that what was in doubt was delivered."""
    said_here()
    report(notice_id=last_queued("confirmation"), step=DELIVERED, actor="system", at=AT)


@pytest.mark.parametrize(
    ("became", "told"),
    [
        (lambda: None, "copy"),
        (said_here, "copy"),
        (said_there, "email"),
        (lambda: cancel_notice(notice_id=last_queued("confirmation"), actor="cli:root", at=AT), "copy"),
        (lambda: handed_over("confirmation", outcome=BOUNCED), "copy"),
        (lambda: handed_over("confirmation", outcome=REFUSED), "copy"),
        (lambda: handed_over("confirmation", outcome=IN_DOUBT), "copy"),
        (lambda: (to_another(), handed_over("confirmation")), "copy"),
        (and_back, "copy"),
        (same_address, "email"),
    ],
    ids=(
        "waits",
        "said here",
        "said there",
        "cancelled",
        "came back",
        "refused",
        "in doubt",
        "to another",
        "to another and back",
        "again",
    ),
)
def test_only_what_went_to_the_address_on_file_is_told_as_sent_there(portal: Portal, became: Any, told: str) -> None:
    """The link can be read in the outbox: whoever answers by one that went out to nobody read it there."""
    assert link_told(portal, became) == told


def test_a_reminders_link_sent_to_another_address_is_told_as_passed_on(portal: Portal) -> None:
    invited, _token = portal.invite()
    handed_over("confirmation")
    _count, link = remind(invitation_id=invited, channel="email", days=7, actor="cli:test", at=AT)
    guest = portal.enter(link.rpartition("/")[2])
    assert link_channel(guest.invitation) == "copy"
    to_another()
    handed_over("confirmation")
    assert link_channel(guest.invitation) == "copy"


def test_another_address_that_was_erased_since_is_still_another(portal: Portal) -> None:
    invited, _token = portal.invite()
    to_another()
    handed_over("confirmation")
    erase_personal(NoticeStep, NoticeStep.objects.get(step=AGAIN).pk, reason="asked to", actor="cli:test", at=AT)
    assert link_channel(Invitation.objects.get(pk=invited)) == "copy"


def test_what_becomes_of_the_message_later_changes_nothing_of_what_a_reply_recorded(portal: Portal) -> None:
    _invited, token = portal.invite()
    number = handed_over("confirmation")
    guest = portal.enter(token)
    answered = answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    report(notice_id=number, step=BOUNCED, reason="bounced", actor="system", at=AT)
    row = reply(answered)
    assert (row.link, json.loads(row.content)["link"]) == ("email", "email")
    assert link_channel(guest.invitation) == "copy"


def test_of_a_reply_from_before_links_were_recorded_it_is_told_as_known_now(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*about: Any) -> str:
        return json.dumps({name: one for name, one in json.loads(content_of(*about)).items() if name != "link"})

    monkeypatch.setattr(answering, "content_of", without)
    _invited, token = portal.invite()
    number = handed_over("confirmation")
    guest = portal.enter(token)
    answered = answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    assert reply(answered).link == "email"
    report(notice_id=number, step=BOUNCED, reason="bounced", actor="system", at=AT)
    assert reply(answered).link == "copy"


def test_a_code_by_phone_where_the_link_came_by_phone(portal: Portal) -> None:
    _, token = portal.invite(channel="sms")
    guest = portal.enter(token)
    assert send_code(guest=guest, at=AT) == "sms"
    assert {one.channel for one in Notice.objects.all()} == {"sms"}


def test_codes_are_refused_when_wrong_old_unsent_or_tried_too_often(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    refused("portal_code_wrong", take_code, guest=guest, code="000000", at=AT)
    code = portal.code(guest)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    refused("portal_code_wrong", take_code, guest=guest, code=code, at=AT + CODE_LIVES)
    for _ in range(CODE_TRIES):
        refused("portal_code_wrong", take_code, guest=guest, code=wrong, at=AT)
    # The tries are used up: now the right one is as good as a wrong one.
    refused("portal_code_wrong", take_code, guest=guest, code=code, at=AT)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_tries_that_could_hit_no_code_keep_nobody_from_answering(portal: Portal) -> None:
    """None was sent, the one that was is too old, or its own tries are used up: such a try costs nothing."""
    guest = portal.enter(portal.invite()[1])
    for _ in range(WRONG_CODES.most):
        refused("portal_code_wrong", take_code, guest=guest, code="000000", at=AT)
    wrong = other_than(portal.code(guest))
    for _ in range(WRONG_CODES.most):
        refused("portal_code_wrong", take_code, guest=guest, code=wrong, at=AT + CODE_LIVES)
    later = AT + 2 * CODE_LIVES
    wrong = other_than(portal.code(portal.again(guest, later), at=later))
    for _ in range(WRONG_CODES.most):
        refused("portal_code_wrong", take_code, guest=guest, code=wrong, at=later)
    assert Knock.objects.filter(about__startswith="wrong:").count() == CODE_TRIES
    last = later + timedelta(minutes=2)
    code = portal.code(portal.again(guest, last), at=last)
    assert take_code(guest=guest, code=code, at=last) == "code:email"


def test_wrong_codes_are_counted_by_link_and_a_reminders_link_begins_anew(portal: Portal) -> None:
    invited, token = portal.invite()
    guest, at = portal.enter(token), AT
    for _ in range(WRONG_CODES.most // CODE_TRIES):
        at += timedelta(minutes=2)
        wrong = other_than(portal.code(portal.again(guest, at), at=at))
        for _ in range(CODE_TRIES):
            refused("portal_code_wrong", take_code, guest=guest, code=wrong, at=at)
    at += timedelta(minutes=2)
    refused("portal_code_paused", take_code, guest=guest, code=portal.code(portal.again(guest, at), at=at), at=at)
    # Opened again it is the same link.
    guest = portal.enter(token, at=at)
    refused("portal_code_paused", take_code, guest=guest, code=portal.code(guest, at=at), at=at)
    _, link = remind(invitation_id=invited, channel="copy", days=7, actor="cli:test", at=at)
    guest = portal.enter(link.rpartition("/")[2], at=at)
    assert take_code(guest=guest, code=portal.code(guest, at=at), at=at) == "code:email"


def test_codes_of_one_session_open_nothing_in_another(portal: Portal) -> None:
    _, one = portal.invite()
    _, other = portal.invite()
    first, second = portal.enter(one), portal.enter(other)
    code = portal.code(first)
    portal.code(second)
    GuestSession.objects.filter(pk=second.session.pk).update(
        code_hash=GuestSession.objects.get(pk=first.session.pk).code_hash
    )
    refused("portal_code_wrong", take_code, guest=second, code=code, at=AT)


def test_codes_are_sent_no_faster_and_no_oftener_than_the_caps_say(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    portal.code(guest)
    guest = portal.again(guest, AT)
    refused("portal_code_wait", send_code, guest=guest, at=AT + timedelta(seconds=59))
    for minute in range(1, 6):
        send_code(guest=portal.again(guest, AT), at=AT + timedelta(minutes=minute))
    refused("portal_paused", send_code, guest=portal.again(guest, AT), at=AT + timedelta(minutes=7))
    assert Notice.objects.filter(purpose="code").count() == 6


def test_of_two_requests_for_a_code_at_once_one_is_sent_and_holds(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    code = portal.code(guest)  # `guest` stands as both requests read it
    refused("portal_code_wait", send_code, guest=guest, at=AT + timedelta(seconds=1))
    assert Notice.objects.filter(purpose="code").count() == 1
    assert take_code(guest=guest, code=code, at=AT + timedelta(seconds=2)) == "code:email"


def test_whoever_was_erased_is_sent_no_code(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    of = {"customer_id": portal.customer.pk, "number": portal.person, "actor": "cli:test", "at": AT}
    change_contact(version=1, contact=replace(WANG, active=False), **of)
    erase_contact(reason="asked", **of)
    refused("portal_code_nobody", send_code, guest=guest, at=AT)


NOW = [
    (replace(WANG, active=False), "confirmation_contact_gone"),
    (replace(WANG, consent="refused", consent_on=AT.date()), "confirmation_contact_refused"),
    (replace(WANG, email="someone@else.example"), "confirmation_contact_changed"),
    (replace(WANG, email=""), "confirmation_contact_unreachable"),
]


@pytest.mark.parametrize(("now", "why"), NOW)
def test_it_is_the_contact_of_now_that_is_reminded_and_sent_codes(portal: Portal, now: Contact, why: str) -> None:
    invited, token = portal.invite()
    guest = portal.enter(token)
    change_contact(
        customer_id=portal.customer.pk, number=portal.person, version=1, contact=now, actor="cli:test", at=AT
    )
    refused(why, remind, invitation_id=invited, channel="email", days=7, actor="cli:test", at=AT)
    refused("portal_code_nobody", send_code, guest=guest, at=AT)
    assert (Reminder.objects.count(), Notice.objects.count()) == (0, 1)
    guest.session.refresh_from_db()
    assert (guest.session.codes, bytes(guest.session.code_hash)) == (0, b"")


def test_what_else_changed_of_a_contact_is_followed(portal: Portal) -> None:
    invited, _ = portal.invite()
    now = replace(WANG, name="顾静静", email="GU@beilu.example", phone="139 0000 0001")
    change_contact(
        customer_id=portal.customer.pk, number=portal.person, version=1, contact=now, actor="cli:test", at=AT
    )
    remind(invitation_id=invited, channel="email", days=7, actor="cli:test", at=AT)
    said = words([Notice.objects.latest("pk").pk]).popitem()[1]
    assert "顾静静" in said.text
    refused(
        "confirmation_contact_changed", remind, invitation_id=invited, channel="sms", days=7, actor="cli:test", at=AT
    )


def test_wishes_are_kept_by_the_number_at_the_customer(portal: Portal) -> None:
    """Numbers count in each customer: the same number elsewhere is somebody else, and a fact's id is no number."""
    other = portal.books.customers[1]
    theirs = [add_contact(customer_id=other.pk, contact=WANG, actor="cli:test", at=AT) for _ in range(3)]
    asked = add_contact(customer_id=portal.customer.pk, contact=WANG, actor="cli:test", at=AT)
    fact = ContactVersion.objects.get(customer_id=portal.customer.pk, number=asked).pk
    assert asked in theirs
    assert fact != asked
    invited, _token = portal.invite(person=asked)
    remind(invitation_id=invited, channel="email", days=7, actor="cli:test", at=AT)
    guest = portal.enter(portal.invite(person=asked)[1])
    portal.code(guest)
    assert set(Notice.objects.values_list("customer_id", "person_id")) == {(portal.customer.pk, asked)}

    def stop(customer_id: int, person_id: int) -> None:
        record_consent(
            company_id=portal.books.company.pk, customer_id=customer_id, person_id=person_id, channel="email",
            wanted=False, source="phone", actor="cli:test", at=AT,
        )  # fmt: skip

    def is_stopped() -> bool:
        mail = Notice.objects.filter(purpose="confirmation").latest("pk")
        return stopped(channel="email", customer_id=mail.customer_id, person_id=mail.person_id)

    stop(other.pk, asked)
    stop(portal.customer.pk, fact)
    assert not is_stopped()
    stop(portal.customer.pk, asked)
    assert is_stopped()


def test_what_is_counted_no_longer_and_sessions_that_are_over_go(portal: Portal) -> None:
    _, token = portal.invite(days=2)
    portal.enter(token)
    refused("portal_link_dead", opening, token="wrong")
    assert tidy_doors(at=AT + timedelta(hours=1)) == 0
    tidy_doors(at=AT + timedelta(days=2))
    assert (Knock.objects.count(), GuestSession.objects.count()) == (0, 0)
