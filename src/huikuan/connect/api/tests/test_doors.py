"""Who comes in: tokens alone, their areas and roles, how often; what else a call passes."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.connect.api import rates
from huikuan.connect.api.tests.conftest import PREFIX, Program, program_of, token_of
from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.areas import CHOICES, allowed_by
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import deactivate_user, grant_role, revoke_role
from huikuan.mechanisms.identity.tokens import revoke_token, tokens_of
from huikuan.shell.tests.books import AT, Books


def address_of(endpoint: Endpoint) -> str:
    """An address of the endpoint, of something that is not there."""
    return re.sub(r"\{\w+\}", "987654321", endpoint.path)


def test_without_a_token_in_force_nothing_opens(books: Books, on_the_day: None) -> None:
    token = token_of(books.user.username)
    assert Program(token).get("/me").status_code == 200
    wrong = ["", "hk_", "hk_abc_def", token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", "x" * 5_000, "é"]
    for presented in wrong:
        for endpoint in ENDPOINTS:
            refused = Program(presented).send(endpoint.method, address_of(endpoint))
            assert refused.status_code == 401, (presented[:20], endpoint.name)
            assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    for scheme in (f"Basic {token}", f"Token {token}", token):
        assert Program("").get("/me", authorization=scheme).json()["code"] == "token_missing"
    assert Program("").get("/me", authorization=f"bearer {token}").status_code == 200


def test_a_browsers_log_in_opens_nothing(books: Books, on_the_day: None) -> None:
    client = Client()
    client.force_login(books.user)
    for endpoint in ENDPOINTS:
        answer = client.generic(endpoint.method, PREFIX + address_of(endpoint), headers={"idempotency-key": "k"})
        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), endpoint.name


def test_a_token_ends_with_its_user_its_role_its_day_and_its_revocation(books: Books, on_the_day: None) -> None:
    for number, end in enumerate((_deactivated, _without_role, _expired, _revoked)):
        name = f"robot{number}"
        program = program_of(name, "integration")
        assert program.get("/me").status_code == 200
        end(name)
        assert program.get("/me").json()["code"] == "token_invalid", end.__name__


def _deactivated(name: str) -> None:
    deactivate_user(username=name, actor="cli:root", at=AT)


def _without_role(name: str) -> None:
    revoke_role(username=name, role="integration", actor="cli:root", at=AT)


def _expired(name: str) -> None:
    User.objects.get(username=name).api_tokens.update(expires_at=AT + timedelta(hours=1))


def _revoked(name: str) -> None:
    (token,) = tokens_of(name, at=AT)
    revoke_token(token_id=token.id, actor=name, at=AT)


def test_every_endpoint_gives_every_role_the_declared_answer(books: Books, on_the_day: None) -> None:
    """403 exactly without the permission: by the role, or by the token's areas. With it, never a failure of ours."""
    wrong, cells = [], 0
    for role, described in ROLES.items():
        User.objects.create_user(f"r-{role}")
        # Whoever may use the API at all: their role, and one that opens the door and nothing else.
        grant_role(username=f"r-{role}", role=role, reach="all", actor="cli:root", at=AT)
        if Permission.USE_API not in described.permissions:
            with pytest.raises(Refusal, match="not_permitted"):
                token_of(f"r-{role}")
            continue
        for areas in (CHOICES, ("ledger:read",), ("customers:write",), ("imports:read", "webhooks:write")):
            program, held = Program(token_of(f"r-{role}", areas)), described.permissions & allowed_by(areas)
            for endpoint in ENDPOINTS:
                answer = program.send(endpoint.method, address_of(endpoint), {} if endpoint.body else None)
                may = endpoint.permission is None or endpoint.permission in held
                cells += 1
                if (answer.status_code == 403) == may or answer.status_code >= 500:
                    wrong.append((role, areas, endpoint.name, answer.status_code))
    assert wrong == []
    assert cells == 3 * 4 * len(ENDPOINTS)


