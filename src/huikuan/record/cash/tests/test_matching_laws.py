"""What holds of every answer, whatever is asked: money is conserved, order is no evidence, doubt is never applied."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.record.cash.domain.book import Answer, Claim, Learned, Party, Payment, Verdict
from huikuan.record.cash.domain.evidence import alone, calibrated, shares, single
from huikuan.record.cash.domain.matching import Matcher
from huikuan.record.cash.tests.asking import DAY, claim, payment

LAW = settings(deadline=None, max_examples=50)
NAMES = ("海岳风电设备（盐城）有限公司", "蓝桥精密机械股份有限公司", "Northern Lantern Logistics Inc")
PARTIES = [Party(number, f"C{number}", (name,)) for number, name in enumerate(NAMES, 1)]
STRANGER = "北岸某某商行"
#: Few and near each other, so that amounts, sums and parts of them meet.
AMOUNTS = st.sampled_from([10_000, 10_001, 20_000, 20_001, 30_001, 50_000, 98_765])


@st.composite
def books(draw: st.DrawFn) -> list[Claim]:
    """Up to nine claims and credits of three customers."""
    made = []
    for item in range(1, draw(st.integers(1, 9)) + 1):
        amount = draw(AMOUNTS) * (-1 if draw(st.integers(0, 5)) == 0 else 1)
        due = DAY - timedelta(days=draw(st.integers(-20, 40)))
        discounts = ((due, abs(amount) * 2 // 100),) if draw(st.booleans()) else ()
        made.append(claim(item, amount, draw(st.integers(1, 3)), due_date=due, discounts=discounts))
    return made


@st.composite
def weeks(draw: st.DrawFn, claims: list[Claim]) -> list[Payment]:
    """Up to five payments about those claims: exact, short, over, of sums; named or not; by whom it may be."""
    made = []
    for line in range(1, draw(st.integers(1, 5)) + 1):
        meant = draw(st.lists(st.sampled_from(claims), min_size=1, max_size=3, unique_by=lambda one: one.item_id))
        whole = sum(one.open_amount * (1 if one.side == "debit" else -1) for one in meant)
        amount = abs(whole + draw(st.sampled_from([0, 0, 0, -1_500, -9_000, 700]))) or 1
        memo = "货款" + ("、".join(one.document_number for one in meant) if draw(st.booleans()) else "")
        payer = draw(st.sampled_from([*NAMES, STRANGER, ""]))
        on = DAY + timedelta(days=draw(st.integers(0, 3)))
        made.append(payment(amount, payer, memo, line_id=line, booked_on=on))
    return made


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Claim], list[Payment]]:
    claims = draw(books())
    return claims, draw(weeks(claims))


def answered(claims: list[Claim], payments: list[Payment], parties: list[Party] = PARTIES) -> dict[int, Answer]:
    return {answer.line_id: answer for answer in Matcher(claims, parties).match(payments)}


@LAW
@given(problems())
def test_every_proposal_conserves_the_payment_and_takes_no_more_than_is_open(problem):
    claims, payments = problem
    opened = {one.item_id: one for one in claims}
    paid = {one.line_id: one.amount for one in payments}
    for line, answer in answered(claims, payments).items():
        for proposal in answer.proposals:
            assert sum(part.amount for part in proposal.parts) + proposal.rest == paid[line]
            assert proposal.rest >= 0
            assert 0 <= proposal.probability <= 1
            closed = Counter({part.item_id: abs(part.amount) for part in proposal.parts})
            assert len(closed) == len(proposal.parts)
            for difference in proposal.differences:
                assert difference.amount > 0
                assert difference.item_id in closed
                closed[difference.item_id] += difference.amount
            for part in proposal.parts:
                one = opened[part.item_id]
                assert one.customer_id == proposal.customer_id
                assert (part.amount > 0) == (one.side == "debit")
                assert closed[part.item_id] <= one.open_amount


@LAW
@given(problems())
def test_all_that_is_applied_together_takes_no_more_than_is_open(problem):
    claims, payments = problem
    taken: Counter[int] = Counter()
    for answer in answered(claims, payments).values():
        if answer.verdict is Verdict.APPLIED:
            taken.update({part.item_id: abs(part.amount) for part in answer.proposals[0].parts})
            taken.update({one.item_id: one.amount for one in answer.proposals[0].differences})
    assert all(taken[one.item_id] <= one.open_amount for one in claims)


@LAW
@given(problems(), st.integers(0, 1_000))
def test_in_which_order_it_is_asked_changes_no_answer(problem, seed):
    claims, payments = problem
    shuffled = [list(some) for some in (claims, payments, PARTIES)]
    for some in shuffled:
        Random(seed).shuffle(some)
    assert answered(*shuffled) == answered(claims, payments)


@LAW
@given(problems(), AMOUNTS)
def test_a_customer_more_makes_no_proposal_likelier(problem, amount):
    claims, payments = problem
    one = payments[0]
    stranger = Party(9, "C9", ("远山印刷包装有限公司",))
    more = [*claims, claim(99, amount, 9)]
    before, after = answered(claims, [one])[1], answered(more, [one], [*PARTIES, stranger])[1]
    known = {(proposal.customer_id, proposal.parts): proposal.probability for proposal in before.proposals}
    for proposal in after.proposals:
        said = known.get((proposal.customer_id, proposal.parts))
        assert said is None or proposal.probability <= said + 1e-6


@LAW
@given(books(), st.integers(1, 3), AMOUNTS)
def test_of_twins_none_is_applied_by_itself(claims, customer_id, amount):
    twins = [claim(90, amount, customer_id), claim(91, amount, customer_id)]
    others = [one for one in claims if one.open_amount != amount or one.customer_id != customer_id]
    one = payment(amount, NAMES[customer_id - 1], line_id=1)
    answer = answered([*others, *twins], [one])[1]
    paid = {part.item_id for proposal in answer.proposals[:1] for part in proposal.parts}
    assert answer.verdict is not Verdict.APPLIED or not paid & {90, 91}


@LAW
@given(problems())
def test_a_stranger_applies_nothing_by_itself(problem):
    claims, payments = problem
    for answer in answered(claims, [replace(one, payer_name=STRANGER) for one in payments]).values():
        assert answer.verdict is not Verdict.APPLIED


def test_probabilities_of_what_excludes_each_other():
    assert shares([0.0], []) == [0.5]
    assert [round(one, 6) for one in shares([7.0, 0.0], [0.0])] == [0.997272, 0.000909]
    assert shares([900.0], [0.0]) == [1.0]
    assert (alone(0.0), alone(-900.0), round(alone(5.0), 4)) == (0.5, 0.0, 0.9933)
    assert (single(1_234_567, 1), single(1_000_000, 1)) == (7.5, 4.5)


def test_calibration_goes_in_straight_lines_between_what_was_seen():
    points = ((0.5, 0.3), (0.9, 0.8))
    assert [round(calibrated(one, points), 3) for one in (0.0, 0.25, 0.5, 0.7, 0.9, 0.95, 1.0)] == [
        0.0, 0.15, 0.3, 0.55, 0.8, 0.9, 1.0,
    ]  # fmt: skip
    assert calibrated(0.7, ()) == 0.7


def test_what_was_learned_of_probabilities_can_keep_a_payment_back():
    claims, one = [claim(1, 98_765)], payment(98_765, NAMES[0])
    taught = Learned(calibration=((0.9, 0.5), (1.0, 0.95)))
    [sure], [doubtful] = Matcher(claims, PARTIES).match([one]), Matcher(claims, PARTIES, learned=taught).match([one])
    assert (sure.verdict, doubtful.verdict) == (Verdict.APPLIED, Verdict.SUGGESTED)
