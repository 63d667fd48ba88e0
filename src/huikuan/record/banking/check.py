"""The laws of bank money: what is left of a line is what its uses leave, no line is used beyond itself, and statements
follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from huikuan.kernel.money import to_text
from huikuan.record.banking.models import BankAccount
from huikuan.record.banking.queries.accounts import statements

#: What a line's uses leave of it, beside what the cache says; and whether the uses stay within the line.
_LEFT = """
SELECT * FROM (SELECT l.id AS line_id, l.amount, l.currency, coalesce(o."left", 0) AS held,
    l.amount - CAST(coalesce((SELECT sum(u.amount) FROM banking_lineuse u WHERE u.line_id = l.id), 0) AS bigint)
        AS told
    FROM banking_bankline l LEFT JOIN banking_openline o ON o.line_id = l.id) AS both_say
WHERE held <> told OR (amount > 0 AND (told < 0 OR told > amount)) OR (amount < 0 AND (told > 0 OR told < amount))
ORDER BY line_id
"""
_AT_ONCE = 10_000


def unlike_their_uses() -> Iterator[tuple[str, str, str]]:
    """(line, what its uses leave, what is held to be left) of every line where they differ, or used beyond itself."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        while rows := cursor.fetchmany(_AT_ONCE):
            for line_id, amount, currency, held, told in rows:
                within = min(0, amount) <= told <= max(0, amount)
                expected = to_text(told, currency) if within else f"0 … {to_text(amount, currency)}"
                yield f"bank line {line_id}", expected, to_text(held if within else told, currency)


def broken_chains() -> Iterator[tuple[str, str, str]]:
    """(statement, what it has to open with, what it opens with) of every statement that begins the day after another
    of its account ended and opens with another balance. Days that nobody read in are no contradiction: the page of
    the account tells of them."""
    for account in BankAccount.objects.order_by("id"):
        ends: dict[object, set[int]] = {}
        for one in statements(account.id):
            closed = ends.get(one.period_from - timedelta(days=1)) if one.period_from else None
            if closed and one.opening is not None and one.opening not in closed:
                expected = " / ".join(to_text(amount, one.currency) for amount in sorted(closed))
                yield f"bank statement {one.id} of {account.number}", expected, to_text(one.opening, one.currency)
            if one.closing is not None and one.period_through:
                ends.setdefault(one.period_through, set()).add(one.closing)
