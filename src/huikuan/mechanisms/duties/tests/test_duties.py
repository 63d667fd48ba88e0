"""Duties kept apart: the matrix as a policy, exceptions that another approves and that end (catalogue 58)."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals import queries
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.duties.domain.matrix import read_matrix
from huikuan.mechanisms.duties.operations import ask_exception
from huikuan.mechanisms.duties.policies import DUTIES, matrix_at
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.roles import CONFLICTS, ROLES
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company, RoleGrant, User
from huikuan.mechanisms.identity.queries import exceptions, roles_of
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies import queries as policy_queries

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST = date(2026, 12, 20)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(db: None) -> None:
    for name, role in {
        "root": "administrator",
        "zheng": "management",
        "zhou": "finance_manager",
        "wu": "finance_manager",
        "feng": "cash_clerk",
    }.items():
        identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT - DAY)
        identity.grant_role(username=name, role=role, actor="cli:root", at=AT - DAY)


def held(name: str, at: datetime) -> set[str]:
    return set(roles_of(User.objects.get(username=name).pk, company_id=None, at=at))


def ask(username: str = "feng", role: str = "sales", **more: Any) -> int:
    said = {"reason": "the only one in the branch", "until": LAST, "actor": "root", "at": AT, **more}
    return ask_exception(username=username, role=role, **said)


def approve(request: int, actor: str, at: datetime = AT + HOUR) -> None:
    digest = queries.request_record(request).digest
    approve_request(request_id=request, digest=digest, actor=actor, at=at)


def in_force(document: dict[str, Any]) -> None:
    version = policies.draft(kind="duties", company_id=None, document=document, actor="zhou", at=AT)
    digest = policy_queries.version(version).digest
    policies.approve(version_id=version, digest=digest, actor="wu", at=AT)
    policies.put_in_force(version_id=version, effective_at=AT, actor="zhou", at=AT)


def changed(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(dict(DUTIES.default)), **changes}


def test_the_shipped_matrix_is_what_identity_ships() -> None:
    assert read_matrix(DUTIES.default, known=ROLES).pairs == CONFLICTS


def test_the_matrix_in_force_decides_when_a_role_is_given() -> None:
    with pytest.raises(Refusal, match="duties_conflict"):
        identity.grant_role(username="feng", role="sales", actor="root", at=AT)
    in_force(changed(apart=[["selling", "rating"]]))
    assert identity.grant_role(username="feng", role="sales", actor="root", at=AT + HOUR)
    with pytest.raises(Refusal, match="duties_conflict"):
        identity.grant_role(username="feng", role="credit_analyst", actor="root", at=AT + HOUR)


def test_no_document_puts_administration_and_decisions_into_one_hand() -> None:
    in_force(changed(apart=[]))
    assert {frozenset({"administrator", "management"}), frozenset({"law_firm", "sales"})} <= matrix_at(AT).pairs
    with pytest.raises(Refusal, match="duties_conflict"):
        identity.grant_role(username="zheng", role="administrator", actor="root", at=AT)


@pytest.mark.parametrize(
    ("document", "column"),
    [
        (changed(surprise=1), "surprise"),
        (changed(duties={}), "duties"),
        (changed(duties={"selling": []}), "duties.selling"),
        (changed(duties={"selling": ["salesman"]}), "duties.selling"),
        (changed(apart="all"), "apart"),
        (changed(apart=[["selling", "cooking"]]), "apart"),
        (changed(apart=[["selling"]]), "apart"),
        (changed(apart=[["selling", "selling"]]), "apart"),
        (changed(longest_exception_days=0), "longest_exception_days"),
        (changed(longest_exception_days=True), "longest_exception_days"),
    ],
)
def test_what_is_no_matrix_is_refused_and_says_where(document: dict[str, Any], column: str) -> None:
    with pytest.raises(Refusal, match="policy_document_bad") as refused:
        DUTIES.check(document)
    assert column in {place.column for place in refused.value.where}


def test_an_exception_is_approved_by_another_and_ends() -> None:
    request = ask()
    assert held("feng", AT) == {"cash_clerk"}
    for name in ("feng", "root", "zhou", "cli:root"):
        with pytest.raises(Refusal, match=r"request_own|request_concerns_you|request_not_yours"):
            approve(request, name)
    approve(request, "zheng")
    midnight = datetime(2026, 12, 20, 16, tzinfo=UTC)  # the end of the day in Shanghai
    assert held("feng", AT + HOUR) == {"cash_clerk", "sales"}
    assert held("feng", midnight - timedelta(seconds=1)) == {"cash_clerk", "sales"}
    assert held("feng", midnight) == {"cash_clerk"}
    (told,) = exceptions(at=AT + HOUR)
    assert (told.username, told.grant.role, told.actor, told.approved_by) == ("feng", "sales", "root", "zheng")
    assert (told.ends_at, told.reason, told.held) == (midnight, "the only one in the branch", True)
    assert not exceptions(at=midnight)[0].held


def test_a_reason_alone_is_not_enough() -> None:
    before = RoleGrant.objects.count()
    excuses: list[dict[str, Any]] = [{}, {"approved_by": "zheng"}, {"until": AT + DAY}]
    for more in excuses:
        with pytest.raises(Refusal, match="duties_need_exception"):
            identity.grant_role(username="feng", role="sales", reason="few", actor="root", at=AT, **more)
    with pytest.raises(Refusal, match="grant_over"):
        identity.grant_role(username="feng", role="legal", until=AT, actor="root", at=AT)
    assert RoleGrant.objects.count() == before


def test_in_a_small_firm_the_reason_is_enough() -> None:
    policies.choose_small_firm(actor="cli:root", at=AT)
    identity.grant_role(username="feng", role="sales", reason="two people", actor="root", at=AT + HOUR)
    (told,) = exceptions(at=AT + HOUR)
    assert (told.reason, told.approved_by, told.held) == ("two people", "", True)


def test_what_the_person_holds_has_changed_since() -> None:
    request = ask()
    identity.grant_role(username="feng", role="legal", actor="root", at=AT)
    with pytest.raises(Refusal, match="request_shown_has_changed"):
        approve(request, "zheng")
    assert held("feng", AT + 2 * HOUR) == {"cash_clerk", "legal"}


def test_the_right_of_whoever_asked_is_asked_again() -> None:
    identity.add_user(username="wang", password="a long pass phrase", actor="cli:root", at=AT - DAY)
    identity.grant_role(username="wang", role="administrator", actor="cli:root", at=AT - DAY)
    request = ask(actor="wang")
    identity.revoke_role(username="wang", role="administrator", actor="cli:root", at=AT)
    with pytest.raises(Refusal, match="not_permitted"):
        approve(request, "zheng")
    assert queries.request(request, me="", scope=EVERYTHING).state == "pending"


def test_an_exception_approved_too_late_gives_nothing() -> None:
    request = ask(until=AT.date())
    with pytest.raises(Refusal, match="grant_over"):
        approve(request, "zheng", at=AT + DAY)
    assert held("feng", AT + DAY) == {"cash_clerk"}


def test_an_exception_for_one_company_is_for_it_alone() -> None:
    company = Company.objects.create(code="EAST", name="江临华东")
    approve(ask(company="EAST"), "zheng")
    user = User.objects.get(username="feng").pk
    assert roles_of(user, company_id=company.pk, at=AT + HOUR) == {"cash_clerk", "sales"}
    assert roles_of(user, company_id=None, at=AT + HOUR) == {"cash_clerk"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"role": "legal"}, "exception_not_needed"),
        ({"role": "king"}, "role_unknown"),
        ({"username": "nobody"}, "user_unknown"),
        ({"company": "WEST"}, "company_unknown"),
        ({"reason": " "}, "request_reason_missing"),
        ({"reason": "x" * 201}, "name_too_long"),
        ({"until": AT.date() - DAY}, "exception_span_bad"),
        ({"until": AT.date() + 181 * DAY}, "exception_span_bad"),
        ({"actor": "zhou"}, "not_permitted"),
    ],
)
def test_what_is_no_exception_is_refused(more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        ask(**more)
    assert not ApprovalRequest.objects.exists()
