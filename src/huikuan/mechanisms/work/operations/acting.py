"""What people do with items: take them, hand them on, finish them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.actors import is_operator, person
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.mechanisms.work.domain.lifecycle import FINISHED, HANDED, TAKEN, Stand, waits_for
from huikuan.mechanisms.work.kinds import DONE, kind_named
from huikuan.mechanisms.work.models import WorkItem, WorkStep
from huikuan.mechanisms.work.operations.steps import still_open, take_step
from huikuan.mechanisms.work.queries.items import item_record, reached_by

LONGEST_NOTE = 500


def take_item(*, item_id: int, actor: str, at: datetime) -> None:
    """Make an item one's own that waits for a role of one's, or came up to it. Refuses what is somebody else's."""
    with transaction.atomic():
        item, steps, stand = _theirs(item_id, actor, at)
        if stand.owner == person(actor):
            return
        take_step(item, TAKEN, steps, replace(stand, owner=person(actor)), actor=actor, at=at)


def hand_item(*, item_id: int, to: str = "", role: str = "", note: str = "", actor: str, at: datetime) -> None:
    """Hand an item to a person, or to whoever holds a role. Refuses none, both, and one who would not see it."""
    if bool(to) == bool(role) or (role and role not in ROLES):
        raise Refusal("work_hand_to_whom")
    with transaction.atomic():
        item, steps, stand = _theirs(item_id, actor, at)
        if to and not _sees(to, item, at):
            raise Refusal("work_hand_unseen", username=to)
        then = replace(stand, owner=to, role=role or stand.role)
        take_step(item, HANDED, steps, then, note=_said(note), actor=actor, at=at)


def finish_item(*, item_id: int, result: str = DONE, note: str = "", actor: str, at: datetime) -> None:
    """Close an item with a result of its kind and a note. Refuses an unknown result, and what is somebody else's."""
    with transaction.atomic():
        item, steps, stand = _theirs(item_id, actor, at)
        _finish(item, steps, stand, result, note, actor, at)


def finish_items(*, item_ids: Collection[int], result: str = DONE, note: str = "", actor: str, at: datetime) -> int:
    """The same of several, all or none; answers how many."""
    with transaction.atomic():
        for item_id in sorted(set(item_ids)):
            item, steps, stand = _theirs(item_id, actor, at)
            _finish(item, steps, stand, result, note, actor, at)
    return len(set(item_ids))


def _finish(
    item: WorkItem, steps: list[WorkStep], stand: Stand, result: str, note: str, actor: str, at: datetime
) -> None:
    known = kind_named(item.kind).result_titles()
    if result not in known:
        raise Refusal("work_result_unknown", result=result, known=", ".join(known))
    take_step(item, FINISHED, steps, stand, result=result, note=_said(note), actor=actor, at=at)


def _theirs(item_id: int, actor: str, at: datetime) -> tuple[WorkItem, list[WorkStep], Stand]:
    """The item with where it stands; refuses one out of the actor's reach as unknown, one that is over, and one that
    waits for others. Whoever operates the installation may act on every one; a user whom a command names is that
    user."""
    item, me = item_record(item_id), person(actor)
    if not is_operator(actor) or User.objects.filter(username=me, is_active=True).exists():
        _require_reach(item, me, at)
        steps, stand = still_open(item)
        if not waits_for(stand, me, _roles(me, item, at)):
            raise Refusal("work_not_yours", item=item_id)
        return item, steps, stand
    return item, *still_open(item)


def _roles(me: str, item: WorkItem, at: datetime) -> frozenset[str]:
    """The roles that count for the item: those held for its company; about no company, those held for any."""
    held = rights(me, at=at)
    return held.roles(item.company_id) if item.company_id else frozenset(one.role for one in held.held)


def _require_reach(item: WorkItem, me: str, at: datetime) -> None:
    if not _sees(me, item, at):
        raise Refusal("work_item_unknown", item=item.pk)


def _sees(username: str, item: WorkItem, at: datetime) -> bool:
    scope = scope_under(rights(username, at=at), username, Permission.VIEW_WORK, at=at)
    return reached_by(WorkItem.objects.filter(pk=item.pk), scope).exists()


def _said(note: str) -> str:
    return tidy(note)[:LONGEST_NOTE]
