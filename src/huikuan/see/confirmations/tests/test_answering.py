"""A reply is taken in whole or not at all, once, and can be proved."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import inclusion_proof, personal
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.models import Event
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.queries.standing import standing
from huikuan.record.promises.models import Promise, PromisePart
from huikuan.see.confirmations.domain.answers import CORRECT, DISPUTED, Answered, Line, PromiseDays, Said
from huikuan.see.confirmations.models import Reply, ReplyLine
from huikuan.see.confirmations.operations import answering, consequences
from huikuan.see.confirmations.operations.answering import Person, answer
from huikuan.see.confirmations.operations.inviting import Account, revoke
from huikuan.see.confirmations.operations.uploads import keep_upload
from huikuan.see.confirmations.queries.guests import guest_of
from huikuan.see.confirmations.queries.replies import reply as read_reply
from huikuan.see.confirmations.queries.shown import shown_to
from huikuan.see.confirmations.tests.conftest import AT, GU, WHO, Portal
from huikuan.see.confirmations.tests.test_guests import refused
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.operations.issuing import content_digest
from huikuan.see.statements.tests.conftest import OCTOBER

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def test_a_whole_account_is_confirmed(portal: Portal) -> None:
    invited, token = portal.invite()
    guest = portal.enter(token)
    reply = answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    fact = Reply.objects.get(pk=reply)
    assert (fact.accepted, fact.disputed, fact.currency, fact.proof) == (85_499_95, 0, "CNY", "code:email")
    assert fact.accepted == IssuedStatement.objects.get(pk=portal.statement).closing
    assert bytes(fact.shown_digest) == bytes(IssuedStatement.objects.get(pk=portal.statement).content_digest)
    assert personal(Reply, [reply])[reply] == {"name": "顾静", "position": "财务部", "ip": "192.0.2.7"}
    (told,) = Event.objects.filter(kind="confirmations.answered")
    assert told.payload["invitation"] == invited
    assert told.payload["statement"] == portal.statement
    assert told.payload["disputed"] == []
    assert len(told.payload["confirmed"]) == ReplyLine.objects.filter(reply_id=reply).count() == 3


def test_a_line_is_disputed_with_reason_amount_note_and_file_and_another_promised(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    first, second, credit = portal.lines(guest)
    assert [one.open_amount for one in (first, second, credit)] == [30_000_00, 60_000_00, -4_500_05]
    # Another customer sent the same bytes before, under a name that is theirs.
    file = keep_upload(content=PNG, name="宏朔钢构.png", actor="guest:7", at=AT).sha256
    said = {
        first.key: Said(CORRECT, promised_on=date(2026, 11, 25)),
        second.key: Said(DISPUTED, "quality", 58_000_00, "尺寸偏差", (file,), names=("检验报告.png",)),
        credit.key: Said(CORRECT),
    }
    reply = answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    fact = Reply.objects.get(pk=reply)
    assert (fact.accepted, fact.disputed) == (83_499_95, 2_000_00)
    rows = list(ReplyLine.objects.filter(reply_id=reply).order_by("place"))
    assert [(row.said, row.accepted, row.disputed, row.promised_on) for row in rows] == [
        ("correct", 30_000_00, 0, date(2026, 11, 25)), ("disputed", 58_000_00, 2_000_00, None),
        ("correct", -4_500_05, 0, None),
    ]  # fmt: skip
    assert (rows[1].reason, rows[1].note, rows[1].files) == (
        "quality", "尺寸偏差", [{"sha256": file, "name": "检验报告.png"}]
    )  # fmt: skip
    assert [(one.sha256, one.name) for one in read_reply(reply).lines[1].files] == [(file, "检验报告.png")]
    assert Dispute.objects.get().files == [{"sha256": file, "name": "检验报告.png"}]
    # In the same transaction the dispute was raised and the promise recorded, each of its claim and amount.
    dispute, promise = Dispute.objects.get(), PromisePart.objects.get()
    assert (dispute.pk, dispute.item_id, dispute.reason, dispute.source) == (
        rows[1].dispute_id, second.item_id, "quality", "portal",
    )  # fmt: skip
    assert standing(portal.books.company.pk, date(2026, 11, 20))[second.item_id].amount == 2_000_00
    assert (promise.promise_id, promise.item_id, promise.amount, promise.pay_by) == (
        rows[0].promise_id, first.item_id, 30_000_00, date(2026, 11, 25),
    )  # fmt: skip
    (told,) = Event.objects.filter(kind="confirmations.answered")
    assert told.payload["disputed"] == [second.item_id]
    assert told.payload["promised"] == [first.item_id]


def test_the_reply_says_what_was_shown_and_is_in_the_sealed_ledger(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    reply = answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    fact = Reply.objects.get(pk=reply)
    content = json.loads(fact.content)
    assert hashlib.sha256(fact.content.encode()).digest() == bytes(fact.digest)
    assert content["account"]["figures"]["closing"] == "85499.95"
    assert content["lines"][0]["open"] == "30000.00"
    assert "顾静" not in fact.content
    proof = inclusion_proof("confirmations_reply", reply, seal(lambda: AT))
    assert proof["head"]["root"]


def test_the_same_account_is_shown_after_the_ledger_went_on(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    before = shown_to(guest.invitation)
    paid = portal.books.post("receipt", 30_000_00, "2026-10-30", document_number="RC-9")
    portal.books.settle(paid, portal.lines(guest)[0].item_id, 30_000_00, "2026-10-30")
    portal.books.head()
    assert content_digest(shown_to(guest.invitation)) == content_digest(before)
    assert portal.books.said().account.figures.closing == 55_499_95


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (None, "confirmation_line_unanswered"),
        (Said(), "confirmation_line_unanswered"),
        (Said("maybe"), "confirmation_line_unanswered"),
        (Said(DISPUTED, "", 1, "x"), "confirmation_reason_missing"),
        (Said(DISPUTED, "'; DROP", 1, "x"), "confirmation_reason_missing"),
        (Said(DISPUTED, "price", None, "x"), "confirmation_accepted_missing"),
        (Said(DISPUTED, "price", 30_000_00, "x"), "confirmation_accepted_range"),
        (Said(DISPUTED, "price", 30_000_01, "x"), "confirmation_accepted_range"),
        (Said(DISPUTED, "price", -1, "x"), "confirmation_accepted_range"),
        (Said(DISPUTED, "price", 0, ""), "confirmation_note_missing"),
        (Said(DISPUTED, "price", 0, "x" * 1_001), "confirmation_note_missing"),
        (Said(DISPUTED, "price", 0, "x", ("0" * 64,) * 6), "confirmation_files_many"),
        (Said(DISPUTED, "price", 0, "x", promised_on=date(2026, 11, 25)), "confirmation_promise_nothing"),
        (Said(CORRECT, promised_on=date(2026, 11, 19)), "confirmation_promise_day"),
        (Said(CORRECT, promised_on=date(2027, 2, 19)), "confirmation_promise_day"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_and_nothing_is_written(portal: Portal, said, code: str) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    every = portal.all_correct(guest)
    key = portal.lines(guest)[0].key
    del every[key]
    found = refused("confirmation_incomplete", answer, guest=guest, said=every | ({key: said} if said else {}),
                    person=GU, code=portal.code(guest), at=AT)  # fmt: skip
    assert [(place.column, place.reason) for place in found.where] == [(key, code)]
    nothing_written()


def test_of_what_was_paid_meanwhile_nothing_is_disputed_or_promised(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    first, second, credit = portal.lines(guest)
    for line, amount in ((first, 30_000_00), (second, 59_000_00)):
        paid = portal.books.post("receipt", amount, "2026-11-19", document_number=f"RC-{line.item_id}")
        portal.books.settle(paid, line.item_id, amount, "2026-11-19")
    said = {
        first.key: Said(CORRECT, promised_on=date(2026, 11, 25)),
        second.key: Said(DISPUTED, "paid", 0, "11-19 付清"),
        credit.key: Said(DISPUTED, "return", -4_000_00, "少退"),
    }
    reply = answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    rows = list(ReplyLine.objects.filter(reply_id=reply).order_by("place"))
    assert [(row.disputed, row.dispute_id is None, row.promise_id) for row in rows] == [
        (0, True, None), (60_000_00, False, None), (-500_05, True, None),
    ]  # fmt: skip
    assert standing(portal.books.company.pk, date(2026, 11, 20))[second.item_id].amount == 1_000_00
    assert not Promise.objects.exists()


def test_instalments_of_one_claim_are_one_promise_by_the_last_of_their_days() -> None:
    line = Line(7, "invoice", "debit", "1", date(2026, 10, 1), date(2026, 11, 1), 40, 0)
    later = replace(line, due_date=date(2026, 12, 1), open_amount=60)
    one = Answered(line, Said(CORRECT, promised_on=date(2026, 11, 25)), 40, 0)
    other = Answered(later, Said(CORRECT, promised_on=date(2026, 12, 5)), 60, 0)
    assert consequences._promised([one, other]) == {date(2026, 12, 5): [one, other]}


def test_instalments_of_one_claim_disputed_in_the_same_words_are_one_dispute_of_their_sum(portal: Portal) -> None:
    invited, token = portal.invite()
    guest = portal.enter(token)
    whole = portal.lines(guest)[1]
    files = [
        keep_upload(content=PNG + bytes([number]), name="x.png", actor="guest:1", at=AT).sha256 for number in range(2)
    ]
    one = replace(whole, due_date=date(2026, 11, 1), open_amount=30_000_00)
    other = replace(whole, due_date=date(2026, 12, 1), open_amount=30_000_00)
    third = replace(whole, due_date=date(2027, 1, 1), open_amount=100)
    said = Said(DISPUTED, "quality", 0, "尺寸偏差", (files[0],), names=("一.png",))
    more = Said(DISPUTED, "quality", 0, "尺寸偏差", tuple(files), names=("又.png", "二.png"))
    elsewhere = Said(DISPUTED, "quality", 0, "少一箱")
    answered = [Answered(one, said, 0, 30_000_00), Answered(other, more, 0, 30_000_00),
                Answered(third, elsewhere, 0, 100)]  # fmt: skip
    who = {"person": "顾静", "actor": f"guest:{invited}"}
    raised = consequences.follow(invited=guest.invitation, answered=answered, **who, at=AT)
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.item_id, dispute.reason, dispute.note) == (
        60_000_00, whole.item_id, "quality", "尺寸偏差"
    )  # fmt: skip
    assert dispute.files == [{"sha256": files[0], "name": "一.png"}, {"sha256": files[1], "name": "二.png"}]
    # All that is open is disputed by then: nothing is left for other words.
    assert raised.disputes == {one.key: dispute.pk, other.key: dispute.pk}
    assert standing(portal.books.company.pk, date(2026, 11, 20))[whole.item_id].amount == 60_000_00


def test_who_answered_is_named_in_what_can_be_erased_alone(portal: Portal) -> None:
    """The reply and the promise keep the name apart; a dispute has no such place, and leads to the reply."""
    invited, token = portal.invite()
    guest = portal.enter(token)
    first, second, _ = portal.lines(guest)
    said = portal.all_correct(guest) | {
        first.key: Said(CORRECT, promised_on=date(2026, 11, 25)),
        second.key: Said(DISPUTED, "quality", 0, "尺寸偏差"),
    }
    answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    dispute = Dispute.objects.get()
    assert (dispute.said_by, dispute.actor) == ("", f"guest:{invited}")
    promise = Promise.objects.get()
    assert personal(Promise, [promise.pk])[promise.pk]["said_by"] == "顾静"
    assert "顾静" not in json.dumps(list(Event.objects.values_list("payload", flat=True)), ensure_ascii=False)


def test_a_promise_reaches_as_far_as_the_policy_says_and_not_a_day_further(portal: Portal) -> None:
    guest = portal.enter(portal.invite()[1])
    key = portal.lines(guest)[0].key
    said = portal.all_correct(guest) | {key: Said(CORRECT, promised_on=date(2027, 2, 18))}  # 90 days on
    answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    assert Promise.objects.get().pay_by == date(2027, 2, 18)


def test_what_a_promise_refuses_refuses_the_reply_whole(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the policy change in that moment: the days offered are no longer those that are taken."""
    year = PromiseDays(AT.date(), date(2027, 11, 20))
    monkeypatch.setattr(answering, "promise_days", lambda *_args, **_named: year)
    _, token = portal.invite()
    guest = portal.enter(token)
    far = portal.all_correct(guest) | {
        portal.lines(guest)[0].key: Said(CORRECT, promised_on=date(2027, 11, 20)),
        portal.lines(guest)[1].key: Said(DISPUTED, "price", 0, "x"),
    }
    refused("promise_day_far", answer, guest=guest, said=far, person=GU, code=portal.code(guest), at=AT)
    nothing_written()
    assert not Dispute.objects.exists()


