"""Saying that two customers are one: what is refused, what is recorded, and how it is taken back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.check import unlike_their_merges, unlike_their_versions
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.domain.merging import names_given
from huikuan.record.customers.models import Customer, CustomerVersion, Merge
from huikuan.record.customers.operations import (
    change_customer,
    create_customer,
    merge_customers,
    merging,
    undo_merge,
)
from huikuan.record.customers.queries import customer, find
from huikuan.record.customers.queries.merging import merged, merges_of, one_with, shown_as
from huikuan.shell.cli import main

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
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


def test_a_company_is_not_merged_with_its_parent(ids: dict[str, int]) -> None:
    change_customer(code="A", version=1, changes={"parent_code": "C"}, **BY)
    refused(lambda: merge(ids, "A", "C"), "merge_parent")
    refused(lambda: merge(ids, "C", "A"), "merge_parent")


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
    assert main(["customer", "merge", "A", "C", "--reason", "x"]) == 1
    assert "B" in capsys.readouterr().err
    assert main(["customer", "unmerge", str(said["merge"]), "--reason", "看错了", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["undone"] == said["merge"]
    assert main(["customer", "unmerge", str(said["merge"]), "--reason", "看错了"]) == 1
