"""What a reader's grants reach, as a union; who is in which team by a day; laws that hold for any of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import operations, queries
from huikuan.mechanisms.identity.domain.rights import Held, Rights
from huikuan.mechanisms.identity.domain.roles import APPROVING, CONFLICTS, ROLES, Permission, conflicting
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Reach, Scope, scope_of
from huikuan.mechanisms.identity.domain.teams import Stay, members_on, stands_below, with_those_below
from huikuan.mechanisms.identity.models import RoleGrant, Team, TeamStay, User
from huikuan.mechanisms.identity.operations import add_company

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ROOT = "cli:root"
VIEW = Permission.VIEW_LEDGER

_COMPANIES = st.none() | st.frozensets(st.integers(1, 3), min_size=1)
_OWNERS = st.none() | st.frozensets(st.sampled_from("abc"), min_size=1)
_PARTS = st.lists(st.builds(Part, _COMPANIES, _OWNERS), max_size=5)


def rows(parts: list[Part] | tuple[Part, ...]) -> set[tuple[int, str]]:
    """(company, owner) pairs some part reaches, one by one; 'z' is nobody's."""
    return {
        (company, owner)
        for company in (1, 2, 3, 4)
        for owner in ("a", "b", "c", "z")
        for part in parts
        if (part.companies is None or company in part.companies) and (part.owners is None or owner in part.owners)
    }


@given(_PARTS)
def test_a_scope_reaches_exactly_what_some_grant_reaches(parts: list[Part]) -> None:
    scope = scope_of(parts, on=TODAY)
    assert rows(scope.parts) == rows(parts)
    assert not any(one is not other and one.covers(other) for one in scope.parts for other in scope.parts)


@given(_PARTS, st.integers(1, 4))
def test_a_company_is_seen_whole_only_if_nobodys_rows_are_missing(parts: list[Part], company: int) -> None:
    scope = scope_of(parts, on=TODAY)
    seen = {owner for where, owner in rows(parts) if where == company}
    assert not scope.whole(company) or seen == {"a", "b", "c", "z"}
    assert scope.whole(company) == ("z" in seen)
    assert rows(scope.part_of(company).parts) == {pair for pair in rows(parts) if pair[0] == company}


def test_ends_of_the_scale() -> None:
    assert EVERYTHING.everything
    assert EVERYTHING.whole(7)
    assert NOTHING.nothing
    assert (NOTHING.companies, NOTHING.owners) == (frozenset(), frozenset())
    assert (EVERYTHING.companies, EVERYTHING.owners) == (None, None)
    mixed = scope_of([Part(frozenset({1}), None), Part(None, frozenset({"a"}))], on=TODAY)
    assert (mixed.companies, mixed.owners, mixed.whole(1), mixed.whole(2)) == (None, None, True, False)


def test_an_administrator_of_one_company_administers_no_other() -> None:
    held = Rights(frozenset({Held("administrator", 1, Reach.COMPANY)}))
    assert Permission.MANAGE_USERS in held.permissions(1)
    assert held.permissions(2) == frozenset()
    assert held.permissions(None) == frozenset()
    assert held.companies_with(Permission.MANAGE_USERS) == frozenset({1})
    both = Rights(held.held | {Held("finance_manager", 2, Reach.COMPANY)})
    assert Permission.MANAGE_USERS not in both.permissions(2)
    assert not both.permissions(2) & APPROVING
    assert Permission.SETTLE in both.permissions(2)


def test_members_of_a_day() -> None:
    stays = [
        Stay(1, 10, date(2026, 1, 1), True),
        Stay(2, 10, date(2026, 3, 1), True),
        Stay(1, 10, date(2026, 6, 1), False),
        Stay(1, 10, date(2026, 2, 1), True),  # recorded late; June still ends it
        Stay(2, 10, date(2026, 3, 1), False),  # the same day said otherwise: the last word counts
    ]
    assert members_on(stays, date(2025, 12, 31)) == {}
    assert members_on(stays, date(2026, 3, 1)) == {10: frozenset({1})}
    assert members_on(stays, date(2026, 6, 1)) == {}


