"""What every answer carries so that a browser does nothing else with it, and what no failure tells."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client, override_settings

from huikuan.shell import settings as shipped
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import DECLARED, PROGRAMS, STRANGERS, addresses, filled, issued, signed_in

__all__ = ["issued"]

#: On every answer whatever it is.
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: For programs to read, never for a browser to keep.
FOR_PROGRAMS = ("application/json", "application/problem+json", "text/plain")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
SECRETS = ("Traceback", ".py", "SELECT", "django", "sqlite", "postgres", "geheim", "X-Powered-By")


def wrong_with(answer: HttpResponse) -> Iterator[str]:
    """What the answer lacks, or has and should not."""
    for name, value in EVERYWHERE.items():
        if answer.headers.get(name) != value:
            yield f"{name}: {answer.headers.get(name)}"
    policy = answer.headers.get("Content-Security-Policy", "")
    allowed = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    if allowed.get("default-src") not in ("'self'", "'none'") or "unsafe" in policy or "*" in policy:
        yield f"policy: {policy}"
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if kind == "text/html":
        yield from (f"inline: {found[0]}" for found in INLINE.finditer(answer.content.decode()))
    kept = answer.headers.get("Content-Disposition", "").startswith("attachment;")
    if answer.status_code == 200 and kind not in ("text/html", *FOR_PROGRAMS) and not kept:
        yield f"{kind} shown in the browser"
    for cookie in answer.cookies.values():
        if cookie["max-age"] != 0 and not (
            cookie["samesite"] == "Lax" and (cookie["httponly"] or cookie.key == "csrftoken")
        ):
            yield f"cookie {cookie.key}"


def test_every_answer_carries_what_a_browser_needs_to_know(
    books: Books, issued: dict[str, int], on_the_day: None
) -> None:
    wrong, kinds = {}, set()
    for role in ("finance_manager", "administrator"):
        client = signed_in(f"h-{role}", role, reach="all")
        for route, (reading, _) in DECLARED.items():
            if route == "logout" or (role == "administrator" and reading != "manage_users"):
                continue
            answer = client.get(filled(route, books, issued, "get"))
            kinds.add((answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]))
            if found := list(wrong_with(answer)):
                wrong[role, route] = found
            answer.close()
    assert wrong == {}
    # Pages, files and lists, leading elsewhere, not there: all of them were seen.
    assert {(200, "text/html"), (200, "text/csv"), (302, "text/html"), (403, "text/html"), (404, "text/html")} <= {
        *kinds, *((status, "text/csv") for status, kind in kinds if "sheet" in kind),
    }  # fmt: skip


def test_strangers_and_programs_get_the_same(client: Client, db: None) -> None:
    routes = [route for route, _ in addresses() if PROGRAMS in route]
    routes += [route for route, (reading, _) in DECLARED.items() if reading == STRANGERS]
    wrong = {}
    for route in routes:
        path = "/" + re.sub(r"<[^>]*>", "1", route.replace("^", "").replace("$", ""))
        for answer in (client.get(path), client.post(path, b"{}", content_type="application/json")):
            if found := list(wrong_with(answer)):
                wrong[route, answer.status_code] = found
    assert wrong == {}
    assert len(routes) > 20


@pytest.mark.parametrize("path", ["/receivables/items", "/api/v1/items", "/receivables/statements/"])
def test_no_failure_tells_what_failed(books: Books, on_the_day: None, monkeypatch: Any, path: str) -> None:
    def fails(*_: object, **__: object) -> None:
        raise DatabaseError("geheim: SELECT * FROM receivables_item")

    client = signed_in("h-auditor", "auditor", reach="all")
    client.raise_request_exception = False
    monkeypatch.setattr("huikuan.shell.web.doors.may", fails)
    monkeypatch.setattr("huikuan.connect.api.web.views.caller_of", fails)
    answer = client.get(path)
    assert answer.status_code == 500
    assert [secret for secret in SECRETS if secret in answer.content.decode() or secret in str(answer.headers)] == []
    assert [found for found in wrong_with(answer) if not found.startswith("policy")] == []


def test_other_failures_tell_as_little(client: Client, db: None) -> None:
    answers = [
        client.get("/nowhere"),
        client.get("/login?next=%00"),
        client.get("/login", headers={"host": "evil.example"}),
    ]
    answers.append(Client(enforce_csrf_checks=True).post("/login", {"username": "x"}))
    answers.append(client.post("/login", b"x" * 20_000, content_type="multipart/form-data; boundary=x"))
    assert [answer.status_code for answer in answers] == [404, 400, 400, 403, 403]
    for answer in answers:
        text = answer.content.decode()
        assert [secret for secret in SECRETS if secret in text] == []
        assert "evil.example" not in text


def test_behind_tls_browsers_are_told_to_stay_there(client: Client, db: None, monkeypatch: Any) -> None:
    monkeypatch.setenv("HUIKUAN_HTTPS", "1")
    found = runpy.run_path(str(shipped.__file__))
    names = ("SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    with override_settings(**{name: found[name] for name in names}):
        answer = Client().get("/login", headers={"x-forwarded-proto": "https"})
        assert answer.headers["Strict-Transport-Security"] == f"max-age={365 * 24 * 3600}"
        assert answer.cookies["csrftoken"]["secure"] is True
    assert "Strict-Transport-Security" not in client.get("/login").headers
