"""The laws of customers: a row says what the facts about it say, a hand-over is found by what it names."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from huikuan.record.customers.domain.handover import places_of
from huikuan.record.customers.domain.master import Master, content_of
from huikuan.record.customers.domain.search_words import search_words
from huikuan.record.customers.models import HandOver, HandOverPlace

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
#: Papers may be long.
_FEW = 100


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


def unlike_their_papers() -> Iterator[tuple[int, str, str]]:
    """(hand-over's id, the places its paper names, the places it is found by) of every hand-over where they differ.
    Of papers that name no company with an item, from before they did, the customers are compared alone."""
    held: dict[int, set[tuple[int, int | None]]] = {}
    for paper_id, one, company in HandOverPlace.objects.values_list("hand_over_id", "customer_id", "company_id"):
        held.setdefault(paper_id, set()).add((one, company))
    for paper in HandOver.objects.order_by("pk").iterator(chunk_size=_FEW):
        lines = json.loads(paper.content)
        found = held.get(paper.pk, set())
        if all("company_id" in item for line in lines for item in line["items"]):
            named = {(one.customer_id, one.company_id) for one in places_of(paper.customer_ids, lines)}
        else:
            named, found = {(one, None) for one in paper.customer_ids}, {(one, None) for one, _ in found}
        if named != found:
            yield paper.pk, _told(named), _told(found)


def _told(places: set[tuple[int, int | None]]) -> str:
    return ", ".join(f"customer {one} in {company or 'no'} company" for one, company in sorted(places, key=str))


def unlike_their_merges() -> Iterator[tuple[int, str, str]]:
    """(customer id, the customer the facts show it under, the one its row says) where they differ."""
    with connection.cursor() as cursor:
        cursor.execute(_MERGED)
        for number, held, told in cursor.fetchall():
            yield number, f"customer {told}" if told else "none", f"customer {held}" if held else "none"
