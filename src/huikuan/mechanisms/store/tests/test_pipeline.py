"""Statements sent without what Django puts around each."""

from __future__ import annotations

import pytest
from django.db import connection

from huikuan.mechanisms.store.pipeline import ask, send


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_thread_finds_its_way() -> None:
    """A worker's first question, or a thread's, comes before anything has opened the connection."""
    for asked in (lambda: send("SELECT 7").fetchone()[0], lambda: ask("SELECT 7")()[0][0]):
        connection.close()
        assert asked() == 7
