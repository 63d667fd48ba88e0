"""What a contract says as of a day, and which of its milestones' events stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.contracts.domain.milestones import Happened
from huikuan.record.contracts.domain.terms import Terms, Version, governing, successive, terms_from
from huikuan.record.contracts.models import ContractVersion, MilestoneEvent
from huikuan.record.contracts.queries.reachable import reachable


@dataclass(frozen=True, slots=True)
class Amendment:
    """One recorded version of a contract, as its history shows it."""

    number: int
    effective_on: date
    reason: str
    actor: str
    recorded_at: datetime
    batch_id: int | None
    terms: Terms


def amendments(contract_id: int, *, known: int | None = None) -> list[Amendment]:
    """Every version of a contract as known below a horizon (None: all), oldest first."""
    rows = ContractVersion.objects.filter(contract_id=contract_id).order_by("version")
    if known is not None:
        rows = rows.filter(tx__lt=known)
    return [
        Amendment(
            row.version, row.effective_on, row.reason, row.actor, row.recorded_at, row.batch_id,
            terms_from(row.content),
        )
        for row in rows
    ]  # fmt: skip


def terms_at(history: Iterable[Amendment], version: int) -> Terms:
    """The terms that governed, of all recorded, while `version` was the last one."""
    known = [Version(one.number, one.effective_on, one.terms) for one in history if one.number <= version]
    return governing(known).terms


def versions(contract_id: int, *, known: int | None = None) -> list[Version]:
    """The same as the domain's rule takes them."""
    return [Version(one.number, one.effective_on, one.terms) for one in amendments(contract_id, known=known)]


def terms_of(contract_id: int, as_of: date | None = None, *, known: int | None = None) -> Terms:
    """The terms in force as of a day (None: of all recorded)."""
    return governing(versions(contract_id, known=known), as_of).terms


def terms_of_many(
    contract_ids: Iterable[int], as_of: date | None = None, *, known: int | None = None
) -> dict[int, Terms]:
    """The terms of several contracts as of a day; one query."""
    found = _versions_of_many(contract_ids, known)
    return {contract_id: governing(of, as_of).terms for contract_id, of in found.items()}


def terms_over_time(contract_ids: Iterable[int], as_of: date) -> dict[int, list[tuple[date | None, Terms]]]:
    """What each of several contracts said up to a day: terms with the day from which they are in force (None: from the
    beginning), oldest first; one query."""
    found = _versions_of_many(contract_ids, None)
    return {
        contract_id: [(since, one.terms) for since, one in successive(of, as_of)] for contract_id, of in found.items()
    }


def _versions_of_many(contract_ids: Iterable[int], known: int | None) -> dict[int, list[Version]]:
    rows = ContractVersion.objects.filter(contract_id__in=list(contract_ids)).order_by("contract_id", "version")
    if known is not None:
        rows = rows.filter(tx__lt=known)
    found: dict[int, list[Version]] = {}
    for row in rows:
        version = Version(row.version, row.effective_on, terms_from(row.content))
        found.setdefault(row.contract_id, []).append(version)
    return found


def company_of_event(event_id: int, *, scope: Scope) -> int:
    """The company whose contract's event this is; refuses an unknown one, and one out of scope likewise."""
    found = reachable(MilestoneEvent.objects.filter(id=event_id), scope).values_list("company_id", flat=True).first()
    if found is None:
        raise Refusal("milestone_event_unknown", event=event_id)
    return found


def standing(contract_id: int, *, as_of: date | None = None, known: int | None = None) -> dict[str, Happened]:
    """Milestone → its event that stands: recorded and not taken back, up to a day, known below a horizon."""
    return standing_of_many([contract_id], as_of=as_of, known=known).get(contract_id, {})


def standing_of_many(
    contract_ids: Iterable[int], *, as_of: date | None = None, known: int | None = None
) -> dict[int, dict[str, Happened]]:
    """The same of several contracts; those without an event that stands are left out. One query."""
    rows = MilestoneEvent.objects.filter(contract_id__in=list(contract_ids))
    if known is not None:
        rows = rows.filter(tx__lt=known)
    recorded = list(rows.order_by("tx", "id"))
    taken_back = {row.reversal_of for row in recorded}
    found: dict[int, dict[str, Happened]] = {}
    for row in recorded:
        if row.reversal_of is None and row.id not in taken_back and (as_of is None or row.happened_on <= as_of):
            happened = Happened(row.id, row.milestone, row.happened_on, row.due_date)
            found.setdefault(row.contract_id, {})[row.milestone] = happened
    return found
