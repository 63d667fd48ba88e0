"""What a draft of scorecards would change, customer by customer; kept beside the draft until it changes again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from huikuan.judge.rating.models import DraftEffect, ScorecardDraft
from huikuan.judge.rating.policies import check_scorecard
from huikuan.judge.rating.queries.assessing import Compared, compared, scorecard_on
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.record.customers.models import Customer

#: The job that measures a draft's effect on more customers than one request waits for.
MEASURE = "rating.measure"
AT_ONCE = 1_000


def ask_effect(*, draft_id: int, as_of: date, actor: str, at: datetime) -> int | None:
    """Score every customer by the scorecards in force and by the draft, by the day: at once where there are few, else
    as a job; answers the job. Refuses a draft that cannot be used."""
    require(actor, Permission.DRAFT_POLICY, company_id=None, at=at)
    draft = ScorecardDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise Refusal("scorecard_draft_unknown", draft=draft_id)
    check_scorecard(draft.document)
    policy = scorecard_on(as_of, at=at)
    if Customer.objects.count() > AT_ONCE:
        params = {"draft": draft_id, "as_of": as_of.isoformat(), "scorecard": policy.version_id or 0}
        return enqueue(MEASURE, key=str(draft_id), params=params, at=at)
    found = list(compared(as_of=as_of, before=policy, after=draft.document))
    with transaction.atomic():
        if keep_effects(draft_id, draft.edition, found, first=True):
            finish_effects(draft_id, draft.edition, as_of)
    return None


def keep_effects(draft_id: int, edition: int, found: Sequence[Compared], *, first: bool) -> bool:
    """Keep these rows, in the caller's transaction; the `first` ones replace what stood there. False: the draft is
    not of this edition any more, and nothing was kept."""
    draft = ScorecardDraft.objects.select_for_update().filter(pk=draft_id, edition=edition).first()
    if draft is None:
        return False
    if first:
        DraftEffect.objects.filter(draft=draft).delete()
        draft.effect_edition = draft.effect_on = None
        draft.save()
    rows = [
        DraftEffect(
            draft=draft,
            customer_id=one.customer_id,
            card=one.after.card,
            before=one.before.grade,
            after=one.after.grade,
            score_before=one.before.score,
            score_after=one.after.score,
            open_amount=one.open_amount,
        )
        for one in found
    ]
    DraftEffect.objects.bulk_create(rows, batch_size=AT_ONCE)
    return True


def finish_effects(draft_id: int, edition: int, as_of: date) -> None:
    """Say of which edition and day the rows are, now that they are all there."""
    ScorecardDraft.objects.filter(pk=draft_id, edition=edition).update(effect_edition=edition, effect_on=as_of)
