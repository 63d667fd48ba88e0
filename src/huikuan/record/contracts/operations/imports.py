"""Contracts out of a file, many at once: the same rules and facts as one at a time.

All of it in the caller's transaction. What cannot be taken is listed, all of it at once, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import polars as pl

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.models import Fact
from huikuan.record.contracts.domain.stating import StatedContract, restated
from huikuan.record.contracts.domain.terms import (
    Terms,
    Version,
    check_amendment,
    check_terms,
    content_of,
    governing,
    terms_from,
)
from huikuan.record.contracts.models import Contract, ContractVersion
from huikuan.record.contracts.operations.contracts import ROW, begins_on, number_of, row_of, tidied
from huikuan.record.contracts.operations.reaching import Signed, follow_signatures
from huikuan.record.contracts.queries.terms import standing
from huikuan.record.customers.queries.merging import one_with

IMPORT = "import"
#: Rows looked up or written in one statement.
CHUNK = 500


@dataclass
class Taken:
    """What became of the stated contracts or orders; `unchanged` in rows of the file, `refused`: (row, why)."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, Refusal]] = field(default_factory=list)


def import_contracts(
    stated: Sequence[StatedContract], *, company: Company, batch_id: int | None, actor: str, at: datetime
) -> Taken:
    """Register and amend contracts. A known number with other terms is amended from today, one with the same
    left alone; days of signature are followed. Of single contracts it refuses nothing itself: the caller shows
    `refused`."""
    known = _known(company, [one.number for one in stated])
    ids = iter(reserve_ids(Contract, sum(one.number not in known for one in stated)))
    taken = Taken()
    fresh: list[Contract] = []
    changed: list[Contract] = []
    facts: list[dict[str, Any]] = []
    signed: list[Signed] = []
    for one in stated:
        row, history = known.get(one.number, (None, []))
        latest = governing(history) if history else None
        said = one.terms if latest or one.terms.name else replace(one.terms, name=one.number)
        terms = tidied(restated(latest.terms if latest else None, said))
        try:
            _check(row, latest, terms, one)
        except Refusal as refusal:
            taken.refused.append((one.row, refusal))
            continue
        if latest is not None and terms == latest.terms:
            taken.unchanged += 1
            continue
        if row is None or latest is None:
            row = Contract(
                pk=next(ids), company_id=company.pk, customer_id=one.customer_id, number=one.number, version=0
            )
            fresh.append(row)
            effective_on = begins_on(terms, company, at)
        else:
            changed.append(row)
            effective_on = max(business_date(at, company.time_zone), latest.effective_on)
        happened = standing(row.pk) if latest else {}
        signed.append(Signed(row, latest.terms if latest else None, terms, happened, batch_id))
        facts.append(restate(row, Version(row.version + 1, effective_on, terms), happened, IMPORT, batch_id, actor))
    taken.created, taken.changed = len(fresh), len(changed)
    if not taken.refused:
        _write(fresh, changed, facts, company, batch_id, at)
        follow_signatures(signed, company_id=company.pk, reason=IMPORT, actor=actor, at=at)
    return taken


def restate(
    row: Contract, version: Version, happened: Collection[str], reason: str, batch_id: int | None, actor: str
) -> dict[str, Any]:
    """Let the row say what the version says; answers the version's fact. `happened`: its milestones whose events
    stand."""
    row.version = version.number
    for name, value in row_of(version.terms, happened).items():
        setattr(row, name, value)
    return {
        "contract_id": row.pk,
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "version": version.number,
        "effective_on": version.effective_on,
        "reason": reason,
        "content": content_of(version.terms),
        "actor": actor,
        "batch_id": batch_id,
    }


def save_restated(rows: Sequence[Contract], facts: Sequence[dict[str, Any]], at: datetime) -> None:
    """Write rows that `restate` changed, and their facts."""
    Contract.objects.bulk_update(rows, ["version", *ROW], batch_size=CHUNK)
    record_many(ContractVersion, facts, at)


def record_many(model: type[Fact], facts: Sequence[dict[str, Any]], at: datetime) -> None:
    """Facts given as rows, written set-based."""
    if facts:
        record_frame(model, pl.DataFrame(list(facts), infer_schema_length=None), at=at)


def _write(
    fresh: list[Contract],
    changed: list[Contract],
    facts: list[dict[str, Any]],
    company: Company,
    batch_id: int | None,
    at: datetime,
) -> None:
    Contract.objects.bulk_create(fresh, batch_size=CHUNK)
    save_restated(changed, facts, at)
    if facts:
        payload = {"batch_id": batch_id, "contracts": len(facts)}
        announce("contracts.imported", at=at, company_id=company.pk, payload=payload)


def _check(row: Contract | None, latest: Version | None, terms: Terms, one: StatedContract) -> None:
    number_of(one.number)
    check_terms(terms)
    if row is None or latest is None:
        return
    if row.customer_id != one.customer_id and one.customer_id not in one_with(row.customer_id):
        raise Refusal("contract_customer_differs", number=row.number)
    if terms != latest.terms:
        check_amendment(latest.terms, terms, list(standing(row.pk).values()))


def _known(company: Company, numbers: Sequence[str]) -> dict[str, tuple[Contract, list[Version]]]:
    """Number → the contract, held until the transaction ends, and its versions."""
    found: dict[str, tuple[Contract, list[Version]]] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = Contract.objects.filter(company_id=company.pk, number__in=numbers[start : start + CHUNK])
        held = {row.pk: row for row in rows.select_for_update().order_by("pk")}
        for row in held.values():
            found[row.number] = (row, [])
        for fact in ContractVersion.objects.filter(contract_id__in=held).order_by("contract_id", "version"):
            version = Version(fact.version, fact.effective_on, terms_from(fact.content))
            found[held[fact.contract_id].number][1].append(version)
    return found
