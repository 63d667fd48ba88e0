"""The clock: three years, anew with each interruption, six months after a suspension, twenty years at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.limitation.domain.clock import Clock, Interruption, Rules, Suspension, later, stage
from huikuan.record.limitation.domain.clock import clock as clock_by
from huikuan.record.limitation.domain.dues import Due
from huikuan.record.limitation.domain.kinds import KINDS, STRENGTHS
from huikuan.record.limitation.policies import LIMITATION, check_limitation, rules_of

RULES = rules_of(LIMITATION.default)
DUE, BEGUN = date(2023, 6, 30), date(2015, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def event(on: str, kind: str = "demand", strength: str = "strong") -> Interruption:
    return Interruption(day(on), kind, strength)


def clock(
    due: date | None, interruptions: Sequence[Interruption], suspensions: Sequence[Suspension], rules: Rules
) -> Clock:
    """Of a debt whose due day nobody moved."""
    return clock_by([Due(BEGUN, due, due)], interruptions, suspensions, rules)


def safe(*events: Interruption, due: date = DUE, suspended: tuple[Suspension, ...] = ()) -> str:
    return f"{clock(due, events, suspended, RULES).safe_on}"


def test_three_years_from_the_due_day_and_twenty_at_most() -> None:
    found = clock(DUE, [], [], RULES)
    assert (f"{found.safe_on}", f"{found.hoped_on}", f"{found.absolute_on}") == (
        "2026-06-30", "2026-06-30", "2043-06-30"
    )  # fmt: skip
    assert (found.days_left(day("2026-06-01")), found.is_over(day("2026-06-30"))) == (29, False)
    assert found.is_over(day("2026-07-01"))


def test_what_awaits_an_event_does_not_run() -> None:
    found = clock(None, [event("2024-01-01")], [], RULES)
    assert (found.safe_on, found.absolute_on, found.days_left(DUE)) == (None, None, None)


def test_each_interruption_begins_three_years_anew() -> None:
    assert safe(event("2025-03-15")) == "2028-03-15"
    assert safe(event("2025-03-15"), event("2027-12-01", "payment")) == "2030-12-01"
    assert safe(event("2026-06-30")) == "2029-06-30"


def test_before_the_debt_was_due_nothing_begins() -> None:
    assert safe(event("2023-06-30"), event("2023-01-01", "payment")) == "2026-06-30"


def test_what_came_too_late_revives_nothing_but_a_new_agreement() -> None:
    late = [event("2026-07-01", kind) for kind in ("demand", "payment", "promise", "suit")]
    assert safe(*late) == "2026-06-30"
    assert safe(*late, event("2026-08-01", "agreement")) == "2029-08-01"


def test_both_days_are_told_with_proof_and_without() -> None:
    found = clock(DUE, [event("2024-02-01"), event("2025-05-05", strength="weak"),
                        event("2025-06-06", "statement", "medium")], [], RULES)  # fmt: skip
    assert (f"{found.safe_on}", f"{found.hoped_on}") == ("2027-02-01", "2028-06-06")
    assert found.last == event("2024-02-01")
    assert found.hoped == event("2025-06-06", "statement", "medium")
    trusting = Rules(safe_from="medium")
    assert clock(DUE, [event("2025-06-06", "statement", "medium")], [], trusting).safe_on == day("2028-06-06")


def test_a_late_letter_holds_only_if_the_one_before_it_did() -> None:
    """Proved in 2028, it came in time only if the weak one of 2025 arrived."""
    found = clock(DUE, [event("2025-06-06", strength="weak"), event("2028-01-01")], [], RULES)
    assert (f"{found.safe_on}", f"{found.hoped_on}") == ("2026-06-30", "2031-01-01")


def test_a_suspension_in_the_last_six_months_leaves_six_after_it() -> None:
    inside = Suspension(day("2026-03-01"), day("2026-05-31"))
    assert safe(suspended=(inside,)) == "2026-11-30"
    over_before = Suspension(day("2025-01-01"), day("2025-12-29"))
    assert safe(suspended=(over_before,)) == "2026-06-30"
    reaching_in = Suspension(day("2025-01-01"), day("2025-12-30"))
    assert safe(suspended=(reaching_in,)) == "2026-06-30"
    after_it = Suspension(day("2026-07-01"), day("2026-08-01"))
    assert safe(suspended=(after_it,)) == "2026-06-30"
    assert safe(suspended=(Suspension(day("2026-03-01"), None),)) == "None"
    assert safe(event("2026-10-01"), suspended=(inside,)) == "2029-10-01"


def test_no_interruption_reaches_past_twenty_years() -> None:
    yearly = [Interruption(later(DUE, 12 * years), "demand", "strong") for years in range(1, 25)]
    assert safe(*yearly) == "2043-06-30"


@pytest.mark.parametrize(
    ("of", "months", "then"),
    [("2024-02-29", 36, "2027-02-28"), ("2023-08-31", 6, "2024-02-29"), ("2026-06-30", -6, "2025-12-30"),
     ("2023-12-31", 1, "2024-01-31")],
)  # fmt: skip
def test_the_corresponding_day_or_the_last_of_the_month(of: str, months: int, then: str) -> None:
    assert later(day(of), months) == day(then)


def test_the_least_threshold_passed_rings() -> None:
    assert [stage(left, RULES) for left in (181, 180, 91, 90, 31, 30, 0, -1, None)] == [
        None, 180, 180, 90, 90, 30, 30, None, None
    ]  # fmt: skip


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
events = st.builds(Interruption, days, st.sampled_from(sorted(KINDS)), st.sampled_from(STRENGTHS))
suspensions = st.builds(
    lambda first, lasts: Suspension(first, None if lasts is None else first + timedelta(days=lasts)),
    days,
    st.none() | st.integers(0, 900),
)


@given(days, st.lists(events, max_size=6), st.lists(suspensions, max_size=2))
def test_proof_of_arrival_never_shortens_and_nothing_passes_twenty_years_unrevived(
    due: date, said: list[Interruption], stopped: list[Suspension]
) -> None:
    found = clock(due, said, stopped, RULES)
    if found.safe_on is None or found.hoped_on is None:
        assert any(one.last is None for one in stopped)
        return
    assert later(due, 36) <= found.safe_on <= found.hoped_on
    if not any(one.kind == "agreement" for one in said):
        assert found.absolute_on is not None
        assert found.hoped_on <= found.absolute_on


@given(
    st.lists(st.builds(Due, days, days | st.none(), days | st.none()), min_size=1, max_size=4),
    st.lists(events, max_size=6),
)
def test_whatever_is_said_of_the_due_day_the_safe_day_is_no_later(dues: list[Due], said: list[Interruption]) -> None:
    in_order = sorted(dues, key=lambda one: one.on)
    found = clock_by(in_order, said, [], RULES)
    assert (found.starts_on is None) == (found.safe_on is None)
    if found.hoped_on is None:
        # It runs by what can be proved, or not at all.
        assert found.starts_on == in_order[-1].proved
    else:
        assert found.safe_on is not None
        assert found.safe_on <= found.hoped_on


@given(days, st.lists(events, max_size=6, unique_by=lambda one: one.on), st.data())
def test_the_order_in_which_it_is_told_makes_no_difference(
    due: date, said: list[Interruption], data: st.DataObject
) -> None:
    assert clock(due, data.draw(st.permutations(said)), [], RULES) == clock(due, said, [], RULES)


@pytest.mark.parametrize(
    ("changed", "column"),
    [({"years": 0}, "years"), ({"alarm_days": [30, 90]}, "alarm_days"), ({"alarm_days": []}, "alarm_days"),
     ({"alarm_days": "180"}, "alarm_days"), ({"safe_from": "weak"}, "safe_from"), ({"more": 1}, "more")],
)  # fmt: skip
def test_rules_that_cannot_be_right_are_refused(changed: dict[str, object], column: str) -> None:
    check_limitation(LIMITATION.default)
    with pytest.raises(Refusal, match="limitation_rules_invalid") as caught:
        check_limitation({**LIMITATION.default, **changed})
    assert column in [place.column for place in caught.value.where]
