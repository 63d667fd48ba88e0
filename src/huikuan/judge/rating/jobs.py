"""Runs over all customers, a few thousand in each step: assessing them, measuring what a draft would change; and
reminding: reviews that come, or have passed, as work for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from huikuan.judge.rating.domain.reading import problems
from huikuan.judge.rating.models import ScorecardDraft
from huikuan.judge.rating.operations.assessing import record_assessments
from huikuan.judge.rating.operations.calls import call_overdue
from huikuan.judge.rating.operations.effects import finish_effects, keep_effects
from huikuan.judge.rating.operations.reminding import keep_reviews
from huikuan.judge.rating.operations.rights import require_for_all
from huikuan.judge.rating.queries.assessing import assessed, compared, scorecard_version
from huikuan.judge.rating.queries.calendar import due_customers
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.jobs.work import Work
from huikuan.record.customers.models import Customer

Row = TypeVar("Row")

#: Customers in one step.
STEP = 2_000


def assess_all(work: Work) -> dict[str, Any]:
    """Assess by `as_of` under the scorecards named when it was asked for, whatever came into force since. `due` true:
    those alone whose review had come by then. Killed at any point and begun again, it goes on where it was: customers
    come in order of their id, the last one done stands in the cursor. Whoever asked must still be one who may."""
    actor, as_of = work.params["actor"], date.fromisoformat(work.params["as_of"])
    policy = scorecard_version(work.params["scorecard"])
    done, after = work.cursor.get("done", 0), work.cursor.get("after", 0)
    ids = _left(as_of, after, only_due=work.params["due"])
    total = done + len(ids)
    for chunk in _chunks(assessed(as_of=as_of, policy=policy, customer_ids=ids, order="id")):
        require_for_all(actor, Permission.ASSESS_CUSTOMERS, at=work.at)
        done += len(chunk)
        with work.step(done, total, cursor={"done": done, "after": chunk[-1].customer_id}):
            record_assessments(chunk, policy=policy, as_of=as_of, actor=actor, at=work.at)
    return {"assessed": total, "as_of": as_of.isoformat()}


def remind(work: Work) -> dict[str, int]:
    """Put reviews that come, or have passed, and what calls for one, before people."""
    return keep_reviews(at=work.at)


def watch_overdue(work: Work) -> dict[str, Any]:
    """Once a day: who came to be overdue for longer than the policy lets it is due for another look."""
    with work.step():
        return {"called": call_overdue(as_of=business_date(work.at), at=work.at)}


def measure_effect(work: Work) -> dict[str, Any]:
    """Measure a draft's effect by `as_of` beside the scorecards that were in force when it was asked for. Killed at
    any point and begun again, it goes on where it was; a draft that changed meanwhile ends it."""
    draft_id, as_of = work.params["draft"], date.fromisoformat(work.params["as_of"])
    draft = ScorecardDraft.objects.filter(pk=draft_id).first()
    edition = work.cursor.get("edition", draft.edition if draft else 0)
    if draft is None or draft.edition != edition or problems(draft.document):
        return {"measured": 0}
    done, after = work.cursor.get("done", 0), work.cursor.get("after", 0)
    ids = list(Customer.objects.filter(pk__gt=after, merged_into=None).values_list("id", flat=True))
    total = done + len(ids)
    policy = scorecard_version(work.params["scorecard"])
    rows = compared(as_of=as_of, before=policy, after=draft.document, customer_ids=ids, order="id")
    for chunk in _chunks(rows):
        first, done = not done, done + len(chunk)
        with work.step(done, total, cursor={"edition": edition, "done": done, "after": chunk[-1].customer_id}):
            if not keep_effects(draft_id, edition, chunk, first=first):
                break
    finish_effects(draft_id, edition, as_of)
    return {"measured": done}


def _left(as_of: date, after: int, *, only_due: bool) -> list[int]:
    if only_due:
        return [customer_id for customer_id in due_customers(as_of) if customer_id > after]
    return list(Customer.objects.filter(pk__gt=after, merged_into=None).values_list("id", flat=True))


def _chunks(found: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(found, STEP)):
        yield chunk
