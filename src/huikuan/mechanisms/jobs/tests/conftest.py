"""A counter that a handler raises once per step: what a job must neither lose nor double."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture
def effects(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS jobs_test_effect")
        cursor.execute("CREATE TABLE jobs_test_effect (step integer NOT NULL)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE jobs_test_effect")
