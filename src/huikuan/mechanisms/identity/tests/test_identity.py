"""Roles as facts, the last administrator, and sessions that end (catalogue 60, share)."""

from __future__ import annotations

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client, RequestFactory

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import operations, queries
from huikuan.mechanisms.identity.domain.roles import APPROVING, ROLES, Permission, permissions_of
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import Company, RoleGrant, User
from huikuan.mechanisms.identity.operations import people, roles

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROOT = "cli:root"
PASSWORD = "a long pass phrase"

pytestmark = pytest.mark.django_db


#: Roles that do not go together, for a while.
EXCUSED: dict[str, Any] = {"reason": "two people", "until": AT + timedelta(days=30), "approved_by": "wu"}


def person(name: str, *roles: str, **more: Any) -> int:
    user_id = operations.add_user(username=name, password=PASSWORD, actor=ROOT, at=AT)
    for role in roles:
        operations.grant_role(username=name, role=role, actor=ROOT, at=AT, **more)
    return user_id


def test_roles_are_read_as_of_an_instant_and_per_company() -> None:
    user_id = person("zhou")
    own = Company.objects.create(code="EAST", name="江临华东")
    operations.grant_role(username="zhou", role="collector", company="EAST", actor=ROOT, at=AT + HOUR)
    operations.grant_role(username="zhou", role="auditor", actor=ROOT, at=AT + 2 * HOUR)
    operations.revoke_role(username="zhou", role="collector", company="EAST", actor=ROOT, at=AT + 3 * HOUR)

    def held(hours: int, company_id: int | None) -> set[str]:
        return set(queries.roles_of(user_id, company_id=company_id, at=AT + hours * HOUR))

    assert held(0, own.pk) == set()
    assert held(1, own.pk) == {"collector"}
    assert held(1, own.pk + 1) == set()
    assert held(2, None) == {"auditor"}
    assert held(2, own.pk) == {"auditor", "collector"}
    assert held(3, own.pk) == {"auditor"}


def test_every_role_has_a_title_and_administration_decides_nothing() -> None:
    assert set(ROLE_TITLES) == set(ROLES)
    assert not ROLES["administrator"].permissions & APPROVING
    assert Permission.APPROVE_POLICY in permissions_of(["finance_manager"])
    assert not permissions_of(["finance_manager", "administrator"]) & APPROVING
    assert Permission.APPROVE_POLICY in permissions_of(["finance_manager", "administrator"], apart=False)


def test_an_administrator_of_one_company_approves_in_none() -> None:
    person("zhou", "finance_manager")
    Company.objects.create(code="EAST", name="江临华东")
    operations.grant_role(username="zhou", role="administrator", company="EAST", actor=ROOT, at=AT, **EXCUSED)
    assert not queries.permissions("zhou", company_id=None, at=AT) & APPROVING


def test_without_the_right_nothing_happens() -> None:
    person("li", "sales")
    with pytest.raises(Refusal, match="not_permitted"):
        operations.add_user(username="wang", password=PASSWORD, actor="li", at=AT)
    with pytest.raises(Refusal, match="not_permitted"):
        operations.grant_role(username="li", role="administrator", actor="li", at=AT)
    with pytest.raises(Refusal, match="not_permitted"):
        queries.require("nobody", Permission.VIEW_LEDGER, at=AT)
    assert User.objects.count() == 1
    assert RoleGrant.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("wang", "short", "password_weak"),
        ("wang", "password123", "password_weak"),
        ("cli:root", PASSWORD, "username_bad"),
        ("system", PASSWORD, "username_bad"),
        ("ZHOU", PASSWORD, "user_exists"),
    ],
)
def test_a_bad_user_is_refused(name: str, password: str, code: str) -> None:
    person("zhou")
    with pytest.raises(Refusal, match=code):
        operations.add_user(username=name, password=password, actor=ROOT, at=AT)
    assert User.objects.count() == 1


