"""Promised parts with what was agreed of their claims since: money that was not paid in time is awaited once.

What a customer breaks and promises anew, or puts into a plan, it owes once: the later word, or the plan, says when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, listed
from huikuan.record.promises.domain.promising import OPEN, Standing, part_state, promised_anew, still_to_pay
from huikuan.record.promises.queries.plans import items_planned
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by

#: The later promises of the claims of these parts that stand: neither replaced nor withdrawn by the day.
_LATER = """
SELECT DISTINCT p.item_id, later.id FROM promises_promisepart p
JOIN promises_promisepart later ON later.item_id = p.item_id AND later.promise_id > p.promise_id
WHERE p.id {among} AND later.said_on <= %s
AND NOT EXISTS (SELECT 1 FROM promises_partend e WHERE e.part_id = later.id AND e.ended_on <= %s)
"""


def parts_told(which: Which, day: date) -> list[PartRow]:
    """`parts_by`, each part that was not paid in time with how much of it is awaited `elsewhere` by `day`: by the
    later promises of its claim that stand, or all of it by a plan that goes on. Where none is late it asks no more
    than that; else one question for all of them, one for the later promises that are not among `which`, and those of
    each company's plans."""
    rows = parts_by(which, day)
    late = [row for row in rows if still_to_pay(row.standing, day) and part_state(row.standing, day) != OPEN]
    since = _anew(late, rows, day) | _planned(late, day)
    return [replace(row, standing=since[row.id]) if row.id in since else row for row in rows]


def _anew(late: Sequence[PartRow], rows: Iterable[PartRow], day: date) -> dict[int, Standing]:
    """Part → how it stands beside the later words about its claim."""
    if not late:
        return {}
    given = [listed(row.id for row in late), day, day]
    later = ask(_LATER.format(among=among()), given)()
    asked = {item for item, _ in later}
    found: dict[int, Standing] = {}
    for _, group in groupby(_all_of(asked, {part for _, part in later}, rows, day), lambda row: row.item_id):
        parts = list(group)
        spoken = any(part_state(row.standing, day) == OPEN for row in parts)
        amounts = promised_anew([row.standing for row in parts], day)
        for row, amount in zip(parts, amounts, strict=True):
            is_late = part_state(row.standing, day) != OPEN
            found[row.id] = replace(row.standing, elsewhere=amount, spoken=spoken and is_late)
    return found


def _all_of(items: Collection[int], later: set[int], rows: Iterable[PartRow], day: date) -> list[PartRow]:
    """The parts of these claims by claim, in the order of their promises: those known where the later are among them,
    else all there are."""
    known = [row for row in rows if row.item_id in items]
    if not later <= {row.id for row in known}:
        known = parts_by(Which(item_ids=items), day)
    return sorted(known, key=lambda row: (row.item_id, row.promise_id))


def _planned(late: Sequence[PartRow], day: date) -> dict[int, Standing]:
    """Part → how it stands beside the plan its claim is in: all that is still to pay of it is awaited there."""
    items: defaultdict[int, set[int]] = defaultdict(set)
    for row in late:
        items[row.company_id].add(row.item_id)
    planned = {company: items_planned(company, day, theirs) for company, theirs in items.items()}
    inside = [row for row in late if row.item_id in planned[row.company_id]]
    return {row.id: replace(row.standing, elsewhere=row.standing.unpaid, spoken=True) for row in inside}
