"""Standing, payment habit and next step over plain rows, with worked numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huikuan.see.dossiers.domain.habit import Payment, habit_of, window
from huikuan.see.dossiers.domain.next_step import Known, Step, next_steps
from huikuan.see.dossiers.domain.rollup import Node, roll_up
from huikuan.see.dossiers.domain.standing import Bucket, Standing, Unvalued, standing_of

AS_OF = date(2026, 11, 20)
KNOWN = Known(contacts=1, papers=0, lacking=())


@dataclass(frozen=True)
class Row:
    side: str
    open_amount: int
    slot: str = "not_due"
    overdue_days: int = 0
    from_days: int | None = None
    to_days: int | None = None
    currency: str = "CNY"
    value: int | None = -1

    def __post_init__(self) -> None:
        if self.value == -1:
            object.__setattr__(self, "value", self.open_amount)


def test_credits_are_apart_and_a_currency_without_a_rate_is_in_no_sum() -> None:
    rows = [
        Row("debit", 300),
        Row("debit", 200, "days", 54, 31, 60),
        Row("debit", 50, "days", 33, 31, 60),
        Row("debit", 70, "days", 3, 1, 30),
        Row("debit", 7, "awaiting"),
        Row("credit", 90, "credit"),
        Row("debit", 11, "days", 99, 91, None, "USD", None),
        Row("credit", 13, "credit", currency="USD", value=None),
    ]
    found = standing_of(rows, "CNY")
    assert (found.total, found.overdue, found.credit, found.lines, found.overdue_lines) == (627, 320, 90, 8, 3)
    assert found.longest == 99, "also of what has no value"
    assert found.unvalued == (Unvalued("USD", 11, 13, 1),)
    assert found.buckets == (
        Bucket("not_due", None, None, 300, 1),
        Bucket("awaiting", None, None, 7, 1),
        Bucket("days", 1, 30, 70, 1),
        Bucket("days", 31, 60, 250, 2),
    )


def test_the_habit_of_the_documentation() -> None:
    paid = [
        Payment(date(2026, 10, 2), date(2026, 10, 12), 300_00),
        Payment(date(2026, 11, 9), date(2026, 11, 5), 100_00),
        Payment(date(2025, 1, 1), date(2025, 11, 30), 1_000_00),
        Payment(date(2026, 11, 1), date(2026, 11, 21), 1_000_00),
    ]
    found = habit_of(paid, AS_OF)
    assert (found.days_late, found.on_time, found.amount) == (Decimal("6.5"), Decimal("0.25"), 400_00)
    assert [(month.first.month, month.days_late) for month in found.months[-2:]] == [(10, 10), (11, -4)]
    assert [month.days_late for month in found.months[:-2]] == [None] * 10
    assert (window(AS_OF)[0], len(window(AS_OF))) == (date(2025, 12, 1), 12)
    assert habit_of([], AS_OF).days_late is None


def standing(total: int = 0, overdue: int = 0, credit: int = 0) -> Standing:
    return Standing("CNY", total, overdue, credit, 3, 1 if overdue else 0, 9 if overdue else 0, (), ())


def test_what_is_overdue_comes_first_and_nothing_is_said_to_be_nothing() -> None:
    assert next_steps(standing(), KNOWN) == (Step("nothing"),)
    assert next_steps(standing(100), KNOWN) == (Step("watch", 100, count=3),)
    stranger = Known(contacts=0, papers=2, lacking=("uscc", "owner"))
    assert next_steps(standing(100, 40, 10), stranger) == (
        Step("chase", 40, 9, 1),
        Step("find_contact"),
        Step("apply_cash", 10),
        Step("renew_paper", count=2),
        Step("mend_data", count=2),
    )
    assert next_steps(None, stranger) == (Step("renew_paper", count=2), Step("mend_data", count=2))


def test_amounts_without_a_rate_are_something_to_do_too() -> None:
    def strange(*amounts: Unvalued) -> Standing:
        return Standing("CNY", 0, 0, 0, 2, 0, 9, (), amounts)

    alone = Known(contacts=0, papers=0, lacking=())
    assert next_steps(strange(Unvalued("USD", 11, 0)), KNOWN) == (Step("watch", count=2, unvalued=("USD",)),)
    assert next_steps(strange(Unvalued("EUR", 5, 0, 2), Unvalued("USD", 0, 3)), alone) == (
        Step("chase", 0, 9, 2, ("EUR",)),
        Step("find_contact"),
        Step("apply_cash", 0, unvalued=("USD",)),
    )


def test_a_tree_adds_up_from_below_and_siblings_stand_by_code() -> None:
    nodes = [
        Node("C", "A", 1, 7, 1, 0),
        Node("A", "", 2, 100, 10, 5),
        Node("B", "A", 1, 20, 20, 0),
        Node("B1", "B", 3, 3, 0, 2),
        Node("Z", "gone", 1, 1, 0, 0),
    ]
    assert [(one.code, one.depth, one.all_members, one.all_total, one.all_overdue, one.all_credit) for one in
            roll_up(nodes)] == [
        ("A", 0, 7, 130, 31, 7),
        ("B", 1, 4, 23, 20, 2),
        ("B1", 2, 3, 3, 0, 2),
        ("C", 1, 1, 7, 1, 0),
        ("Z", 0, 1, 1, 0, 0),
    ]  # fmt: skip
    counted = roll_up([Node("A", "", 1, unvalued=1), Node("B", "A", 1).with_member(0, 0, 0, 2)])
    assert [(one.code, one.unvalued, one.all_unvalued) for one in counted] == [("A", 1, 3), ("B", 2, 2)]
    roots = [one for one in roll_up(nodes) if one.depth == 0]
    assert sum(one.all_total for one in roots) == sum(one.total for one in nodes), "nothing twice, nothing lost"