def test_passwords_are_kept_as_argon2() -> None:
    person("zhou")
    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_the_last_administrator_stays() -> None:
    person("zhou", "administrator")
    for act in (
        lambda: operations.revoke_role(username="zhou", role="administrator", actor=ROOT, at=AT),
        lambda: operations.deactivate_user(username="zhou", actor=ROOT, at=AT),
    ):
        with pytest.raises(Refusal, match="last_administrator"):
            act()
    assert queries.users(at=AT)[0].roles == (queries.GrantRow("administrator", "", "all"),)
    person("li", "administrator")
    assert operations.revoke_role(username="zhou", role="administrator", actor=ROOT, at=AT)


def _two_leave_at_once() -> list[str]:
    barrier = threading.Barrier(2)
    outcomes = []

    def leave(name: str) -> None:
        barrier.wait()
        try:
            operations.revoke_role(username=name, role="administrator", actor=ROOT, at=AT)
            outcomes.append("left")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[name]) for name in ("zhou", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_leave_at_once_leave_one() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    person("zhou", "administrator")
    person("li", "administrator")
    assert _two_leave_at_once() == ["last_administrator", "left"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: each looks before the other has written."""
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    person("zhou", "administrator")
    person("li", "administrator")
    looked = threading.Barrier(2)
    keep = people.keep_one_administrator

    def look_together(user: User, *, at: datetime) -> None:
        keep(user, at=at)
        looked.wait(10)

    monkeypatch.setattr(roles, "locked_user", lambda name: User.objects.get(username=name))
    monkeypatch.setattr(roles, "keep_one_administrator", look_together)
    assert _two_leave_at_once() == ["left", "left"]


def logged_in(client: Client) -> bool:
    request = RequestFactory().get("/")
    request.session = client.session
    return get_user(request).is_authenticated


@pytest.mark.parametrize("end", ["role", "password", "deactivation"])
def test_sessions_end(client: Client, end: str) -> None:
    person("zhou", "auditor", "administrator", **EXCUSED)
    person("li", "administrator")
    client.force_login(User.objects.get(username="zhou"), backend="django.contrib.auth.backends.ModelBackend")
    assert logged_in(client)
    if end == "role":
        operations.revoke_role(username="zhou", role="auditor", actor="li", at=AT)
    elif end == "password":
        operations.set_password(username="zhou", password="another long phrase", actor="zhou", at=AT)
    else:
        operations.deactivate_user(username="zhou", actor="li", at=AT)
    assert not logged_in(client)
    assert (
        Permission.VIEW_AUDIT not in queries.permissions("zhou", company_id=None, at=AT)
        or end == "password"
        or (
            end == "role"  # the administrator still sees the trail; the auditor's view of the ledger is gone
            and Permission.VIEW_LEDGER not in queries.permissions("zhou", company_id=None, at=AT)
        )
    )


def test_a_password_is_read_from_standard_input_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from huikuan.shell import cli, installation

    monkeypatch.setattr(installation, "prepare", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert cli.main(["user", "add", "zhou", "--role", "auditor", "--password-stdin", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["users"][0]["roles"] == [{"role": "auditor", "company": "", "reach": "all"}]
    assert PASSWORD not in told.out + told.err
    assert User.objects.get().check_password(PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert cli.main(["user", "passwd", "zhou", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "password_missing"


def test_company_refusals() -> None:
    operations.add_company(code="HQ", name="江临本部", currency="CNY", time_zone="Asia/Shanghai")
    for fields, code in (
        ({"code": "HQ"}, "company_exists"),
        ({"code": "a b"}, "company_code_bad"),
        ({"currency": "yuan"}, "currency_bad"),
        ({"time_zone": "Mars/Base"}, "time_zone_unknown"),
    ):
        whole = {"code": "EAST", "name": "x", "currency": "CNY", "time_zone": "Asia/Shanghai", **fields}
        with pytest.raises(Refusal, match=code):
            operations.add_company(**whole)
    assert [company.code for company in queries.companies()] == ["HQ"]
