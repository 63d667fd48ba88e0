"""Scorecards somebody works on: begun, changed, handed in as a policy, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from huikuan.judge.rating.models import ScorecardDraft
from huikuan.judge.rating.policies import SCORECARD, check_scorecard
from huikuan.judge.rating.queries.assessing import scorecard_version
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.store.transactions import retrying


def begin_draft(*, base: int, actor: str, at: datetime) -> int:
    """A draft that begins as a version of the scorecards (0: the shipped one); answers its id."""
    _require(actor, at)
    policy = scorecard_version(base)
    made = ScorecardDraft.objects.create(
        base_id=policy.version_id, document=dict(policy.document), changed_at=at, changed_by=actor
    )
    return int(made.pk)


def change_draft(*, draft_id: int, edition: int, document: Mapping[str, Any], actor: str, at: datetime) -> int:
    """The draft reads like this now, whatever is still wrong with it; answers its edition. Refuses one that was
    handed in, and one that somebody changed since `edition`."""
    _require(actor, at)

    def work() -> int:
        draft = _held(draft_id, edition)
        draft.document, draft.edition = dict(document), edition + 1
        draft.changed_at, draft.changed_by = at, actor
        draft.save()
        return int(draft.edition)

    return retrying(work)


def hand_in_draft(*, draft_id: int, edition: int, note: str = "", actor: str, at: datetime) -> int:
    """Make a policy version of the draft and put it before whoever approves; answers its id. Refuses a document that
    cannot be used, with every place at fault."""
    _require(actor, at)

    def work() -> int:
        draft = _held(draft_id, edition)
        check_scorecard(draft.document)
        version = policies.draft(
            kind=SCORECARD.name, company_id=None, document=draft.document, note=tidy(note)[:200], actor=actor, at=at
        )
        policies.submit(version_id=version, actor=actor, at=at)
        draft.version_id = version
        draft.save()
        return version

    return retrying(work)


def drop_draft(*, draft_id: int, edition: int, actor: str, at: datetime) -> None:
    """Forget a draft that was not handed in."""
    _require(actor, at)
    retrying(lambda: _held(draft_id, edition).delete())


def _require(actor: str, at: datetime) -> None:
    require(actor, Permission.DRAFT_POLICY, company_id=None, at=at)


def _held(draft_id: int, edition: int) -> ScorecardDraft:
    draft = ScorecardDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise Refusal("scorecard_draft_unknown", draft=draft_id)
    if draft.version_id is not None:
        raise Refusal("scorecard_draft_handed_in", draft=draft_id)
    if draft.edition != edition:
        raise Refusal("scorecard_draft_changed", by=draft.changed_by)
    return draft
