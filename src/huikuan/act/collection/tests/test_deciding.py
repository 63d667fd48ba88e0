"""Which step is due on which day, and what holds it back: worked by hand, and laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.act.collection.domain.bundling import bundled
from huikuan.act.collection.domain.control import in_control
from huikuan.act.collection.domain.deciding import Due, Level, Line, Standing, due_of, due_step, pursued, stop_for
from huikuan.act.collection.domain.strategy import Segment, Step, Strategy, Traits, steps_of, strategy_of
from huikuan.act.collection.presets import DEFAULT, PRESETS

DUE = date(2026, 3, 10)
B = next(one for one in strategy_of(DEFAULT).segments if one.name == "B")


def line(**more: object) -> Line:
    said = {"item_id": 1, "generation": 0, "line": 0, "customer_id": 1, "currency": "CNY", "business_type": ""}
    return Line(**{**said, "due_date": DUE, "open_amount": 100_00, **more})  # type: ignore[arg-type]


def due(days: int, last: Level | None = None) -> Due | None:
    return due_of(line(), B, last, DUE + timedelta(days=days))


def taken(day: int, days: int) -> Level:
    """A step of the day `day`, taken so many days after the due date."""
    return Level(day, DUE + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "last", "code"),
    [
        (-8, None, None),
        (-7, None, "dun:-7"),
        (-3, None, "dun:-7"),
        (0, None, "dun:-7"),
        (1, None, "dun:1"),
        (1, taken(-7, -7), "dun:1"),
        (6, taken(1, 1), None),
        (7, taken(1, 1), "dun:7"),
        (8, taken(7, 7), None),
        (15, taken(7, 7), "dun:15"),
        (400, taken(15, 15), None),
    ],
)
def test_the_step_of_the_day(days: int, last: Level | None, code: str | None) -> None:
    found = due(days, last)
    assert (found.step.code if found else None) == code


def test_missed_days_are_made_up_for_by_one_step_at_the_right_level() -> None:
    found = due(16, taken(-7, -7))
    assert found is not None
    assert (found.step.code, found.missed) == ("dun:15", ("dun:1", "dun:7"))
    assert due(17, taken(15, 16)) is None


def test_a_friendly_word_is_not_said_once_the_day_has_passed() -> None:
    steps = steps_of([{"code": "early", "day": -7, "channel": "email", "template": "reminder", "purpose": "reminder"}])
    assert due_step(steps, 0, None, DUE) == steps[0]
    assert due_step(steps, 1, None, DUE) is None


def test_two_steps_lie_apart() -> None:
    assert due(7, taken(1, 6)) is None
    found = due(8, taken(1, 6))
    assert found is not None
    assert found.step.code == "dun:7"


_DAYS = st.lists(st.integers(-30, 120), min_size=1, max_size=8, unique=True)


@given(_DAYS, st.lists(st.integers(-40, 160), min_size=1, max_size=40, unique=True))
def test_whenever_somebody_looks_each_step_is_taken_once_and_upwards(days: list[int], looks: list[int]) -> None:
    steps = steps_of(
        [{"code": f"s{one}", "day": one, "channel": "email", "template": "t", "purpose": "reminder"} for one in days]
    )
    last: Level | None = None
    done: list[Step] = []
    for late in sorted(looks):
        on = DUE + timedelta(days=late)
        step = due_step(steps, late, last, on)
        if step is not None:
            assert step == max((one for one in steps if one.day <= late), key=lambda one: one.day)
            assert last is None or (on - last.on).days >= step.wait
            done.append(step)
            last = Level(step.day, on)
        assert step is None or due_step(steps, late, last, on) is None
    assert [one.day for one in done] == sorted({one.day for one in done})


@pytest.mark.parametrize(
    ("standing", "code", "left"),
    [
        (Standing(), None, 100_00),
        (Standing(disputed=100_00), "disputed", 0),
        (Standing(disputed=40_00), None, 60_00),
        (Standing(promised=100_00, promised_by=DUE), "promised", 0),
        (Standing(promised=30_00, promised_by=DUE), None, 70_00),
        (Standing(promised=100_00, promised_by=DUE, planned=True), "planned", 0),
        (Standing(disputed=40_00, promised=60_00, promised_by=DUE), "promised", 0),
        (Standing(unapplied=100_01), "unapplied", 100_00),
        (Standing(unapplied=100_00), None, 100_00),
        (Standing(insured=True), None, 100_00),
        (Standing(held="老板打过招呼"), "on_hold", 100_00),
        (Standing(control=True), "control_group", 100_00),
    ],
)
def test_what_holds_a_step_back(standing: Standing, code: str | None, left: int) -> None:
    found = due(1)
    assert found is not None
    strategy = strategy_of(DEFAULT)
    stop = stop_for(found, standing, strategy)
    assert (stop.code if stop else None) == code
    assert pursued(found, standing).line.open_amount == left


def test_an_insurers_customer_is_left_to_it_from_its_day_on() -> None:
    strategy = strategy_of({**DEFAULT, "insured_after": 15})
    early, late = due(7, taken(1, 1)), due(15, taken(7, 7))
    assert early is not None
    assert late is not None
    assert stop_for(early, Standing(insured=True), strategy) is None
    stop = stop_for(late, Standing(insured=True), strategy)
    assert stop is not None
    assert stop.code == "insured"


def test_a_step_may_go_on_over_a_promise_and_the_control_group_ends() -> None:
    stubborn = Step("law", 30, "lawyer", "", "legal", stops=frozenset({"disputed"}))
    found = Due(line(), "C", stubborn, 30)
    standing = Standing(promised=100_00, promised_by=DUE, unapplied=900_00, control=True)
    assert stop_for(found, standing, strategy_of(DEFAULT)) is None
    late_mail = Due(line(), "A", Step("m", 15, "email", "reminder", "reminder"), 15)
    assert stop_for(late_mail, Standing(control=True), strategy_of(DEFAULT)) is None


def test_of_one_customer_all_goes_in_one_message_at_the_highest_level() -> None:
    mail, letter = B.steps[1], B.steps[3]
    call = Step("c", 1, "call", "", "reminder")
    dues = [
        Due(line(item_id=1), "B", mail, 1),
        Due(line(item_id=2, currency="USD"), "B", letter, 15),
        Due(line(item_id=3), "C", call, 2),
        Due(line(item_id=4, customer_id=2), "B", mail, 1),
    ]
    made = bundled(dues)
    assert [(one.customer_id, one.channel, [due.line.item_id for due in one.dues]) for one in made] == [
        (1, "letter", [2, 1]),
        (1, "call", [3]),
        (2, "email", [4]),
    ]
    assert made[0].amounts == {"CNY": 100_00, "USD": 100_00}


@pytest.mark.parametrize(
    ("traits", "name"),
    [
        (Traits(grade="A"), "small A"),
        (Traits(grade="A", overdue=1_000_00), "large A"),
        (Traits(grade="A", overdue=999_99), "small A"),
        (Traits(grade="C", reason="bad_faith"), "bad"),
        (Traits(grade="C", value_class="key", business_type="parts"), "parts"),
        (Traits(grade="C", tier="4"), "watched"),
        (Traits(grade="A", tier="1"), "small A"),
        (Traits(), None),
    ],
)
def test_the_first_segment_that_takes_a_claim_governs_it(traits: Traits, name: str | None) -> None:
    segments = (
        Segment("bad", (), reasons=frozenset({"bad_faith"})),
        Segment("large A", (), grades=frozenset("A"), overdue_from=1_000_00),
        Segment("small A", (), grades=frozenset("A")),
        Segment("watched", (), tiers=frozenset({"3", "4"})),
        Segment("parts", (), value_classes=frozenset({"key"}), business_types=frozenset({"parts"})),
    )
    found = Strategy(segments).segment_for(traits)
    assert (found.name if found else None) == name


def test_the_control_group_is_chosen_by_nobody_and_has_its_share() -> None:
    chosen = [number for number in range(10_000) if in_control(number, 10, "2026")]
    assert 900 < len(chosen) < 1_100
    assert chosen == [number for number in range(10_000) if in_control(number, 10, "2026")]
    assert chosen != [number for number in range(10_000) if in_control(number, 10, "2027")]
    assert not any(in_control(number, 0, "2026") for number in range(1_000))


def test_the_shipped_default_is_the_line_of_the_default_pack() -> None:
    shipped = {
        one.name: [(step.day, step.channel) for step in one.steps] for one in strategy_of(PRESETS["default"]).segments
    }
    mail = "email"
    assert shipped == {
        "A": [(-7, mail), (3, mail), (15, mail), (30, mail)],
        "B": [(-7, mail), (1, mail), (7, mail), (15, "letter")],
        "C": [(-7, mail), (-1, mail), (1, "call"), (7, "letter"), (15, "visit"), (30, "lawyer")],
    }
