"""A contract at a time: register it, amend it, attach a file.

The day it was signed is the event of the milestones that await the signing (`reaching.follow_signatures`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.domain.milestones import awaited_on
from huikuan.record.contracts.domain.terms import (
    LONGEST,
    Terms,
    Version,
    check_amendment,
    check_terms,
    content_of,
    governing,
)
from huikuan.record.contracts.models import Contract, ContractFile, ContractVersion
from huikuan.record.contracts.operations.reaching import Signed, follow_signatures
from huikuan.record.contracts.queries.terms import standing, versions
from huikuan.record.customers.models import Customer

#: What the row of a contract repeats of its governing terms.
_PLAIN = ("name", "signed_on", "effective_on", "expires_on", "currency", "amount", "status")
ROW = (*_PLAIN, "awaited_on")
LONGEST_NUMBER = 60
LONGEST_REASON = 200
SIGNED = "signed"


def create_contract(*, company: Company, customer_id: int, number: str, terms: Terms, actor: str, at: datetime) -> int:
    """Register a contract and answer its id. Its terms hold from the day they take effect, or were signed,
    or else from today.

    Refuses a number the company has used, an unknown customer, and what `check_terms` refuses.
    """
    number, stated = number_of(number), tidied(terms)
    check_terms(stated)

    def work() -> int:
        if not Customer.objects.filter(id=customer_id).exists():
            raise Refusal("contract_customer_unknown", customer=customer_id)
        row = Contract(company_id=company.pk, customer_id=customer_id, number=number, version=1, **row_of(stated))
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise Refusal("contract_number_taken", number=number) from None
        record_version(row, Version(1, begins_on(stated, company, at), stated), SIGNED, actor=actor, at=at)
        _tell("contracts.created", row, at, version=1)
        _follow(Signed(row, None, stated, {}), SIGNED, actor, at)
        return int(row.pk)

    return retrying(work)


def amend_contract(
    *,
    contract_id: int,
    version: int,
    changes: dict[str, Any],
    effective_on: date,
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """From `effective_on` the contract says what it said at `version`, but for `changes` (fields of Terms).

    Answers the new version, or the old one when nothing differs. Refuses when somebody amended it since,
    without a reason, what `check_terms` and `check_amendment` refuse, and another day of signature while something
    rests on the due dates which the former one gave.
    """
    if not reason.strip():
        raise Refusal("amendment_reason_needed")
    if len(tidy(reason)) > LONGEST_REASON:
        raise Refusal("contract_field_too_long", field="reason", longest=LONGEST_REASON)

    def work() -> int:
        contract = locked(contract_id)
        if contract.version != version:
            raise Refusal("contract_changed_since", number=contract.number, seen=version, now=contract.version)
        known = versions(contract_id)
        latest = governing(known)
        wanted = tidied(replace(latest.terms, **changes))
        if wanted == latest.terms:
            return version
        check_terms(wanted)
        happened = standing(contract_id)
        check_amendment(latest.terms, wanted, list(happened.values()))
        amended = Version(version + 1, effective_on, wanted)
        record_version(contract, amended, tidy(reason), actor=actor, at=at)
        now = governing([*known, amended]).terms
        said = row_of(now, happened)
        Contract.objects.filter(pk=contract_id).update(version=version + 1, **said)
        contract.awaited_on = said["awaited_on"]
        _tell("contracts.amended", contract, at, version=version + 1)
        _follow(Signed(contract, latest.terms, now, happened), reason, actor, at)
        return version + 1

    return retrying(work)


def attach_file(*, contract_id: int, content: Path | bytes | Kept, name: str, actor: str, at: datetime) -> str:
    """Keep an original, or bytes kept before, with the contract; answers its hash.

    The same file again changes nothing.
    """
    kept = content if isinstance(content, Kept) else keep_bytes(content)

    def work() -> str:
        contract = locked(contract_id)
        if ContractFile.objects.filter(contract_id=contract_id, sha256=kept.sha256).exists():
            return kept.sha256
        stored = store_kept(kept, name, actor=actor, at=at)
        row = {
            "contract_id": contract_id,
            "company_id": contract.company_id,
            "customer_id": contract.customer_id,
            "sha256": stored.sha256,
            "name": stored.name,
            "actor": actor,
        }
        record(ContractFile, [row], at=at)
        return stored.sha256

    return retrying(work)


def locked(contract_id: int) -> Contract:
    """The contract, held until the transaction ends: its versions and events come one after the other."""
    contract = Contract.objects.select_for_update().filter(pk=contract_id).first()
    if contract is None:
        raise Refusal("contract_unknown", contract=contract_id)
    return contract


def record_version(contract: Contract, version: Version, reason: str, *, actor: str, at: datetime) -> None:
    """Write the fact of one version."""
    row = {
        "contract_id": contract.pk,
        "company_id": contract.company_id,
        "customer_id": contract.customer_id,
        "version": version.number,
        "effective_on": version.effective_on,
        "reason": reason,
        "content": content_of(version.terms),
        "actor": actor,
    }
    record(ContractVersion, [row], at=at)


def begins_on(terms: Terms, company: Company, at: datetime) -> date:
    """From when the first terms hold."""
    return terms.effective_on or terms.signed_on or business_date(at, company.time_zone)


def row_of(terms: Terms, happened: Collection[str] = ()) -> dict[str, Any]:
    """The columns of the contract's row; `happened`: its milestones whose events stand."""
    return {**{name: getattr(terms, name) for name in _PLAIN}, "awaited_on": awaited_on(terms.milestones, happened)}


def number_of(number: str) -> str:
    """As people type it → as it is kept; refuses an empty or endless one."""
    plainly = plain(number)
    if not plainly:
        raise Refusal("contract_field_missing", field="number")
    if len(plainly) > LONGEST_NUMBER:
        raise Refusal("contract_field_too_long", field="number", longest=LONGEST_NUMBER)
    return plainly


def tidied(terms: Terms) -> Terms:
    """Texts without stray spaces and invisible characters; clauses keep their lines."""
    clauses: dict[str, Any] = {
        name: "\n".join(map(tidy, getattr(terms, name).strip().splitlines())) for name in LONGEST
    }
    addresses = tuple(dict.fromkeys(tidy(address) for address in terms.service_addresses if address.strip()))
    return replace(terms, **clauses, service_addresses=addresses)


def _follow(signed: Signed, reason: str, actor: str, at: datetime) -> None:
    follow_signatures([signed], company_id=signed.contract.company_id, reason=reason, actor=actor, at=at)


def _tell(kind: str, contract: Contract, at: datetime, **said: Any) -> None:
    announce(
        kind,
        at=at,
        company_id=contract.company_id,
        customer_id=contract.customer_id,
        payload={"contract_id": contract.pk, **said},
    )
