"""The pages' tests stand on one small set of books."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from huikuan.shell import catalogs
from huikuan.shell.tests.books import AS_OF, Books, open_books


@pytest.fixture(scope="session", autouse=True)
def chinese() -> None:
    """The catalogues are built, not committed."""
    catalogs.main()


@pytest.fixture
def books(transactional_db: None) -> Books:
    return open_books()


@pytest.fixture
def on_the_day():
    """The web's clock stands at noon of the books' day."""
    with time_machine.travel(f"{AS_OF}T04:00:00Z", tick=True):
        yield


@pytest.fixture
def reader(books: Books, on_the_day: None, client: Client) -> Client:
    client.force_login(books.user)
    return client
