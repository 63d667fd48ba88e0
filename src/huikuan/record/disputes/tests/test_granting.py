"""Credits beyond somebody's authority, and of who raised the dispute: they wait until another has approved them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.operations.deciding import return_request
from huikuan.mechanisms.approvals.queries.requests import request_record, rows_of
from huikuan.mechanisms.files.queries import open_original
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.disputes.domain.grants import GRANT
from huikuan.record.disputes.operations.crediting import Credit
from huikuan.record.disputes.operations.resolving import Waits, resolve_dispute
from huikuan.record.disputes.operations.steps import add_evidence, reopen_dispute
from huikuan.record.disputes.queries.asked import waiting_grant
from huikuan.record.disputes.queries.disputes import steps_of
from huikuan.record.disputes.tests.conftest import AT, PHOTO, Desk, doing, person, refused
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.ledger import item, open_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: As shipped a finance manager's authority ends here.
MOST = 5_000_000_00


@pytest.fixture
def manager(desk: Desk) -> str:
    return person("sun", "finance_manager")


def approve(request_id: int, actor: str) -> bool:
    return approve_request(request_id=request_id, digest=request_record(request_id).digest, actor=actor, at=AT)


def state_of(request_id: int) -> str:
    return rows_of([request_record(request_id)])[0].state


def asked(desk: Desk, number: int, amount: int | None = None, **more: Any) -> int:
    waits = desk.resolve(number, more.pop("outcome", "credit_note"), amount, **more)
    assert isinstance(waits, Waits)
    return waits.request_id


def test_beyond_the_authority_it_waits_and_is_posted_when_another_approves(desk: Desk, manager: str) -> None:
    claim = desk.invoice(MOST + 1)
    number = desk.dispute(claim)
    doings = doing(number, "整批退换", actor=manager, files=[PHOTO])
    waits = resolve_dispute(doings, outcome="credit_note", document_number="CN-9")
    assert isinstance(waits, Waits)
    assert (open_of(claim).amount, desk.row(number).state, Item.objects.count()) == (MOST + 1, "waiting", 1)
    found = waiting_grant(desk.row(number))
    assert found is not None
    assert (found.request_id, found.amount, found.role, found.maker) == (
        waits.request_id,
        MOST + 1,
        "management",
        "sun",
    )
    assert open_original(found.files[0].sha256).read_bytes() == PHOTO.content
    with pytest.raises(Refusal):
        approve(waits.request_id, manager)
    assert approve(waits.request_id, person("lao", "management"))
    row = desk.row(number)
    assert (open_of(claim).amount, row.state, row.accepted, row.outcome) == (0, "resolved", MOST + 1, "credit_note")
    assert row.credit_id is not None
    assert (item(row.credit_id).document_number, steps_of(number)[-1].note) == ("CN-9", "整批退换")
    assert steps_of(number)[-1].files[0].name == PHOTO.name
    assert waiting_grant(row) is None
    assert check_ledger() == []


def test_within_it_by_another_than_who_raised_it_it_is_posted_at_once(desk: Desk, manager: str) -> None:
    number = desk.dispute(desk.invoice(MOST + 1))
    assert isinstance(desk.resolve(number, "credit_note", MOST, actor=manager), Credit)


@pytest.mark.parametrize("outcome", ["credit_note", "discount"])
def test_who_raised_it_asks_and_another_decides(desk: Desk, manager: str, outcome: str) -> None:
    claim = desk.invoice()
    request = asked(desk, desk.dispute(claim, 60_00, actor=manager), outcome=outcome, actor=manager)
    with pytest.raises(Refusal):
        approve(request, manager)
    assert approve(request, person("zhou", "finance_manager"))
    assert open_of(claim).amount == 40_00


def test_who_raised_it_does_not_approve_what_another_asked_for(desk: Desk, manager: str) -> None:
    boss = person("lao", "management")
    number = desk.dispute(desk.invoice(MOST + 1), actor=boss)
    request = asked(desk, number, actor=manager)
    with pytest.raises(Refusal):
        approve(request, boss)
    assert approve(request, person("lin", "management"))


def test_split_grants_add_up_over_the_window_and_over_customers_that_are_one(desk: Desk, manager: str) -> None:
    first, second = desk.dispute(desk.invoice(MOST)), desk.dispute(desk.invoice(MOST, customer_id=desk.other.id))
    assert isinstance(desk.resolve(first, "credit_note", MOST - 100, actor=manager), Credit)
    # Another customer's, until they are one.
    assert isinstance(desk.resolve(second, "credit_note", 101, actor=manager), Credit)
    merge_customers(from_id=desk.other.id, into_id=desk.customer.id, reason="同一家", actor="tester", at=AT)
    third = desk.dispute(desk.invoice(1_00))
    request = asked(desk, third, 1, actor=manager)
    assert rows_of([request_record(request)])[0].role == "management"
    # What waits counts too, and after thirty days what was granted no more.
    assert asked(desk, desk.dispute(desk.invoice(1_00)), 1, actor=manager)
    late = desk.dispute(desk.invoice(1_00), at=AT + 31 * DAY)
    assert isinstance(desk.resolve(late, "credit_note", 1, actor=manager, at=AT + 31 * DAY), Credit)


def test_a_credit_that_was_reversed_gave_nothing(desk: Desk, manager: str) -> None:
    credit = desk.resolve(desk.dispute(desk.invoice(MOST)), "credit_note", MOST, actor=manager)
    assert isinstance(credit, Credit)
    reverse_settlement(settlement_id=credit.settlement_id, reason="wrong", actor="tester", at=AT)
    reverse_item(item_id=credit.item_id, reason="wrong", actor="tester", at=AT)
    assert isinstance(desk.resolve(desk.dispute(desk.invoice(1_00)), "credit_note", actor=manager), Credit)


def test_what_changes_meanwhile_is_not_done(desk: Desk, manager: str) -> None:
    boss = person("lao", "management")
    claim = desk.invoice(MOST + 1)
    number = desk.dispute(claim)
    request = asked(desk, number, actor=manager)
    assert refused(lambda: asked(desk, number, actor=manager)) == "request_waits_already"
    desk.settle(desk.post("receipt", 1_00), claim, 1_00, "2026-11-02")
    assert refused(lambda: approve(request, boss)) == "dispute_grant_bad"
    return_request(request_id=request, comment="已部分付款", actor=boss, at=AT)
    assert isinstance(desk.resolve(number, "credit_note", MOST - 99, actor=manager), Credit)


def test_ended_otherwise_what_waits_is_void(desk: Desk, manager: str) -> None:
    boss = person("lao", "management")
    number = desk.dispute(desk.invoice(MOST + 1))
    request = asked(desk, number, actor=manager)
    desk.resolve(number, "withdrawn", note="")
    assert state_of(request) == "void"
    reopen_dispute(doing(number))
    another = asked(desk, number, actor=manager)
    # Words that came since are not what was shown.
    add_evidence(doing(number))
    assert refused(lambda: approve(another, boss)) == "request_shown_has_changed"


def test_a_currency_without_a_rate_cannot_be_compared(desk: Desk, manager: str) -> None:
    abroad = desk.dispute(desk.invoice(100_00, currency="USD"))
    assert refused(lambda: desk.resolve(abroad, "credit_note", actor=manager)) == "dispute_grant_without_rate"
    # Whoever operates the machine is measured by nothing.
    assert isinstance(desk.resolve(abroad, "credit_note"), Credit)


def test_the_kind_is_one_of_those_that_are_decided(desk: Desk, manager: str) -> None:
    request = request_record(asked(desk, desk.dispute(desk.invoice(MOST + 1)), actor=manager))
    assert (request.kind, request.customer_id, request.amount) == (GRANT, desk.customer.id, MOST + 1)
