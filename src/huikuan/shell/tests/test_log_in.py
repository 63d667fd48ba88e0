"""Logging in behind a proxy that ends TLS, and what guessing passwords meets."""

from __future__ import annotations

import re
import runpy
from datetime import timedelta

import pytest
import time_machine
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from huikuan.mechanisms.identity.models import User
from huikuan.shell import settings as shipped
from huikuan.shell.web.throttling import ADDRESS_LIMIT, client_address

PASSWORD = "correct horse 9"
VICTIM, ATTACKER = "203.0.113.5", "198.51.100.7"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def user(settings: object) -> User:
    # Guessing a hundred times against the real hash takes a minute; what is counted is the same.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    return User.objects.create_user("lin", password=PASSWORD)


def log_in(name: str, password: str, *, forwarded: str = "", peer: str = "127.0.0.1") -> int:
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return Client().post("/login", {"username": name, "password": password}, REMOTE_ADDR=peer, **extra).status_code


@override_settings(PROXIES=1)
def test_guessing_pauses_the_name_for_that_address_alone() -> None:
    assert [log_in("lin", "wrong", forwarded=ATTACKER) for _ in range(10)] == [200] * 9 + [429]
    assert log_in("lin", PASSWORD, forwarded=ATTACKER) == 429
    assert log_in("lin", PASSWORD, forwarded=VICTIM) == 302


@override_settings(PROXIES=1)
def test_one_address_cannot_try_a_password_on_many_names() -> None:
    answers = [log_in(f"user{n}", "Spring2026!", forwarded=ATTACKER) for n in range(ADDRESS_LIMIT + 2)]
    assert answers == [200] * ADDRESS_LIMIT + [429, 429]
    assert log_in("lin", PASSWORD, forwarded=ATTACKER) == 429
    assert log_in("lin", PASSWORD, forwarded=VICTIM) == 302
    pause = timedelta(hours=shipped.AXES_COOLOFF_TIME, seconds=5)
    with time_machine.travel(timezone.now() + pause):
        assert log_in("lin", PASSWORD, forwarded=ATTACKER) == 302


def test_a_right_password_forgets_the_wrong_ones() -> None:
    for _ in range(3):
        assert [log_in("lin", "wrong") for _ in range(8)] == [200] * 8
        assert log_in("lin", PASSWORD) == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "peer", "client"),
    [
        (0, VICTIM, ATTACKER, ATTACKER),
        (1, f"{VICTIM}, {ATTACKER}", "127.0.0.1", ATTACKER),
        (2, f"1.1.1.1, {VICTIM}, 10.0.0.2", "127.0.0.1", VICTIM),
        (1, "", "127.0.0.1", "127.0.0.1"),
        (1, "nonsense", ATTACKER, ATTACKER),
        (0, "", "::ffff:198.51.100.7", ATTACKER),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, "", "", "0.0.0.0"),
    ],
)
def test_only_trusted_proxies_say_who_the_client_is(proxies: int, forwarded: str, peer: str, client: str) -> None:
    request = RequestFactory().get("/login", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(PROXIES=proxies):
        assert client_address(request) == client


@pytest.fixture
def behind_tls(monkeypatch: pytest.MonkeyPatch):
    """The settings as HUIKUAN_HTTPS=1 makes them."""
    monkeypatch.setenv("HUIKUAN_HTTPS", "1")
    monkeypatch.setenv("HUIKUAN_HOSTS", "ar.example")
    made = runpy.run_path(shipped.__file__)
    names = ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_SECONDS")
    with override_settings(**{name: made[name] for name in names}, SESSION_COOKIE_SECURE=True):
        yield made


def test_log_in_works_behind_a_proxy_that_ends_tls(behind_tls: dict[str, object]) -> None:
    assert behind_tls["CSRF_TRUSTED_ORIGINS"] == ["https://ar.example"]
    browser = Client(enforce_csrf_checks=True, headers={"host": "ar.example", "x-forwarded-proto": "https"})
    page = browser.get("/login")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page.content.decode())
    assert found is not None
    form = {"username": "lin", "password": PASSWORD, "csrfmiddlewaretoken": found.group(1)}
    for headers in ({"origin": "https://evil.example"}, {"referer": "https://evil.example/login"}, {}):
        assert browser.post("/login", form, headers=headers).status_code == 403
    assert browser.post("/login", form, headers={"origin": "https://ar.example"}).status_code == 302


def test_without_tls_nobody_outside_says_there_was_some() -> None:
    assert shipped.SECURE_PROXY_SSL_HEADER is None
    assert shipped.SECURE_HSTS_SECONDS == 0
    assert "Strict-Transport-Security" not in Client().get("/login", headers={"x-forwarded-proto": "https"}).headers


def test_a_session_ends_two_hours_after_its_last_use_and_twelve_after_log_in(user: User) -> None:
    for gap, lasting in ((1.9, 6), (2.1, 0)):
        with time_machine.travel("2026-11-20T01:00:00Z", tick=False) as clock:
            client = Client()
            client.force_login(user)
            client.get("/")
            used = 0
            for _ in range(8):
                clock.shift(gap * 3600)
                if client.get("/").headers["Location"] != "/me/":
                    break
                used += 1
            assert used == lasting


def test_the_language_chosen_on_the_log_in_page_stays_and_becomes_the_persons(user: User) -> None:
    client = Client()
    client.post("/me/language", {"language": "en", "next": "/login"})
    client.post("/login", {"username": "lin", "password": PASSWORD})
    user.refresh_from_db()
    assert user.language == "en"
    assert client.cookies["django_language"].value == "en"
    # Nothing was chosen this time: the browser's cookie is not the person's wish, and theirs is spoken.
    User.objects.filter(pk=user.pk).update(language="zh-hans")
    client.post("/logout")
    client.post("/login", {"username": "lin", "password": PASSWORD})
    user.refresh_from_db()
    assert user.language == "zh-hans"
    assert client.cookies["django_language"].value == "zh-hans"
