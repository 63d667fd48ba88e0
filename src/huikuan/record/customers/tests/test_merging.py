"""Saying that two customers are one: what is refused, what is recorded, and how it is taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.check import unlike_their_merges, unlike_their_versions
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.documents import Paper
from huikuan.record.customers.domain.master import CUSTOMER, PROSPECT, Master
from huikuan.record.customers.domain.merging import names_given
from huikuan.record.customers.models import Customer, CustomerVersion, Merge
from huikuan.record.customers.operations import (
    add_contact,
    add_document,
    affiliate,
    become_customers,
    call_off_hand_over,
    change_care,
    change_customer,
    create_customer,
    draw_up_hand_over,
    merge_customers,
    merging,
    undo_merge,
)
from huikuan.record.customers.queries import affiliation_as_of, customer, find, seen, standing_seen
from huikuan.record.customers.queries.documents import expiring, kinds_held
from huikuan.record.customers.queries.merging import ever_one_with, merged, merges_of, one_with, shown_as
from huikuan.record.customers.queries.people import care_by_customer, care_held, customers_with_contact
from huikuan.record.customers.queries.quality import quality_of
from huikuan.shell.cli import main

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY = date(2026, 11, 20)
BY: dict[str, Any] = {"actor": "zhou", "at": AT}
ONE_USCC = "91350100M000100Y43"


@pytest.fixture
def ids(db: None) -> dict[str, int]:
    masters = (
        Master("A", "北麓矿业装备", short_name="北麓", former_names=("北麓机械厂",)),
        Master("B", "北麓矿业装备集团有限公司", short_name="北麓"),
        Master("C", "宏朔钢构有限公司"),
    )
    return {master.code: create_customer(master=master, **BY) for master in masters}


def merge(ids: dict[str, int], one: str, into: str, **more: Any) -> int:
    return merge_customers(**{"from_id": ids[one], "into_id": ids[into], "reason": "同一户", **BY, **more})


def counted() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Merge, CustomerVersion, Leaf, Event))


def refused(work: Callable[[], object], code: str) -> Refusal:
    before, rows = counted(), list(Customer.objects.order_by("pk").values())
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code
    assert (counted(), list(Customer.objects.order_by("pk").values())) == (before, rows)
    return caught.value


def test_merged_is_shown_under_the_other_which_takes_its_names(ids: dict[str, int]) -> None:
    merge_id = merge(ids, "A", "B")
    into = customer("B", scope=EVERYTHING)
    # Its short name is the other's already.
    assert into.former_names == ("北麓矿业装备", "北麓机械厂")
    assert (into.name, into.version) == ("北麓矿业装备集团有限公司", 2)
    assert customer("A", scope=EVERYTHING).merged_into_id == ids["B"]
    assert merged() == {ids["A"]: ids["B"]}
    assert shown_as(ids["A"]) == shown_as(ids["B"]) == ids["B"]
    assert one_with(ids["A"]) == one_with(ids["B"]) == {ids["A"], ids["B"]}
    (row,) = merges_of(ids["B"])
    assert (row.id, row.from_code, row.into_code, row.reason, row.standing) == (merge_id, "A", "B", "同一户", True)
    assert {one.code for one in find("北麓机械厂", scope=EVERYTHING)} == {"A", "B"}
    told = Event.objects.get(kind="customers.merged")
    assert (told.customer_id, told.payload) == (ids["B"], {"merge_id": merge_id, "code": "A", "into": "B"})
    assert [*unlike_their_merges(), *unlike_their_versions()] == []


def test_undone_both_are_as_before(ids: dict[str, int]) -> None:
    before = {code: asdict(customer(code, scope=EVERYTHING)) for code in "AB"}
    merge_id = merge(ids, "A", "B")
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    assert merged() == {}
    after = {code: asdict(customer(code, scope=EVERYTHING)) for code in "AB"}
    assert {**after["B"], "version": 1} == before["B"]
    assert after["A"] == before["A"]
    assert [(row.undoes, row.standing) for row in merges_of(ids["A"])] == [(None, False), (merge_id, False)]
    assert list(unlike_their_merges()) == []
    # And again.
    merge(ids, "A", "B")
    assert merged() == {ids["A"]: ids["B"]}


def test_a_prospect_is_one_no_longer_once_a_customer_is_shown_under_it(ids: dict[str, int]) -> None:
    prospect = create_customer(master=Master("P", "新客户有限公司", status=PROSPECT), **BY)
    merge_id = merge({**ids, "P": prospect}, "A", "P")
    assert (customer("P", scope=EVERYTHING).status, customer("A", scope=EVERYTHING).status) == (CUSTOMER, CUSTOMER)
    changed = Event.objects.filter(kind="customers.changed", customer_id=prospect).latest("pk")
    assert changed.payload == {"fields": ["status", "former_names"]}
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    assert customer("P", scope=EVERYTHING).status == CUSTOMER
    assert list(unlike_their_versions()) == []


def test_items_of_a_merged_prospect_make_a_customer_of_the_one_it_is_shown_under(ids: dict[str, int]) -> None:
    masters = [Master(code, f"新客户{code}有限公司", status=PROSPECT) for code in "PQ"]
    one, into = (create_customer(master=master, **BY) for master in masters)
    merge({"P": one, "Q": into}, "P", "Q")
    assert customer("Q", scope=EVERYTHING).status == PROSPECT
    assert become_customers([one], batch_id=None, **BY) == 2
    assert {customer(code, scope=EVERYTHING).status for code in "PQ"} == {CUSTOMER}
    assert customer("C", scope=EVERYTHING).version == 1
    assert list(unlike_their_versions()) == []


def test_names_of_its_own_stay_when_a_merge_is_undone(ids: dict[str, int]) -> None:
    merge_id = merge(ids, "A", "B")
    change_customer(code="B", version=2, changes={"name": "北麓集团"}, **BY)
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    assert customer("B", scope=EVERYTHING).former_names == ("北麓矿业装备集团有限公司",)


@pytest.mark.django_db(transaction=True)
def test_what_was_known_before_stays_known(ids: dict[str, int]) -> None:
    merge_id = merge(ids, "A", "B")
    first = Merge.objects.get(pk=merge_id).tx
    assert merged(first) == {}
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    second = Merge.objects.get(reversal_of=merge_id).tx
    assert merged(second) == {ids["A"]: ids["B"]}
    assert one_with(ids["A"], first) == {ids["A"]}


def test_what_cannot_be_one_is_refused(ids: dict[str, int]) -> None:
    refused(lambda: merge(ids, "A", "A"), "merge_with_itself")
    refused(lambda: merge(ids, "A", "B", into_id=10**6), "customer_unknown")
    refused(lambda: merge(ids, "A", "B", reason=" "), "merge_reason_missing")
    merge_id = merge(ids, "A", "B")
    repeat = refused(lambda: merge(ids, "A", "B"), "merge_elsewhere")
    assert repeat.params == {"customer": "A", "into": "B"}
    assert refused(lambda: merge(ids, "A", "C"), "merge_elsewhere").params == {"customer": "A", "into": "B"}
    refused(lambda: merge(ids, "C", "A"), "merge_elsewhere")
    assert refused(lambda: merge(ids, "B", "C"), "merge_chain").params == {"customer": "B", "codes": "A"}
    refused(lambda: undo_merge(merge_id=10**6, reason="x", **BY), "merge_unknown")
    refused(lambda: undo_merge(merge_id=merge_id, reason="", **BY), "merge_reason_missing")
    undo = undo_merge(merge_id=merge_id, reason="看错了", **BY)
    refused(lambda: undo_merge(merge_id=merge_id, reason="x", **BY), "merge_undone_already")
    refused(lambda: undo_merge(merge_id=undo, reason="x", **BY), "merge_unknown")


def test_a_company_is_not_merged_with_one_above_it(ids: dict[str, int]) -> None:
    change_customer(code="A", version=1, changes={"parent_code": "C"}, **BY)
    change_customer(code="C", version=1, changes={"parent_code": "B"}, **BY)
    for one, into in (("A", "C"), ("C", "A"), ("A", "B"), ("B", "A")):
        refused(lambda one=one, into=into: merge(ids, one, into), "merge_parent")


def test_who_was_ever_one_with_whom(ids: dict[str, int]) -> None:
    first = merge(ids, "A", "B")
    undo_merge(merge_id=first, reason="看错了", **BY)
    merge(ids, "C", "B")
    assert one_with(ids["A"]) == {ids["A"]}
    assert ever_one_with(ids["A"]) == ever_one_with(ids["B"]) == ever_one_with(ids["C"]) == set(ids.values())
    lone = create_customer(master=Master("D", "别家"), **BY)
    assert ever_one_with(lone) == {lone}


LICENCE = Paper("licence", "营业执照", date(2016, 12, 1), date(2026, 12, 1))
GU = Contact(name="顾明", position="财务部", phone="000-1234 5678", email="gu@example.com")


def tell_of(customer_id: int, address: str) -> None:
    """Somebody to turn to, a licence that expires soon, and where statements go."""
    add_contact(customer_id=customer_id, contact=GU, **BY)
    add_document(customer_id=customer_id, paper=LICENCE, content=b"scan", name="执照.pdf", **BY)
    change_care(customer_id=customer_id, version=0, care=Care(delivery_address=address), **BY)


def test_what_is_known_of_the_merged_one_counts_for_the_other_until_it_says_so_itself(ids: dict[str, int]) -> None:
    tell_of(ids["A"], "甲路 1 号")

    def lacking(code: str) -> set[str]:
        return set(quality_of([customer(code, scope=EVERYTHING)], DAY)[ids[code]].completeness.lacking)

    before = lacking("B")
    assert {"contact", "licence", "address"} <= before
    merge_id = merge(ids, "A", "B")
    assert lacking("B") == before - {"contact", "licence", "address"}
    assert [row.customer_code for row in expiring(scope=EVERYTHING, day=DAY)] == ["B"]
    assert care_held(ids["B"]).care == Care(delivery_address="甲路 1 号")
    # A change is made on what its own care says: nothing as yet.
    assert care_held(ids["B"]).version == 0
    change_care(customer_id=ids["B"], version=0, care=Care(delivery_address="乙路 2 号"), **BY)
    assert (care_held(ids["B"]).care.delivery_address, care_by_customer()[ids["B"]].delivery_address) == (
        "乙路 2 号",
    ) * 2
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    assert lacking("B") == before - {"address"}
    assert [row.customer_code for row in expiring(scope=EVERYTHING, day=DAY)] == ["A"]
    assert care_held(ids["A"]).care.delivery_address == "甲路 1 号"


def test_many_are_asked_as_one_is(ids: dict[str, int]) -> None:
    """Of everybody the same comes out as of those named."""
    tell_of(ids["A"], "甲路 1 号")
    merge(ids, "A", "B")
    whose = sorted(ids.values())
    for asked in (care_by_customer, customers_with_contact):
        everybody, named = asked(), asked(whose)
        assert everybody == named
        assert ids["B"] in named
    assert kinds_held(None, DAY) == kinds_held(whose, DAY) == {ids["B"]: {"licence"}}


def test_a_merged_customer_is_said_nobodys_but_the_others(ids: dict[str, int]) -> None:
    since = {"effective_on": DAY, **BY}
    affiliate(customer_id=ids["A"], dimension="region", value="华北", **since)
    affiliate(customer_id=ids["B"], dimension="region", value="华东", **since)
    merge_id = merge(ids, "A", "B")
    said = {"customer_id": ids["A"], "dimension": "region", "value": "西南", **since}
    assert refused(lambda: affiliate(**said), "customer_merged").params == {"customer": "A", "into": "B"}
    assert affiliation_as_of(DAY, dimension="region") == {ids["B"]: "华东"}
    undo_merge(merge_id=merge_id, reason="看错了", **BY)
    assert affiliation_as_of(DAY, dimension="region") == {ids["A"]: "华北", ids["B"]: "华东"}


def test_who_is_named_by_an_open_hand_over_is_neither_merged_nor_made_two(ids: dict[str, int]) -> None:
    """What both sign is what they were shown: nothing joins it and nothing leaves it meanwhile."""
    for code in "AB":
        affiliate(customer_id=ids[code], dimension="owner", value="李沅", effective_on=date(2020, 1, 1), **BY)

    def drawn_up() -> int:
        lines = [{"customer_id": ids["B"], "items": [], "sums": []}]
        return draw_up_hand_over(
            from_owner="李沅", to_owner="尹川", customer_ids=[ids["B"]], effective_on=DAY, lines=lines, reason="", **BY
        )

    first = drawn_up()
    refused(lambda: merge(ids, "A", "B"), "hand_over_twice")
    refused(lambda: merge(ids, "B", "A"), "hand_over_twice")
    call_off_hand_over(hand_over_id=first, reason="先合并", **BY)
    merge_id = merge(ids, "A", "B")
    drawn_up()
    refused(lambda: undo_merge(merge_id=merge_id, reason="看错了", **BY), "hand_over_twice")


def test_a_list_as_known_before_shows_both(ids: dict[str, int]) -> None:
    merge(ids, "A", "B")
    known = Merge.objects.get().tx
    everybody = seen(EVERYTHING)
    assert {one.code for one in standing_seen(everybody, known)} == {"A", "B", "C"}
    assert {one.code for one in standing_seen(everybody)} == {"B", "C"}


def test_two_valid_codes_that_differ_are_merged_when_confirmed(ids: dict[str, int]) -> None:
    for code, uscc in (("A", ONE_USCC), ("C", other_uscc())):
        change_customer(code=code, version=1, changes={"uscc": uscc}, **BY)
    refused(lambda: merge(ids, "A", "C"), "merge_codes_differ")
    merge(ids, "A", "C", confirmed=True)
    assert merged() == {ids["A"]: ids["C"]}


def other_uscc() -> str:
    from huikuan.kernel.identifiers import uscc_problem

    stem = "91320500MA1ABCDE2"
    return next(stem + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc_problem(stem + last) is None)


def test_a_prospect_may_be_merged(ids: dict[str, int]) -> None:
    lead = create_customer(master=Master("P", "宏朔", status="prospect"), **BY)
    merge_customers(from_id=lead, into_id=ids["C"], reason="已成交", **BY)
    assert customer("C", scope=EVERYTHING).former_names == ("宏朔",)


def test_names_are_given_once() -> None:
    one = Master("A", "甲", short_name="乙", english_name="B", former_names=("丙", "丁"))
    into = Master("B", "乙", former_names=("丙",))
    assert names_given(one, into) == ("甲", "B", "丁")
    assert names_given(into, replace(one, former_names=("丙", "丁"))) == ()


def test_a_row_that_says_otherwise_is_found(ids: dict[str, int]) -> None:
    merge(ids, "A", "B")
    Customer.objects.filter(pk=ids["A"]).update(merged_into=None)
    Customer.objects.filter(pk=ids["C"]).update(merged_into=ids["B"])
    into = f"customer {ids['B']}"
    # A row without any fact of a merge is looked at too.
    assert list(unlike_their_merges()) == [(ids["A"], into, "none"), (ids["C"], "none", into)]


def chain_at_once(ids: dict[str, int]) -> list[str]:
    """A into B while B goes into C."""
    outcomes, gate = list[str](), threading.Barrier(2)

    def attempt(one: str, into: str) -> None:
        try:
            gate.wait(20)
            merge(ids, one, into)
            outcomes.append("merged")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=attempt, args=pair) for pair in (("A", "B"), ("B", "C"))]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return sorted(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_merges_at_once_make_no_chain(ids: dict[str, int]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    assert chain_at_once(ids) in (["merge_chain", "merged"], ["merge_elsewhere", "merged"])
    assert len(merged()) == 1


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_customers_a_chain_arises(ids: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: nothing is held, and both look before either writes."""
    if connection.vendor != "postgresql":
        pytest.skip("a claim about concurrency: PostgreSQL only")
    looked, check = threading.Barrier(2), merging.check_merge

    def look(*pair: Any, **more: Any) -> None:
        check(*pair, **more)
        looked.wait(20)

    monkeypatch.setattr(merging, "_held", Customer.objects.in_bulk)
    monkeypatch.setattr(merging, "check_merge", look)
    assert chain_at_once(ids) == ["merged", "merged"]
    assert merged() == {ids["A"]: ids["B"], ids["B"]: ids["C"]}


def test_the_command_line_merges_and_takes_back(ids: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["customer", "merge", "A", "B", "--reason", "同一户", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {
        "merge": said["merge"],
        "customer": "A",
        "merged_into": "B",
        "names": ["北麓矿业装备", "北麓机械厂"],
    }
    assert main(["customer", "show", "A", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["merged_into"] == "B"
    assert main(["customer", "show", "A"]) == 0
    assert main(["customer", "list"]) == 0
    told = capsys.readouterr().out
    assert told.count("已并入 B。") == 2
    assert main(["customer", "merge", "A", "C", "--reason", "x"]) == 1
    assert "B" in capsys.readouterr().err
    assert main(["customer", "unmerge", str(said["merge"]), "--reason", "看错了", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["undone"] == said["merge"]
    assert main(["customer", "unmerge", str(said["merge"]), "--reason", "看错了"]) == 1
