"""Who pays late on purpose: asked for with evidence, decided by another, shared by customers that are one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import operations as approvals
from huikuan.mechanisms.approvals import queries
from huikuan.mechanisms.approvals.models import ApprovalStep
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Conduct
from huikuan.record.customers.operations import ask_conduct, create_customer, merge_customers, undo_merge
from huikuan.record.customers.queries.conduct import conduct_history, conduct_of, flagged_on

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY, ONE = date(2026, 11, 20), timedelta(days=1)
EVIDENCE = b"judgment of 12 March: paid other suppliers while ours waited"
PEOPLE = {"li": "credit_analyst", "qian": "credit_manager", "zhou": "finance_manager", "chen": "sales"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> int:
    for name, role in PEOPLE.items():
        identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT - ONE)
        identity.grant_role(username=name, role=role, actor="cli:root", at=AT - ONE)
    return create_customer(master=Master("C001", "海岳风电设备（盐城）有限公司"), actor="cli:root", at=AT - ONE)


def ask(customer: int, *, flag: bool = True, actor: str = "li", at: datetime = AT, reason: str = "pays others") -> int:
    return ask_conduct(
        customer_id=customer, flag=flag, reason=reason, content=EVIDENCE, name="judgment.txt", actor=actor, at=at
    )


def approve(request: int, actor: str = "qian", at: datetime = AT) -> None:
    approvals.approve_request(request_id=request, digest=queries.request_record(request).digest, actor=actor, at=at)


def refused(work: Callable[[], object], code: str) -> None:
    before = counted()
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code
    assert counted() == before


def counted() -> tuple[int, ...]:
    return (*(kind.objects.count() for kind in (Conduct, ApprovalStep, Leaf)), queries.ended().count())


def test_a_flag_holds_from_the_day_another_approves_it(customer: int) -> None:
    request = ask(customer)
    assert flagged_on([customer], DAY) == frozenset()
    refused(lambda: approve(request, "li"), "request_own")
    refused(lambda: approve(request, "chen"), "request_not_yours")
    approve(request, at=AT + ONE)
    assert flagged_on([customer], DAY) == frozenset()
    assert flagged_on([customer, customer + 1], DAY + ONE) == {customer}
    row = conduct_of(customer, day=DAY + ONE, scope=EVERYTHING)
    assert row is not None
    assert (row.request_id, row.reason, row.asked_by, row.actor) == (request, "pays others", "li", "qian")
    assert open_original(row.sha256).read_bytes() == EVIDENCE
    assert conduct_of(customer, day=DAY + ONE, scope=NOTHING) is None
    assert conduct_history(customer, scope=NOTHING) == []
    assert Event.objects.filter(kind="customers.conduct_flagged", customer_id=customer).count() == 1


def test_it_is_lifted_the_same_way(customer: int) -> None:
    approve(ask(customer))
    refused(lambda: ask(customer), "conduct_flagged_already")
    lifting = ask(customer, flag=False, reason="paid in full", at=AT + ONE)
    assert flagged_on([customer], DAY + ONE) == {customer}
    approve(lifting, "zhou", at=AT + 2 * ONE)
    assert flagged_on([customer], DAY + ONE) == {customer}
    assert flagged_on([customer], DAY + 2 * ONE) == frozenset()
    told = [(row.flagged, row.actor) for row in conduct_history(customer, scope=EVERYTHING)]
    assert told == [(False, "zhou"), (True, "qian")]
    refused(lambda: ask(customer, flag=False, at=AT + 3 * ONE), "conduct_not_flagged")


def test_what_is_asked_wrongly_is_refused(customer: int) -> None:
    refused(lambda: ask(customer, reason="  "), "conduct_reason_missing")
    refused(lambda: ask(customer, flag=False), "conduct_not_flagged")
    refused(lambda: ask(customer, actor="chen"), "not_permitted")
    ask(customer)
    refused(lambda: ask(customer), "request_waits_already")


def test_customers_that_are_one_are_flagged_together_and_lifted_together(customer: int) -> None:
    other = create_customer(master=Master("C002", "海岳风电"), actor="cli:root", at=AT - ONE)
    approve(ask(other))
    merge = merge_customers(from_id=other, into_id=customer, reason="one firm", actor="cli:root", at=AT)
    assert flagged_on([customer], DAY) == {customer}
    refused(lambda: ask(other, flag=False), "customer_merged")
    approve(ask(customer, flag=False, reason="paid"))
    assert flagged_on([customer, other], DAY) == frozenset()
    undo_merge(merge_id=merge, reason="two firms", actor="cli:root", at=AT)
    assert flagged_on([customer, other], DAY) == frozenset()


def test_a_request_is_void_once_the_customer_is_merged_or_flagged_otherwise(customer: int) -> None:
    other = create_customer(master=Master("C002", "海岳风电"), actor="cli:root", at=AT - ONE)
    first, second = ask(customer), ask(other)
    merge_customers(from_id=other, into_id=customer, reason="one firm", actor="cli:root", at=AT)
    refused(lambda: approve(second), "customer_merged")
    approve(first)
    assert flagged_on([other], DAY) == {other}
