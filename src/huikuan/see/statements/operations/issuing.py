"""Issuing: a statement gets the next number, becomes a stored file, and the register a fact that says so.

The document carries its number, and setting it takes a moment in which no lock is held: the next number is looked
up, the document set with it, and the fact written only if the number is still free. Whoever comes second sets
theirs anew with the next one, so numbers have no holes and none is given twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import IntegrityError, transaction
from django.db.models import Max

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.domain.canonical import document
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require, scope
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import merged, one_with
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import Statement, as_json, number_text
from huikuan.see.statements.models import IssuedStatement, StatementRun
from huikuan.see.statements.operations.files import PDF, file_name, pdf_of
from huikuan.see.statements.operations.papers import django_language
from huikuan.see.statements.queries.accounts import check_period
from huikuan.see.statements.queries.issued import accounts_issued, latest_issued
from huikuan.see.statements.queries.statements import statement

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement set with a number nobody had when it was looked up; its bytes are on the disk."""

    statement: Statement
    language: str
    year: int
    number: int
    kept: Kept
    replaces: int | None = None

    @property
    def name(self) -> str:
        return file_name(self.statement, number_text(self.year, self.number), "pdf")


def fresh_head(clock: Callable[[], datetime]) -> Head:
    """A head over everything recorded until now, for a document to rest on. Call outside a transaction."""
    return seal(clock)


def issue_statement(
    *,
    company_id: int,
    customer_id: int,
    currency: str,
    period: Period,
    language: str,
    known: Head,
    actor: str,
    at: datetime,
    replaces: int | None = None,
) -> int:
    """Issue one statement resting on `known`; returns the fact's id. Refuses an account with nothing to say, and one
    that has a statement over the same period, unless that is the one it `replaces`: the same request twice issues
    once."""
    said = statement_to_issue(
        company_id=company_id,
        customer_id=customer_id,
        currency=currency,
        period=period,
        known=known,
        actor=actor,
        at=at,
        replaces=replaces,
    )
    for _attempt in range(_ATTEMPTS):
        ready = set_with_number(said, language=language, at=at, replaces=replaces)
        issued = record_issue(ready, run_id=None, actor=actor, at=at)
        if issued is not None:
            return issued
    raise Refusal("statement_number_contended")


def statement_to_issue(
    *,
    company_id: int,
    customer_id: int,
    currency: str,
    period: Period,
    known: Head,
    actor: str,
    at: datetime,
    replaces: int | None = None,
) -> Statement:
    """What would be issued, resting on `known`. Refuses whoever may not issue it, an account with nothing to say, and
    one with another statement over the period than it `replaces`."""
    whole = one_with(customer_id, known.horizon)
    theirs = require_issuing(actor, company_id=company_id, customer_ids=whole, at=at)
    said = statement(
        company_id=company_id,
        customer_id=customer_id,
        currency=currency,
        period=period,
        scope=theirs,
        known=known,
        at=at,
        to_keep=True,
    )
    if said.is_empty:
        raise _empty(said)
    check_replaced(said, replaces)
    return said


def latest_of(said: Statement) -> IssuedStatement | None:
    """The statement of the same account and period that was issued last."""
    period = said.account.period
    return latest_issued(
        company_id=said.issuer.company_id,
        customer_id=said.recipient.customer_id,
        currency=said.currency,
        since=period.since,
        until=period.until,
    )


def check_replaced(said: Statement, replaces: int | None) -> None:
    """Refuse a second statement of an account and period that does not say which one it replaces, or another one."""
    latest = latest_of(said)
    if latest is not None and latest.pk != replaces:
        number, day = number_text(latest.year, latest.number), business_date(latest.recorded_at, said.zone)
        raise Refusal("statement_issued_already", statement=latest.pk, number=number, day=day)
    if latest is None and replaces is not None:
        raise Refusal("statement_unknown", statement=replaces)


def require_issuing(actor: str, *, company_id: int, customer_ids: Iterable[int], at: datetime) -> Scope:
    """The scope in which `actor` issues statements; refuses unless it holds the company's accounts with all of these.

    Ask again in the transaction that acts.
    """
    require(actor, Permission.ISSUE_STATEMENTS, company_id=company_id, at=at)
    held = scope(actor, Permission.ISSUE_STATEMENTS, at=at)
    theirs = seen(held)
    if not all(theirs.has(company_id, customer) for customer in customer_ids):
        raise Refusal("not_permitted", actor=actor, permission=Permission.ISSUE_STATEMENTS.value)
    return held


def set_with_number(said: Statement, *, language: str, at: datetime, replaces: int | None = None) -> Ready:
    """The document with the number that comes next, its bytes kept. Call outside a transaction: it takes a moment."""
    year = business_date(at, said.zone).year
    given = IssuedStatement.objects.filter(company_id=said.issuer.company_id, year=year)
    number = (given.aggregate(last=Max("number"))["last"] or 0) + 1
    former = IssuedStatement.objects.get(pk=replaces) if replaces else None
    instead_of = number_text(former.year, former.number) if former else ""
    content = pdf_of(said, language=language, number=number_text(year, number), replaces=instead_of)
    return Ready(said, language, year, number, keep_bytes(content), replaces)


