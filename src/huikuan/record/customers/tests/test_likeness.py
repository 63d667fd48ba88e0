"""Who may be one and the same; and a tree of groups that never closes into a circle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.domain.likeness import Named, bare, pairs
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import CustomerGroup
from huikuan.record.customers.operations import create_customer, create_group, move_group
from huikuan.record.customers.queries import groups
from huikuan.record.customers.queries.quality import look_alikes

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BY = {"actor": "zhou", "at": AT}
ONE, OTHER = "91350100M000100Y43", "91320999MA8EK71K2R"


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("海岳风电设备（盐城）有限公司", "海岳风电设备盐城"),
        ("海岳风电设备(盐城) 有限责任公司", "海岳风电设备盐城"),
        ("Norvik Marine Systems AS", "norvikmarinesystems"),
        ("Norvik Marine Systems Co., Ltd.", "norvikmarinesystems"),
        ("Astra Corp", "astra"),
        ("有限公司", ""),
    ],
)
def test_a_name_is_compared_without_its_legal_form(name: str, left: str) -> None:
    assert bare(name) == left


def found(*customers: Named) -> list[tuple[int, int, str, bool]]:
    return [(one.left, one.right, one.reason, one.codes_differ) for one in pairs(customers)]


def named(number: int, name: str, *others: str, uscc: str = "") -> Named:
    return Named(number, name, others, uscc)


def test_each_reason_and_its_limits() -> None:
    yancheng = named(1, "海岳风电设备（盐城）有限公司", "海岳风电")
    assert found(yancheng, named(2, "海岳风电设备(盐城)有限责任公司")) == [(1, 2, "same_name", False)]
    assert found(yancheng, named(2, "另一家", "海岳风电有限公司")) == [(1, 2, "other_name", False)]
    assert found(yancheng, named(2, "海岳风电有限公司")) == [(1, 2, "other_name", False)]
    assert found(yancheng, named(2, "海岳风电设备（包头）有限公司")) == [], "a sister in another place"
    near = named(2, "江临精工装备制造有限公司")
    assert found(named(1, "江临精工装备制造厂有限公司"), near) == [(1, 2, "similar", False)]
    assert found(named(1, "甲", uscc=ONE), named(2, "乙", uscc=ONE)) == [(1, 2, "same_code", False)]


def test_codes_that_differ_silence_a_likeness_and_are_said_beside_a_same_name() -> None:
    left, right = "江临精工装备制造厂有限公司", "江临精工装备制造有限公司"
    assert found(named(1, left, uscc=ONE), named(2, right, uscc=OTHER)) == []
    assert found(named(1, left, uscc=ONE), named(2, left, uscc=OTHER)) == [(1, 2, "same_name", True)]
    three = (named(1, left, uscc=ONE), named(2, left, uscc=OTHER), named(3, left))
    assert [pair[3] for pair in found(*three)] == [False, False, True], "those that differ come last"


def test_many_of_one_name_are_told_each_once_with_the_first() -> None:
    few = [named(number, "江临精工有限公司") for number in range(10)]
    assert len(found(*few)) == 45
    many = [named(number, "江临精工有限公司", uscc=ONE) for number in range(2_000)]
    assert found(*reversed(many)) == [(number, 1_999, "same_code", False) for number in range(1_999)]
    assert found(*many) == [(0, number, "same_code", False) for number in range(1, 2_000)]


@given(st.lists(st.sampled_from(["甲乙丙丁", "甲乙丙戊", "甲乙（南）", "ABC Ltd", "abc co."]), max_size=8))
def test_a_pair_is_told_once_and_whatever_the_order(names: list[str]) -> None:
    customers = [named(number, name) for number, name in enumerate(names)]
    told = found(*customers)
    assert len({pair[:2] for pair in told}) == len(told)
    assert sorted(found(*reversed(customers))) == sorted(told)
    assert all(left < right for left, right, *_ in told)


@pytest.mark.django_db
def test_only_the_scopes_customers_are_compared() -> None:
    for code, name in (("A", "海岳有限公司"), ("B", "海岳股份有限公司")):
        create_customer(master=Master(code, name), **BY)
    ((pair, left, right),) = look_alikes(scope=EVERYTHING)
    assert (pair.reason, left.code, right.code) == ("same_name", "A", "B")
    assert look_alikes(scope=NOTHING) == []


@pytest.mark.django_db
def test_a_group_moves_with_all_below_it_and_never_below_itself() -> None:
    for code, parent in (("A", ""), ("B", "A"), ("C", "B")):
        create_group(code=code, name=f"集团 {code}", parent_code=parent, **BY)
    before = Event.objects.count()
    for code, parent, refusal in (
        ("A", "C", "group_cycle"),
        ("A", "A", "group_cycle"),
        ("A", "X", "group_unknown"),
        ("", "A", "group_unknown"),
    ):
        with pytest.raises(Refusal) as caught:
            move_group(code=code, parent_code=parent, **BY)
        assert caught.value.code == refusal
    assert dict(CustomerGroup.objects.values_list("code", "parent__code")) == {"A": None, "B": "A", "C": "B"}
    assert Event.objects.count() == before
    move_group(code="C", parent_code="A", **BY)
    move_group(code="C", parent_code="A", **BY)
    assert [(row.code, row.parent) for row in groups()] == [("A", ""), ("B", "A"), ("C", "A")]
    assert Event.objects.count() == before + 1, "the second said nothing new"
    move_group(code="C", parent_code="", **BY)
    assert groups()[2].parent == ""


@pytest.mark.django_db
def test_a_group_has_a_code_and_a_name() -> None:
    for code, name in ((" ", "x"), ("X", " ")):
        with pytest.raises(Refusal):
            create_group(code=code, name=name, **BY)
    assert not CustomerGroup.objects.exists()