def test_the_teams_below() -> None:
    parents = {1: None, 2: 1, 3: 2, 4: None}
    assert with_those_below([1], parents) == {1, 2, 3}
    assert with_those_below([3, 4], parents) == {3, 4}
    assert stands_below(3, 1, parents)
    assert stands_below(1, 1, parents)
    assert not stands_below(1, 3, parents)


def test_conflicts_hold_both_ways_and_name_known_roles() -> None:
    assert {name for pair in CONFLICTS for name in pair} <= set(ROLES)
    assert all(len(pair) == 2 for pair in CONFLICTS)
    assert conflicting("sales", ["cash_clerk", "legal"]) == ("cash_clerk",)
    assert conflicting("cash_clerk", ["sales"]) == ("sales",)
    assert conflicting("finance_manager", ["administrator", "auditor"]) == ("administrator", "auditor")
    assert conflicting("legal", ["sales"]) == ()


# With the database -------------------------------------------------------------------------------------


@pytest.fixture
def staff(db: None, settings: object) -> None:
    """Two teams below one department; a salesperson in each, a manager of one, a director of all."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    for name, shown in (("li", "李沅"), ("yin", "尹川"), ("zheng", "郑可"), ("guo", "郭总监")):
        operations.add_user(username=name, password="a long pass phrase", display_name=shown, actor=ROOT, at=AT)
    operations.add_team(code="ALL", name="销售部", actor=ROOT, at=AT)
    for code in ("EAST", "NORTH"):
        operations.add_team(code=code, name=code, parent="ALL", actor=ROOT, at=AT)
    for name, team in (("li", "EAST"), ("yin", "EAST"), ("zheng", "NORTH"), ("guo", "ALL")):
        assert operations.join_team(username=name, team=team, actor=ROOT, at=AT)


def reach(actor: str, at: datetime = AT) -> Scope:
    return queries.scope(actor, VIEW, at=at)


def give(name: str, role: str, **more: Any) -> bool:
    return operations.grant_role(username=name, role=role, actor=ROOT, at=AT, **more)


def test_own_team_company_all(staff: None) -> None:
    company = add_company(code="MAIN", name="江临", currency="CNY", time_zone="Asia/Shanghai")
    assert reach("li") == NOTHING
    give("li", "sales")
    give("yin", "sales_manager")
    give("guo", "sales_manager")
    give("zheng", "cash_clerk", company="MAIN")
    assert reach("li") == Scope((Part(None, frozenset({"li", "李沅"})),), TODAY)
    assert reach("yin").owners == {"li", "李沅", "yin", "尹川"}
    assert reach("guo").owners == {"li", "李沅", "yin", "尹川", "zheng", "郑可", "guo", "郭总监"}
    assert reach("zheng") == Scope((Part(frozenset({company.id}), None),), TODAY)
    assert reach(ROOT) == EVERYTHING
    assert reach("nobody") == NOTHING
    operations.deactivate_user(username="li", actor=ROOT, at=AT)
    assert reach("li") == NOTHING


def test_whoever_leaves_a_team_is_seen_by_its_lead_until_that_day(staff: None) -> None:
    give("yin", "sales_manager")
    assert operations.leave_team(username="li", team="EAST", effective_on=date(2026, 12, 1), actor=ROOT, at=AT)
    assert "李沅" in reach("yin").owners
    assert "李沅" not in reach("yin", AT + timedelta(days=11)).owners
    assert not operations.leave_team(username="li", team="EAST", effective_on=date(2026, 12, 1), actor=ROOT, at=AT)
    assert TeamStay.objects.count() == 5


def test_a_later_grant_of_the_role_narrows_or_widens_it(staff: None) -> None:
    assert give("li", "sales")
    assert not give("li", "sales")
    assert give("li", "sales", reach="all")
    assert reach("li").everything
    assert give("li", "sales", reach="own")
    assert not reach("li").everything
    assert operations.revoke_role(username="li", role="sales", actor=ROOT, at=AT)
    assert reach("li") == NOTHING


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reach": "galaxy"}, "reach_unknown"),
        ({"reach": "company"}, "reach_and_company"),
        ({"reach": "all", "company": "MAIN"}, "reach_and_company"),
        ({"role": "cash_clerk"}, "duties_conflict"),
        ({"role": "king"}, "role_unknown"),
    ],
)
def test_a_bad_grant_is_refused(staff: None, more: dict[str, str], code: str) -> None:
    add_company(code="MAIN", name="江临", currency="CNY", time_zone="Asia/Shanghai")
    give("li", "sales", company="MAIN")
    with pytest.raises(Refusal, match=code):
        give("li", more.pop("role", "legal"), **more)
    assert RoleGrant.objects.count() == 1


def test_conflicting_duties_go_to_one_person_only_for_a_while_with_a_reason(staff: None) -> None:
    give("li", "sales")
    assert give("li", "cash_clerk", reason="仅一人当班", until=AT + timedelta(days=1), approved_by="zheng")
    given = RoleGrant.objects.get(role="cash_clerk")
    assert (given.reason, given.ends_at, given.approved_by) == ("仅一人当班", AT + timedelta(days=1), "zheng")


def test_an_administrator_of_one_company_grants_for_that_one_alone(staff: None) -> None:
    for code in ("MAIN", "HD"):
        add_company(code=code, name=code, currency="CNY", time_zone="Asia/Shanghai")
    give("guo", "administrator", company="HD")
    assert operations.grant_role(username="li", role="sales", company="HD", actor="guo", at=AT)
    for company in ("MAIN", None):
        with pytest.raises(Refusal, match="not_permitted"):
            operations.grant_role(username="li", role="legal", company=company, actor="guo", at=AT)
    with pytest.raises(Refusal, match="not_permitted"):
        operations.add_user(username="new", password="a long pass phrase", actor="guo", at=AT)
    assert RoleGrant.objects.count() == 2


def test_two_people_never_answer_to_one_name(staff: None) -> None:
    for fields in ({"display_name": "李沅"}, {"display_name": "x", "owner_name": "zheng"}, {"owner_name": "尹川"}):
        with pytest.raises(Refusal, match="owner_name_taken"):
            operations.add_user(username="new", password="a long pass phrase", actor=ROOT, at=AT, **fields)
    with pytest.raises(Refusal, match="owner_name_taken"):
        operations.add_user(username="李沅", password="a long pass phrase", actor=ROOT, at=AT)
    with pytest.raises(Refusal, match="owner_name_taken"):
        operations.name_user(username="li", display_name="李沅", owner_name="尹川", actor=ROOT, at=AT)
    assert User.objects.count() == 4
    operations.add_user(
        username="li2", password="a long pass phrase", display_name="李沅", owner_name="", actor=ROOT, at=AT
    )
    give("li2", "sales")
    assert reach("li2").owners == {"li2"}


def test_teams_are_a_tree(staff: None) -> None:
    with pytest.raises(Refusal, match="team_circle"):
        operations.move_team(code="ALL", parent="EAST", actor=ROOT, at=AT)
    with pytest.raises(Refusal, match="team_unknown"):
        operations.move_team(code="EAST", parent="WEST", actor=ROOT, at=AT)
    with pytest.raises(Refusal, match="team_exists"):
        operations.add_team(code="EAST", name="x", actor=ROOT, at=AT)
    with pytest.raises(Refusal, match="not_permitted"):
        operations.add_team(code="WEST", name="x", actor="li", at=AT)
    assert Team.objects.count() == 3
    operations.move_team(code="NORTH", parent="EAST", actor=ROOT, at=AT)
    told = [(row.code, row.depth, row.members) for row in queries.teams(at=AT)]
    assert told == [("ALL", 0, ("guo",)), ("EAST", 1, ("li", "yin")), ("NORTH", 2, ("zheng",))]
    give("yin", "sales_manager")
    assert "郑可" in reach("yin").owners
