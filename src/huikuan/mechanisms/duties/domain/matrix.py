"""The conflict matrix (不相容职务): duties as sets of roles, and which duties one person does not hold together.

Source of the pairs: the finance ministry's norm on sales and receipts (credit investigation, order approval, dispatch,
invoicing, receipt, bookkeeping and write-off are not one person's). Administrators and outsiders are apart always.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.identity.domain.roles import ALWAYS_APART, Pairs, pairs_between

_NAMES = {"duties", "apart", "longest_exception_days"}
_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Matrix:
    """Pairs of roles kept apart, and for how many days an exception is approved at the longest."""

    pairs: Pairs
    longest_exception_days: int


def read_matrix(document: Mapping[str, Any], *, known: Collection[str]) -> Matrix:
    """The matrix a document says, with what is always kept apart. `known`: every role.

    Refuses, naming each place: unknown roles, duties that are not described, a duty kept apart from itself, two duties
    kept apart that share a role.
    """
    faults = [Place(column=name, fix="-") for name in sorted(set(document) ^ _NAMES)]
    faults += [*_duty_faults(document.get("duties"), known)]
    days = document.get("longest_exception_days")
    if type(days) is not int or not 1 <= days <= _LONGEST_DAYS:
        faults.append(Place(column="longest_exception_days", value=str(days), fix=f"1 … {_LONGEST_DAYS}"))
    if not faults:
        faults = _apart_faults(document["duties"], document["apart"])
    if faults:
        raise Refusal("policy_document_bad", where=faults, kind="duties")
    duties = document["duties"]
    sides = ((duties[left], duties[right]) for left, right in document["apart"])
    return Matrix(ALWAYS_APART | pairs_between(*sides), document["longest_exception_days"])


def _duty_faults(duties: object, known: Collection[str]) -> list[Place]:
    if not isinstance(duties, Mapping) or not duties:
        return [Place(column="duties", value=str(duties), fix='{"selling": ["sales"], …}')]
    faults = []
    for name, roles in duties.items():
        if not isinstance(roles, list) or not roles:
            faults.append(Place(column=f"duties.{name}", value=str(roles), fix='["sales"]'))
            continue
        faults += [
            Place(column=f"duties.{name}", value=str(role), fix=" | ".join(sorted(known)))
            for role in roles
            if role not in known
        ]
    return faults


def _apart_faults(duties: Mapping[str, list[str]], apart: object) -> list[Place]:
    if not isinstance(apart, list):
        return [Place(column="apart", value=str(apart), fix='[["selling", "rating"], …]')]
    faults = []
    for row, pair in enumerate(apart, start=1):
        named = isinstance(pair, list) and len(pair) == 2 and all(name in duties for name in map(str, pair))
        if not named or any(set(duties[one]) & set(duties[other]) for one, other in combinations(pair, 2)):
            faults.append(Place(row=row, column="apart", value=str(pair), fix=" | ".join(sorted(duties))))
    return faults
