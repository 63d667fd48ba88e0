"""Altman's Z for firms that are not listed: three writings, each with its zones.

E. I. Altman's revised models. Z′ is for private manufacturers, Z″ for any private firm, EM adds 3.25 to Z″ for
emerging markets, and to its thresholds likewise (1.1 + 3.25 and 2.6 + 3.25).
"""

from __future__ import annotations

from fractions import Fraction

#: An amount or an exact quotient of amounts; whole numbers stay whole, which are quicker to reckon with.
Exact = int | Fraction

DISTRESS, GREY, SAFE = "distress", "grey", "safe"
#: Model → below the first it is distress, above the second safe.
ZONES: dict[str, tuple[Fraction, Fraction]] = {
    "altman_z_private": (Fraction("1.23"), Fraction("2.90")),
    "altman_z": (Fraction("1.1"), Fraction("2.6")),
    "altman_em": (Fraction("4.35"), Fraction("5.85")),
}
EM_CONSTANT = Fraction("3.25")
_PRIVATE = tuple(map(Fraction, ("0.717", "0.847", "3.107", "0.420", "0.998")))
_ANY = tuple(map(Fraction, ("6.56", "3.26", "6.72", "1.05")))


def z_private(x1: Exact, x2: Exact, x3: Exact, x4: Exact, x5: Exact) -> Fraction:
    """Z′ = 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5.

    X1 working capital, X2 retained earnings, X3 profit before interest and tax, X5 revenue, each ÷ total assets;
    X4 book equity ÷ total liabilities.
    """
    return _weighed(_PRIVATE, (x1, x2, x3, x4, x5))


def z_any(x1: Exact, x2: Exact, x3: Exact, x4: Exact) -> Fraction:
    """Z″ = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4; X as for Z′."""
    return _weighed(_ANY, (x1, x2, x3, x4))


def z_emerging(x1: Exact, x2: Exact, x3: Exact, x4: Exact) -> Fraction:
    """EM = Z″ + 3.25."""
    return z_any(x1, x2, x3, x4) + EM_CONSTANT


def zone(model: str, value: Exact) -> str:
    """distress below the lower threshold, safe above the upper one, grey between and on them."""
    low, high = ZONES[model]
    return DISTRESS if value < low else SAFE if value > high else GREY


def _weighed(weights: tuple[Fraction, ...], values: tuple[Exact, ...]) -> Fraction:
    return sum((weight * value for weight, value in zip(weights, values, strict=True)), Fraction(0))
