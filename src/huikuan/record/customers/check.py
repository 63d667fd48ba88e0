"""The law of customers: each row says what the latest facts about it say."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from huikuan.record.customers.domain.master import Master, content_of
from huikuan.record.customers.domain.search_words import search_words

_LATEST = """
SELECT c.id, c.code, c.name, c.short_name, c.english_name, c.former_names, c.uscc, c.uscc_override_reason, c.status,
    above.code, c.industry, c.version, c.search, v.version, v.content
FROM customers_customer c LEFT JOIN customers_customer above ON above.id = c.parent_id
LEFT JOIN customers_customerversion v ON v.customer_id = c.id
    AND v.version = (SELECT max(w.version) FROM customers_customerversion w WHERE w.customer_id = c.id)
ORDER BY c.id
"""
#: Where a row and the merges that nobody has undone do not agree on the customer it is shown under.
_MERGED = """
SELECT * FROM (SELECT c.id AS customer_id, c.merged_into_id AS held,
    (SELECT m.into_id FROM customers_merge m WHERE m.from_id = c.id AND m.reversal_of IS NULL
     AND NOT EXISTS (SELECT 1 FROM customers_merge r WHERE r.reversal_of = m.id)) AS told
    FROM customers_customer c
    WHERE c.merged_into_id IS NOT NULL OR c.id IN (SELECT from_id FROM customers_merge)) AS both_say
WHERE coalesce(held, 0) <> coalesce(told, 0) ORDER BY customer_id
"""
_AT_ONCE = 10_000


def unlike_their_versions() -> Iterator[tuple[int, str, str]]:
    """(customer id, content of the latest fact, content of the row) of every customer where they differ,
    or that no fact tells of; likewise what it should be found by, and is."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST)
        while rows := cursor.fetchmany(_AT_ONCE):
            for number, *said, parent, industry, version, search, latest, content in rows:
                code, name, short, english, former, uscc, reason, status = said
                names = tuple(json.loads(former) if isinstance(former, str) else former)
                master = Master(code, name, short, english, names, uscc, reason, status, parent or "", industry)
                held = content_of(master)
                if (latest, content) == (version, held) and search != search_words(master):
                    yield number, search_words(master), search
                elif (latest, content) != (version, held):
                    told = "none" if latest is None else f"version {latest}: {content}"
                    yield number, told, f"version {version}: {held}"


def unlike_their_merges() -> Iterator[tuple[int, str, str]]:
    """(customer id, the customer the facts show it under, the one its row says) where they differ."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED)
        for number, held, told in cursor.fetchall():
            yield number, f"customer {told}" if told else "none", f"customer {held}" if held else "none"
