"""Logs tell what was done, to whom and how it ended, and nothing that names a person, a customer or a secret."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client

from huikuan.mechanisms.identity.domain.areas import CHOICES
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role, set_password
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.shell.cli import main
from huikuan.shell.logs import JsonFormatter, ReadableFormatter, logging_config, pseudonym
from huikuan.shell.tests.books import AT, CUSTOMERS, NAME, PAID, PASSWORD, ROWS, Books

ADDRESS = "203.0.113.77"
FORWARDED = "198.51.100.9"
NEW_USER, NEW_NAME, NEW_PASSWORD = "renata", "雷娜塔", "a wholly other horse 7"


class Log:
    """What the product's own handler would have written."""

    def __init__(self) -> None:
        self.text = io.StringIO()
        self.handler = logging.StreamHandler(self.text)
        self.handler.setFormatter(JsonFormatter())
        self.plain = io.StringIO()
        self.unguarded = logging.StreamHandler(self.plain)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.getvalue().splitlines()]

    def named(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == logger]

    def events(self) -> list[str]:
        return [line["message"] for line in self.named("huikuan.security")]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything at the level a server logs at, and below it."""
    root, made = logging.getLogger(), Log()
    before = root.level
    for handler in (made.handler, made.unguarded):
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield made
    for handler in (made.handler, made.unguarded):
        root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def visitor() -> Client:
    return Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)


def test_a_whole_session_leaves_no_name_no_secret_and_no_amount(
    books: Books, on_the_day: None, visitor: Client, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _walk(books, visitor, monkeypatch)
    text = log.text.getvalue()
    assert len(log.lines) > 30
    session = visitor.cookies["sessionid"].value
    told = [NAME, "周岚", PASSWORD, NEW_USER, NEW_NAME, NEW_PASSWORD, ADDRESS, FORWARDED, "evil.example", session,
            token, token[-20:], "应收明细", "wrong horse", *CUSTOMERS, *CUSTOMERS.values()]  # fmt: skip
    told += [PAID, PAID.replace(".", ""), "730,000"]
    told += [value for _, number, *_, amount, _ in ROWS for value in (number, amount, amount.replace(".", ""))]
    assert [value for value in told if value in text] == []
    # The twin: as Python writes records by itself, exceptions and addresses quote them.
    quoted = {value for value in told if value in log.plain.getvalue()}
    assert {"C0001", CUSTOMERS["C0001"], PAID, "evil.example"} <= quoted


def _walk(books: Books, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> str:
    """A day of work with everything that goes wrong on it; the token that was used."""
    visitor.post("/login", {"username": NAME, "password": "wrong horse"})
    visitor.post("/login", {"username": NAME, "password": PASSWORD})
    item = books.item("264388102254")
    paths = ["/today", "/receivables/items?q=北麓", f"/receivables/items/{item}", "/users/of/周岚", "/nowhere/C0001"]
    for path in [*paths, "/receivables/items?q=%00C0001", "/receivables/statements/customers/9999"]:
        visitor.get(path, headers={"x-forwarded-for": FORWARDED})
    visitor.get("/today", headers={"host": "evil.example"})
    Client(enforce_csrf_checks=True).post("/login", {"username": NAME, "password": PASSWORD})
    file = SimpleUploadedFile("应收明细.csv", "客户编码,金额\nC0001,一百\n".encode())
    visitor.post("/imports/new", {"kind": "items", "file": file})
    with monkeypatch.context() as broken:
        broken.setattr("huikuan.shell.web.today.render", _fails)
        assert visitor.get("/today").status_code == 500
    add_user(username=NEW_USER, password=NEW_PASSWORD, display_name=NEW_NAME, actor="cli:root", at=AT)
    grant_role(username=NEW_USER, role="integration", reach="all", actor="cli:root", at=AT)
    token = create_token(username=NEW_USER, name="ERP of 雷娜塔", areas=CHOICES, days=9, at=AT)[1]
    program = Client(headers={"authorization": f"Bearer {token}"}, REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    for path in ("customers?q=北麓", "items", "items/0", "customers/C0001"):
        program.get(f"/api/v1/{path}")
    Client(headers={"authorization": f"Bearer {token}x"}).get("/api/v1/items")
    with monkeypatch.context() as broken:
        broken.setattr("huikuan.connect.api.web.endpoints.ledger.items_after", _fails)
        assert program.get("/api/v1/items").status_code == 500
    enqueue("test.fails", key="C0001", params={"customer": "北麓矿业装备集团有限公司"}, at=AT)
    Worker({"test.fails": Handler(_fails, attempts=1)}).run(until_idle=True)
    main(["customer", "show", "北麓"])
    set_password(username=NEW_USER, password=PASSWORD + "!", actor="cli:root", at=AT)
    visitor.post("/logout")
    visitor.post("/login", {"username": NAME, "password": PASSWORD})
    return token


def _fails(*_: object, **__: object) -> Any:
    raise DatabaseError(f"duplicate key: (customer)=(C0001, 北麓矿业装备集团有限公司, {PAID})")


def test_every_request_has_a_line_and_a_number(books: Books, on_the_day: None, visitor: Client, log: Log) -> None:
    visitor.force_login(books.user)
    answer = visitor.get("/receivables/items?q=x", headers={"x-request-id": "front-17"})
    assert answer.headers["X-Request-Id"] == "front-17"
    (line,) = log.named("huikuan.access")
    assert re.fullmatch(r"[\d-]+T[\d:.]+\+00:00", line.pop("at"))
    assert line.pop("ms") > 0
    assert line == {
        "level": "info", "logger": "huikuan.access", "message": "request", "request_id": "front-17", "method": "GET",
        "address": "receivables/items", "status": 200, "user": books.user.pk, "from": pseudonym(ADDRESS),
    }  # fmt: skip
    assert re.fullmatch("[0-9a-f]{32}", visitor.get("/nowhere").headers["X-Request-Id"])
    assert log.named("huikuan.access")[-1]["status"] == 404
    visitor.get("/health/live")
    assert log.named("huikuan.access")[-1]["level"] == "debug"


def test_what_concerns_security_is_told(books: Books, on_the_day: None, visitor: Client, log: Log) -> None:
    visitor.post("/login", {"username": NAME, "password": "wrong horse"})
    visitor.post("/login", {"username": NAME, "password": PASSWORD})
    assert visitor.get("/users/").status_code == 403
    visitor.post("/logout")
    assert log.events() == ["log_in_failed", "logged_in", "refused", "logged_out"]
    failed, came, refused, _ = log.named("huikuan.security")
    assert (failed["user"], came["user"], refused["user"]) == (None, books.user.pk, books.user.pk)
    assert {line["from"] for line in log.named("huikuan.security")} == {pseudonym(ADDRESS)}
    assert (refused["address"], refused["status"], refused["level"]) == ("users/", 403, "warning")
    assert Client().get("/api/v1/items").status_code == 401
    assert log.named("huikuan.security")[-1]["address"].startswith("api/v1")


def test_what_is_done_to_rights_is_told_when_it_is_committed(transactional_db: None, log: Log) -> None:
    add_user(username=NEW_USER, password=NEW_PASSWORD, actor="cli:root", at=AT)
    user = User.objects.get()
    grant_role(username=NEW_USER, role="auditor", reach="all", actor="cli:root", at=AT)
    set_password(username=NEW_USER, password=PASSWORD, actor="cli:root", at=AT + timedelta(days=1))
    assert log.events() == ["user_added", "role_granted", "password_changed"]
    granted = log.named("huikuan.security")[1]
    assert (granted["user"], granted["role"], granted["company"]) == (user.pk, "auditor", None)


def test_many_wrong_passwords_are_told_as_a_pause(books: Books, visitor: Client, log: Log) -> None:
    for _ in range(10):
        visitor.post("/login", {"username": NAME, "password": "wrong horse"})
    assert sorted(log.events()) == ["log_in_failed"] * 10 + ["log_in_paused", "refused"]


def test_a_pseudonym_is_the_installations_own(settings: Any) -> None:
    here = pseudonym(ADDRESS)
    assert (here == pseudonym(ADDRESS), here == pseudonym(FORWARDED), len(here)) == (True, False, 12)
    settings.SECRET_KEY = "another installation's"
    assert pseudonym(ADDRESS) != here


def test_a_person_at_a_terminal_reads_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    record = logging.makeLogRecord({"name": "huikuan.jobs", "levelname": "WARNING", "msg": "job reaped", "job": 7})
    assert re.fullmatch(r"\d\d:\d\d:\d\d warning huikuan.jobs: job reaped job=7", ReadableFormatter().format(record))
    monkeypatch.setattr("sys.stderr", _Terminal())
    assert "Readable" in logging_config("info")["formatters"]["line"]["()"]
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert "Json" in logging_config("info")["formatters"]["line"]["()"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
