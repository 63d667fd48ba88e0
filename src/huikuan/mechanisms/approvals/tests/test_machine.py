"""Whatever people try in whatever order: a request ends once, is done as often as it is approved, and never by its
maker, by the same hand twice or by somebody entangled with either."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.deciding import Delegation, Involved, linked, require_apart
from huikuan.mechanisms.approvals.domain.lifecycle import (
    AGREED,
    APPROVED,
    ENDING,
    ESCALATED,
    EXPIRED,
    PENDING,
    RETURNED,
    STATES,
    VOID,
    WITHDRAWN,
    Route,
    Step,
    approval_at,
    hands_of,
    lapse,
    require_pending,
    stand_of,
)
from huikuan.mechanisms.approvals.tests.conftest import AT, DAY, HOUR

NAMES = ("a", "b", "c", "d")
ROUTES = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(
    lambda depths: tuple(tuple(f"r{stop}.{n}" for n in range(depth)) for stop, depth in enumerate(depths))
)
DEEDS = st.lists(
    st.tuples(st.sampled_from(["approve", RETURNED, WITHDRAWN, VOID, "wait"]), st.sampled_from(NAMES)), max_size=12
)
LENT = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(-30, 30), st.integers(1, 40)).filter(
        lambda one: one[0] != one[1]
    ),
    max_size=3,
)


def lived(route: Route, deeds: Sequence[tuple[str, str]], lent: Sequence[Delegation]) -> list[Step]:
    """The steps that are taken of those tried, a day apart: as the operations take them."""
    steps: list[Step] = []
    for day, (deed, actor) in enumerate(deeds, start=1):
        now = AT + day * DAY
        stand = stand_of(route, AT, steps)
        try:
            require_pending(stand, request=1)
            if deed == "wait":
                step = lapse(route, stand, 2, now=now)
            elif deed == "approve":
                links = linked(actor, lent, since=AT, until=now)
                require_apart(actor, links, Involved("a", frozenset({"b"}), hands_of(steps)))
                step = approval_at(route, stand)
            else:
                step = deed
        except Refusal:
            continue
        if step is not None:
            steps.append(Step(len(steps) + 1, step, now, actor))
    return steps


@given(ROUTES, DEEDS, LENT)
def test_the_laws_of_a_request(
    route: Route, deeds: list[tuple[str, str]], spans: list[tuple[str, str, int, int]]
) -> None:
    lent = [Delegation(giver, to, AT + begin * HOUR, AT + (begin + hours) * HOUR) for giver, to, begin, hours in spans]
    steps = lived(route, deeds, lent)
    names = [step.step for step in steps]
    stand = stand_of(route, AT, steps)
    assert stand.state in STATES
    assert all(name not in ENDING for name in names[:-1])
    approvals = [step for step in steps if step.step in (AGREED, APPROVED)]
    assert (stand.state == APPROVED) == (len(approvals) == len(route))
    hands = [step.actor for step in approvals]
    assert "a" not in hands
    assert "b" not in hands
    assert len(set(hands)) == len(hands)
    for n, step in enumerate(approvals):
        for other in {"a", "b", *hands[:n]}:
            assert not any(
                {one.giver, one.delegate} == {step.actor, other} and one.begins_at <= step.at and one.ends_at > AT
                for one in lent
            )
    if stand.state == PENDING:
        assert stand.role in route[stand.stop]
        assert stand.stop == len(approvals)
    else:
        assert stand.role == ""


@given(ROUTES, st.integers(1, 5))
def test_nobody_waits_for_ever(route: Route, days: int) -> None:
    """Left alone it is put to each role of the stop in turn, and then expires."""
    steps: list[Step] = []
    for n in range(len(route[0])):
        stand = stand_of(route, AT, steps)
        assert stand.role == route[0][n]
        now = stand.since + days * DAY
        assert lapse(route, stand, days, now=now - HOUR) is None
        step = lapse(route, stand, days, now=now)
        assert step == (EXPIRED if n == len(route[0]) - 1 else ESCALATED)
        steps.append(Step(n + 1, step, now, "system"))
    assert stand_of(route, AT, steps).state == EXPIRED
