"""A million lines are judged in columns as each would be by the rule itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.act.collection.domain.deciding import Due, Level, Line, Stop, due_of, pursued, stop_for
from huikuan.act.collection.domain.strategy import Traits, strategy_of
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries import judging
from huikuan.act.collection.queries.judging import Judged, judged
from huikuan.act.collection.queries.lines import LINES
from huikuan.act.collection.queries.standings import Against, Share
from huikuan.act.collection.queries.traits import Characters
from huikuan.record.promises.queries.standing import PromiseStanding

ON = date(2026, 3, 20)
#: Those in tier 4 are called on the first day, whatever their grade.
_WATCHED: dict[str, Any] = {
    "name": "watched", "tiers": ["4"],
    "steps": [{"code": "dun:1", "day": 1, "channel": "call", "template": "", "purpose": "reminder"}],
}  # fmt: skip
STRATEGY = strategy_of({**DEFAULT, "insured_after": 5, "segments": [_WATCHED, *DEFAULT["segments"]]})
WHO = Characters(
    grades={1: "A", 2: "B", 3: "C", 4: "D"}, tiers={1: "4", 2: "1", 6: "4"}, classes={}, causes={}, overdue={}
)
AGAINST = Against(
    shares={(1, 0): Share(40, 0), (2, 0): Share(0, 1_000), (3, 1): Share(60, 20)},
    promised={2: PromiseStanding(7, 1_000, ON, None, ON), 3: PromiseStanding(0, 20, ON, 9, ON)},
    held_items={4: "对账中"},
    held_customers={2: "老板打过招呼"},
    insured=frozenset({3}),
    cash={(3, "USD"): 1_000_00, (4, "CNY"): 1},
    control=frozenset({5}),
    overclaimed={6: 30},
)
_LEVEL: dict[str, Any] = {
    **dict.fromkeys(("item_id", "generation", "line"), pl.Int64), "last_day": pl.Int64, "last_on": pl.Date
}  # fmt: skip
Said = tuple[Line, Level | None]


@st.composite
def said(draw: st.DrawFn) -> list[Said]:
    """Lines of a few customers, some with a step taken before."""
    keys = draw(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), unique=True, max_size=15))
    found = []
    for item, line in keys:
        due = ON - timedelta(days=draw(st.integers(-7, 40)))
        customer, currency = draw(st.integers(1, 6)), draw(st.sampled_from(("CNY", "USD")))
        one = Line(item, 0, line, customer, currency, "", due, draw(st.integers(1, 200)))
        days = draw(st.none() | st.tuples(st.sampled_from((-7, 1, 7, 15, 30)), st.integers(0, 9)))
        found.append((one, Level(days[0], ON - timedelta(days=days[1])) if days else None))
    return found


def in_columns(lines: list[Said], monkeypatch: pytest.MonkeyPatch) -> Judged:
    monkeypatch.setattr(judging, "characters", lambda *_, **__: WHO)
    monkeypatch.setattr(judging, "against", lambda *_, **__: AGAINST)
    rows = [
        {**{name: getattr(one, name) for name in LINES if name != "late"}, "late": (ON - one.due_date).days}
        for one, _ in lines
    ]
    taken = [(one.item_id, one.generation, one.line, last.day, last.on) for one, last in lines if last]
    frame = pl.DataFrame(rows, schema=LINES)
    return judged(1, ON, STRATEGY, frame, pl.DataFrame(taken, schema=_LEVEL, orient="row"), past=False)


def one_by_one(lines: list[Said]) -> tuple[list[Due], list[tuple[Due, Stop]]]:
    going: list[Due] = []
    held: list[tuple[Due, Stop]] = []
    for one, last in sorted(lines, key=lambda row: (row[0].customer_id, row[0].item_id, row[0].line)):
        traits = Traits(grade=WHO.grades.get(one.customer_id, ""), tier=WHO.tiers.get(one.customer_id, ""))
        segment = STRATEGY.segment_for(traits)
        due = due_of(one, segment, last, ON) if segment else None
        if due is None:
            continue
        standing = AGAINST.standing(one)
        stop = stop_for(due, standing, STRATEGY)
        if stop:
            held.append((due, stop))
        else:
            going.append(pursued(due, standing))
    return going, held


@given(said())
def test_columns_say_what_the_rule_says_of_each_line(lines: list[Said]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = in_columns(lines, monkeypatch)
    going, held = one_by_one(lines)
    assert list(found.dues()) == going
    assert list(found.stopped()) == held
    assert found.customers == {one.line.customer_id for one in going} | {one.line.customer_id for one, _ in held}


def test_what_touches_no_line_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twin of the law above: it holds only because `touches` leaves nothing out."""
    monkeypatch.setattr(Against, "touches", lambda _: pl.lit(value=False))
    held = Line(4, 0, 0, 1, "CNY", "", ON - timedelta(days=3), 100)
    assert list(in_columns([(held, None)], monkeypatch).stopped()) == []
    assert len(one_by_one([(held, None)])[1]) == 1


def test_parts_keep_a_customers_lines_together(monkeypatch: pytest.MonkeyPatch) -> None:
    due = Line(0, 0, 0, 0, "CNY", "", ON - timedelta(days=3), 100)
    of = [7, 7, 7, 8, 9, 9, 10]
    lines: list[Said] = [(replace(due, item_id=50 + n, customer_id=one), None) for n, one in enumerate(of)]
    found = in_columns(lines, monkeypatch)
    for customers, most, expected in (
        (2, 100, [[7, 7, 7, 8], [9, 9, 10]]),
        (100, 4, [[7, 7, 7, 8], [9, 9, 10]]),
        (100, 1, [[7, 7, 7], [8], [9, 9], [10]]),
        (100, 100, [of]),
    ):
        assert [part.going["customer_id"].to_list() for part in found.parts(customers, most)] == expected
    assert list(in_columns([], monkeypatch).parts(2, 2)) == []
