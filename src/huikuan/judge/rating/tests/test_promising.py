"""The share of promises kept is a value of behaviour where any was judged, and none where nobody promised."""

from __future__ import annotations

from decimal import Decimal

from huikuan.judge.rating.queries.facts import known_facts
from huikuan.record.customers.operations import merge_customers
from huikuan.record.promises.tests.conftest import Word, at, day


def value(customer: int, on: str) -> Decimal | str | None:
    known = known_facts(as_of=day(on), customer_ids=[customer]).of(customer)
    return known["promises_kept"][0].value if "promises_kept" in known else None


def test_kept_of_judged_in_a_year_also_of_who_is_one_with_it(db: None) -> None:
    word = Word()
    for number, kept in enumerate((True, False, True)):
        item = word.post("invoice", 100_00 + number)
        word.promise((item, 100_00), by="2026-03-05")
        if kept:
            word.pay(item, 100_00, "2026-03-04")
    theirs = word.post("invoice", 100_00, customer_id=word.other.id)
    assert value(word.customer.id, "2026-03-03") is None
    assert value(word.customer.id, "2026-03-20") == Decimal("0.6667")
    assert value(word.other.id, "2026-03-20") is None
    word.promise((theirs, 100_00), by="2026-03-06", customer=word.other.id)
    merge_customers(
        from_id=word.other.id, into_id=word.customer.id, reason="同一家", actor="tester", at=at("2026-03-10")
    )
    assert value(word.customer.id, "2026-03-20") == Decimal("0.5000")
    assert value(word.customer.id, "2027-03-20") is None
