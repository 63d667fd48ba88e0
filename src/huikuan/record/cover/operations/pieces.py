"""Pieces of cover: what adds is proposed by one and approved by another, what lessens holds at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import convert
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.operations import submit_request, void_requests
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.approvals.policies import authority_of
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require, scope
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.contracts.queries.contracts import contract_numbered
from huikuan.record.cover.domain.pieces import (
    ENDED,
    LONGEST,
    Terms,
    Whose,
    adds,
    check_terms,
    check_whose,
    document_of,
    identity,
    state_on,
    tidied,
)
from huikuan.record.cover.models import PieceVersion
from huikuan.record.cover.queries.pieces import sees_whose, terms_of, whose_of
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import one_of
from huikuan.record.receivables.queries.rates import rate_on

KIND = "cover.piece"
#: Who may ask for a limit may propose what makes the same room.
WRITES = Permission.PROPOSE_LIMIT


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper a piece rests on, as it was handed in."""

    content: Path | bytes
    name: str


def propose_cover(
    *, company: Company, whose: Whose, terms: Terms, paper: Paper | None = None, actor: str, at: datetime
) -> int:
    """Ask that a piece may count; answers the request's id, which is the piece's number once another has approved it.

    Refuses what `check_terms` refuses, whoever is out of the reach of who asks, a guarantor that is covered itself and
    a paper that is recorded already. Without its paper a piece goes one row up in the authority matrix.
    """
    require(actor, WRITES, company_id=company.pk, at=at)
    today = business_date(at, company.time_zone)
    check_whose(whose)
    stated = _provided(tidied(terms))
    check_terms(stated, today=today)
    kept = keep_bytes(paper.content) if paper else None

    def work() -> int:
        place = _placed(company, whose)
        if not sees_whose(company.pk, place, seen(scope(actor, WRITES, at=at)), today):
            raise Refusal("customer_unknown" if place.customer_id else "group_unknown", **_named(place))
        require_new(company.pk, place, stated, today)
        filed = store_kept(kept, paper.name, actor=actor, at=at) if kept and paper else None
        shown = {
            "number": None, "version": 0, "company": company.code, **_shown_whose(place), **document_of(stated),
            "sha256": filed.sha256 if filed else "", "file_name": filed.name if filed else "",
        }  # fmt: skip
        subject = f"new:{identity(place, stated)}"
        return _submit(company, place, subject, stated, shown, actor=actor, at=at)

    return retrying(work)


def revalue_cover(
    *, number: int, version: int, changes: dict[str, Any], paper: Paper | None = None, actor: str, at: datetime
) -> int | None:
    """Say what a piece is now (`changes`: amount, shares, last day, note), read at `version`.

    What would cover more or longer is asked for: answers the request's id. What covers no more holds at once: None.
    Refuses a piece that is released or over, and when somebody changed it since.
    """
    kept = keep_bytes(paper.content) if paper else None

    def work() -> int | None:
        last, company = _held(number, version, actor, at)
        today = business_date(at, company.time_zone)
        before, whose = terms_of(last), whose_of(last)
        after = tidied(replace(before, **changes))
        if after == before and kept is None:
            raise Refusal("cover_unchanged", number=number)
        check_terms(after, today=today)
        filed = store_kept(kept, paper.name, actor=actor, at=at) if kept and paper else None
        evidence = {
            "sha256": filed.sha256 if filed else last.sha256,
            "file_name": filed.name if filed else last.file_name,
        }
        if not adds(before, after):
            append_version(last, {**asdict(after), **evidence}, today, actor=actor, at=at)
            void_requests(kind=KIND, subject=subject_of(number), because="", actor=actor, at=at)
            tell("cover.revalued", last, at)
            return None
        shown = {
            "number": number, "version": version, "company": company.code, **_shown_whose(whose),
            **document_of(after), **evidence,
        }  # fmt: skip
        return _submit(company, whose, subject_of(number), after, shown, actor=actor, at=at)

    return retrying(work)


def release_cover(*, number: int, version: int, reason: str, actor: str, at: datetime) -> None:
    """The piece counts no more from today on: it was given back, called in or has lapsed. Refuses without a reason,
    and when somebody changed it since."""
    reason = tidy(reason)[:LONGEST]
    if not reason:
        raise Refusal("cover_reason_missing")

    def work() -> None:
        last, company = _held(number, version, actor, at, over=True)
        today = business_date(at, company.time_zone)
        append_version(last, {"released": True, "note": reason}, today, actor=actor, at=at)
        void_requests(kind=KIND, subject=subject_of(number), because=reason, actor=actor, at=at)
        tell("cover.released", last, at)

    retrying(work)


def append_version(
    last: PieceVersion, said: dict[str, Any], day: date, *, actor: str, at: datetime, approved_by: str = ""
) -> None:
    """The next version of a piece, with what is said anew; of two who write at once the database lets one through."""
    same = ("number", "company_id", "customer_id", "contract_number", "group_code", "identity", "sha256", "file_name")
    row = {
        **{name: getattr(last, name) for name in same},
        **asdict(terms_of(last)),
        **said,
        "version": last.version + 1,
        "effective_on": max(day, last.effective_on),
        "actor": actor,
        "approved_by": approved_by,
    }
    write(row, at=at)


