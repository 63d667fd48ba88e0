"""What a customer's timeline tells of statements."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.act.collection.queries.story import MONEY, Asked, Entry
from huikuan.kernel.dates import business_date
from huikuan.see.statements.queries.issued import IssuedFilter, issued

_MOST = 60


def story(asked: Asked) -> Iterator[Entry]:
    """The statements issued to the customer, each with its file."""
    for row in issued(IssuedFilter(customer_id=asked.customer_id), scope=asked.scope, limit=_MOST):
        yield Entry(
            "statement", "", business_date(row.issued_at), row.issued_at, row.actor, MONEY, "", row.closing,
            row.currency, {"number": row.number, "until": row.until}, ("statements:file", row.id),
        )  # fmt: skip
