"""A set of books with people of different reach, each with a token, and the way a program calls."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from tests.standing import standing_on

from huikuan.mechanisms.identity.domain.areas import CHOICES
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.shell import catalogs
from huikuan.shell.tests.books import AS_OF, AT, Books, open_books

PREFIX = "/api/v1"


@dataclass
class Program:
    """A program with a token."""

    token: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, address: str, **headers: str) -> HttpResponse:
        return self.call("GET", address, **headers)

    def send(self, method: str, address: str, body: Any = None, *, key: str = "", **headers: str) -> HttpResponse:
        """A write with a key of its own unless one is given."""
        return self.call(method, address, body, idempotency_key=key or uuid.uuid4().hex, **headers)

    def post(self, address: str, body: Any = None, **more: str) -> HttpResponse:
        return self.send("POST", address, body, **more)

    def call(self, method: str, address: str, body: Any = None, **headers: str) -> HttpResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given.setdefault("authorization", f"Bearer {self.token}")
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = given.pop("content-type", "application/json")
        return self.client.generic(method, PREFIX + address, raw, content_type=kind, headers=given)

    def pages(self, address: str, **headers: str) -> list[dict[str, Any]]:
        """Every row of a list, page after page."""
        rows, cursor, join = [], "", "&" if "?" in address else "?"
        while True:
            page = self.get(f"{address}{join}cursor={cursor}" if cursor else address, **headers).json()
            rows += page["data"]
            if page["next"] is None or not page["data"]:
                return rows
            cursor = page["next"]


def program_of(name: str, role: str, *, areas: tuple[str, ...] = CHOICES, **grant: Any) -> Program:
    """A new user with a role that may use the API, and a token of theirs."""
    User.objects.get_or_create(username=name)
    grant_role(username=name, role=role, actor="cli:root", at=AT, **grant)
    return Program(token_of(name, areas))


def token_of(name: str, areas: tuple[str, ...] = CHOICES) -> str:
    return create_token(username=name, name="test", areas=areas, days=30, at=AT)[1]


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture(autouse=True)
def unhurried(settings: Any, tmp_path: Any) -> None:
    """Calls are counted, but no test runs into the limit unless it asks for one. Links begin with an address."""
    settings.API_CALLS_PER_MINUTE = 1_000_000
    settings.SITE = "https://ar.example.com"


@pytest.fixture
def books(transactional_db: None, data_folder: Path) -> Books:
    return standing_on("books", open_books, data_folder)


@pytest.fixture
def on_the_day() -> Iterator[None]:
    with time_machine.travel(f"{AS_OF}T04:00:00Z", tick=True):
        yield


@pytest.fixture
def program(books: Books, on_the_day: None) -> Program:
    """The finance manager's: everything."""
    return Program(token_of(books.user.username))
