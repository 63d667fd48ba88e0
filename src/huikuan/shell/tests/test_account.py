"""Logging in with a second step, one's own account, and the administration of users, as a browser meets them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from huikuan.mechanisms.identity import operations, queries, tokens
from huikuan.mechanisms.identity.domain import totp
from huikuan.mechanisms.identity.models import ApiToken, OpenSession, RoleGrant, SecondFactor, Team, User
from huikuan.shell.tests.books import ask_second_factor_of
from huikuan.shell.web.proving import FRESH_SECONDS

PASSWORD = "correct horse 9"
AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings: object) -> Iterator[time_machine.Coordinates]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


def person(name: str, role: str = "") -> User:
    user = User.objects.create_user(name, password=PASSWORD, language="en")
    if role:
        operations.grant_role(username=name, role=role, actor="cli:test", at=AT)
        user.refresh_from_db()
    return user


def entered(name: str, password: str = PASSWORD) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/login", {"username": name, "password": password})
    return client


def enrolled(client: Client) -> tuple[bytes, list[str]]:
    """An authenticator set up through the page: its secret, and the recovery codes shown once."""
    page = client.get("/me/second-factor")
    secret = base64.b32decode(page.context["offer"].secret)
    shown = client.post("/me/second-factor", {"code": totp.code_of(secret, totp.step_of(datetime.now(UTC)))})
    return secret, re.findall(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}", shown.content.decode())


def location(client: Client, path: str = "/") -> str:
    return str(client.get(path).headers.get("Location", ""))


def test_the_second_step_lets_in_with_a_code_only_once(clock: time_machine.Coordinates) -> None:
    person("li", "auditor")
    secret, codes = enrolled(entered("li"))
    assert len(set(codes)) == 10
    clock.shift(60)
    code = totp.code_of(secret, totp.step_of(datetime.now(UTC)))
    first, second = entered("li"), entered("li")
    assert location(first).startswith("/login?next=")
    assert "_auth_user_id" not in first.session
    assert first.post("/login/code", {"code": code}).headers["Location"] == "/"
    assert location(first) == "/today"
    refused = second.post("/login/code", {"code": code})
    assert "not right" in refused.content.decode()
    assert location(second).startswith("/login?next=")
    assert second.post("/login/code", {"code": codes[0]}).headers["Location"] == "/"
    assert location(second) == "/today"


def test_the_second_step_needs_the_first_and_lasts_five_minutes(clock: time_machine.Coordinates) -> None:
    person("li", "auditor")
    secret, _codes = enrolled(entered("li"))
    assert location(Client(), "/login/code") == "/login"
    late = entered("li")
    clock.shift(301)
    code = totp.code_of(secret, totp.step_of(datetime.now(UTC)))
    assert late.post("/login/code", {"code": code}).headers["Location"] == "/login"
    changed = entered("li")
    operations.set_password(username="li", password="another long phrase", actor="cli:test", at=AT)
    assert changed.post("/login/code", {"code": code}).headers["Location"] == "/login"


def test_after_five_wrong_codes_the_password_is_asked_again_and_after_ten_there_is_a_pause(
    clock: time_machine.Coordinates,
) -> None:
    person("li", "auditor")
    secret, _codes = enrolled(entered("li"))
    clock.shift(60)
    for _ in range(2):
        client = entered("li")
        answers = [client.post("/login/code", {"code": "000000"}).status_code for _ in range(5)]
        assert answers == [200] * 4 + [302]
    client = entered("li")
    code = totp.code_of(secret, totp.step_of(datetime.now(UTC)))
    assert "Too many wrong codes" in client.post("/login/code", {"code": code}).content.decode()
    clock.shift(15 * 60)
    client = entered("li")
    code = totp.code_of(secret, totp.step_of(datetime.now(UTC)))
    assert client.post("/login/code", {"code": code}).status_code == 302


def test_the_session_of_a_stranger_is_not_the_one_of_who_logs_in(clock: time_machine.Coordinates) -> None:
    person("li", "auditor")
    secret, _codes = enrolled(entered("li"))
    clock.shift(60)
    client = Client()
    client.get("/login")
    client.session.save()
    keys = {client.session.session_key}
    client.post("/login", {"username": "li", "password": PASSWORD})
    keys.add(client.session.session_key)
    client.post("/login/code", {"code": totp.code_of(secret, totp.step_of(datetime.now(UTC)))})
    keys.add(client.session.session_key)
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("role", "rule", "owed"),
    [
        ("finance_manager", "", True),
        ("administrator", "", True),
        ("cash_clerk", "", False),
        ("cash_clerk", "everybody", True),
        ("finance_manager", "nobody", False),
    ],
)
def test_who_approves_sets_up_an_authenticator_before_anything_else(role: str, rule: str, owed: bool) -> None:
    if rule:
        ask_second_factor_of(rule)
    person("li", role)
    client = entered("li")
    first = "/users/" if role == "administrator" else "/receivables/items"
    if not owed:
        assert client.get(first).status_code == 200
        return
    assert location(client, first) == "/me/second-factor"
    assert client.get("/me/").status_code == 200
    assert client.post("/me/unit", {"unit": "yuan"}).status_code == 302
    enrolled(client)
    assert client.get(first).status_code == 200
    assert location(client, "/me/second-factor") == "/me/"


def test_the_picture_holds_the_secret_that_is_typed() -> None:
    person("li", "auditor")
    page = entered("li").get("/me/second-factor")
    assert page.context["offer"].secret in page.context["offer"].address
    assert page.context["path"].startswith("M4 4h1v1h-1z")
    assert page.context["offer"].address not in page.content.decode()


def test_each_opening_of_the_page_offers_another_secret_and_a_mistyped_code_the_same() -> None:
    person("li", "auditor")
    client = entered("li")
    offered = [client.get("/me/second-factor").context["secret"] for _ in range(2)]
    assert offered[0] != offered[1]
    again = client.post("/me/second-factor", {"code": "000000"})
    assert again.context["secret"] == offered[1]
    assert not SecondFactor.objects.filter(confirmed_at__isnull=False).exists()


def test_setting_up_an_authenticator_asks_for_the_password_again_after_a_while(
    clock: time_machine.Coordinates,
) -> None:
    """Whoever finds an unattended log-in must not tie it to an app of their own."""
    person("li", "auditor")
    client = entered("li")
    assert client.get("/me/second-factor").status_code == 200
    clock.shift(FRESH_SECONDS + 1)
    for ask in (client.get, client.post):
        assert ask("/me/second-factor").headers["Location"].startswith("/me/again")
    assert not SecondFactor.objects.filter(confirmed_at__isnull=False).exists()


def test_a_new_password_after_the_present_one_ends_every_other_session() -> None:
    person("li", "auditor")
    here, there = entered("li"), entered("li")
    for present, fresh, again, kept in (
        ("wrong", "a quite new phrase", "a quite new phrase", True),
        (PASSWORD, "a quite new phrase", "another new phrase", True),
        (PASSWORD, "short", "short", True),
        (PASSWORD, "password1234", "password1234", True),
        (PASSWORD, "a quite new phrase", "a quite new phrase", False),
    ):
        here.post("/me/password", {"present": present, "password": fresh, "again": again})
        assert User.objects.get().check_password(PASSWORD) is kept, fresh
    assert here.get("/me/").status_code == 200
    assert location(there, "/me/").startswith("/login")
    assert [row.here for row in here.get("/me/").context["sessions"]] == [True]


def test_sessions_are_listed_and_ended_one_by_one() -> None:
    person("li", "auditor")
    person("yin", "auditor")
    here, there, other = entered("li"), entered("li"), entered("yin")
    for client in (here, there, other):
        client.get("/me/")
    rows = here.get("/me/").context["sessions"]
    assert sorted(row.here for row in rows) == [False, True]
    foreign = OpenSession.objects.get(user__username="yin").pk
    here.post(f"/me/sessions/{foreign}/end")
    assert other.get("/me/").status_code == 200
    here.post(f"/me/sessions/{next(row.id for row in rows if not row.here)}/end")
    assert location(there, "/me/").startswith("/login")
    assert len(here.get("/me/").context["sessions"]) == 1


def test_what_is_sensitive_asks_for_the_password_again_after_a_while(clock: time_machine.Coordinates) -> None:
    person("li", "administrator")
    ask_second_factor_of("nobody")
    client = entered("li")
    add = {"name": "ERP", "areas": ["webhooks:write"], "days": "30"}
    clock.shift(FRESH_SECONDS + 1)
    asked = client.post("/me/tokens", add, headers={"referer": "http://testserver/me/"})
    assert asked.headers["Location"] == "/me/again?next=%2Fme%2F"
    assert ApiToken.objects.count() == 0
    assert "wrong" in client.post("/me/again", {"password": "guess", "next": "/me/"}).content.decode()
    for next_page, then in (("/me/", "/me/"), ("//evil.example/", "/me/")):
        proved = client.post("/me/again", {"password": PASSWORD, "next": next_page})
        assert proved.headers["Location"] == then
    assert client.post("/me/tokens", add).status_code == 200
    assert ApiToken.objects.count() == 1


def test_guessing_at_the_password_asked_again_is_paused_as_at_the_log_in(clock: time_machine.Coordinates) -> None:
    person("li", "auditor")
    client = entered("li")
    answers = [client.post("/me/again", {"password": "guess"}).status_code for _ in range(10)]
    assert answers == [200] * 9 + [429]
    assert client.post("/me/again", {"password": PASSWORD}).status_code == 429


def test_a_token_is_shown_once_on_its_page() -> None:
    ask_second_factor_of("nobody")
    person("li", "finance_manager")
    client = entered("li")
    page = client.post("/me/tokens", {"name": "ERP", "areas": ["ledger:read"], "days": "30"}).content.decode()
    found = re.search(r"data-token>(hk_\w+_[\w-]+)<", page)
    assert found is not None
    assert tokens.authenticate(found[1], at=AT) is not None
    assert found[1] not in client.get("/me/").content.decode()
    client.post(f"/me/tokens/{ApiToken.objects.get().pk}/revoke")
    assert tokens.authenticate(found[1], at=AT) is None


# Administration ----------------------------------------------------------------------------------------


@pytest.fixture
def admin() -> Client:
    ask_second_factor_of("nobody")
    person("root", "administrator")
    return entered("root")


def test_a_user_from_adding_to_closing(admin: Client) -> None:
    answer = admin.post("/users/add", {"username": "li", "display_name": "李沅", "password": "a long first phrase"})
    assert answer.headers["Location"] == "/users/of/li"
    admin.post("/teams/add", {"code": "EAST", "name": "华东"})
    admin.post("/users/of/li/grant", {"role": "sales_manager"})
    admin.post("/users/of/li/team", {"team": "EAST"})
    row = queries.user_named("li", at=datetime.now(UTC))
    assert [(grant.role, grant.reach) for grant in row.roles] == [("sales_manager", "team")]
    assert (row.teams, row.owner_name) == (("EAST",), "李沅")
    page = admin.get("/users/of/li").content.decode()
    assert "sales manager (customers of the team)" in page
    client = entered("li", "a long first phrase")
    assert client.get("/receivables/items").status_code == 200
    admin.post("/users/of/li/names", {"display_name": "李沅", "owner_name": "李沅（华东）"})
    admin.post("/users/of/li/team", {"team": "EAST", "leave": "1"})
    admin.post("/users/of/li/revoke", {"role": "sales_manager"})
    assert location(client, "/receivables/items").startswith("/login")
    admin.post("/users/of/li/password", {"password": "a second long phrase"})
    admin.post("/users/of/li/state", {"active": "0"})
    row = queries.user_named("li", at=datetime.now(UTC))
    assert (row.roles, row.teams, row.owner_name, row.active) == ((), (), "李沅（华东）", False)
    assert "_auth_user_id" not in entered("li", "a second long phrase").session
    admin.post("/users/of/li/state", {"active": "1"})
    assert "_auth_user_id" in entered("li", "a second long phrase").session


def test_refusals_are_said_on_the_page_and_change_nothing(admin: Client) -> None:
    person("li", "sales")
    for path, form, said in (
        ("/users/add", {"username": "li", "password": "a long first phrase"}, "already a user"),
        ("/users/add", {"username": "wang", "password": "short"}, "too weak"),
        ("/users/add", {"username": "a/b", "password": "a long first phrase"}, "cannot be a user"),
        ("/users/of/li/grant", {"role": "cash_clerk"}, "does not go with"),
        ("/users/of/li/grant", {"role": "legal", "reach": "company"}, "does not fit"),
        ("/users/of/root/state", {"active": "0"}, "last administrator"),
        ("/users/of/li/team", {"team": "NONE"}, "no team"),
        ("/users/of/li/revoke-token", {"token": "7"}, "no such token"),
        ("/teams/move", {"code": "NONE"}, "no team"),
    ):
        before = (User.objects.count(), RoleGrant.objects.count(), Team.objects.count())
        answer = admin.post(path, form, follow=True)
        assert said in answer.content.decode(), path
        assert (User.objects.count(), RoleGrant.objects.count(), Team.objects.count()) == before
    assert admin.get("/users/of/nobody").status_code == 404
    assert admin.post("/users/of/nobody/state", {"active": "0"}).status_code == 404


def test_a_lost_authenticator_is_reset(admin: Client) -> None:
    person("li", "auditor")
    client = entered("li")
    enrolled(client)
    admin.post("/users/of/li/reset-factor")
    assert SecondFactor.objects.count() == 0
    assert location(client, "/me/").startswith("/login")
    assert entered("li").get("/me/").status_code == 200


def test_a_reset_by_somebody_else_ends_the_tokens_one_by_oneself_does_not(admin: Client) -> None:
    """An authenticator that was lost may have been taken together with what it protected."""
    for name in ("li", "yin"):
        person(name, "finance_manager")
    asked = {"name": "读数", "areas": ["customers:read"], "days": 30, "at": datetime.now(UTC)}
    made = {name: tokens.create_token(username=name, **asked)[1] for name in ("li", "yin")}
    admin.post("/users/of/li/reset-factor")
    operations.reset_second_factor(username="yin", actor="yin", at=datetime.now(UTC))
    assert tokens.authenticate(made["li"], at=datetime.now(UTC)) is None
    assert tokens.authenticate(made["yin"], at=datetime.now(UTC)) is not None


def test_the_list_is_filtered_and_exported_as_shown(admin: Client) -> None:
    for name, role in (("li", "sales"), ("yin", "sales"), ("chen", "auditor")):
        person(name, role)
    operations.deactivate_user(username="yin", actor="cli:test", at=AT)
    assert [row.username for row in admin.get("/users/?role=sales").context["found"]] == ["li", "yin"]
    assert [row.username for row in admin.get("/users/?role=sales&state=active").context["found"]] == ["li"]
    assert [row.username for row in admin.get("/users/?q=CH").context["found"]] == ["chen"]
    text = b"".join(admin.get("/users/export?role=sales&format=csv").streaming_content).decode("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == ["li", "yin"]
    assert b"".join(admin.get("/teams/export").streaming_content).startswith(b"PK")


def test_the_administrator_of_one_company_grants_for_it_alone(admin: Client) -> None:
    for code in ("MAIN", "HD"):
        operations.add_company(code=code, name=code, currency="CNY", time_zone="Asia/Shanghai")
    person("li")
    user = person("branch")
    operations.grant_role(username="branch", role="administrator", company="HD", actor="cli:test", at=AT)
    client = entered(user.username)
    client.post("/users/of/li/grant", {"role": "legal", "company": "MAIN"})
    client.post("/users/of/li/grant", {"role": "legal"})
    client.post("/users/of/li/password", {"password": "a long new phrase"})
    client.post("/users/of/root/state", {"active": "0"})
    assert RoleGrant.objects.filter(actor="branch").count() == 0
    assert User.objects.get(username="li").check_password(PASSWORD)
    client.post("/users/of/li/grant", {"role": "legal", "company": "HD"})
    assert RoleGrant.objects.filter(actor="branch").count() == 1


def test_the_administrator_of_one_company_sees_who_has_to_do_with_it(admin: Client) -> None:
    """Those with a role there or for every company, and those without any, to whom a role may be given."""
    for code in ("MAIN", "HD"):
        operations.add_company(code=code, name=code, currency="CNY", time_zone="Asia/Shanghai")
    for name in ("newcomer", "elsewhere", "both", "branch"):
        person(name)
    for name, role, company in (
        ("elsewhere", "legal", "MAIN"),
        ("both", "legal", "MAIN"),
        ("both", "treasurer", "HD"),
        ("branch", "administrator", "HD"),
    ):
        operations.grant_role(username=name, role=role, company=company, actor="cli:test", at=AT)
    client = entered("branch")
    assert [row.username for row in client.get("/users/").context["found"]] == [
        "both",
        "branch",
        "hance",
        "newcomer",
        "root",
    ]
    exported = b"".join(client.get("/users/export?format=csv").streaming_content).decode("utf-8-sig")
    assert "elsewhere" not in exported
    assert client.get("/users/of/elsewhere").status_code == 404
    assert client.post("/users/of/elsewhere/names", {"display_name": "x"}).status_code == 404
    page = client.get("/users/of/both").context
    assert [grant.role for grant in page["row"].roles] == ["treasurer"]
    assert [told.grant.role for told in page["history"]] == ["treasurer"]
    assert [one.code for one in page["all_of_them"]] == ["HD"]
    assert {row.username for row in admin.get("/users/").context["found"]} >= {"elsewhere", "both"}
