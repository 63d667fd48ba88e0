"""Scorecards somebody works on, and what they would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huikuan.judge.rating.domain.reading import Problem, problems
from huikuan.judge.rating.models import DraftEffect, ScorecardDraft
from huikuan.judge.rating.queries.assessing import scorecard_version
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import version
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import seen


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it stands. `base`: the number of the version it began from, 0 the shipped one. `handed_in`: number
    and state of the policy version it became. `measured`: the effect kept beside it is of this edition."""

    id: int
    base: int
    document: Mapping[str, Any]
    edition: int
    changed_at: datetime
    changed_by: str
    problems: tuple[Problem, ...]
    handed_in: tuple[int, str] | None
    measured_on: date | None
    measured: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers that go from one grade to another: how many, and what they owe. `unvalued`: of how many of them the
    open amount lacks a rate and is not in it."""

    before: str
    after: str
    customers: int
    amount: int
    unvalued: int


@dataclass(frozen=True, slots=True)
class Migration:
    """Grades before (rows) and after (columns), best first and none last."""

    currency: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]

    @property
    def customers(self) -> int:
        return sum(cell.customers for cell in self.cells.values())

    @property
    def moved(self) -> int:
        return sum(cell.customers for cell in self.cells.values() if cell.before != cell.after)


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A customer in a cell."""

    customer_id: int
    code: str
    name: str
    card: str
    before: str
    after: str
    score_before: int | None
    score_after: int | None
    open_amount: int | None


def drafts() -> list[DraftRow]:
    """Every draft, the one changed last first."""
    return [_row(draft) for draft in ScorecardDraft.objects.order_by("-changed_at", "-pk")]


def draft_with_id(draft_id: int) -> DraftRow:
    """One draft; refuses an unknown one."""
    draft = ScorecardDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise Refusal("scorecard_draft_unknown", draft=draft_id)
    return _row(draft)


def migration_of(draft: DraftRow, grades: Sequence[str], *, scope: Scope) -> Migration:
    """How the scope's customers move, as measured last. `grades`: those of the scorecards in force, best first."""
    counted = (
        _effects(draft.id, scope)
        .values("before", "after")
        .annotate(customers=Count("pk"), amount=Sum("open_amount"), unvalued=Count("pk", filter=Q(open_amount=None)))
    )
    cells = {
        (one["before"], one["after"]): Cell(
            one["before"], one["after"], one["customers"], one["amount"] or 0, one["unvalued"]
        )
        for one in counted
    }
    drafted = [str(band.get("grade")) for band in draft.document.get("grades", [])]
    home = Company.objects.order_by("id").values_list("currency", flat=True).first() or ""
    return Migration(
        home,
        _ordered(grades, (before for before, _ in cells)),
        _ordered(drafted, (after for _, after in cells)),
        cells,
    )


def moved_page(
    draft_id: int, *, scope: Scope, before: str | None, after: str | None, beyond: str = "", limit: int = 50
) -> list[MovedRow]:
    """The next customers by code after `beyond` that go from one grade to another (None: any)."""
    effects = _effects(draft_id, scope)
    if before is not None:
        effects = effects.filter(before=before)
    if after is not None:
        effects = effects.filter(after=after)
    customers = Customer.objects.filter(pk__in=effects.values("customer_id"), code__gt=beyond).order_by("code")
    named = {pk: (code, name) for pk, code, name in customers.values_list("pk", "code", "name")[:limit]}
    rows = {one.customer_id: one for one in effects.filter(customer_id__in=list(named))}
    return [
        MovedRow(
            pk, code, name, rows[pk].card, rows[pk].before, rows[pk].after, rows[pk].score_before,
            rows[pk].score_after, rows[pk].open_amount,
        )
        for pk, (code, name) in named.items()
    ]  # fmt: skip


def _effects(draft_id: int, scope: Scope) -> QuerySet[DraftEffect]:
    rows = DraftEffect.objects.filter(draft_id=draft_id)
    whose = seen(scope).customers
    return rows if whose is None else rows.filter(customer_id__in=whose)


def _ordered(known: Sequence[str], found: Any) -> tuple[str, ...]:
    """Known grades in their order, then others that are found, then none."""
    others = sorted({grade for grade in found if grade} - set(known))
    return (*known, *others, "")


def _row(draft: ScorecardDraft) -> DraftRow:
    became = version(draft.version_id) if draft.version_id else None
    return DraftRow(
        draft.pk,
        scorecard_version(draft.base_id or 0).number,
        draft.document,
        draft.edition,
        draft.changed_at,
        draft.changed_by,
        tuple(problems(draft.document)),
        (became.number, became.state) if became else None,
        draft.effect_on,
        draft.effect_edition == draft.edition,
    )