def record_issue(ready: Ready, *, run_id: int | None, actor: str, at: datetime) -> int | None:
    """Write the register's fact; None, and nothing written, if somebody else took the number meanwhile. Refuses what
    `check_replaced` refuses: whoever issued the same account meanwhile took a number of the same register, so either
    their statement is seen here or the number is taken."""
    said = ready.statement
    try:
        with transaction.atomic():
            require_issuing(actor, company_id=said.issuer.company_id, customer_ids=_whose(said), at=at)
            check_replaced(said, ready.replaces)
            (issued,) = record(IssuedStatement, [_row(ready, run_id, actor)], at=at)
            store_kept(ready.kept, ready.name, media_type=PDF, actor=actor, at=at)
            announce(
                "statements.issued",
                at=at,
                company_id=said.issuer.company_id,
                customer_id=said.recipient.customer_id,
                payload={"statement": issued, "number": number_text(ready.year, ready.number)},
            )
    except IntegrityError:
        if not _is_taken(ready):
            raise
        return None
    return issued


def _whose(said: Statement) -> Collection[int]:
    """The customers of the account: all that were one at the head it rests on."""
    horizon = Head.objects.get(size=said.head.size).horizon if said.head else None
    return one_with(said.recipient.customer_id, horizon)


def content_digest(said: Statement) -> bytes:
    """SHA-256 of the statement's content in canonical JSON: what was said, in whatever language."""
    return hashlib.sha256(document(as_json(said)).encode()).digest()


def start_run(
    *,
    company_id: int,
    accounts: Sequence[tuple[int, str]],
    period: Period,
    language: str,
    known: Head,
    actor: str,
    at: datetime,
    again: bool = False,
    seen_run: int | None = None,
) -> int:
    """Ask for the statements of many accounts (customer id, currency); a job issues them. Returns the run's id.

    Accounts of customers that are one, as known at the head the run rests on, are one account.
    Accounts that have a statement over the same period, or get one by a run under way, are left out unless they are
    asked for `again`; then the new one replaces it. `seen_run`: the last run the asker knew of; the very same request
    since is answered with its run.
    """
    django_language(language)
    check_period(period)
    under = merged(known.horizon)
    chosen = sorted({(shown_under(under, int(customer)), str(currency)) for customer, currency in accounts})
    if not chosen:
        raise Refusal("statement_none_chosen")
    with transaction.atomic():
        asked = {customer for customer, _ in chosen}
        whole = asked | {one for one, into in under.items() if into in asked}
        require_issuing(actor, company_id=company_id, customer_ids=whole, at=at)
        # Two who ask at once come one after the other.
        Company.objects.select_for_update().get(pk=company_id)
        if not again:
            have = accounts_issued(company_id=company_id, since=period.since, until=period.until)
            chosen = [account for account in chosen if account not in have]
        row = {
            "company_id": company_id,
            "since": period.since,
            "until": period.until,
            "language": language,
            "accounts": [list(account) for account in chosen],
            "head_size": known.size,
            "actor": actor,
        }
        if (same := _asked_since(seen_run, row)) is not None:
            return same
        if not chosen:
            raise Refusal("statement_all_issued", since=period.since, until=period.until)
        (run_id,) = record(StatementRun, [row], at=at)
        enqueue(StatementRun.JOB, key=str(run_id), params={"run": run_id}, at=at)
    return run_id


def _asked_since(seen_run: int | None, row: Mapping[str, object]) -> int | None:
    """The run after `seen_run` in which the same one asked for the same."""
    if seen_run is None:
        return None
    words = {name: value for name, value in row.items() if name not in ("accounts", "head_size")}
    for run in StatementRun.objects.filter(pk__gt=seen_run, **words).order_by("pk"):
        # Asked again, what the first run is issuing is left out of the second's accounts.
        if all(account in run.accounts for account in cast("list[list[object]]", row["accounts"])):
            return int(run.pk)
    return None


def _row(ready: Ready, run_id: int | None, actor: str) -> dict[str, object]:
    said = ready.statement
    period, figures = said.account.period, said.account.figures
    return {
        "company_id": said.issuer.company_id,
        "customer_id": said.recipient.customer_id,
        "currency": said.currency,
        "since": period.since,
        "until": period.until,
        "language": ready.language,
        "year": ready.year,
        "number": ready.number,
        "opening": figures.opening,
        "closing": figures.closing,
        "head_size": said.head.size if said.head else 0,
        "letterhead_number": said.issuer.letterhead,
        "content_digest": content_digest(said),
        "file_sha256": ready.kept.sha256,
        "run_id": run_id,
        "replaces": ready.replaces,
        "actor": actor,
    }


def _is_taken(ready: Ready) -> bool:
    issuer = ready.statement.issuer
    return IssuedStatement.objects.filter(company_id=issuer.company_id, year=ready.year, number=ready.number).exists()


def _empty(said: Statement) -> Refusal:
    period = said.account.period
    return Refusal(
        "statement_empty",
        customer=said.recipient.name,
        currency=said.currency,
        since=period.since,
        until=period.until,
    )