def nothing_written() -> None:
    assert (Reply.objects.count(), ReplyLine.objects.count()) == (0, 0)
    assert not Event.objects.filter(kind="confirmations.answered").exists()


def test_a_line_of_somebody_elses_is_no_line_of_the_account(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    said = portal.all_correct(guest) | {"999999.": Said(CORRECT)}
    refused("confirmation_line_unknown", answer, guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    nothing_written()


def test_without_the_right_code_or_a_name_nothing_is_written(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    code, said = portal.code(guest), portal.all_correct(guest)
    refused("confirmation_name_missing", answer, guest=guest, said=said, person=Person(" ", "", ""), code=code, at=AT)
    refused("portal_code_wrong", answer, guest=guest, said=said, person=GU, code="", at=AT)
    refused("confirmation_file_lost", answer, guest=guest, person=GU, code=code, at=AT, said=said | {
        portal.lines(guest)[0].key: Said(DISPUTED, "price", 0, "x", ("0" * 64,))})  # fmt: skip
    nothing_written()
    # The code was not used up by what was refused.
    answer(guest=guest, said=said, person=GU, code=code, at=AT)


def test_a_failure_in_the_middle_leaves_nothing_and_the_code_unused(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    code, said = portal.code(guest), portal.all_correct(guest)

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(answering, "announce", broken)
        with pytest.raises(OSError, match="no space"):
            answer(guest=guest, said=said, person=GU, code=code, at=AT)
    nothing_written()
    answer(guest=guest, said=said, person=GU, code=code, at=AT)


def test_an_account_is_answered_once(portal: Portal) -> None:
    _, token = portal.invite()
    guest = portal.enter(token)
    said = portal.all_correct(guest)
    code = portal.code(guest)
    answer(guest=guest, said=said, person=GU, code=code, at=AT)
    refused("portal_code_wrong", answer, guest=guest, said=said, person=GU, code=code, at=AT)
    later = AT + timedelta(minutes=2)
    fresh = portal.code(portal.again(guest, later), at=later)
    refused("confirmation_answered", answer, guest=guest, said=said, person=GU, code=fresh, at=later)
    assert Reply.objects.count() == 1


def test_taken_back_while_the_guest_was_writing(portal: Portal) -> None:
    invited, token = portal.invite()
    guest = portal.enter(token)
    code = portal.code(guest)
    revoke(invitation_id=invited, reason="", actor="cli:test", at=AT)
    with pytest.raises(Refusal):
        answer(guest=guest, said=portal.all_correct(guest), person=GU, code=code, at=AT)
    nothing_written()


def test_an_account_without_a_number_is_confirmed_as_it_stood(portal: Portal) -> None:
    account = Account("CNY", OCTOBER, portal.books.head())
    _, token = portal.invite(statement_id=None, account=account)
    guest = portal.enter(token)
    answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    assert Reply.objects.get().accepted == 85_499_95


def test_who_has_answered_reads_on_until_the_hours_are_over(portal: Portal) -> None:
    _, token = portal.invite(days=1)
    from huikuan.see.confirmations.operations.guests import open_link

    late = AT + timedelta(hours=23, minutes=30)
    opened = open_link(token=token, address="", whence="here", at=late)
    guest = guest_of(opened.key, at=late)
    assert guest is not None
    answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest, at=late), at=late)
    after = guest_of(opened.key, at=AT + timedelta(hours=24, minutes=10))
    assert after is not None
    assert after.reply_id == Reply.objects.get().pk


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("x.png", b"", "file_empty"),
        ("x.exe", b"MZ...", "portal_file_kind"),
        ("x.svg", b"<svg onload=alert(1)>", "portal_file_kind"),
        ("x.pdf", PNG, "file_type_differs"),
        ("x.csv", b"<html><script>", "file_type_differs"),
        ("x.png", b"%PDF-1.7", "file_type_differs"),
        ("../../x", PNG, "portal_file_kind"),
    ],
)
def test_files_are_what_they_say_or_are_not_taken(db: None, name: str, content: bytes, code: str) -> None:
    refused(code, keep_upload, content=content, name=name, actor="guest:1", at=AT)


def test_a_file_larger_than_ten_megabytes_is_not_taken(db: None) -> None:
    refused("file_too_large", keep_upload, content=PNG + b"0" * 10_000_000, name="x.png", actor="guest:1", at=AT)


def test_an_invitation_is_asked_for_by_who_may_issue_to_the_customer(portal: Portal) -> None:
    from huikuan.see.statements.tests.conftest import person

    person("auditor1", "auditor")
    refused("not_permitted", portal.invite, actor="auditor1")
    refused("statement_unknown", portal.invite, customer_id=portal.books.customers[1].pk, person=add_second(portal))


def add_second(portal: Portal) -> int:
    from huikuan.record.customers.operations.people import add_contact
    from huikuan.see.confirmations.tests.conftest import WANG

    return add_contact(customer_id=portal.books.customers[1].pk, contact=WANG, **WHO)
