"""The life of a dispute: raised, routed, handed on, answered, resolved, opened again; and what each refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations import tend_items
from huikuan.mechanisms.work.queries.items import open_keys, rows_of
from huikuan.record.disputes.domain.amounts import DisputeStanding
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations import crediting
from huikuan.record.disputes.operations.crediting import Credit
from huikuan.record.disputes.operations.resolving import resolve_dispute
from huikuan.record.disputes.operations.steps import add_evidence, answer_dispute, hand_dispute, reopen_dispute
from huikuan.record.disputes.queries.disputes import of_customer, of_item, steps_of
from huikuan.record.disputes.queries.standing import standing
from huikuan.record.disputes.tests.conftest import AT, PHOTO, TODAY, Desk, doing, person, refused
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import item, open_of

DAY = timedelta(days=1)


# Raising ------------------------------------------------------------------------------------------


def test_a_dispute_is_routed_by_its_reason_with_a_deadline_in_workdays(desk: Desk) -> None:
    number = desk.dispute(desk.invoice(document_number="FP-1"), 60_00, said_by="王工", files=[PHOTO])
    row = desk.row(number)
    assert (row.amount, row.standing, row.state, row.department, row.role) == (
        60_00, 60_00, "waiting", "质量部", "resolver"
    )  # fmt: skip
    # Monday, and five workdays: the next Monday.
    assert (row.opened_on, row.due_on, row.pauses) == (TODAY, date(2026, 11, 9), True)
    assert (row.said_by, row.note, row.document_number) == ("王工", "轴承有裂纹", "FP-1")
    (photo,) = row.files
    assert open_original(photo.sha256).read_bytes() == PHOTO.content
    (work,) = rows_of(WorkItem.objects.all())
    assert (work.kind, work.role, work.due_on, work.escalates_to) == (
        "disputes.answer", "resolver", date(2026, 11, 9), "finance_manager"
    )  # fmt: skip
    told = Event.objects.filter(kind__startswith="disputes.").order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["disputes.raised", "disputes.routed"]


def test_said_again_in_the_same_words_it_is_the_same_dispute(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    assert desk.dispute(claim, 60_00) == number
    assert desk.dispute(claim) == number
    other = desk.dispute(claim, 40_00, reason="price")
    assert other != number
    assert Dispute.objects.count() == 2
    desk.resolve(number, "rejected")
    assert desk.dispute(claim, 60_00) not in (number, other)


def test_no_more_is_disputed_than_is_open_and_not_disputed_yet(desk: Desk) -> None:
    claim = desk.invoice()
    assert refused(lambda: desk.dispute(claim, 100_01)) == "dispute_more_than_open"
    assert refused(lambda: desk.dispute(claim, 0)) == "dispute_amount_bad"
    desk.dispute(claim, 60_00)
    assert refused(lambda: desk.dispute(claim, 40_01, reason="price")) == "dispute_more_than_open"
    rest = desk.dispute(claim, reason="price")
    assert desk.row(rest).amount == 40_00
    assert refused(lambda: desk.dispute(claim, reason="other")) == "dispute_more_than_open"


def test_what_cannot_be_disputed_is_refused(desk: Desk) -> None:
    claim, receipt = desk.invoice(), desk.post("receipt", 100_00)
    assert refused(lambda: desk.dispute(receipt)) == "dispute_not_a_claim"
    assert refused(lambda: desk.dispute(claim, reason="weather")) == "dispute_reason_unknown"
    assert refused(lambda: desk.dispute(claim, source="dream")) == "dispute_source_unknown"
    assert refused(lambda: desk.dispute(claim, source="portal")) == "dispute_source_unknown"
    assert refused(lambda: desk.dispute(claim, opened_on=TODAY + DAY)) == "dispute_day_bad"
    assert refused(lambda: desk.dispute(claim, opened_on=date(2026, 8, 31))) == "dispute_day_bad"
    assert refused(lambda: desk.dispute(claim, files=[PHOTO] * 21)) == "dispute_too_many_files"
    assert refused(lambda: desk.dispute(10**9)) == "item_unknown"
    desk.settle(receipt, claim, 100_00, "2026-10-01")
    assert refused(lambda: desk.dispute(claim)) == "item_not_open"
    there = Desk("ELSE")
    elsewhere = there.invoice()
    assert refused(lambda: desk.dispute(elsewhere)) == "item_unknown"


# Steps --------------------------------------------------------------------------------------------


def test_handed_on_answered_and_decided_each_puts_work_to_somebody(desk: Desk) -> None:
    number = desk.dispute(desk.invoice())
    hand_dispute(doing(number, "是运输损坏"), department="物流部", role="resolver", days=2)
    row = desk.row(number)
    assert (row.department, row.due_on, row.state) == ("物流部", date(2026, 11, 4), "waiting")
    add_evidence(doing(number, "", files=[PHOTO]))
    assert desk.row(number).state == "waiting"
    assert (len(open_keys("disputes.answer")), len(open_keys("disputes.decide"))) == (1, 0)
    answer_dispute(doing(number, "承运商承认"), accepted=30_00)
    row = desk.row(number)
    assert (row.state, row.accepted, row.standing) == ("answered", 30_00, 100_00)
    assert (len(open_keys("disputes.answer")), len(open_keys("disputes.decide"))) == (0, 1)
    desk.resolve(number, "credit_note", 30_00)
    assert (len(open_keys("disputes.answer")), len(open_keys("disputes.decide"))) == (0, 0)
    assert [one.step for one in steps_of(number)] == ["routed", "handed", "evidence", "answered", "resolved"]


def test_a_late_answer_goes_to_the_role_above(desk: Desk) -> None:
    desk.dispute(desk.invoice(), reason="price")
    assert tend_items(at=AT + 3 * DAY) == 0
    assert tend_items(at=AT + 4 * DAY) == 1
    (work,) = rows_of(WorkItem.objects.all())
    assert (work.role, work.above) == ("sales_manager", "finance_manager")


def test_steps_that_do_not_follow_are_refused(desk: Desk) -> None:
    number = desk.dispute(desk.invoice())
    assert refused(lambda: answer_dispute(doing(number, " "))) == "dispute_note_missing"
    assert refused(lambda: answer_dispute(doing(number), accepted=100_01)) == "dispute_grant_bad"
    assert refused(lambda: hand_dispute(doing(number), department="物流部")) == "dispute_whose_missing"
    assert refused(lambda: hand_dispute(doing(number), department="x", role="nobody")) == "dispute_whose_missing"
    assert refused(lambda: add_evidence(doing(number, ""))) == "dispute_note_missing"
    assert refused(lambda: reopen_dispute(doing(number))) == "dispute_not_there"
    answer_dispute(doing(number, seen=1))
    assert refused(lambda: answer_dispute(doing(number))) == "dispute_not_there"
    assert refused(lambda: desk.resolve(number, "rejected", seen=1)) == "dispute_changed_since"
    desk.resolve(number, "rejected", seen=2)
    assert refused(lambda: add_evidence(doing(number))) == "dispute_over"
    assert refused(lambda: desk.resolve(number, "rejected")) == "dispute_over"
    assert refused(lambda: answer_dispute(doing(10**9))) == "dispute_unknown"


def test_opened_again_as_much_is_disputed_as_is_open(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    desk.resolve(number, "credit_note", 50_00)
    assert refused(lambda: reopen_dispute(doing(number), amount=50_01)) == "dispute_more_than_open"
    reopen_dispute(doing(number, "客户不同意"))
    row = desk.row(number)
    assert (row.state, row.standing, row.outcome, row.department) == ("waiting", 50_00, "", "质量部")
    desk.resolve(number, "credit_note", 50_00)
    assert open_of(claim).amount == 0
    assert refused(lambda: reopen_dispute(doing(number))) == "item_not_open"


# Resolving ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "reason", "kind"),
    [
        ("credit_note", "quality", "credit_note"),
        ("credit_note", "return", "return"),
        ("discount", "price", "discount"),
    ],
)
def test_a_grant_posts_its_credit_and_settles_it(desk: Desk, outcome: str, reason: str, kind: str) -> None:
    claim = desk.invoice(contract_number="HT-1", business_type="备件")
    number = desk.dispute(claim, 60_00, reason=reason)
    credit = resolve_dispute(doing(number), outcome=outcome, accepted=45_67, document_number=" CN 1 ")
    assert isinstance(credit, Credit)
    posted = item(credit.item_id)
    assert (posted.kind, posted.amount, posted.posting_date, posted.document_number) == (kind, 45_67, TODAY, "CN 1")
    assert (posted.contract_number, posted.business_type) == ("HT-1", "备件")
    cleared = Settlement.objects.get(pk=credit.settlement_id)
    assert (cleared.debit_id, cleared.debit_amount, cleared.reason) == (claim, 45_67, "dispute")
    assert (open_of(claim).amount, open_of(credit.item_id).amount) == (54_33, 0)
    row = desk.row(number)
    assert (row.state, row.outcome, row.accepted, row.standing, row.credit_id) == (
        "resolved", outcome, 45_67, 0, credit.item_id
    )  # fmt: skip
    assert check_ledger() == []
    (told,) = Event.objects.filter(kind="disputes.resolved")
    assert told.payload["accepted"] == 45_67


def test_a_grant_left_out_is_all_of_it_and_a_locked_day_moves_it_on(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    lock_period(company=desk.company, through=date(2026, 11, 30), actor="tester", at=AT)
    credit = desk.resolve(number, "credit_note")
    assert isinstance(credit, Credit)
    assert (item(credit.item_id).amount, item(credit.item_id).posting_date) == (60_00, date(2026, 12, 1))


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn", "agreed_other"])
def test_other_ends_post_nothing(desk: Desk, outcome: str) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    items = Item.objects.count()
    assert desk.resolve(number, outcome) is None
    assert (Item.objects.count(), open_of(claim).amount) == (items, 100_00)
    assert desk.row(number).accepted == (60_00 if outcome == "agreed_other" else 0)
    assert standing(desk.company.id, TODAY) == {}


def test_what_cannot_be_granted_is_refused(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    assert refused(lambda: desk.resolve(number, "credit_note", 60_01)) == "dispute_grant_bad"
    assert refused(lambda: desk.resolve(number, "discount", 0)) == "dispute_grant_bad"
    assert refused(lambda: desk.resolve(number, "rejected", 1)) == "dispute_nothing_granted"
    assert refused(lambda: desk.resolve(number, "forgotten")) == "dispute_outcome_unknown"
    assert refused(lambda: desk.resolve(number, "rejected", note="")) == "dispute_note_missing"
    desk.settle(desk.post("receipt", 70_00), claim, 70_00, "2026-10-01")
    # 30.00 is open: no more can be cleared.
    assert refused(lambda: desk.resolve(number, "credit_note", 30_01)) == "dispute_grant_bad"
    assert desk.resolve(number, "credit_note") is not None
    assert open_of(claim).amount == 0


def test_when_the_settlement_fails_the_credit_is_not_posted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    settle = crediting.settle
    monkeypatch.setattr(crediting, "settle", lambda **said: settle(**{**said, "credit_amount": 100_01}))
    assert refused(lambda: desk.resolve(number, "credit_note")) == "more_than_open"
    assert (Item.objects.count(), desk.row(number).state) == (1, "waiting")


def test_a_department_finds_right_or_wrong_and_the_books_are_finances(desk: Desk) -> None:
    number = desk.dispute(desk.invoice())
    quality, manager = person("zhou", "resolver"), person("sun", "finance_manager")
    clerk = person("qian", "collector")
    assert refused(lambda: desk.resolve(number, "rejected", actor=clerk)) == "not_permitted"
    assert refused(lambda: desk.resolve(number, "credit_note", actor=quality)) == "not_permitted"
    assert desk.resolve(number, "credit_note", 10_00, actor=manager) is not None
    reopen_dispute(doing(number))
    desk.resolve(number, "rejected", actor=quality)
    assert desk.row(number).outcome == "rejected"


# Standing -----------------------------------------------------------------------------------------


def test_the_disputed_part_is_left_alone_and_the_rest_pursued_as_of_any_day(desk: Desk) -> None:
    claim = desk.invoice()
    first = desk.dispute(claim, 60_00)
    later = AT + 3 * DAY
    second = desk.dispute(claim, 20_00, reason="invoice", at=later)
    company = desk.company.id
    assert standing(company, TODAY - DAY) == {}
    assert standing(company, TODAY) == {claim: DisputeStanding(first, 60_00, "quality", True, 60_00)}
    # A missing invoice stops nothing.
    assert standing(company, TODAY + 3 * DAY) == {claim: DisputeStanding(first, 80_00, "quality", True, 60_00)}
    desk.resolve(first, "rejected", at=AT + 5 * DAY)
    both = standing(company, TODAY + 4 * DAY)
    assert both == {claim: DisputeStanding(first, 80_00, "quality", True, 60_00)}
    assert standing(company, TODAY + 5 * DAY) == {claim: DisputeStanding(second, 20_00, "invoice", False, 0)}
    assert standing(Desk("ELSE").company.id, TODAY) == {}


@pytest.mark.django_db(transaction=True)
def test_what_was_recorded_later_was_not_known_then(transactional_db: None) -> None:
    desk = Desk()
    claim = desk.invoice()
    desk.dispute(claim, 60_00)
    second = desk.dispute(claim, 20_00, reason="price")
    before = Dispute.objects.get(pk=second).tx
    assert standing(desk.company.id, TODAY)[claim].amount == 80_00
    assert standing(desk.company.id, TODAY, known=before)[claim].amount == 60_00


def test_money_that_came_pays_the_undisputed_part_first(desk: Desk) -> None:
    claim = desk.invoice()
    number = desk.dispute(claim, 60_00)
    desk.settle(desk.post("receipt", 30_00), claim, 30_00, "2026-11-03")
    assert standing(desk.company.id, TODAY + DAY)[claim].amount == 60_00
    desk.settle(desk.post("receipt", 40_00), claim, 40_00, "2026-11-04")
    assert standing(desk.company.id, TODAY + DAY)[claim].paused == 60_00
    assert standing(desk.company.id, TODAY + 2 * DAY) == {
        claim: DisputeStanding(number, 30_00, "quality", True, 30_00)
    }
    desk.settle(desk.post("receipt", 30_00), claim, 30_00, "2026-11-05")
    assert standing(desk.company.id, TODAY + 3 * DAY) == {}


def test_disputes_of_an_item_and_a_customer_the_newest_first(desk: Desk) -> None:
    claim = desk.invoice()
    first = desk.dispute(claim, 10_00)
    second = desk.dispute(claim, 10_00, reason="price", at=AT + DAY)
    assert [row.id for row in of_item(claim, EVERYTHING)] == [second, first]
    assert [row.id for row in of_customer(desk.customer.id, EVERYTHING, day=TODAY)] == [first]
    assert of_customer(desk.other.id, EVERYTHING) == []
    assert of_item(claim, replace(EVERYTHING, parts=())) == []
