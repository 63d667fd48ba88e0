"""What an event gives an item on every day from its own on, and what taking it back leaves: by plain rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.record.receivables.domain.schedules import Line, Version, governing, made_due, taken_back

HAPPENED, DUE = date(2026, 3, 1), date(2026, 4, 1)
POSTED, LATER = date(2026, 1, 10), date(2027, 1, 1)
OWN = Version(0, POSTED, (Line(None, "acceptance", 100),))


def reach(history: list[Version], event: str = "acceptance", due: date = DUE, **more: date | None) -> list[Version]:
    told = {"happened_on": HAPPENED, "locked_through": None, **more}
    return made_due(history, lambda name: name == event, due_date=due, **told)  # type: ignore[arg-type]


def test_now_and_under_the_plan_of_later_it_falls_due() -> None:
    plan = Version(1, LATER, (Line(None, "acceptance", 60), Line(date(2027, 6, 30), "", 40)))
    assert reach([OWN, plan]) == [
        Version(2, HAPPENED, (Line(DUE, "", 100),)),
        Version(3, LATER, (Line(DUE, "", 60), Line(date(2027, 6, 30), "", 40))),
    ]


def test_a_plan_of_later_that_awaits_nothing_leaves_it_due_until_then() -> None:
    plan = Version(1, LATER, (Line(date(2027, 6, 30), "", 100),))
    history = [OWN, plan]
    history += reach(history)
    assert history[2:] == [Version(2, HAPPENED, (Line(DUE, "", 100),))]
    assert governing(history, LATER) == plan
    assert reach(history) == []


@pytest.mark.parametrize(
    ("locked", "since"), [(date(2026, 5, 31), date(2026, 6, 1)), (date(2027, 1, 31), date(2027, 2, 1))]
)
def test_no_version_stands_in_a_locked_period(locked: date, since: date) -> None:
    plan = Version(1, LATER, (Line(None, "acceptance", 100),))
    days = [since, LATER] if since < LATER else [since]
    assert [version.effective_on for version in reach([OWN, plan], locked_through=locked)] == days


def test_every_version_that_the_event_gave_is_taken_back() -> None:
    plan = Version(1, LATER, (Line(None, "acceptance", 60), Line(None, "end_of_warranty", 40)))
    history = [OWN, plan]
    history += reach(history)
    history += reach(history, "end_of_warranty", date(2026, 9, 1), happened_on=date(2026, 8, 1))
    assert [version.number for version in history] == [0, 1, 2, 3, 4]
    assert taken_back(history, {2, 3}, None) == [
        Version(5, HAPPENED, OWN.lines),
        Version(6, LATER, (Line(None, "acceptance", 60), Line(date(2026, 9, 1), "", 40))),
    ]
    assert taken_back(history, {4}, None) == [
        Version(5, LATER, (Line(DUE, "", 60), Line(None, "end_of_warranty", 40)))
    ]


LINES = st.lists(
    st.one_of(st.sampled_from(["acceptance", "signing"]), st.dates(POSTED, LATER)), min_size=1, max_size=3
).map(lambda whens: tuple(Line(None, at, 10) if isinstance(at, str) else Line(at, "", 10) for at in whens))
SPANS = st.lists(st.tuples(st.integers(0, 400), LINES), max_size=4)


@settings(max_examples=200, deadline=None)
@given(SPANS, LINES, st.integers(0, 400), st.integers(0, 400))
def test_on_every_day_it_is_as_if_the_event_had_not_been(
    spans: list[tuple[int, tuple[Line, ...]]], own: tuple[Line, ...], first: int, second: int
) -> None:
    """Two events reached and either taken back leaves on every day what the other alone gives."""
    start = [Version(0, POSTED, own)]
    for number, (days, lines) in enumerate(spans, start=1):
        start.append(Version(number, POSTED + timedelta(days), lines))
    days = {"acceptance": (first, date(2028, 1, 1)), "signing": (second, date(2028, 2, 2))}

    def reached(history: list[Version], event: str) -> list[Version]:
        after, due = days[event]
        return [*history, *reach(history, event, due, happened_on=POSTED + timedelta(after))]

    one = reached(start, "acceptance")
    both = reached(one, "signing")
    given_first = {version.number for version in one[len(start) :]}
    given_second = {version.number for version in both[len(one) :]}
    for numbers, other in ((given_first, "signing"), (given_second, "acceptance")):
        left = [*both, *(taken_back(both, numbers, None) if numbers else [])]
        alone = reached(start, other)
        for day in (POSTED + timedelta(number) for number in range(0, 420)):
            assert governing(left, day).lines == governing(alone, day).lines, day