def test_other_methods_are_named_and_refused(program: Program) -> None:
    refused = program.call("TRACE", "/items")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]
    assert program.call("OPTIONS", "/me").status_code == 405
    head = program.call("HEAD", "/customers")
    assert (head.status_code, head.content) == (200, b"")


def test_a_call_carries_its_number_through(program: Program) -> None:
    assert program.get("/me", x_request_id="erp-17.a").headers["X-Request-Id"] == "erp-17.a"
    for odd in ("a b", "x" * 65, "日"):
        assert re.fullmatch("[0-9a-f]{32}", program.get("/me", x_request_id=odd).headers["X-Request-Id"])
    assert program.get("/me").headers["Cache-Control"] == "no-store"


def test_odd_addresses_are_problems_and_no_pages(program: Program) -> None:
    strange = ["/customers?q=%00", "/customers?q=" + "9" * 2_000, "/nowhere", "", "/", "/customers/%ff"]
    for address in [*strange, "/items/0", "/items/-1", "/items/1e3", "/items/" + "9" * 30, "/items/1/2"]:
        answer = program.get(address)
        assert answer.status_code in (400, 404), address
        assert answer.headers["Content-Type"] == "application/problem+json", address
        assert answer.json()["code"] in ("not_found", "request_unreadable"), address


def test_calls_beyond_the_rate_wait_and_others_do_not(program: Program, books: Books, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 10
    other = program_of("robot", "integration")
    answers = [program.get("/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 12
    assert answers[2].json()["code"] == "rate_limited"
    assert other.get("/me").status_code == 200
    settings.API_CALLS_PER_MINUTE = 1_000_000
    assert program.get("/me").status_code == 200


def test_the_bucket_leaks_at_its_rate(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 60

    def passes(name: str, at: float) -> bool:
        try:
            rates.take_turn(name, now=at)
        except Refusal as refusal:
            return bool(refusal.params["seconds"] != 1)
        return True

    name, start = "leak", 1_000_000.0
    assert [passes(name, start) for _ in range(14)] == [True] * 12 + [False] * 2
    assert [passes(name, start + 3) for _ in range(5)] == [True] * 3 + [False] * 2
    assert sum(passes(name, start + 3 + second / 4) for second in range(240)) == 59 + 1 - 1
    assert passes("somebody else", start)


def test_a_counter_that_cannot_be_kept_lets_the_call_through(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    rates.take_turn("broken", now=0.0)
    with pytest.raises(Refusal, match="rate_limited"):
        rates.take_turn("broken", now=0.0)

    def gone() -> None:
        raise OSError("no room")

    monkeypatch.setattr(rates, "_bucket", gone)
    rates.take_turn("broken", now=0.0)


def test_a_failure_of_ours_is_a_problem_without_detail(
    program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **_more: Any) -> None:
        raise ZeroDivisionError("secret of a customer")

    monkeypatch.setattr("huikuan.connect.api.web.endpoints.ledger.items_after", broken)
    answer = program.get("/items")
    assert (answer.status_code, answer.json()["code"]) == (500, "request_failed")
    assert "secret" not in answer.content.decode()
    (told,) = (one for one in caplog.records if hasattr(one, "request_id"))
    assert told.request_id == answer.headers["X-Request-Id"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_problems_speak_the_callers_language(program: Program, language: str) -> None:
    said = program.get("/items/999", accept_language=language).json()["detail"]
    assert said.startswith("There is nothing here") == (language == "en")


def test_the_page_names_every_endpoint_in_both_languages(books: Books, on_the_day: None) -> None:
    client = Client()
    client.force_login(books.user)
    for language, heading in (("zh-hans", "程序接口"), ("en", "API for programs")):
        User.objects.filter(pk=books.user.pk).update(language=language)
        page = client.get("/api/", headers={"accept-language": language})
        text = page.content.decode()
        assert page.status_code == 200
        assert [one.name for one in ENDPOINTS if f"{one.method} {one.path}<" not in text] == []
        assert heading in text
