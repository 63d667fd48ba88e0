"""A file imported in bulk leaves the ledger that posting and settling its rows one by one would leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.tests.ledgers import AT, checked, company, item, query, receipt, task
from huikuan.record.customers.operations import ensure_prospects
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.operations.settlements import settle
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 10)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["CNY", "USD", "EUR", "JPY"]),
        st.integers(1, 10**9),
        st.one_of(st.none(), st.integers(0, 40)),
        st.one_of(st.none(), st.tuples(st.integers(1, 10**9), st.integers(0, 40))),
    ),
    min_size=1,
    max_size=5,
)


def rates() -> None:
    """Two days' rates of two currencies; of the euro none is known."""
    for currency, on_date, rate in (
        ("USD", DAY - timedelta(days=5), 713_456_789),
        ("USD", DAY + timedelta(days=11), 698_765_432),
        ("JPY", DAY - timedelta(days=5), 4_812_345),
    ):
        record_rate(
            currency=currency, quote_currency="CNY", on_date=on_date, rate_e8=rate, source="test", actor="t", at=AT
        )


def one_by_one(rows: list[Any]) -> None:
    home = company("ONE")
    customer = ensure_prospects({"C1": "江临试制"}, batch_id=None, actor="t", at=AT)["C1"]

    def post(kind: str, key: str, currency: str, amount: int, day: date, due: date | None = None) -> int:
        posting = Posting(
            customer, kind, currency, amount, day, day, due_date=due,
            document_number=key, origin_system="erp", origin_key=key,
        )  # fmt: skip
        return post_items(company=home, postings=[posting], actor="t", at=AT)[0]

    def pay(credit: int, debit: int, amount: int, day: date) -> None:
        settle(
            credit_id=credit, debit_id=debit, credit_amount=amount, effective_on=day, reason="import", actor="t", at=AT
        )

    debts = []
    for number, (currency, amount, settled, _) in enumerate(rows):
        debt = post("invoice", f"K{number}", currency, amount, DAY, DAY + timedelta(days=30))
        debts.append(debt)
        if settled is not None:
            day = DAY + timedelta(days=settled)
            pay(post("receipt", f"K{number}#receipt", currency, amount, day), debt, amount, day)
    for number, (currency, amount, settled, paid) in enumerate(rows):
        if paid is not None:
            day = DAY + timedelta(days=paid[1])
            credit = post("receipt", f"R{number}", currency, paid[0], day)
            if settled is None:
                pay(credit, debts[number], min(amount, paid[0]), day)


def in_bulk(rows: list[Any]) -> None:
    home = company("BULK")
    items = [
        item(
            number + 2, f"K{number}", amount, currency=currency, document_date=DAY, posting_date=DAY,
            due_date=DAY + timedelta(days=30),
            settled_on=None if settled is None else DAY + timedelta(days=settled),
        )
        for number, (currency, amount, settled, _) in enumerate(rows)
    ]  # fmt: skip
    import_checked(task("items", company=home), checked("items", items))
    payments = [
        {
            **receipt(number + 2, f"R{number}", paid[0], f"K{number}"),
            "currency": currency,
            "received_on": DAY + timedelta(days=paid[1]),
        }
        for number, (currency, _, _, paid) in enumerate(rows)
        if paid is not None
    ]
    if payments:
        import_checked(task("receipts", company=home), checked("receipts", payments))


def ledger(code: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a company's ledger says, by keys instead of ids."""
    pk = company(code).pk
    return {
        "items": query(
            "SELECT origin_key, kind, side, recognition, currency, amount, book_rate_e8, book_amount, document_date,"
            " posting_date, due_date FROM receivables_item WHERE company_id = %s ORDER BY origin_key",
            pk,
        ),
        "settlements": query(
            "SELECT c.origin_key, d.origin_key, s.credit_amount, s.debit_amount, s.credit_book_amount,"
            " s.debit_book_amount, s.fx_amount, s.effective_on FROM receivables_settlement s"
            " JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item d ON d.id = s.debit_id"
            " WHERE s.company_id = %s ORDER BY 1, 2",
            pk,
        ),
        "open": query(
            "SELECT i.origin_key, o.open_amount, o.open_book_amount, o.due_date FROM receivables_openitem o"
            " JOIN receivables_item i ON i.id = o.item_id WHERE o.company_id = %s ORDER BY 1",
            pk,
        ),
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_bulk_equals_one_by_one(db: None, rows: list[Any]) -> None:
    from django.db import transaction

    with transaction.atomic():
        rates()
        one_by_one(rows)
        in_bulk(rows)
        assert ledger("BULK") == ledger("ONE")
        assert check_ledger() == []
        transaction.set_rollback(True)
