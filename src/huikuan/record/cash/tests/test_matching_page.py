"""The worked numbers of docs/algorithms/matching.md are what matching says."""

from __future__ import annotations

import pytest

from huikuan.record.cash.domain.book import Claim
from huikuan.record.cash.tests.asking import HAIYUE, ask, claim, parts, payment

NAME = HAIYUE.names[0]


def owed() -> list[Claim]:
    return [
        claim(1, 4_872_135, number="FP20260112"),
        claim(2, 1_300_000, number="FP20260118"),
        claim(3, 2_245_060, number="FP20260121"),
        claim(4, -144_000, number="CN2026007"),
    ]


@pytest.mark.parametrize(
    ("amount", "payer", "memo", "verdict", "probability", "paid"),
    [
        (6_172_135, NAME, "付FP20260112/118货款", "applied", "1.0000", {1: 4_872_135, 2: 1_300_000}),
        (2_245_060, NAME, "货款", "applied", "0.9994", {3: 2_245_060}),
        (1_300_000, NAME, "货款", "suggested", "0.9943", {2: 1_300_000}),
        (4_870_135, NAME, "FP20260112", "applied", "0.9999", {1: 4_870_135}),
        (4_870_135, NAME, "货款", "suggested", "0.8801", {1: 4_870_135}),
        (4_728_135, NAME, "货款", "applied", "0.9991", {1: 4_872_135, 4: -144_000}),
        (1_500_000, NAME, "FP20260112", "applied", "0.9975", {1: 1_500_000}),
        (1_500_000, NAME, "货款", "left", "0.0025", {1: 1_500_000}),
        (2_245_060, "北岸供应链", "代付FP20260121", "suggested", "0.9985", {3: 2_245_060}),
    ],
)
def test_worked(amount, payer, memo, verdict, probability, paid):
    answer = ask(payment(amount, payer, memo), owed())
    assert (answer.verdict, f"{answer.proposals[0].probability:.4f}", parts(answer)) == (verdict, probability, paid)


def test_a_second_claim_of_the_amount():
    answer = ask(payment(2_245_060, NAME), [*owed(), claim(5, 2_245_060)])
    assert (answer.verdict, [f"{one.probability:.4f}" for one in answer.proposals]) == ("left", ["0.4999", "0.4999"])
