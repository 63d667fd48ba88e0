"""What is carried forward by what is new is what asking everything again would answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.columns import additive
from huikuan.mechanisms.columns import engine as engines
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.operations import refresh
from huikuan.mechanisms.columns.queries import asking, asking_columns
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Until
from huikuan.record.receivables.columns import MOVES
from huikuan.record.receivables.models import Item, Settlement

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)
_NUMBERS = count()
EXAMPLES = 100 if os.environ.get("HUIKUAN_PROVE") else 12

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_answers() -> Iterator[None]:
    engines.ANSWERS.forget()
    yield
    engines.ANSWERS.forget()


def post(side: str, customer: int, amount: int, day: date = DAY) -> int:
    name = str(next(_NUMBERS))
    row: dict[str, Any] = {
        "company_id": 1, "customer_id": customer, "kind": "invoice", "side": side, "currency": "CNY",
        "amount": amount, "document_date": day, "posting_date": day, "document_number": name,
        "origin_system": "test", "origin_key": name, "actor": "test",
    }  # fmt: skip
    with transaction.atomic():
        return record(Item, [row], at=AT)[0]


def clear(credit: int, debit: int, amount: int, day: date = DAY) -> None:
    row = {
        "company_id": 1, "customer_id": 1, "credit_id": credit, "debit_id": debit, "credit_amount": amount,
        "debit_amount": amount, "fx_amount": 0, "effective_on": day, "reason": "test", "actor": "test",
    }  # fmt: skip
    with transaction.atomic():
        record(Settlement, [row], at=AT)


def opens(facts: Source, day: date = DAY) -> str:
    moves = facts.source(MOVES, as_of=day, known=ALWAYS_KNOWN)
    return f"""SELECT item_id, customer_id, CAST(SUM(amount) AS BIGINT) AS amount FROM {moves} AS moves
        WHERE effective_on <= %(as_of)s GROUP BY item_id, customer_id HAVING SUM(amount) <> 0"""


def by_customer(rows: str) -> str:
    return f"SELECT customer_id, CAST(SUM(amount) AS BIGINT) AS amount, COUNT(*) AS items FROM {rows} GROUP BY 1"


def carried(engine: ColumnsEngine, day: date = DAY) -> list[list[tuple[Any, ...]]]:
    given: dict[str, Any] = {"as_of": day}
    kept = additive.keep_rows(engine, "opens", lambda facts: opens(facts, day), given, until=Until(day), key="item_id")
    additive.keep_sums_of(engine, "of_rows", kept, by_customer, given, by="customer_id", sums=["amount", "items"])
    additive.keep_sums(
        engine,
        "of_facts",
        lambda facts: by_customer(f"({opens(facts, day)}) AS opened"),
        given,
        until=Until(day),
        by="customer_id",
        sums=["amount", "items"],
    )
    return [
        engine.rows("SELECT item_id, customer_id, amount FROM opens ORDER BY 1", {}),
        engine.rows("SELECT * FROM of_rows WHERE items > 0 ORDER BY 1", {}),
        engine.rows("SELECT * FROM of_facts WHERE items > 0 ORDER BY 1", {}),
    ]


def whole(day: date = DAY) -> list[list[tuple[Any, ...]]]:
    with asking("database") as engine:
        rows = sorted(engine.rows(opens(engine, day), {"as_of": day}))
    sums: dict[int, tuple[int, int]] = {}
    for _item, customer, amount in rows:
        held, items = sums.get(customer, (0, 0))
        sums[customer] = (held + int(amount), items + 1)
    added = [(customer, *both) for customer, both in sorted(sums.items())]
    return [rows, added, added]


@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_rows_and_sums_equal_those_of_everything(data: st.DataObject) -> None:
    credit, debits = post("credit", 9, 10**6), []
    for _ in range(data.draw(st.integers(2, 8))):
        if debits and data.draw(st.booleans()):
            clear(credit, data.draw(st.sampled_from(debits)), 50, data.draw(st.sampled_from([DAY, NEXT])))
        else:
            debits.append(post("debit", data.draw(st.integers(1, 3)), 100, data.draw(st.sampled_from([DAY, NEXT]))))
        if data.draw(st.booleans()):
            refresh()
        for day in (DAY, NEXT):
            with asking_columns() as engine:
                assert carried(engine, day) == whole(day)


def test_a_posting_asks_the_mirror_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = post("debit", 1, 100)
    post("debit", 2, 100)
    refresh()
    with asking_columns() as engine:
        carried(engine)
    clear(post("credit", 1, 100), first, 100)
    asked: list[str] = []
    relation = engines.ColumnsEngine._relation
    monkeypatch.setattr(
        engines.ColumnsEngine, "_relation", lambda self, sql, given: asked.append(sql) or relation(self, sql, given)
    )
    with asking_columns() as engine:
        parts = engine.parts(Until(DAY))
        assert parts is not None
        assert parts.new
        found = carried(engine)
    assert found == whole()
    assert asked
    assert not [sql for sql in asked if "read_parquet" in sql]


def test_what_counts_later_asks_nothing_again_of_an_earlier_day(monkeypatch: pytest.MonkeyPatch) -> None:
    first = post("debit", 1, 100)
    refresh()
    clear(post("credit", 2, 50), first, 50)
    with asking_columns() as engine:
        before = carried(engine)
    clear(post("credit", 2, 30, NEXT), first, 30, NEXT)
    asked: list[str] = []
    relation = engines.ColumnsEngine._relation
    monkeypatch.setattr(
        engines.ColumnsEngine, "_relation", lambda self, sql, given: asked.append(sql) or relation(self, sql, given)
    )
    with asking_columns() as engine:
        assert carried(engine) == before == whole()
        assert asked == []
        assert carried(engine, NEXT) == whole(NEXT)
        assert asked
