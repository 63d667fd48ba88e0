"""The suite's fixtures: the database stands as it did before a test that committed, although it refuses to forget
facts, and each test has a data folder of its own. Which database they run on, `tests/ground.py` says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

#: How long an example takes says something of the machine alone.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database says the same beside either: it is asked once, in SQLite's half of the suite. So is what
    a browser does with a page, for the pages themselves are asked on both; one walk is made by a browser on both."""
    if "postgres" not in os.environ.get("HUIKUAN_DATABASE_URL", ""):
        return
    asked = [item for item in items if _asks_a_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(asked)])
    items[:] = asked


def _asks_a_database(item: pytest.Item) -> bool:
    """By a fixture or a mark; or its module knows of PostgreSQL and starts what it needs by itself. A browser asks
    beside SQLite alone, unless it is said to ask on both."""
    if item.get_closest_marker("browser") and not item.get_closest_marker("on_both"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & {"db", "transactional_db"} or item.get_closest_marker("django_db"):
        return True
    return "sqlite" not in item.name and "postgres" in Path(item.path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite the test database is a file, so that threads and other processes share it."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(Path(os.environ["HUIKUAN_HOME"]) / f"test-{worker}.sqlite3")
        # No test cuts the power: what a killed process had written stays, on the disk or not.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock():
        _teach_put_back()
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Argon2 as shipped, with little work for each password: what a hash costs is tested by asking the settings."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


@pytest.fixture(autouse=True)
def nobodys_language() -> Iterator[None]:
    """What a page was asked in stays the thread's language after it: the next test begins in the installation's."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    path = tmp_path / "home"
    monkeypatch.setenv("HUIKUAN_HOME", str(path))
    return path


def _end_other_sessions() -> None:
    """A thread of a race test may have left its connection open; PostgreSQL drops no database in use."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def _teach_put_back() -> None:
    """A test that committed leaves the database as it stood before the first: facts, which the database refuses to
    delete, included."""
    from django.test import TransactionTestCase
    from tests.standing import Stand

    empty = Stand()
    TransactionTestCase._fixture_teardown = lambda _: empty.put_back()  # type: ignore[method-assign]
