"""Promised parts with what was agreed of their claims since: money that was not paid in time is awaited once.

What a customer breaks and promises anew, or puts into a plan, it owes once: the later word, or the plan, says when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, listed
from huikuan.record.promises.domain.promising import OPEN, part_state, still_to_pay
from huikuan.record.promises.queries.plans import items_planned
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by

#: Which of the parts a later promise of the same claim follows that stands: neither replaced nor withdrawn by the day.
_PROMISED_ANEW = """
SELECT p.id FROM promises_promisepart p
WHERE p.id {among} AND EXISTS (
    SELECT 1 FROM promises_promisepart later
    WHERE later.item_id = p.item_id AND later.promise_id > p.promise_id AND later.said_on <= %s
    AND NOT EXISTS (SELECT 1 FROM promises_partend e WHERE e.part_id = later.id AND e.ended_on <= %s)
)
"""


def parts_told(which: Which, day: date) -> list[PartRow]:
    """`parts_by`, each part that was not paid in time marked `elsewhere` where a later promise that stands, or a plan
    that goes on, says by `day` when its claim is paid. Where none is late it asks no more than that; else one question
    for all of them, and those of each company's plans."""
    rows = parts_by(which, day)
    late = [row for row in rows if still_to_pay(row.standing, day) and part_state(row.standing, day) != OPEN]
    elsewhere = _promised_anew(late, day) | _planned(late, day)
    return [_elsewhere(row) if row.id in elsewhere else row for row in rows]


def _elsewhere(row: PartRow) -> PartRow:
    return replace(row, standing=replace(row.standing, elsewhere=True))


def _promised_anew(late: Sequence[PartRow], day: date) -> set[int]:
    if not late:
        return set()
    given = [listed(row.id for row in late), day, day]
    return {number for (number,) in ask(_PROMISED_ANEW.format(among=among()), given)()}


def _planned(late: Sequence[PartRow], day: date) -> set[int]:
    items: defaultdict[int, set[int]] = defaultdict(set)
    for row in late:
        items[row.company_id].add(row.item_id)
    planned = {company: items_planned(company, day, theirs) for company, theirs in items.items()}
    return {row.id for row in late if row.item_id in planned[row.company_id]}
