"""The authority matrix: who decides how much, and documents that are no matrix."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.authority import least_role, reaches, read_authority, route_for
from huikuan.mechanisms.approvals.policies import AUTHORITY, DECIDING

SHIPPED = read_authority(AUTHORITY.default, known=DECIDING)
SALES, CREDIT, FINANCE, MANAGEMENT = "sales_manager", "credit_manager", "finance_manager", "management"
LADDER = (SALES, CREDIT, FINANCE, MANAGEMENT)


@pytest.mark.parametrize(
    ("yuan", "off_policy", "level"),
    [
        (0, False, 0), (200_000, False, 0), (200_000, True, 1), (1_000_000, False, 1), (1_000_000, True, 2),
        (5_000_000, False, 2), (5_000_000, True, 3), (90_000_000, False, 3), (90_000_000, True, 3),
    ],
)  # fmt: skip
def test_the_shipped_matrix(yuan: int, off_policy: bool, level: int) -> None:
    assert route_for(SHIPPED, "limit", yuan * 100, off_policy=off_policy) == (LADDER[level:],)


def test_one_cent_more_goes_one_row_up() -> None:
    assert route_for(SHIPPED, "limit", 200_000_00 + 1, off_policy=False) == (LADDER[1:],)


def test_without_money_the_last_row_for_every_kind_decides() -> None:
    assert route_for(SHIPPED, "limit", None, off_policy=False) == ((MANAGEMENT,),)


@pytest.mark.parametrize("kind", ["rating.override", "customers.conduct"])
@pytest.mark.parametrize(("off_policy", "route"), [(False, (CREDIT, FINANCE)), (True, (FINANCE,))])
def test_without_money_the_first_of_a_kinds_own_rows_decides(
    kind: str, off_policy: bool, route: tuple[str, ...]
) -> None:
    assert route_for(SHIPPED, kind, None, off_policy=off_policy) == (route,)


def test_a_kinds_own_rows_and_two_stops() -> None:
    rows = [
        {"kind": "limit", "up_to": "1000.00", "roles": [SALES, CREDIT]},
        {"kind": "limit", "up_to": None, "roles": [CREDIT, FINANCE]},
        *AUTHORITY.default["rows"],
    ]
    own = read_authority({**AUTHORITY.default, "rows": rows}, known=DECIDING)
    assert route_for(own, "limit", 1000_00, off_policy=False) == ((SALES, FINANCE), (CREDIT, FINANCE))
    assert route_for(own, "limit", 1000_01, off_policy=False) == ((CREDIT,), (FINANCE,))
    assert route_for(own, "price", 1000_01, off_policy=False) == (LADDER,)


@pytest.mark.parametrize(
    ("amount", "least"), [(200_000_00, SALES), (200_000_01, CREDIT), (5_000_000_01, MANAGEMENT), (None, MANAGEMENT)]
)
def test_how_far_roles_reach_without_a_request(amount: int | None, least: str) -> None:
    assert least_role(SHIPPED, "release", amount) == least
    assert [role for role in LADDER if reaches(SHIPPED, "release", amount, [role])] == list(
        LADDER[LADDER.index(least) :]
    )
    assert not reaches(SHIPPED, "release", amount, ["sales", "credit_analyst"])


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.booleans())
def test_more_money_never_needs_less_authority(one: int, other: int, off_policy: bool) -> None:
    less, more = sorted((one, other))
    roles = [set(route_for(SHIPPED, "limit", amount, off_policy=off_policy)[0]) for amount in (less, more)]
    assert roles[1] <= roles[0]


def _with(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    document = deepcopy(dict(AUTHORITY.default))
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("document", "column"),
    [
        (_with(("currency",), "yuan"), "currency"),
        (_with(("currency",), None), "currency"),
        (_with(("window_days",), 0), "window_days"),
        (_with(("window_days",), True), "window_days"),
        (_with(("deadline_days",), 91), "deadline_days"),
        (_with(("off_policy_rows",), -1), "off_policy_rows"),
        (_with(("surprise",), 1), "surprise"),
        (_with(("rows",), []), "rows"),
        (_with(("rows",), "rows"), "rows"),
        (_with(("rows", 0), {"kind": "*"}), "rows"),
        (_with(("rows", 0, "up_to"), 200000), "up_to"),
        (_with(("rows", 0, "up_to"), "200000.001"), "up_to (*)"),
        (_with(("rows", 0, "up_to"), "-1"), "up_to (*)"),
        (_with(("rows", 0, "up_to"), None), "up_to (*)"),
        (_with(("rows", 0, "up_to"), "1000000.00"), "up_to (*)"),
        (_with(("rows", 3, "up_to"), "9000000.00"), "up_to (*)"),
        (_with(("rows", 0, "roles"), []), "roles"),
        (_with(("rows", 0, "roles"), ["credit_analyst"]), "roles"),
        (_with(("rows", 0, "roles"), ["management", "management"]), "roles"),
        (_with(("rows", 0, "roles"), "management"), "roles"),
        (_with(("rows",), [{"kind": "limit", "up_to": None, "roles": ["management"]}]), "kind"),
    ],
)
def test_what_is_no_matrix_is_refused_and_says_where(document: dict[str, Any], column: str) -> None:
    with pytest.raises(Refusal, match="policy_document_bad") as refused:
        AUTHORITY.check(document)
    assert column in {place.column for place in refused.value.where}
