"""The walk through the past equals the plain rule asked anew for every order, and its state the books of the day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.judge.credit.domain.deciding import Blocking, Known, Late, Rules, Standing, decide
from huikuan.judge.credit.domain.exposure import ADVANCES, CLAIMS, ORDERS, UNAPPLIED, Line, exposure_of
from huikuan.judge.credit.domain.limits import GRANTED, STANDING, Granted, Limit, Wish
from huikuan.judge.credit.domain.outcomes import LOST, PAID, WITHDRAWN, Claim, Clearing, Outcome, outcome_of
from huikuan.judge.credit.domain.replay import INVOICE, Ask, Change, Dues, Spell, Terms, Told, replay
from huikuan.judge.credit.domain.usual import Bought, carried_limit, is_newcomer
from huikuan.judge.credit.queries.exposure import Node, exposure_as_of
from huikuan.judge.credit.queries.past import Period, past
from huikuan.judge.credit.queries.terms_then import rates_then
from huikuan.mechanisms.columns.operations import refresh
from huikuan.mechanisms.columns.queries import asking
from huikuan.record.receivables.queries.open_lines import Moment, open_lines
from huikuan.record.receivables.tests.ledgers import new_book, rate, write_random

FIRST = date(2026, 1, 1)
LIMIT = Limit(GRANTED, "CNY", 1_000)
EXAMPLES = 300 if os.environ.get("HUIKUAN_PROVE") else 60
LEDGERS = 60 if os.environ.get("HUIKUAN_PROVE") else 6


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def ask(key: int, on: int, amount: int, customer: int = 1, **more: Any) -> Ask:
    """An invoice that is posted, due 30 days later, on its day."""
    posted = Change(day(on), customer, CLAIMS, "CNY", "", amount, key, key)
    return Ask(
        key, INVOICE, key, f"N{key}", customer, day(on), "CNY", "", amount, amount, at_once=(posted,), **more
    )  # fmt: skip


def paid(key: int, on: int, amount: int, customer: int = 1) -> Change:
    return Change(day(on), customer, CLAIMS, "CNY", "", -amount, key, key)


def no_rate(minor: int, currency: str, into: str, on: date) -> int:
    assert currency == into, on
    return minor


def told(asks: Sequence[Ask], changes: Sequence[Change] = (), rules: Rules = Rules(), **more: Any) -> list[Told]:  # noqa: B008 - frozen
    spells = {one.customer_id: (Spell(date.min, "B", 0, LIMIT),) for one in asks}
    dues = Dues({one.key: one.day + timedelta(days=30) for one in asks})
    terms = Terms("CNY", more.pop("granted", {}), more.pop("spells", spells), more.pop("groups", {}))
    return list(replay(asks, changes, dues=dues, terms=terms, rules=rules, value=no_rate))


def decisions(found: Sequence[Told]) -> list[str]:
    return [one.decision.decision if one.decision else "" for one in found]


def test_what_is_held_stands_with_nobody_afterwards() -> None:
    found = told([ask(1, 0, 900), ask(2, 1, 600), ask(3, 2, 100), ask(4, 3, 1)])
    # 900 is 90 %: it goes on. 600 more would be 1,500: held, so the next 100 make 1,000 and not 1,600.
    assert decisions(found) == ["warn", "hold", "warn", "hold"]
    assert [one.nodes[0].after for one in found] == [900, 1_500, 1_000, 1_001]


def test_what_was_paid_of_a_held_order_makes_no_room_and_takes_none() -> None:
    found = told([ask(1, 0, 900), ask(2, 1, 600), ask(3, 40, 800)], [paid(1, 20, 900), paid(2, 21, 600)])
    assert decisions(found) == ["warn", "hold", "approve"]
    assert found[2].nodes[0].before == 0


def test_an_order_held_never_falls_overdue() -> None:
    rules = Rules(order=Blocking(overdue_days=30))
    late = told([ask(1, 0, 100), ask(2, 61, 100)], rules=rules)
    assert (decisions(late), late[1].late) == (["approve", "hold"], Late(31, 100))
    assert decisions(told([ask(1, 0, 100), ask(2, 60, 100)], rules=rules)) == ["approve", "approve"]
    never = told([ask(1, 0, 2_000), ask(2, 61, 100)], rules=rules)
    assert (decisions(never), never[1].late) == (["hold", "approve"], Late())


def test_of_one_day_the_first_takes_the_room() -> None:
    assert decisions(told([ask(2, 0, 700), ask(1, 0, 700)])) == ["approve", "hold"]
    found = told([ask(2, 0, 700), ask(1, 0, 700)])
    assert [one.ask.key for one in found] == [1, 2]


def test_limits_as_they_were_and_where_there_was_none_as_proposed() -> None:
    wish = Wish(STANDING, "CNY", 500, day(10), until_on=day(20))
    limits: dict[Any, Any] = {(1, ""): [Granted(1, wish, (1, 1))]}
    asks = [replace(one, at_once=()) for one in (ask(1, 9, 600), ask(2, 10, 600), ask(3, 20, 400), ask(4, 21, 1))]
    found = told(asks, granted=limits)
    assert [one.nodes[0].limit.amount for one in found] == [1_000, 500, 500, 0]
    reasons = [one.decision.reasons[0].rule for one in found if one.decision]
    assert reasons == ["within_limit", "over_limit", "within_limit", "limit_expired"]


def test_nobody_is_judged_by_nothing() -> None:
    found = told([ask(1, 0, 10**9)], spells={1: (Spell(date.min, "", 0, None),)})
    assert (found[0].decision, found[0].held) == (None, False)
    # It goes on, and stands with the customer.
    after = told(
        [ask(1, 0, 900), ask(2, 40, 200)], spells={1: (Spell(date.min, "", 0, None), Spell(day(30), "B", 0, LIMIT))}
    )
    assert [one.nodes[0].after if one.nodes else None for one in after] == [None, 1_100]


def test_a_group_with_a_limit_binds_while_one_stands_in_it() -> None:
    group = {(None, "LU"): [Granted(1, Wish(STANDING, "CNY", 1_000, FIRST), (1, 1))]}
    stands = {1: [(FIRST, ("LU",)), (day(10), ())], 2: [(FIRST, ("LU",))]}
    found = told(
        [ask(1, 0, 700), ask(2, 1, 400, customer=2), ask(3, 11, 900, customer=2)], granted=group, groups=stands
    )
    # 700 of the one and 400 of the other; once the first has left, 900 alone.
    assert decisions(found) == ["approve", "hold", "warn"]
    assert [one.nodes[-1].after for one in found] == [700, 1_100, 900]


def test_a_flag_holds_and_an_old_grade_warns() -> None:
    rules = Rules(order=Blocking(flagged=True, review_days=30))
    spell = Spell(date.min, "B", 0, LIMIT, review_on=day(0))
    flagged = Spell(day(40), "B", 0, LIMIT, review_on=day(100), known=Known(flagged=True))
    found = told([ask(1, 30, 10), ask(2, 31, 10), ask(3, 41, 10)], rules=rules, spells={1: (spell, flagged)})
    assert decisions(found) == ["approve", "warn", "hold"]


def test_a_currency_without_a_rate_holds() -> None:
    dollars = replace(ask(1, 0, 100), currency="USD", at_once=())
    terms = Terms("CNY", {}, {1: (Spell(date.min, "B", 0, LIMIT),)})

    found = list(replay([dollars], [], dues=Dues({}), terms=terms, rules=Rules(), value=rates_of_nobody))
    assert [one.rule for one in found[0].decision.reasons] == ["without_rate"] if found[0].decision else False


def rates_of_nobody(minor: int, currency: str, into: str, on: date) -> int:
    from huikuan.kernel.errors import Refusal

    if currency == into:
        return minor
    raise Refusal("exposure_without_rate", currency=currency, into=into, day=on)


@st.composite
def pasts(draw: st.DrawFn) -> tuple[list[Ask], list[Change], dict[int, date | None]]:
    """Orders and payments of two customers; receipts and advances that came for nothing named."""
    asks, changes, dues = [], [], dict[int, date | None]()
    for key in range(1, draw(st.integers(1, 12)) + 1):
        on, amount, customer = draw(st.integers(0, 90)), draw(st.integers(1, 700)), draw(st.integers(1, 2))
        contract = draw(st.sampled_from(["", "HT"]))
        one = ask(key, on, amount, customer)
        posted = replace(one.at_once[0], contract_number=contract)
        dues[key] = draw(st.none() | st.integers(on, on + 40).map(day))
        asks.append(replace(one, contract_number=contract, at_once=(posted,)))
        for part in draw(st.lists(st.integers(1, amount), max_size=2)):
            if sum(-change.amount for change in changes if change.item == key) + part <= amount:
                later = draw(st.integers(on + 1, 100))
                changes.append(replace(paid(key, later, part, customer), contract_number=contract))
    for _ in range(draw(st.integers(0, 4))):
        component = draw(st.sampled_from([UNAPPLIED, ADVANCES]))
        changes.append(
            Change(day(draw(st.integers(0, 90))), draw(st.integers(1, 2)), component, "CNY",
                   draw(st.sampled_from(["", "HT"])), draw(st.integers(1, 300)))
        )  # fmt: skip
    return asks, changes, dues


@given(pasts(), st.integers(1, 1_500), st.none() | st.integers(0, 20))
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_walk_equals_the_plain_rule_for_every_order(
    past_: tuple[list[Ask], list[Change], dict[int, date | None]], limit: int, over: int | None
) -> None:
    asks, changes, dues = past_
    rules = Rules(order=Blocking(overdue_days=over, overdue_amount=900))
    spells = {one: (Spell(date.min, "B", 3, Limit(GRANTED, "CNY", limit)),) for one in (1, 2)}
    found = replay(
        asks, changes, dues=Dues(dues), terms=Terms("CNY", {}, spells), rules=rules, value=no_rate
    )  # fmt: skip
    let_through: list[Ask] = []
    for one in found:
        nodes, late = plainly(one.ask, let_through, changes, dues, limit)
        assert (one.nodes, one.late) == (nodes, late)
        assert one.decision == decide(nodes, late, rules)
        if not one.held:
            let_through.append(one.ask)


def plainly(
    one: Ask, before: Sequence[Ask], changes: Sequence[Change], dues: dict[int, date | None], limit: int
) -> tuple[tuple[Standing, ...], Late]:
    """The definition: everything by the day, of the customer, but for orders that were held, summed anew."""
    known = {earlier.key for earlier in before}
    stands = [change for earlier in before for change in earlier.at_once]
    stands += [each for each in changes if each.day <= one.day and (each.ask is None or each.ask in known)]
    mine = [each for each in stands if each.customer_id == one.customer_id]
    keys = {(each.component, each.contract_number) for each in mine}
    lines = [
        Line(one.customer_id, "CNY", contract, component,
             sum(each.amount for each in mine if (each.component, each.contract_number) == (component, contract)))
        for component, contract in sorted(keys)
    ]  # fmt: skip
    asked = Line(one.customer_id, "CNY", one.contract_number, ORDERS, one.amount)
    now, then = (exposure_of(some, "CNY", lambda minor, _of: minor) for some in (lines, [*lines, asked]))
    open_of = {each.item: sum(x.amount for x in mine if x.item == each.item) for each in mine if each.item}
    overdue = {item: amount for item, amount in open_of.items() if amount and _due(dues[item], one.day)}
    oldest = min((due for item in overdue if (due := dues[item])), default=one.day)
    late = Late(max(0, (one.day - oldest).days - 3) if overdue else 0, sum(overdue.values()))
    debt = sum(now.of(component) for component in ("open_claims", "bills", "cash_held", "unapplied", "advances"))
    return (Standing("", Limit(GRANTED, "CNY", limit), now.total, then.total, debt),), late


def _due(due: date | None, on: date) -> bool:
    return due is not None and due < on


@pytest.mark.sealed
@pytest.mark.django_db(transaction=True)
@given(data=st.data())
@settings(max_examples=LEDGERS, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_walk_stands_where_the_books_of_the_day_stand(data: st.DataObject) -> None:
    """On ledgers with reversals, extensions and two currencies: nobody held, so every day is as it was."""
    book = new_book()
    rate("USD", 700_000_000, FIRST - timedelta(days=90))
    rate("USD", 713_000_000, FIRST + timedelta(days=100))
    write_random(data.draw, book, steps=30)
    if data.draw(st.booleans()):
        refresh(wait=True)
    period = Period(FIRST, FIRST + timedelta(days=400), FIRST + timedelta(days=400), 30)
    found = past(book.company.pk, period)
    spells = {one.pk: (Spell(date.min, "A", 0, Limit(GRANTED, "CNY", 10**12)),) for one in book.customers}
    value = rates_then({"USD", "CNY"}, period)
    rules = Rules(order=Blocking())
    terms = Terms("CNY", {}, spells)
    walked = list(replay(found.asks, found.changes, dues=found.dues, terms=terms, rules=rules, value=value))
    last = {(one.ask.customer_id, one.ask.day): one for one in walked}
    alone = [
        one
        for one in walked
        if sum((x.ask.customer_id, x.ask.day) == (one.ask.customer_id, one.ask.day) for x in walked) == 1
    ]
    for (customer_id, on), one in last.items():
        node = Node(customer_id, "", frozenset({customer_id}))
        stated = exposure_as_of(book.company, node, currency="CNY", day=on).exposure
        # What is asked for before it is posted is bound already; the books do not know of it yet.
        bound = [
            x.ask
            for x in walked
            if x.ask.customer_id == customer_id and x.ask.day <= on < _posted(x.ask, found.changes)
        ]
        # So is what was asked for before the period and posted within it.
        early = sum(
            each.amount
            for each in found.changes
            if each.customer_id == customer_id and each.component == ORDERS and each.ask is None and each.day <= on
        )
        if not bound and not early:
            # As an order it is converted apart from the claims it becomes one of.
            assert abs(one.nodes[0].after - stated.total) <= (one.ask.currency != "CNY")
    for one in alone:
        assert one.late == _overdue(book.company.pk, one.ask, value)


def _posted(one: Ask, changes: Sequence[Change]) -> date:
    moves = [*one.at_once, *(each for each in changes if each.ask == one.key)]
    return min(each.day for each in moves if each.item)


def _overdue(company_id: int, one: Ask, value: Any) -> Late:
    """From the raw facts; what falls due before its own document is asked for is not overdue when it is asked for."""
    moment = Moment(one.day, company_id=company_id)
    with asking("database") as engine:
        rows = engine.rows(
            f"SELECT due_date, currency, open_amount FROM ({open_lines(engine, moment, 'due')}) AS lines"
            " WHERE side = 'debit' AND due_date < %(as_of)s AND customer_id = %(whose)s AND item_id <> %(own)s",
            {**moment.parameters(), "whose": one.customer_id, "own": one.document_id},
        )
    late = [(date.fromisoformat(due) if isinstance(due, str) else due, of, amount) for due, of, amount in rows]
    if not late:
        return Late()
    oldest = (one.day - min(due for due, _, _ in late)).days
    return Late(oldest, sum(value(amount, of, "CNY", one.day) for _, of, amount in late))


@pytest.mark.parametrize(
    ("clearings", "expected"),
    [
        ((), Outcome(late=1_000, late_days=100_000)),
        ((Clearing(day(60), 1_000, PAID),), Outcome(in_time=1_000)),
        ((Clearing(day(61), 1_000, PAID),), Outcome(late=1_000, late_days=31_000)),
        ((Clearing(day(20), 400, PAID), Clearing(day(90), 600, LOST)), Outcome(in_time=400, lost=600)),
        ((Clearing(day(20), 100, WITHDRAWN), Clearing(day(70), 900, PAID)),
         Outcome(withdrawn=100, late=900, late_days=36_000)),
        # Paid in time, taken back, paid again much later: the last payment is the one that came.
        ((Clearing(day(30), 1_000, PAID), Clearing(day(40), -1_000, PAID), Clearing(day(80), 1_000, PAID)),
         Outcome(late=1_000, late_days=50_000)),
    ],
)  # fmt: skip
def test_what_became_of_an_order_adds_up_to_it(clearings: tuple[Clearing, ...], expected: Outcome) -> None:
    claim = Claim(1_000, day(30), clearings)
    assert outcome_of(1_000, [claim], on=day(130), late_over=30) == expected


def test_nobody_knows_yet_what_is_open_and_not_late() -> None:
    claim = Claim(1_000, day(30), (Clearing(day(40), 300, PAID),))
    assert outcome_of(1_500, [claim], on=day(60), late_over=30) == Outcome(in_time=300, unknown=1_200)
    assert outcome_of(1_500, [claim], on=day(61), late_over=30) == Outcome(
        in_time=300, late=700, late_days=21_700, unknown=500
    )
    assert outcome_of(500, [], on=day(0), late_over=30) == Outcome(unknown=500)
    assert outcome_of(1_000, [Claim(1_000, None)], on=day(900), late_over=30) == Outcome(unknown=1_000)


def test_a_limit_by_what_was_carried() -> None:
    """At most 90,000.00 out at once."""
    bought = Bought("CNY", day(-400), 90_000_00)
    limits = [carried_limit(bought, grade).amount for grade in ("A", "B", "C", "")]
    assert limits == [108_000_00, 90_000_00, 45_000_00, 45_000_00]
    assert (is_newcomer(day(-89), day(0)), is_newcomer(day(-90), day(0)), is_newcomer(None, day(0))) == (
        True, False, True
    )  # fmt: skip
