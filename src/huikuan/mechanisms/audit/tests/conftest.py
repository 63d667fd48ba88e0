"""A small sealed ledger, and the hands of someone who owns the tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Max

from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.models import RoleGrant
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.transactions import horizon
from huikuan.record.receivables.models import ExchangeRate

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)


def write_facts(count: int, *, at: datetime = AT, start: int = 0) -> list[int]:
    """`count` rates, each in a transaction of its own with an event."""
    ids = []
    for number in range(start, start + count):
        with transaction.atomic():
            rate = {"currency": "USD", "quote_currency": "CNY", "on_date": date(2026, 1, 1) + timedelta(number)}
            ids += record(
                ExchangeRate, [{**rate, "rate_e8": 712_340_000 + number, "source": "示例", "actor": "周敏"}], at=at
            )
            record(Event, [{"kind": "rates.set", "payload": {"number": number}}], at=at)
    return ids


@pytest.fixture
def sealed_ledger(transactional_db: None) -> list[int]:
    """Twelve rates, twelve events and a grant under three heads (9, 17 and 25 leaves); the rates' ids."""
    with transaction.atomic():
        record(RoleGrant, [{"user_id": 1, "role": "auditor", "granted": True, "actor": "root"}], at=AT)
    ids: list[int] = []
    for step in range(3):
        ids += write_facts(4, at=AT + timedelta(minutes=step), start=4 * step)
        seal_all(AT + timedelta(minutes=step, seconds=30))
    return ids


def seal_all(at: datetime | Callable[[], datetime]) -> Head:
    """Seal once everything is final: an open transaction anywhere in the cluster holds the horizon back."""
    newest = Leaf.objects.aggregate(newest=Max("tx"))["newest"] or 0
    until = time.monotonic() + 30
    while horizon() <= newest and time.monotonic() < until:
        time.sleep(0.05)
    return seal(at)


def lift_guards() -> None:
    with connection.cursor() as cursor:
        for model in guards.guarded_models():
            for name, text in guards.expected(model).items():
                if text != "sequence":
                    table = f' ON "{model._meta.db_table}"' if connection.vendor == "postgresql" else ""
                    cursor.execute(f'DROP TRIGGER "{name}"{table}')


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
