"""The suite's fixtures: facts are flushed between transactional tests although the database refuses it, and
each test has a data folder of its own. Which database they run on, `tests/ground.py` says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite the test database is a file, so that threads and other processes share it."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(Path(os.environ["HUIKUAN_HOME"]) / f"test-{worker}.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    _teach_flush()
    yield
    with django_db_blocker.unblock():
        _end_other_sessions()


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


def _teach_flush() -> None:
    """Let a transactional test's flush empty guarded tables: the post-migrate hook puts the guards back."""
    from django.db import connection

    from huikuan.mechanisms.store import guards

    flush = connection.ops.execute_sql_flush

    def flush_facts(sql_list: list[str]) -> None:
        with connection.cursor() as cursor:
            for model in guards.guarded_models():
                for name, text in guards.expected(model).items():
                    if text == "sequence":
                        continue
                    table = f' ON "{model._meta.db_table}"' if connection.vendor == "postgresql" else ""
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{table}')
        flush(sql_list)

    connection.ops.execute_sql_flush = flush_facts
