"""Tiers by grade, amount and cycle; what the rule refuses; who changed tier, as of any day."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from huikuan.act.planning.domain.tiers import UNGRADED, Found, Subject, tier_named, tier_of
from huikuan.act.planning.models import TierAssignment
from huikuan.act.planning.operations import tiers as operations
from huikuan.act.planning.operations.tiers import Assigned, assign_tiers
from huikuan.act.planning.policies import TIERS, check_tiers
from huikuan.act.planning.queries.plans import Asking
from huikuan.act.planning.queries.tiers import drift_of, tiers, tiers_seen
from huikuan.act.planning.tests.conftest import AT, TODAY, Plans
from huikuan.judge.rating.queries.grades import Graded
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        (Subject("A", 0, 0), Found("1", "A", 0, 0)),
        # A bound begins the next band: 100,000.00 and 60 days.
        (Subject("A", 99_999_99, 59), Found("1", "A", 0, 0)),
        (Subject("A", 100_000_00, 60), Found("2", "A", 1, 1)),
        (Subject("B", 1_000_000_00, 120), Found("3", "B", 2, 2)),
        # What is not known is taken for the worst.
        (Subject("A", None, None), Found("3", "A", 2, 2)),
        (Subject("", 0, 0), Found("2", UNGRADED, 0, 0)),
        (Subject("AAA", 1_000_000_00, 0), Found("3", UNGRADED, 2, 0)),
    ],
)
def test_the_cell_of_the_matrix(subject: Subject, found: Found) -> None:
    assert tier_of(TIERS.default, subject) == found


def test_what_holds_for_a_tier() -> None:
    told = tier_named(TIERS.default, "3")
    assert told is not None
    assert (told.term_days, told.method, told.measures) == (30, "transfer", "到期前电话确认，逾期上门，新单预付三成")
    assert tier_named(TIERS.default, "9") is None


def spoilt(**said: Any) -> dict[str, Any]:
    return {**deepcopy(dict(TIERS.default)), **said}


@pytest.mark.parametrize(
    "document",
    [
        {}, spoilt(more=1), spoilt(amount_from=[2, 1]), spoilt(amount_from=[1.5]), spoilt(cycle_from="60"),
        spoilt(cycle_from=[True, 2]), spoilt(tiers={}), spoilt(tiers={"1": {"title": "x"}}),
        spoilt(tiers={**TIERS.default["tiers"], "5": {"title": "x", "term_days": -1, "method": "transfer",
                                                      "measures": ""}}),
        spoilt(matrix={"A": TIERS.default["matrix"]["A"]}), spoilt(matrix={UNGRADED: [["1"]]}),
        spoilt(matrix={UNGRADED: [["9"] * 3] * 3}), spoilt(matrix={UNGRADED: "123"}),
        spoilt(amount_from=[1]),
    ],
)  # fmt: skip
def test_what_is_no_matrix_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="collection_tiers_invalid"):
        check_tiers(document)


def test_the_shipped_matrix_is_one() -> None:
    check_tiers(TIERS.default)


def grade(monkeypatch: pytest.MonkeyPatch, **grades: str) -> None:
    """Customers' grades, by code: '' none could be given."""
    from huikuan.record.customers.models import Customer

    ids = {code: Customer.objects.get(code=code.replace("_", "-")).pk for code in grades}
    found = {ids[code]: Graded(text, None, TODAY, TODAY) for code, text in grades.items()}
    monkeypatch.setattr(operations, "grades_of", lambda customer_ids, day: found)


def assign(plans: Plans, days: int = 0) -> Assigned:
    return assign_tiers(company_id=plans.company.id, actor="system", at=AT + days * DAY)


def test_customers_come_into_tiers_and_what_changes_is_told(plans: Plans, monkeypatch: pytest.MonkeyPatch) -> None:
    company, first, second = plans.company.id, plans.customer.id, plans.other.id
    claim = plans.due(500_000_00, "2026-11-10")
    other = plans.due(50_000_00, "2026-11-10", customer_id=second)
    paid = plans.post("invoice", 1_000_00, "2026-08-01")
    plans.settle(plans.post("receipt", 1_000_00, "2026-10-20"), paid, 1_000_00, "2026-10-20")
    grade(monkeypatch, MAIN_1="A")
    assert assign(plans) == Assigned(2, 0, 0)
    assert assign(plans) == Assigned(0, 0, 0)
    found = tiers(company, TODAY)
    # 80 days from 1 August to 20 October; the other never paid and has no grade.
    assert [(one.tier, one.grade, one.amount, one.cycle_days) for one in (found[first], found[second])] == [
        ("2", "A", 500_000_00, 80), ("3", "", 50_000_00, None)
    ]  # fmt: skip
    assert Event.objects.filter(kind="planning.tier_changed").count() == 0
    grade(monkeypatch, MAIN_1="C")
    plans.settle(plans.post("receipt", 50_000_00, "2026-11-03", customer_id=second), other, 50_000_00, "2026-11-03")
    assert assign(plans, 3) == Assigned(0, 1, 1)
    later = TODAY + 3 * DAY
    assert {number: one.tier for number, one in tiers(company, later).items()} == {first: "3"}
    assert {number: one.tier for number, one in tiers(company, later - DAY).items()} == {first: "2", second: "3"}
    asking = Asking(EVERYTHING, company, later)
    (row,) = tiers_seen(asking, drifted=True)
    assert (row.customer_id, row.standing.before, row.standing.tier, row.drifted) == (first, "2", "3", True)
    assert row.told is not None
    assert row.told.title == "三级：重点"
    assert tiers_seen(Asking(EVERYTHING, company, later + 30 * DAY), drifted=True) == []
    assert tiers_seen(asking, tier="4") == []
    assert tiers_seen(Asking(NOTHING, company, later)) == []
    assert [(one.tier, one.since) for one in drift_of(first, asking)] == [("3", later), ("2", TODAY)]
    told = [event.payload for event in Event.objects.filter(kind="planning.tier_changed").order_by("pk")]
    assert told == [{"tier": "3", "before": "2"}, {"tier": "", "before": "3"}]
    assert TierAssignment.objects.count() == 4
    assert claim
