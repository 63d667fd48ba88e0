"""An item's life: opened once, taken, handed on, escalated once, finished or cancelled; who sees it, who may act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import version
from huikuan.mechanisms.work import operations, queries
from huikuan.mechanisms.work.kinds import DONE
from huikuan.mechanisms.work.models import WorkItem, WorkStep
from huikuan.mechanisms.work.policies import WORK
from huikuan.mechanisms.work.queries import Chosen
from huikuan.mechanisms.work.tests.conftest import AT, DAY, KIND, TODAY, Office, inbox, known, person, reader, steps


def refused(work: Callable[[], Any]) -> str:
    """The code it is refused with; nothing is written."""
    before = Leaf.objects.count()
    with pytest.raises(Refusal) as caught:
        work()
    assert Leaf.objects.count() == before
    return caught.value.code


def finish(item: int, actor: str, **more: Any) -> None:
    operations.finish_item(item_id=item, actor=actor, at=AT, **more)


# Opening ------------------------------------------------------------------------------------------


def test_opening_twice_is_opening_once_and_closed_it_may_be_opened_again(office: Office) -> None:
    item = office.open()
    assert office.open() == item
    row = known(item)
    assert (row.role, row.owner, row.escalates_to, row.due_on, row.state) == (
        "credit_analyst", "", "credit_manager", date(2026, 11, 23), "open",
    )  # fmt: skip
    finish(item, "chen", result="reached", note=" rang  twice ")
    row = known(item)
    assert (row.state, row.result, row.note, row.closed_by) == ("finished", "reached", "rang twice", "chen")
    again = office.open()
    assert again != item
    assert list(WorkItem.objects.order_by("pk").values_list("generation", flat=True)) == [1, 2]


def test_a_person_named_is_the_owner_and_a_day_named_the_deadline(office: Office) -> None:
    row = known(office.open(owner="li", due_on=TODAY))
    assert (row.owner, row.role, row.due_on) == ("li", "", TODAY)


def test_a_case_says_whose_it_is_and_who_stands_above(office: Office) -> None:
    row = known(office.open(role="resolver", escalates_to="sales_manager"))
    assert (row.owner, row.role, row.escalates_to) == ("", "resolver", "sales_manager")


def test_an_unknown_kind_is_refused(office: Office) -> None:
    wanted = office.wanted()
    assert refused(lambda: operations.open_item(kind="tests.none", wanted=wanted, at=AT)) == "work_kind_unknown"


def test_every_step_is_told(office: Office) -> None:
    item = office.open()
    operations.take_item(item_id=item, actor="chen", at=AT)
    finish(item, "chen")
    told = Event.objects.filter(kind__startswith="work.").order_by("pk")
    assert [(one.kind, one.payload["item"], one.customer_id) for one in told] == [
        (f"work.{what}", item, office.first) for what in ("opened", "taken", "finished")
    ]


# What is wanted now -------------------------------------------------------------------------------


def keep(office: Office, *keys: str) -> dict[str, int]:
    return operations.keep_items(kind=KIND, wanted=[office.wanted(key) for key in keys], at=AT)


def test_the_items_of_a_kind_are_kept_as_they_are_wanted(office: Office) -> None:
    assert keep(office, "a", "b") == {"opened": 2, "cancelled": 0}
    assert keep(office, "a", "b") == {"opened": 0, "cancelled": 0}
    finish(WorkItem.objects.get(key="a").pk, "chen")
    assert keep(office, "a", "b", "c") == {"opened": 1, "cancelled": 0}, "what was finished is not asked again"
    assert keep(office, "c") == {"opened": 0, "cancelled": 1}
    states = {one.key: known(one.pk).state for one in WorkItem.objects.all()}
    assert states == {"a": "finished", "b": "cancelled", "c": "open"}
    assert WorkStep.objects.get(step="cancelled").actor == SYSTEM


def test_what_is_closed_is_not_cancelled(office: Office) -> None:
    item = office.open()
    finish(item, "chen")
    assert operations.cancel_items(kind=KIND, keys=["a", "none"], because="", at=AT) == []
    assert known(item).state == "finished"


# Whose it is --------------------------------------------------------------------------------------


def test_an_inbox_holds_ones_own_and_ones_roles(office: Office) -> None:
    role, own, later = office.open(), office.open("b", owner="li"), office.open("c", owner="chen", due_on=TODAY)
    assert inbox("chen") == [later, role]
    assert inbox("qian") == [role]
    assert inbox("li") == [own]
    assert inbox("wang") == inbox("sun") == []
    assert queries.count_mine(reader("chen")) == 2


def test_a_reader_sees_items_of_customers_they_reach(office: Office) -> None:
    first, second = office.open(), office.open("b", customer=office.second)
    assert inbox("li", show="all") == [first]
    assert inbox("wang", show="all") == [second]
    assert inbox("sun", show="all") == [first, second]
    for name, item in (("li", second), ("wang", first)):
        with pytest.raises(Refusal) as caught:
            queries.item(item, scope=reader(name).scope)
        assert caught.value.code == "work_item_unknown"


def test_what_is_about_no_customer_is_for_those_who_see_the_company_whole(office: Office) -> None:
    person("north", "credit_analyst", reach="own")
    item = operations.open_item(kind=KIND, wanted=operations.Wanted("x", office.company, None, {"why": "?"}), at=AT)
    assert inbox("chen") == [item]
    assert inbox("north") == inbox("li", show="all") == []


def test_what_is_about_a_customer_of_no_company_is_for_whoever_sees_the_customer(office: Office) -> None:
    company_alone = person("north", "credit_analyst", company="MAIN")
    wanted = operations.Wanted("x", None, office.second, {"why": "?"})
    item = operations.open_item(kind=KIND, wanted=wanted, at=AT)
    assert inbox("chen") == inbox(company_alone) == inbox("wang", show="all") == [item]
    assert inbox("li", show="all") == []
    assert refused(lambda: finish(item, "li")) == "work_item_unknown"
    finish(item, company_alone)


def test_taken_it_is_in_no_other_inbox(office: Office) -> None:
    item = office.open()
    operations.take_item(item_id=item, actor="chen", at=AT)
    assert (inbox("chen"), inbox("qian")) == ([item], [])
    assert refused(lambda: operations.take_item(item_id=item, actor="qian", at=AT)) == "work_not_yours"
    assert refused(lambda: finish(item, "qian")) == "work_not_yours"
    finish(item, "chen")
    assert inbox("chen") == []
    assert refused(lambda: finish(item, "chen")) == "work_item_over"


def test_out_of_reach_is_as_not_there(office: Office) -> None:
    item = office.open(customer=office.second)
    assert refused(lambda: finish(item, "li")) == "work_item_unknown"
    assert refused(lambda: finish(item + 99, "li")) == "work_item_unknown"
    assert refused(lambda: finish(item, "nobody")) == "work_item_unknown"


def test_handed_to_a_person_or_a_role(office: Office) -> None:
    item = office.open()

    def hand(**to: str) -> None:
        operations.hand_item(item_id=item, actor="chen", at=AT, **to)

    for bad in ({}, {"to": "li", "role": "sales"}, {"role": "wizard"}):
        assert refused(lambda bad=bad: hand(**bad)) == "work_hand_to_whom"
    assert refused(lambda: hand(to="wang")) == "work_hand_unseen", "another's customer"
    assert refused(lambda: hand(to="nobody")) == "work_hand_unseen"
    hand(to="li", note="your customer")
    assert (inbox("li"), inbox("chen")) == ([item], [])
    operations.hand_item(item_id=item, role="credit_manager", actor="li", at=AT)
    assert (inbox("sun"), inbox("li")) == ([item], [])
    assert [one.note for one in queries.history(item)] == ["your customer", ""]


def test_a_result_the_kind_does_not_know_is_refused(office: Office) -> None:
    item = office.open()
    assert refused(lambda: finish(item, "chen", result="paid")) == "work_result_unknown"


def test_whoever_operates_the_machine_may_finish_and_a_user_named_there_is_that_user(office: Office) -> None:
    item, other = office.open(), office.open("b", owner="li")
    assert refused(lambda: finish(other, "cli:chen")) == "work_not_yours"
    finish(item, "cli:root")
    finish(other, "cli:li")
    assert (known(item).closed_by, known(other).closed_by) == ("cli:root", "cli:li")


def test_several_are_finished_together_or_none(office: Office) -> None:
    mine, also, others = office.open(), office.open("b"), office.open("c", owner="li")

    def finish_all(*items: int) -> int:
        return operations.finish_items(item_ids=items, result=DONE, note="all", actor="chen", at=AT)

    assert refused(lambda: finish_all(mine, also, others)) == "work_not_yours"
    assert finish_all(mine, also) == 2
    assert {known(one).state for one in (mine, also)} == {"finished"}


# Late ---------------------------------------------------------------------------------------------


def test_what_is_late_goes_to_the_role_above_once(office: Office) -> None:
    item, free = office.open(), office.open("b", owner="li", due_on=date(2026, 12, 9))
    assert operations.tend_items(at=AT + 3 * DAY) == 0, "on the day itself it is not late"
    assert operations.tend_items(at=AT + 4 * DAY) == 1
    assert operations.tend_items(at=AT + 9 * DAY) == 0
    assert steps(item) == ["escalated"]
    assert (inbox("sun"), inbox("chen")) == ([item], [item]), "whoever had it keeps it"
    operations.hand_item(item_id=item, to="qian", actor="sun", at=AT + 5 * DAY)
    assert operations.tend_items(at=AT + 9 * DAY) == 0, "handed on it does not go up again"
    assert inbox("qian") == inbox("sun") == [item]
    assert steps(free) == []
    finish(item, "sun")
    assert operations.tend_items(at=AT + 40 * DAY) == 1
    assert steps(free) == ["escalated"]


def test_the_policy_says_days_role_and_role_above(office: Office) -> None:
    document = {"kinds": {KIND: {"days": 1, "role": "collector", "escalates_to": "finance_manager"}}}
    number = policies.draft(kind=WORK.name, company_id=office.company, document=document, actor="chen", at=AT)
    policies.approve(version_id=number, digest=version(number).digest, actor="sun", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="sun", at=AT)
    row = known(office.open())
    assert (row.role, row.due_on, row.escalates_to) == ("collector", date(2026, 11, 21), "finance_manager")
    assert WorkItem.objects.get().policy_id == number


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kinds": []},
        {"kinds": {"tests.call": {}}},
        {"kinds": {"tests.call": {"days": -1}}},
        {"kinds": {"tests.call": {"days": True}}},
        {"kinds": {"tests.call": {"role": "wizard"}}},
        {"kinds": {"tests.call": {"role": ""}}},
        {"kinds": {"tests.call": {"hours": 3}}},
        {"kinds": {}, "more": 1},
    ],
)
def test_a_policy_that_says_nothing_sensible_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        WORK.check(document)
    assert caught.value.code == "policy_document_bad"
    assert caught.value.where


# Lists --------------------------------------------------------------------------------------------


def test_pages_follow_one_another_by_deadline(office: Office) -> None:
    days = [date(2026, 11, 25), date(2026, 11, 18), date(2026, 11, 25), date(2026, 11, 19)]
    items = [office.open(str(number), due_on=day) for number, day in enumerate(days)]
    wanted = [items[1], items[3], items[0], items[2]]
    found, after = [], ""
    for _ in wanted:
        page = queries.items_page(Chosen(), reader("chen"), after=after, limit=1)
        found += [row.id for row in page.rows]
        after = page.next
        assert page.count == 4
    assert (found, after) == (wanted, "")
    assert [row.id for row in queries.every_item(Chosen(), reader("chen"))] == wanted
    assert inbox("chen", show="late") == wanted[:2]
    assert inbox("chen", kind="tests.other") == []
    for item in items[:2]:
        finish(item, "chen")
    assert inbox("chen", show="closed") == [items[1], items[0]]
    assert queries.items_page(Chosen(), reader("chen"), after="nonsense", limit=9).rows[0].id == items[3]
