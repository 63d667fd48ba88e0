"""Which version governs, and how it came to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.policies.domain import lifecycle
from huikuan.mechanisms.policies.domain.lifecycle import Step
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion
from huikuan.mechanisms.policies.policies import APPROVALS, SMALL_FIRM
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import as_instant, int8


@dataclass(frozen=True, slots=True)
class InForce:
    """The document that governs at an instant. `number` 0 is the shipped default (示例)."""

    kind: str
    number: int
    document: Mapping[str, Any]
    version_id: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version with its state as last recorded. `digest` is what an approver approves."""

    id: int
    kind: str
    company_id: int | None
    number: int
    state: str
    document: Mapping[str, Any]
    note: str
    drafted_by: str
    drafted_at: datetime
    digest: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a version's history."""

    step: str
    actor: str
    at: datetime
    effective_at: datetime | None
    own: bool
    comment: str


def in_force(kind: str, *, company_id: int | None, at: datetime, known: int | None = None) -> InForce:
    """The version of `kind` in force at `at`: the company's, else every company's, else the default.

    `known`: a horizon; only steps recorded below it count (None: all).
    """
    return asking_in_force(kind, company_id=company_id, at=at, known=known)()


#: Above every transaction number.
_ALWAYS = 2**62

#: The steps of a kind that begin or end a version's force, for one company (null: none) and for every company.
_TIMELINES = f"""
SELECT v.company_id, s.version_id, s.step, s.digest, s.effective_at, s.actor
FROM policies_policyversion v JOIN policies_policystep s ON s.version_id = v.id
WHERE v.kind = %s AND (v.company_id = %s OR v.company_id IS NULL) AND s.tx < %s
    AND s.step IN ('{lifecycle.IN_FORCE}', '{lifecycle.RETIRED}')
ORDER BY s.tx, s.id
"""


def asking_in_force(
    kind: str, *, company_id: int | None, at: datetime, known: int | None = None
) -> Callable[[], InForce]:
    """Asks what `in_force` answers, in one short statement: decisions ask it every time. Call for the answer."""
    asked = ask(_TIMELINES, [kind, int8(company_id), int8(_ALWAYS if known is None else known)])

    def answer() -> InForce:
        timelines: dict[int | None, list[Step]] = {company_id: [], None: []}
        for owner, version_id, step, digest, effective_at, actor in asked():
            since = None if effective_at is None else as_instant(effective_at)
            timelines[owner].append(Step(version_id, step, digest, since, actor))
        for steps in timelines.values():
            version_id = lifecycle.governing(steps, at)
            if version_id is not None:
                digest = next(step.digest for step in steps if step.version_id == version_id)
                return _shown((version_id, digest))
        return InForce(kind, 0, kind_named(kind).default, None)

    return answer


@lru_cache(maxsize=64)
def _shown(name: tuple[int, str]) -> InForce:
    """The version of this id and digest. The digest says what stands in it, so what is kept is never out of date."""
    version_id, _ = name
    return decided_under(version_id, kind="")


def lets_makers_approve(company_id: int | None, *, at: datetime) -> bool:
    """Whether a small firm's rule is in force: whoever drew something up may approve it, saying why."""
    return bool(in_force(APPROVALS.name, company_id=company_id, at=at).document["profile"] == SMALL_FIRM)


def decided_under(version_id: int | None, *, kind: str) -> InForce:
    """The version a past decision kept (None: the shipped default), whatever governs today."""
    if version_id is None:
        return InForce(kind, 0, kind_named(kind).default, None)
    version = PolicyVersion.objects.get(pk=version_id)
    return InForce(version.kind, version.number, version.document, version.pk)


def timeline(kind: str, company_id: int | None, *, known: int | None = None) -> list[Step]:
    """The in_force and retired steps of a kind for exactly this owner, in order of record."""
    versions = PolicyVersion.objects.filter(kind=kind, company_id=company_id).values("id")
    rows = PolicyStep.objects.filter(
        version_id__in=versions, step__in=[lifecycle.IN_FORCE, lifecycle.RETIRED]
    ).order_by("tx", "id")
    return [_step(row) for row in (rows if known is None else rows.filter(tx__lt=known))]


def versions(kind: str | None = None) -> list[VersionRow]:
    """Every version, newest first."""
    rows = PolicyVersion.objects.order_by("-id")
    return [describe(version) for version in (rows.filter(kind=kind) if kind else rows)]


def waiting() -> list[VersionRow]:
    """The versions that still wait for a step: drafts, submitted and approved ones, newest first. However many there
    were before, only these are read."""
    over = PolicyStep.objects.filter(step__in=[lifecycle.RETURNED, lifecycle.IN_FORCE, lifecycle.RETIRED])
    rows = PolicyVersion.objects.exclude(pk__in=over.values("version_id")).order_by("-id")
    return [describe(version) for version in rows]


def version(version_id: int) -> VersionRow:
    """One version; refuses an unknown id."""
    return describe(version_row(version_id))


def history(version_id: int) -> list[StepRow]:
    """What became of a version, oldest first."""
    rows = PolicyStep.objects.filter(version_id=version_id).order_by("tx", "id")
    return [StepRow(row.step, row.actor, row.recorded_at, row.effective_at, row.own, row.comment) for row in rows]


def diff(old_id: int, new_id: int) -> list[str]:
    """What changed from one version to another, as diff lines; refuses versions of two kinds."""
    old, new = version_row(old_id), version_row(new_id)
    if old.kind != new.kind:
        raise Refusal("policy_kinds_differ", left=old.kind, right=new.kind)
    return lifecycle.differences(old.document, new.document)


def version_row(version_id: int) -> PolicyVersion:
    found = PolicyVersion.objects.filter(pk=version_id).first()
    if found is None:
        raise Refusal("policy_version_unknown", version=version_id)
    return found


def steps_of(version_id: int) -> list[Step]:
    """A version's steps, oldest first, as the domain reads them."""
    return [_step(row) for row in PolicyStep.objects.filter(version_id=version_id).order_by("tx", "id")]


def replaced_by(version: PolicyVersion) -> InForce | None:
    """What this version replaces, or would: the latest in force of the same owner, even if from later on."""
    begun = [step.version_id for step in timeline(version.kind, version.company_id) if step.step == lifecycle.IN_FORCE]
    earlier = [version_id for version_id in begun if version_id != version.pk]
    return decided_under(earlier[-1], kind=version.kind) if earlier else None


def digest_of(version: PolicyVersion) -> str:
    """The digest of what an approver of `version` is shown now."""
    replaced = replaced_by(version)
    return lifecycle.shown_digest(
        kind=version.kind,
        company_id=version.company_id,
        number=version.number,
        document=version.document,
        replaces=replaced.version_id if replaced else None,
    )


def describe(version: PolicyVersion) -> VersionRow:
    replaced = replaced_by(version) or decided_under(None, kind=version.kind)
    return VersionRow(
        id=version.pk,
        kind=version.kind,
        company_id=version.company_id,
        number=version.number,
        state=lifecycle.state_of(steps_of(version.pk)),
        document=version.document,
        note=version.note,
        drafted_by=version.drafted_by,
        drafted_at=version.recorded_at,
        digest=digest_of(version),
        changes=tuple(lifecycle.differences(replaced.document, version.document)),
    )


def _step(row: PolicyStep) -> Step:
    return Step(row.version_id, row.step, row.digest, row.effective_at, row.actor)
