"""The scorecards that come with the product (示例): figures of judgement, each to be set by the company.

Small firms pay or do not pay, and the ledger knows; of key accounts the reports and the bank tell more; of prospects
only others can say anything.
"""

from __future__ import annotations

from typing import Any

_LATER_IS_WORSE = [("-3", 5), ("0.1", 4), ("2", 3), ("5", 2), ("10", 1), (None, 0)]


def _rising(edges: list[tuple[str | None, int]]) -> list[dict[str, Any]]:
    """Bins from edge to edge: below the first, from there to below the second, and so on."""
    low = None
    found = []
    for high, points in edges:
        ends = {"from": low, "to": high}
        found.append({**{name: edge for name, edge in ends.items() if edge is not None}, "points": points})
        low = high
    return found


def _is(points: dict[str, int]) -> list[dict[str, Any]]:
    return [{"is": [choice], "points": given} for choice, given in points.items()]


def _line(factor: str, points: int, bins: list[dict[str, Any]], **more: int) -> dict[str, Any]:
    return {"factor": factor, "points": points, "bins": bins, **more}


def _stated(missing: int) -> dict[str, int]:
    """Of a line of statements: what nothing known gives, and how long a year's statements count."""
    return {"missing": missing, "months": 18}


def _on_time(points: int) -> list[dict[str, Any]]:
    """Seven steps, from a fifth of the claims on time to nearly all."""
    steps = ["0.2", "0.4", "0.6", "0.75", "0.85", "0.95", None]
    shares = [0, 20, 40, 60, 73, 87, 100]
    return _rising([(edge, points * share // 100) for edge, share in zip(steps, shares, strict=True)])


def _days_late(points: int) -> list[dict[str, Any]]:
    """Finest where most customers are: around the due date."""
    steps = ["-2", "0.1", "1", "2", "3", "5", "8", "12", "20", "30", None]
    shares = [100, 94, 87, 80, 74, 60, 44, 27, 14, 7, 0]
    return _rising([(edge, points * share // 100) for edge, share in zip(steps, shares, strict=True)])


_STRUCK_OUT = [
    {"factor": "dishonest_debtor", "is": ["yes"], "grade": "C"},
    {"factor": "registry_status", "is": ["revoked", "cancelled"], "grade": "C"},
    {"factor": "conduct", "is": ["bad_faith"], "grade": "C"},
]
_LONG_OVERDUE = {"factor": "longest_overdue", "from": "180", "grade": "C"}

_OVERDUE_NOW = _rising([("0.0001", 10), ("0.05", 8), ("0.1", 6), ("0.25", 3), ("0.5", 1), (None, 0)])
_VERY_LATE = _rising([("0.0001", 10), ("0.01", 8), ("0.03", 6), ("0.06", 4), ("0.12", 2), (None, 0)])
_THIRD_PARTY = {"excellent": 10, "good": 8, "fair": 4, "poor": 0}

SMALL_FIRMS = {
    "needs": 50,
    "factors": [
        _line("average_days_late", 30, _days_late(30), missing=12),
        _line("paid_on_time_amount", 15, _on_time(15), missing=6),
        _line("paid_on_time_count", 10, _on_time(10), missing=4),
        _line("very_late_share", 10, _VERY_LATE, missing=4),
        _line("overdue_share", 10, _OVERDUE_NOW, missing=4),
        _line("longest_overdue", 5, _rising([("1", 5), ("31", 4), ("61", 3), ("91", 1), (None, 0)]), missing=2),
        _line("days_late_change", 5, _rising(_LATER_IS_WORSE), missing=3),
        _line("payment_cycle_change", 5, _rising(_LATER_IS_WORSE), missing=3),
        _line("months_known", 5, _rising([("3", 1), ("6", 2), ("12", 3), ("24", 4), (None, 5)]), missing=0),
        _line("years_established", 5, _rising([("1", 0), ("3", 2), ("8", 4), (None, 5)]), missing=2, months=24),
    ],
    "knock_outs": [*_STRUCK_OUT, _LONG_OVERDUE],
}

#: Ledger 45, statements 40, what others say 15. Statements count for 18 months after the day they speak of.
KEY_ACCOUNTS = {
    "needs": 60,
    "factors": [
        _line("average_days_late", 15, _days_late(15), missing=6),
        _line("paid_on_time_amount", 10, _on_time(10), missing=4),
        _line("overdue_share", 10, _OVERDUE_NOW, missing=4),
        _line("payment_cycle_change", 5, _rising(_LATER_IS_WORSE), missing=3),
        _line("return_rate", 5, _rising([("0.01", 5), ("0.03", 4), ("0.05", 2), ("0.1", 1), (None, 0)]), missing=3),
        _line("debt_ratio", 8, _rising([("0.4", 8), ("0.55", 6), ("0.7", 4), ("0.85", 1), (None, 0)]), **_stated(3)),
        _line("quick_ratio", 7, _rising([("0.4", 0), ("0.6", 2), ("0.8", 4), ("1", 5), (None, 7)]), **_stated(2)),
        # The zones of Z″: below 1.1 distress, through 2.6 grey, above it safe (values have six places).
        _line("altman_z", 8, _rising([("1.1", 0), ("1.85", 3), ("2.600001", 5), (None, 8)]), **_stated(3)),
        _line("cash_flow_ratio", 6, _rising([("0", 0), ("0.1", 2), ("0.2", 4), (None, 6)]), **_stated(2)),
        _line("receivables_turnover", 4, _rising([("2", 0), ("4", 2), ("6", 3), (None, 4)]), **_stated(1)),
        _line(
            "receivables_and_inventory_share", 4, _rising([("0.4", 4), ("0.6", 3), ("0.75", 1), (None, 0)]),
            **_stated(1),
        ),
        _line("return_on_equity", 3, _rising([("0", 0), ("0.04", 1), ("0.08", 2), (None, 3)]), **_stated(1)),
        _line("bank_reference", 7, _is({"good": 7, "fair": 3, "poor": 0}), missing=3, months=18),
        _line("third_party_rating", 8, _is({"excellent": 8, "good": 6, "fair": 3, "poor": 0}), missing=3, months=18),
    ],
    "knock_outs": [*_STRUCK_OUT, _LONG_OVERDUE],
}  # fmt: skip

PROSPECTS = {
    "needs": 50,
    "factors": [
        _line("years_established", 15, _rising([("1", 0), ("3", 5), ("8", 11), (None, 15)]), missing=5, months=24),
        _line("open_lawsuits", 15, _rising([("1", 15), ("3", 9), ("6", 4), (None, 0)]), missing=6, months=6),
        _line(
            "third_party_rating", 20, _is({name: 2 * points for name, points in _THIRD_PARTY.items()}),
            missing=8, months=18,
        ),
        _line("bank_reference", 15, _is({"good": 15, "fair": 8, "poor": 0}), missing=6, months=18),
        _line("peer_reference", 15, _is({"prompt": 15, "slow": 6, "bad": 0}), missing=6, months=18),
        _line(
            "debt_ratio", 10, _rising([("0.4", 10), ("0.55", 8), ("0.7", 5), ("0.85", 2), (None, 0)]),
            missing=4, months=18,
        ),
        _line("management_view", 10, _is({"strong": 10, "sound": 7, "weak": 0}), missing=4, months=12),
    ],
    "knock_outs": _STRUCK_OUT,
}  # fmt: skip

#: Grades and reviews as the sources have them: A from 80, B 60 to 79, C below; A after 12 months, B and C after 6.
DOCUMENT: dict[str, Any] = {
    "grades": [
        {"grade": "A", "from": 80, "to": 100, "review_months": 12},
        {"grade": "B", "from": 60, "to": 79, "review_months": 6},
        {"grade": "C", "from": 0, "to": 59, "review_months": 6},
    ],
    "choice": [
        {"card": "prospects", "status": ["prospect"]},
        {"card": "key_accounts", "value_class": ["key", "strategic"]},
        {"card": "small_firms"},
    ],
    "cards": {"small_firms": SMALL_FIRMS, "key_accounts": KEY_ACCOUNTS, "prospects": PROSPECTS},
}
