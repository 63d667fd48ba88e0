"""Promised parts with what was agreed of their claims since: money that was not paid in time is awaited once.

What a customer breaks and promises anew, or puts into a plan, it owes once: the later word, or the plan, says when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, listed
from huikuan.record.promises.domain.promising import OPEN, Spoken, Standing, part_state, reckoned, still_to_pay
from huikuan.record.promises.queries.plans import items_planned
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by

#: All that was ever promised of these claims by the day.
_WORDS = "SELECT item_id, id FROM promises_promisepart WHERE item_id {among} AND said_on <= %s"

#: Of each of these parts: money that came between the first word about its claim and it, and was taken back after it.
_BOUNCED = """
SELECT p.id, CAST(SUM(-back.debit_amount) AS BIGINT) FROM promises_promisepart p
JOIN receivables_settlement back ON back.debit_id = p.item_id AND back.reversal_of <= p.seen
    AND back.id > p.seen AND back.effective_on <= %s
JOIN receivables_item c ON c.id = back.credit_id AND c.kind IN ('receipt', 'advance', 'deposit')
WHERE p.id {among}
AND back.reversal_of > (SELECT MIN(f.seen) FROM promises_promisepart f WHERE f.item_id = p.item_id)
GROUP BY p.id
"""


def parts_told(which: Which, day: date) -> list[PartRow]:
    """`parts_by`, those of a claim of which one was not paid in time reckoned together with all that was promised of
    it by `day`, and what a plan that goes on awaits told as awaited there. Where none is late it asks no more than
    that; else one question for all words about those claims, up to two for the claims that have several, and those of
    each company's plans."""
    rows = parts_by(which, day)
    late = [row for row in rows if still_to_pay(row.standing, day) and part_state(row.standing, day) != OPEN]
    since = _anew(late, rows, day) | _planned(late, day)
    return [replace(row, standing=since[row.id]) if row.id in since else row for row in rows]


def _anew(late: Sequence[PartRow], rows: Iterable[PartRow], day: date) -> dict[int, Standing]:
    """Part → how it stands beside the other words about its claim."""
    found: dict[int, Standing] = {}
    groups = _several({row.item_id for row in late}, rows, day)
    bounced = _bounced([row.id for parts in groups for row in parts], day)
    for parts in groups:
        is_open = [part_state(row.standing, day) == OPEN for row in parts]
        for row, standing, still in zip(parts, reckoned(_words(parts, bounced), day), is_open, strict=True):
            found[row.id] = replace(standing, spoken=True) if any(is_open) and not still else standing
    return found


def _several(items: Collection[int], rows: Iterable[PartRow], day: date) -> list[list[PartRow]]:
    """Of the claims of which more than one word was given: all their parts, claim by claim, in the order they were
    promised in."""
    if not items:
        return []
    words = defaultdict(set)
    for item, part in ask(_WORDS.format(among=among()), [listed(sorted(items)), day])():
        words[item].add(part)
    several = {item: parts for item, parts in words.items() if len(parts) > 1}
    known = [row for row in rows if row.item_id in several]
    if len(known) < sum(map(len, several.values())):
        known = parts_by(Which(item_ids=several), day)
    known.sort(key=lambda row: (row.item_id, row.promise_id))
    return [list(group) for _, group in groupby(known, lambda row: row.item_id)]


def _bounced(parts: Collection[int], day: date) -> dict[int, int]:
    if not parts:
        return {}
    return {part: int(amount) for part, amount in ask(_BOUNCED.format(among=among()), [day, listed(sorted(parts))])()}


def _words(parts: Sequence[PartRow], bounced: Mapping[int, int]) -> list[Spoken]:
    """The parts of one claim with what each spoke of."""
    money = [row.standing.paid + row.standing.later for row in parts]
    return [
        Spoken(
            row.standing,
            money[0] - came + bounced.get(row.id, 0),
            [place for place, one in enumerate(parts) if one.replaced_by == row.promise_id],
        )
        for row, came in zip(parts, money, strict=True)
    ]


def _planned(late: Sequence[PartRow], day: date) -> dict[int, Standing]:
    """Part → how it stands beside the plan its claim is in: all that is still to pay of it is awaited there."""
    items: defaultdict[int, set[int]] = defaultdict(set)
    for row in late:
        items[row.company_id].add(row.item_id)
    planned = {company: items_planned(company, day, theirs) for company, theirs in items.items()}
    inside = [row for row in late if row.item_id in planned[row.company_id]]
    return {row.id: replace(row.standing, elsewhere=row.standing.unpaid, spoken=True) for row in inside}
