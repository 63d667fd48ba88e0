"""The rule of collection tiers a company may set: the matrix, and what holds for each tier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.act.planning.domain.drafting import METHODS
from huikuan.act.planning.domain.tiers import UNGRADED
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

_KEYS = {"amount_from", "cycle_from", "tiers", "matrix"}
_TIER = {"title": str, "term_days": int, "method": str, "measures": str}
_MOST_BOUNDS, _LONGEST_CODE, _LONGEST, _MOST_DAYS = 8, 10, 300, 720


def check_tiers(document: Mapping[str, Any]) -> None:
    """`amount_from` and `cycle_from`: rising bounds, whole units and days; `tiers`: code → title, term_days, method,
    measures; `matrix`: grade (and `-`, for those without) → a row for each amount band, of a tier for each cycle
    band."""
    places = [Place(column=name) for name in document if name not in _KEYS]
    places += [
        Place(column=name, value=str(document.get(name))[:80], fix="[100000, 1000000]")
        for name in ("amount_from", "cycle_from")
        if not _rising(document.get(name))
    ]
    tiers, matrix = document.get("tiers"), document.get("matrix")
    places += _faults_of_tiers(tiers)
    if not isinstance(matrix, Mapping) or UNGRADED not in matrix:
        places.append(Place(column="matrix", fix=f'{{"A": …, "{UNGRADED}": …}}'))
    if places:
        raise Refusal("collection_tiers_invalid", where=places)
    places = [
        Place(column=f"matrix.{grade}", value=str(rows)[:80])
        for grade, rows in document["matrix"].items()
        if not _fits(rows, len(document["amount_from"]) + 1, len(document["cycle_from"]) + 1, document["tiers"])
    ]
    if places:
        raise Refusal("collection_tiers_invalid", where=places)


def _rising(bounds: object) -> bool:
    if not isinstance(bounds, list) or len(bounds) > _MOST_BOUNDS:
        return False
    whole = all(type(one) is int and one > 0 for one in bounds)
    return whole and all(one < other for one, other in pairwise(bounds))


def _faults_of_tiers(tiers: object) -> list[Place]:
    if not isinstance(tiers, Mapping) or not tiers:
        return [Place(column="tiers", value=str(tiers)[:80])]
    return [Place(column=f"tiers.{code}", value=str(said)[:80], fix=", ".join(_TIER)) for code, said in tiers.items()
            if not _is_tier(code, said)]  # fmt: skip


def _is_tier(code: object, said: object) -> bool:
    if not isinstance(code, str) or not 0 < len(code) <= _LONGEST_CODE:
        return False
    if not isinstance(said, Mapping) or set(said) != set(_TIER):
        return False
    typed = all(type(said[name]) is kind for name, kind in _TIER.items())
    return (
        typed
        and 0 <= said["term_days"] <= _MOST_DAYS
        and said["method"] in METHODS
        and all(len(said[name]) <= _LONGEST for name in ("title", "measures"))
    )


def _fits(rows: object, amounts: int, cycles: int, tiers: Mapping[str, Any]) -> bool:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) != amounts:
        return False
    return all(isinstance(row, list) and len(row) == cycles and all(one in tiers for one in row) for row in rows)


def _tier(title: str, term_days: int, method: str, measures: str) -> dict[str, Any]:
    return {"title": title, "term_days": term_days, "method": method, "measures": measures}


_GOOD = [["1", "1", "2"], ["1", "2", "2"], ["2", "2", "3"]]
_FAIR = [["1", "2", "2"], ["2", "2", "3"], ["2", "3", "3"]]
_WEAK = [["2", "3", "3"], ["3", "3", "4"], ["3", "4", "4"]]

#: 示例.
TIERS = register(
    Kind(
        name="collection_tiers",
        title=gettext_noop("Collection tiers"),
        default={
            "amount_from": [100_000, 1_000_000],
            "cycle_from": [60, 120],
            "tiers": {
                "1": _tier("一级：信用良好", 90, "transfer", "到期前提醒，按月对账"),
                "2": _tier("二级：正常", 60, "transfer", "到期前提醒，逾期三日内电话"),
                "3": _tier("三级：重点", 30, "transfer", "到期前电话确认，逾期上门，新单预付三成"),
                "4": _tier("四级：严控", 0, "transfer", "款到发货，要求担保，逾期即发函"),
            },
            "matrix": {"A": _GOOD, "B": _FAIR, "C": _WEAK, "D": _WEAK, UNGRADED: _WEAK},
        },
        check=check_tiers,
    )
)