def write(row: dict[str, Any], *, at: datetime) -> None:
    """Record one version; refuses one that is there already."""
    try:
        with transaction.atomic():
            record(PieceVersion, [row], at=at)
    except IntegrityError as error:
        raise Refusal("cover_changed_since", number=row["number"]) from error


def tell(kind: str, piece: PieceVersion, at: datetime) -> None:
    """Announce what became of a piece."""
    payload = {"number": piece.number, "group": piece.group_code}
    announce(kind, at=at, company_id=piece.company_id, customer_id=piece.customer_id, payload=payload)


def last_version(number: int) -> PieceVersion:
    """The piece as it is now; refuses an unknown one."""
    found = PieceVersion.objects.filter(number=number).order_by("-version").first()
    if found is None:
        raise Refusal("cover_unknown", number=number)
    return found


def require_new(company_id: int, whose: Whose, terms: Terms, today: date) -> None:
    """Refuse a paper that stands recorded, and a guarantor that stands for itself."""
    if whose.customer_id is not None and terms.provider_id in one_of(whose.customer_id).members:
        raise Refusal("cover_of_itself", provider=terms.provider)
    same = PieceVersion.objects.filter(company_id=company_id, identity=identity(whose, terms))
    for number in same.values_list("number", flat=True).distinct():
        last = last_version(number)
        if not last.released and state_on(terms_of(last), today) != ENDED:
            raise Refusal("cover_known", number=number, reference=terms.reference)


def subject_of(number: int) -> str:
    """What requests about a piece that stands are about."""
    return f"piece:{number}"


def _held(number: int, version: int, actor: str, at: datetime, *, over: bool = False) -> tuple[PieceVersion, Company]:
    """The piece as it is now and its company. Refuses who may not write it, another version than was read, one that
    is released, and one that is over unless `over`."""
    last = last_version(number)
    company = Company.objects.get(pk=last.company_id)
    require(actor, WRITES, company_id=company.pk, at=at)
    today = business_date(at, company.time_zone)
    if not sees_whose(company.pk, whose_of(last), seen(scope(actor, WRITES, at=at)), today):
        raise Refusal("cover_unknown", number=number)
    if last.version != version:
        raise Refusal("cover_changed_since", number=number)
    if last.released:
        raise Refusal("cover_released_already", number=number)
    if not over and state_on(terms_of(last), today) == ENDED:
        raise Refusal("cover_over_already", until=last.valid_until)
    return last, company


def _submit(
    company: Company, whose: Whose, subject: str, terms: Terms, shown: dict[str, Any], *, actor: str, at: datetime
) -> int:
    return submit_request(
        about=About(KIND, subject, company.pk, whose.customer_id),
        shown=shown,
        sum_asked=Sum(terms.amount, terms.currency, _measure(company, terms, at)),
        off_policy=not shown["sha256"],
        note=terms.note,
        actor=actor,
        at=at,
    )


def _measure(company: Company, terms: Terms, at: datetime) -> int:
    """The amount in the currency of the authority matrix."""
    into = authority_of(company.pk, at=at)[0].currency
    rate = rate_on(terms.currency, into, business_date(at, company.time_zone))
    if rate is None:
        raise Refusal("cover_without_rate", currency=terms.currency, into=into)
    return convert(terms.amount, terms.currency, rate.rate_e8, into)


def _placed(company: Company, whose: Whose) -> Whose:
    """The customer that is shown, in whose place others stand; refuses a contract that is not the customer's."""
    if whose.customer_id is None:
        return whose
    one = one_of(whose.customer_id)
    if whose.contract_number:
        contract = contract_numbered(company.code, whose.contract_number, scope=EVERYTHING)
        if contract.customer_id not in one.members:
            raise Refusal("contract_number_unknown", company=company.code, number=whose.contract_number)
    return replace(whose, customer_id=one.shown)


def _provided(terms: Terms) -> Terms:
    """A guarantor that is our customer goes by its name there."""
    if terms.provider_id is None:
        return terms
    known = Customer.objects.filter(pk=one_of(terms.provider_id).shown).first()
    if known is None:
        raise Refusal("customer_unknown", customer=terms.provider_id)
    return replace(terms, provider=known.name, provider_id=known.pk)


def _shown_whose(whose: Whose) -> dict[str, Any]:
    code = ""
    if whose.customer_id is not None:
        code = Customer.objects.values_list("code", flat=True).get(pk=whose.customer_id)
    return {
        "customer_id": whose.customer_id,
        "customer": code,
        "contract_number": whose.contract_number,
        "group": whose.group,
    }


def _named(whose: Whose) -> dict[str, Any]:
    return {"customer": whose.customer_id, "group": whose.group}
