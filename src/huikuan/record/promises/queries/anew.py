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
from huikuan.record.promises.queries.sums import CAME, PartRow, Which, bills_paid, parts_by

#: All that was ever promised by the day of those of these claims of which more than one word was given.
_WORDS = """
SELECT item_id, id FROM promises_promisepart WHERE said_on <= %s AND item_id IN (
    SELECT item_id FROM promises_promisepart WHERE item_id {among} AND said_on <= %s
    GROUP BY item_id HAVING COUNT(*) > 1)
"""

#: Of each of these parts: money that came between the first word about its claim and it, and was taken back after it.
_BOUNCED = """
SELECT p.id, CAST(SUM(-back.debit_amount) AS BIGINT) FROM promises_promisepart p
JOIN receivables_settlement back ON back.debit_id = p.item_id AND back.reversal_of <= p.seen
    AND back.id > p.seen AND back.effective_on <= %s
JOIN receivables_item c ON c.id = back.credit_id
LEFT JOIN (SELECT credit_id, SUM(amount) AS amount, MAX(paid_on) AS paid_on FROM ({bills}) AS pieces
    WHERE paid_on <= %s GROUP BY credit_id) AS b ON b.credit_id = c.id AND b.amount >= c.amount
WHERE p.id {among} AND {came} <= p.said_on
AND back.reversal_of > (SELECT MIN(f.seen) FROM promises_promisepart f WHERE f.item_id = p.item_id)
GROUP BY p.id
"""


def parts_told(which: Which, day: date) -> list[PartRow]:
    """`parts_by`, those of a claim about which more than one word was given by `day` reckoned together with the
    others, and what was not paid in time and is in a plan that goes on told as awaited there. Beside that it asks
    which claims those are; of them, two questions at most for all; and of what is late, those of each company's
    plans."""
    rows = parts_by(which, day)
    together = _together(rows, day)
    rows = [replace(row, standing=together.get(row.id, row.standing)) for row in rows] if together else rows
    planned = _planned([row for row in rows if _is_late(row, day) and still_to_pay(row.standing, day)], day)
    return [replace(row, standing=planned[row.id]) if row.id in planned else row for row in rows]


def _is_late(row: PartRow, day: date) -> bool:
    return part_state(row.standing, day) != OPEN


def _together(rows: Sequence[PartRow], day: date) -> dict[int, Standing]:
    """Part → how it stands beside the other words about its claim."""
    found: dict[int, Standing] = {}
    groups = _several({row.item_id for row in rows if not row.standing.ended}, rows, day)
    bounced = _bounced([row.id for parts in groups for row in parts], day)
    for parts in groups:
        has_day = any(not _is_late(row, day) for row in parts)
        for row, standing in zip(parts, reckoned(_words(parts, bounced), day), strict=True):
            found[row.id] = replace(standing, spoken=True) if has_day and _is_late(row, day) else standing
    return found


def _several(items: Collection[int], rows: Iterable[PartRow], day: date) -> list[list[PartRow]]:
    """Of the claims of which more than one word was given: all their parts, claim by claim, in the order they were
    promised in."""
    if not items:
        return []
    words = ask(_WORDS.format(among=among()), [day, listed(sorted(items)), day])()
    several = {item for item, _part in words}
    known = [row for row in rows if row.item_id in several]
    if len(known) < len(words):
        known = parts_by(Which(item_ids=several), day)
    known.sort(key=lambda row: (row.item_id, row.promise_id))
    return [list(group) for _, group in groupby(known, lambda row: row.item_id)]


def _bounced(parts: Collection[int], day: date) -> dict[int, int]:
    if not parts:
        return {}
    sql = _BOUNCED.format(among=among(), bills=bills_paid(), came=CAME)
    return {part: int(amount) for part, amount in ask(sql, [day, day, listed(sorted(parts))])()}


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
    return {row.id: replace(row.standing, elsewhere=row.standing.unpaid, shared=0, spoken=True) for row in inside}
