"""Whose a customer is as of a day, by the domain's rule and by the database's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.customers import queries
from huikuan.record.customers.domain.affiliations import Dated, governing
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.domain.tree import chain_above, cycle_in
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.customers.operations import affiliate, create_customer, create_group

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BY = {"actor": "zhou", "at": AT}
START = date(2026, 1, 1)
DAYS = st.integers(0, 12).map(lambda number: START + timedelta(days=number))
OWNERS = st.sampled_from(["李沅", "何渝", "郑可", ""])
STATEMENTS = st.lists(st.tuples(DAYS, OWNERS), max_size=12)


class Aside(Exception):
    """Ends an example and takes back what it wrote."""


def aside(work: Callable[[], None]) -> None:
    """Run `work` in a transaction that is taken back: examples do not see each other."""
    with contextlib.suppress(Aside), transaction.atomic():
        work()
        raise Aside


@given(STATEMENTS, DAYS)
def test_the_latest_effective_row_governs_and_of_one_day_the_last_recorded(
    stated: list[tuple[date, str]], day: date
) -> None:
    rows = [Dated(since, (1, place), value) for place, (since, value) in enumerate(stated)]
    by_day = dict(stated)
    effective = [since for since in by_day if since <= day]
    assert governing(rows, day) == (by_day[max(effective)] if effective else "")


@given(STATEMENTS, DAYS, DAYS)
def test_a_later_effective_row_changes_no_earlier_day(stated: list[tuple[date, str]], added: date, day: date) -> None:
    rows = [Dated(since, (1, place), value) for place, (since, value) in enumerate(stated)]
    later = [*rows, Dated(added, (2, 0), "新")]
    assert (governing(later, day) == governing(rows, day)) or day >= added


@pytest.mark.django_db
@pytest.mark.sealed
@settings(max_examples=200 if os.environ.get("HUIKUAN_PROVE") else 10, deadline=None)
@given(STATEMENTS)
def test_the_database_answers_as_the_domain_does(stated: list[tuple[date, str]]) -> None:
    def work() -> None:
        ids = [create_customer(master=Master(code, code), **BY) for code in ("A", "B")]
        affiliate(customer_id=ids[1], dimension="owner", value="别人", effective_on=START, **BY)
        for since, value in stated:
            affiliate(customer_id=ids[0], dimension="owner", value=value, effective_on=since, **BY)
        rows = [Dated(since, (1, place), value) for place, (since, value) in enumerate(stated)]
        for number in range(-1, 14):
            day = START + timedelta(days=number)
            answer = queries.affiliation_as_of(day, dimension="owner", customer_ids=[ids[0]])
            assert answer.get(ids[0], "") == governing(rows, day)
            assert queries.affiliations_of(ids[0], day).get("owner", "") == governing(rows, day)
            assert queries.belongings(ids, day).get(ids[0], {}).get("owner", "") == governing(rows, day)
            for value in ("李沅", ""):
                found = queries.belonging(Customer.objects.all(), dimension="owner", value=value, day=day)
                assert found.filter(pk=ids[0]).exists() == (governing(rows, day) == value)

    aside(work)


@pytest.mark.django_db
class TestAffiliate:
    def test_a_hand_over_changes_reports_from_its_day_only(self) -> None:
        customer_id = create_customer(master=Master("A", "A"), **BY)
        for since, owner in ((date(2025, 1, 1), "李沅"), (date(2026, 7, 1), "何渝")):
            assert affiliate(customer_id=customer_id, dimension="owner", value=owner, effective_on=since, **BY) == 1
        owners = {
            day: queries.affiliation_as_of(day, dimension="owner").get(customer_id)
            for day in (date(2024, 12, 31), date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        }
        assert list(owners.values()) == [None, "李沅", "李沅", "何渝"]

    def test_a_late_backdated_row_is_unknown_to_an_earlier_horizon(self) -> None:
        customer_id = create_customer(master=Master("A", "A"), **BY)
        affiliate(customer_id=customer_id, dimension="owner", value="李沅", effective_on=START, **BY)
        horizon = Affiliation.objects.get().tx + 1
        # In one test transaction PostgreSQL numbers all facts alike, so the horizon is taken from the facts.
        affiliate(customer_id=customer_id, dimension="owner", value="何渝", effective_on=START, **BY)
        now = queries.affiliation_as_of(START, dimension="owner")
        assert now == {customer_id: "何渝"}
        latest = Affiliation.objects.order_by("id").last()
        if latest.tx >= horizon:
            then = queries.affiliation_as_of(START, dimension="owner", known_before=horizon)
            assert then == {customer_id: "李沅"}

    def test_an_item_may_belong_elsewhere_than_its_customer(self) -> None:
        customer_id = create_customer(master=Master("A", "A"), **BY)
        affiliate(customer_id=customer_id, dimension="owner", value="李沅", effective_on=START, **BY)
        affiliate(customer_id=customer_id, item_id=9, dimension="owner", value="何渝", effective_on=START, **BY)
        assert queries.affiliation_as_of(START, dimension="owner") == {customer_id: "李沅"}
        assert queries.item_affiliation_as_of(START, dimension="owner") == {9: "何渝"}

    def test_refusals_write_nothing(self) -> None:
        customer_id = create_customer(master=Master("A", "A"), **BY)
        create_group(code="G", name="G", **BY)
        day = {"effective_on": START, **BY}
        refused = {
            "customer_unknown": {"customer_id": customer_id + 1, "dimension": "owner", "value": "李沅"},
            "dimension_unknown": {"customer_id": customer_id, "dimension": "colour", "value": "red"},
            "group_unknown": {"customer_id": customer_id, "dimension": "group", "value": "X"},
            "affiliation_too_long": {"customer_id": customer_id, "dimension": "owner", "value": "名" * 101},
        }
        for code, wrong in refused.items():
            with pytest.raises(Refusal) as caught:
                affiliate(**wrong, **day)
            assert caught.value.code == code
        assert Affiliation.objects.count() == 0
        assert affiliate(customer_id=customer_id, dimension="group", value="G", **day) == 1


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 8), max_size=9))
def test_a_cycle_is_found_exactly_when_a_walk_never_ends(parents: dict[int, int]) -> None:
    def endless(node: int) -> bool:
        for _ in range(len(parents) + 1):
            if node not in parents:
                return False
            node = parents[node]
        return True

    circle = cycle_in(parents)
    assert bool(circle) == any(endless(node) for node in parents)
    for child, parent in zip(circle, [*circle[1:], *circle[:1]], strict=True):
        assert parents[child] == parent


def test_the_chain_above() -> None:
    parents = {"A": "B", "B": "C"}
    assert chain_above("A", parents) == ["B", "C"]
    assert chain_above("C", parents) == []
    assert chain_above("A", {"A": "B", "B": "A"}) == ["B", "A"]
