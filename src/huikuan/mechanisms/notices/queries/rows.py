"""Notices as frozen rows, with where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.reaching import reached
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, ARRIVING, BY_HAND, HEARD
from huikuan.mechanisms.notices.domain.wanted import SECRET, folded
from huikuan.mechanisms.notices.messages import SECRET_WORDS
from huikuan.mechanisms.notices.models import Notice, NoticeStep


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a notice: under which name, and which kept original."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A text of the house that a notice is written by: which letter, in which version (None: as shipped). `name`: the
    file it goes as; '' it is the notice's own words. `said`: everything that file says (`Writer.said`); it is
    personal, so rows are without it."""

    code: str
    version_id: int | None
    name: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice with where it stands. Whom it goes to and what it says are asked apart (`words`): they are personal.

    `due_at`: when it is to be sent next, while it is queued, and `waits` why not before.
    """

    id: int
    company_id: int
    customer_id: int | None
    case: str
    step: str
    channel: str
    purpose: str
    language: str
    person_id: int | None
    items: tuple[int, ...]
    attachments: tuple[Attachment, ...]
    letters: tuple[Letter, ...]
    not_before: datetime | None
    address_digest: str
    queued_at: datetime
    queued_by: str
    state: str
    attempts: int
    due_at: datetime
    waits: str
    changed_at: datetime
    sent_at: datetime | None

    @property
    def key(self) -> str:
        """The same for every attempt at this notice and no other's: other sides may know it again."""
        return f"notice-{self.id}"


@dataclass(frozen=True, slots=True)
class Words:
    """Whom a notice goes to and what it says, itself and in each letter that goes with it; all empty once erased."""

    to: str = ""
    subject: str = ""
    text: str = ""
    said: Sequence[Mapping[str, Any]] = ()

    @property
    def erased(self) -> bool:
        return not self.to


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a notice's life. `answer`: the other side's words, where they were not erased."""

    number: int
    step: str
    at: datetime
    actor: str
    reason: str
    reference: str
    sender: str
    sha256: str
    again_at: datetime | None
    note: str
    answer: str
    files: tuple[Attachment, ...] = ()


def notices(scope: Scope) -> QuerySet[Notice]:
    """The notices a reader reaches, with where they stand."""
    return reached(Notice.objects.select_related("stand"), scope)


def notice(notice_id: int, *, scope: Scope) -> NoticeRow:
    """One notice; refuses an unknown one and one out of reach alike."""
    found = notices(scope).filter(pk=notice_id).first()
    if found is None:
        raise Refusal("notice_unknown", notice=notice_id)
    return row_of(found)


def words(notice_ids: Iterable[int]) -> dict[int, Words]:
    """Whom each goes to and what it says, for people to read; absent where erased. Show it to whoever may see personal
    data alone. What is secret (domain.wanted) is shown to nobody: a sentence stands in its place."""
    found = words_to_send(notice_ids)
    secret = Notice.objects.filter(pk__in=list(found), purpose__in=SECRET).values_list("pk", flat=True)
    return found | {number: replace(found[number], text=_(SECRET_WORDS), said=()) for number in secret}


def words_to_send(notice_ids: Iterable[int]) -> dict[int, Words]:
    """The same as it goes out, secret or not: for who sends it, and for nobody else. One that somebody had sent again
    to another address goes to that."""
    known = words_queued(notice_ids)
    steps = NoticeStep.objects.filter(notice_id__in=list(known), step=AGAIN).order_by("number")
    again = dict(steps.values_list("pk", "notice_id"))
    said = sorted(personal(NoticeStep, again).items())
    moved = {again[step]: str(one["answer"]) for step, one in said if one["answer"]}
    return {number: replace(one, to=moved.get(number, one.to)) for number, one in known.items()}


def words_queued(notice_ids: Iterable[int]) -> dict[int, Words]:
    """The same as it was queued, secret or not, wherever it went since."""
    return {number: Words(**said) for number, said in personal(Notice, notice_ids).items()}


def readdressed(row: NoticeRow) -> bool:
    """Whether somebody had it sent to another address than it was queued for, if only for a while. An address that was
    erased since counts as another: nobody can say any more that it was not."""
    again = list(NoticeStep.objects.filter(notice_id=row.id, step=AGAIN).values_list("pk", flat=True))
    if not again:
        return False
    said, queued = personal(NoticeStep, again), words_queued([row.id]).get(row.id, Words())
    known = [one["answer"] for one in said.values() if one["answer"]]
    return len(said) < len(again) or any(folded(row.channel, one) != folded(row.channel, queued.to) for one in known)


def arrived(row: NoticeRow) -> bool:
    """Whether it went out and did not come back, by the word of who sent it or got it; a person's word that one in
    doubt went out is none: they do not know, and may have passed on what it says."""
    if row.state not in ARRIVING:
        return False
    last = NoticeStep.objects.filter(notice_id=row.id, step__in=ARRIVING).order_by("-number").first()
    return last is not None and last.reason != BY_HAND


def history(notice_id: int) -> tuple[StepRow, ...]:
    """What became of a notice, oldest first. What came back of a secret one may quote it, and is left out; so is
    the hash of what was sent: six digits are soon tried until it fits."""
    steps = list(NoticeStep.objects.filter(notice_id=notice_id).order_by("number"))
    secret = Notice.objects.filter(pk=notice_id, purpose__in=SECRET).exists()
    said = personal(NoticeStep, [step.pk for step in steps if not (secret and step.step in HEARD)])
    rows = tuple(_step(step, said.get(step.pk, {})) for step in steps)
    return tuple(replace(row, sha256="") for row in rows) if secret else rows


def row_of(found: Notice) -> NoticeRow:
    """The record as others see it; its stand is read with it."""
    stand = found.stand
    same = ("company_id", "customer_id", "case", "step", "channel", "purpose", "language", "person_id", "not_before")
    return NoticeRow(
        **{name: getattr(found, name) for name in same},
        id=found.pk,
        items=tuple(found.items),
        attachments=tuple(Attachment(**one) for one in found.attachments),
        letters=tuple(Letter(one["code"], one["version"], one["name"]) for one in found.letters or ()),
        address_digest=stand.address_digest,
        queued_at=found.recorded_at,
        queued_by=found.actor,
        **{name: getattr(stand, name) for name in ("state", "attempts", "due_at", "waits", "changed_at", "sent_at")},
    )


def _step(step: NoticeStep, said: Mapping[str, Any]) -> StepRow:
    same = ("number", "step", "actor", "reason", "reference", "sender", "sha256", "again_at", "note")
    return StepRow(
        **{name: getattr(step, name) for name in same},
        at=step.recorded_at,
        answer=str(said.get("answer", "")),
        files=tuple(Attachment(**one) for one in step.files or ()),
    )
