"""What speaks for a payment being this customer's and paying these claims: weights, added up to log-odds.

A weight is the natural logarithm of how much more often the sign is seen where the proposal is right than where it is
not; docs/algorithms/matching.md says where each comes from. Nothing known is 0: as likely as not anything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.names import Likely
from huikuan.record.cash.domain.numbers import Strength

#: From this weight on a sign leaves no doubt who the payer is.
SURE = 4.2
ADVICE = "advice"
MEMO = "memo"

#: The payer is the customer: by kind of name.
_PAYER = {"same": 5.0, "bare": 4.5, "mandate": 4.5, "alias": 3.5, "cut": 4.0, "short": 2.5, "initials": 1.5}
_ALIAS_CONFIRMED = 0.75
_MOST_CONFIRMED = 4
_ACCOUNT = 4.5
_GROUP = -1.5
_NAMED_IN_MEMO = 2.5
_UNLIKE = -8.0
_UNKNOWN_WITHOUT_REFERENCE = -1.5
_ANOTHER = -8.0
_REJECTED = -6.0
#: A number names the claim: by how surely.
_REFERENCE = {Strength.WHOLE: 7.0, Strength.SHORT: 6.5, Strength.CORE: 2.5, Strength.TAIL: 2.5, Strength.NEAR: 2.0}
_ADVISED = 1.0
_NOT_FOLLOWED = {
    Strength.WHOLE: -5.0,
    Strength.SHORT: -3.0,
    Strength.CORE: -0.3,
    Strength.TAIL: -0.5,
    Strength.NEAR: 0.0,
}
#: Log-odds beyond which there is nothing to tell.
_FAR = 50.0
_LEAST_TELLING, _OF_TELLING, _MOST_TELLING = 2.0, 0.7, 5.0
#: Most payments pay one claim whole.
_PAID_WHOLE = 2.5


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks for or against, with its weight in log-odds."""

    code: str
    weight: float
    value: str = ""
    threshold: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def reason(self) -> Reason:
        """As told to people: met where it speaks for the proposal."""
        said = {**dict(self.params), "weight": f"{self.weight:+.1f}"}
        return Reason(self.code, self.weight >= 0, self.value, self.threshold, said)


def payer(likely: Likely, times: int = 1) -> Sign:
    """The payer's name is one of the customer's, or like one."""
    weight = _PAYER.get(likely.kind)
    if weight is None:
        weight = 0.5 + (likely.likeness - 80.0) / 6.0
    if likely.kind == "alias":
        weight += _ALIAS_CONFIRMED * min(times, _MOST_CONFIRMED)
    params = (("name", likely.name), ("times", str(times)))
    return Sign(f"payer_{likely.kind}", weight, f"{likely.likeness:.0f}", params=params)


def account(number: str, times: int) -> Sign:
    """The money came from an account the customer is known to pay from."""
    weight = _ACCOUNT + _ALIAS_CONFIRMED * min(times, _MOST_CONFIRMED)
    return Sign("payer_account", weight, number, params=(("times", str(times)),))


def group(sign: Sign) -> Sign:
    """Another member of the customer's group paid."""
    return Sign("payer_in_group", sign.weight + _GROUP, params=(("by", sign.code), *sign.params))


def named_in_memo(name: str) -> Sign:
    return Sign("named_in_memo", _NAMED_IN_MEMO, params=(("name", name),))


def payer_unlike(name: str) -> Sign:
    """Somebody else paid, whom nothing connects with the customer."""
    return Sign("payer_unlike", _UNLIKE, name)


def payer_unnamed() -> Sign:
    return Sign("payer_unnamed", _UNKNOWN_WITHOUT_REFERENCE)


def payer_another(name: str) -> Sign:
    """Another customer paid, of no common group."""
    return Sign("payer_another", _ANOTHER, name)


def rejected() -> Sign:
    return Sign("payer_rejected", _REJECTED)


def references(named: Iterable[tuple[Strength, str, str]]) -> list[Sign]:
    """Numbers that name the claims, (strength, source, text) each: the strongest counts, each further one a little."""
    ordered = sorted(named, key=lambda one: (-_REFERENCE[one[0]] - (_ADVISED if one[1] == ADVICE else 0), one[2]))
    signs = []
    for place, (strength, source, text) in enumerate(ordered):
        weight = _REFERENCE[strength] + (_ADVISED if source == ADVICE else 0.0)
        code = f"{'advised' if source == ADVICE else 'named'}_{strength.name.lower()}"
        signs.append(Sign(code, weight if place == 0 else 0.5, text))
    return signs


def not_followed(strength: Strength, text: str) -> Sign:
    """A number in the text names a claim this proposal does not pay."""
    return Sign("reference_not_followed", _NOT_FOLLOWED[strength], text)


def telling(amount: int, near: int) -> float:
    """How telling an equal amount is: −ln of the share of amounts as round as this, within a tenth of it, that are
    open; `near` of them are. A round amount says little, an odd one much."""
    grid = 1
    while amount % (grid * 10) == 0 and amount:
        grid *= 10
    possible = max(1.0, abs(amount) * 0.2 / grid)
    return log(possible / max(1, near))


def single(amount: int, near: int) -> float:
    """One claim of this customer is for exactly this amount."""
    return _PAID_WHOLE + min(_MOST_TELLING, _LEAST_TELLING + _OF_TELLING * max(0.0, telling(amount, near)))


def shares(
    scores: Iterable[float], others: Iterable[float], calibration: tuple[tuple[float, float], ...] = ()
) -> list[float]:
    """Probabilities of proposals that exclude each other, from their log-odds.

    `others`: of each customer that it paid, and none of its proposals is meant: by that the payer's name makes no
    claim likelier. That it is nobody known is 0.
    """
    scored, against = list(scores), [0.0, *others]
    top = max([*against, *scored])
    weights = [exp(score - top) for score in scored]
    whole = sum(weights) + sum(exp(score - top) for score in against)
    return [calibrated(weight / whole, calibration) for weight in weights]


def calibrated(probability: float, points: tuple[tuple[float, float], ...]) -> float:
    """`probability` as it proved right before: between the points told, in straight lines; 0 and 1 stay."""
    if not points:
        return probability
    before = (0.0, 0.0)
    for point in (*points, (1.0, max(1.0, points[-1][1]))):
        if probability <= point[0]:
            width = point[0] - before[0]
            share = (probability - before[0]) / width if width else 1.0
            return before[1] + share * (point[1] - before[1])
        before = point
    return probability


def alone(score: float) -> float:
    """The probability of one thing against none, from its log-odds."""
    return 1.0 / (1.0 + exp(-score)) if score > -_FAR else 0.0


def told(signs: Iterable[Sign]) -> tuple[Reason, ...]:
    """The reasons of signs, the weightiest first."""
    return tuple(sign.reason() for sign in sorted(signs, key=lambda sign: (-abs(sign.weight), sign.code, sign.value)))
