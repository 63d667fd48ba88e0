"""The register of issued statements, and the runs that issued many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db.models import Max, Q, QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.queries import JobRow, latest
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.see.statements.domain.statement import number_text
from huikuan.see.statements.models import FinishedRun, IssuedStatement, StatementRun
from huikuan.see.statements.queries.reach import customers, finished_of, reach_of

#: Runs looked at in one question.
_PORTION = 100
#: Rows read at a time when all are wanted.
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """One issued statement. Amounts in minor units, positive owed to us.

    `replaced_by`: the number of the one issued in its place, '' while it stands.
    """

    id: int
    number: str
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    currency: str
    since: date
    until: date
    language: str
    opening: int
    closing: int
    head_size: int
    run_id: int | None
    replaces: int | None
    replaced_by: str
    issued_at: datetime
    actor: str
    content_digest: str
    file_sha256: str
    file_name: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run and how far it is. `state`: queued, running, failed (as its job says) or done.

    `left_out`: how many accounts were no longer the starter's; `left_out_codes`: those customers the reader sees.
    """

    id: int
    company_id: int
    since: date
    until: date
    language: str
    asked: int
    done: int
    issued: int
    empty: int
    left_out: int
    left_out_codes: tuple[str, ...]
    state: str
    message: str
    archive_sha256: str
    started_at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class IssuedFilter:
    """Which of the register. `company_ids` None: every company of the scope; `customer_id`, `run_id`, `ids` (these
    alone) None do not narrow. `text`: found in the number, the customer's code or name."""

    company_ids: Collection[int] | None = None
    customer_id: int | None = None
    run_id: int | None = None
    text: str = ""
    ids: Collection[int] | None = None


def issued(chosen: IssuedFilter, *, scope: Scope, after: int | None = None, limit: int | None = 50) -> list[IssuedRow]:
    """Those of the scope, the newest first, before the id `after`. `limit` None: all that follow."""
    rows = _chosen(chosen, scope)
    if after is not None:
        rows = rows.filter(id__lt=after)
    return _rows(rows[:limit])


def every_issued(chosen: IssuedFilter, *, scope: Scope) -> Iterator[IssuedRow]:
    """All of them, in the order of `issued`, a few thousand at a time."""
    after: int | None = None
    while found := issued(chosen, scope=scope, after=after, limit=_AT_ONCE):
        yield from found
        after = found[-1].id


def count_issued(chosen: IssuedFilter, *, scope: Scope) -> int:
    """How many there are."""
    return _chosen(chosen, scope).count()


def _chosen(chosen: IssuedFilter, scope: Scope) -> QuerySet[IssuedStatement]:
    rows = narrowed(IssuedStatement.objects.order_by("-id"), seen(scope))
    wanted = {
        "company_id__in": chosen.company_ids,
        "customer_id__in": None if chosen.customer_id is None else one_with(chosen.customer_id),
        "run_id": chosen.run_id,
        "pk__in": chosen.ids,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return _matching(rows, chosen.text.strip(), scope)


def issued_statement(statement_id: int, *, scope: Scope) -> IssuedRow:
    """One of the register; refuses an unknown one, and one outside the scope."""
    found = _rows(narrowed(IssuedStatement.objects.filter(pk=statement_id), seen(scope)))
    if not found:
        raise Refusal("statement_unknown", statement=statement_id)
    return found[0]


def latest_issued(
    *, company_id: int, customer_id: int, currency: str, since: date, until: date
) -> IssuedStatement | None:
    """The last statement of this account over exactly this period: what another one would replace."""
    same = {"company_id": company_id, "customer_id": customer_id, "currency": currency, "since": since, "until": until}
    return IssuedStatement.objects.filter(**same).order_by("id").last()


def accounts_issued(*, company_id: int, since: date, until: date) -> set[tuple[int, str]]:
    """The accounts (customer id, currency) that have a statement over exactly this period, or are in a run under way
    that has yet to issue it; one that failed for good issues no more."""
    period = {"company_id": company_id, "since": since, "until": until}
    have = set(IssuedStatement.objects.filter(**period).values_list("customer_id", "currency"))
    finished = FinishedRun.objects.values("run_id")
    for row in StatementRun.objects.filter(**period).exclude(pk__in=finished):
        if _state(_job_of(row)) != Job.State.FAILED:
            have.update((customer, currency) for customer, currency in row.accounts)
    return have


def last_run(company_id: int) -> int:
    """The id of the last run of the company; 0 before there is any."""
    return StatementRun.objects.filter(company_id=company_id).aggregate(last=Max("id"))["last"] or 0


def of_run(run_id: int) -> list[IssuedRow]:
    """All that a run has issued so far, by number: what its archive holds."""
    return _rows(IssuedStatement.objects.filter(run_id=run_id).order_by("year", "number"))


def runs(*, scope: Scope, company_ids: Collection[int] | None = None, limit: int = 20) -> list[RunRow]:
    """The latest runs over customers of the scope alone, the newest first."""
    rows = StatementRun.objects.order_by("-id")
    if company_ids is not None:
        rows = rows.filter(company_id__in=company_ids)
    return [_run(row, finished, scope) for row, finished in islice(_reached(rows, scope), limit)]


def run(run_id: int, *, scope: Scope) -> RunRow:
    """One run; refuses an unknown one, and one with customers outside the scope."""
    found = next(_reached(StatementRun.objects.filter(pk=run_id), scope), None)
    if found is None:
        raise Refusal("statement_run_unknown", run=run_id)
    return _run(*found, scope)


def _reached(rows: QuerySet[StatementRun], scope: Scope) -> Iterator[tuple[StatementRun, FinishedRun | None]]:
    """Those of the runs that the scope reaches, each with how it ended; asked for a portion at a time."""
    reach = reach_of(scope)
    every = rows.iterator(chunk_size=_PORTION)
    while portion := list(islice(every, _PORTION)):
        finished = finished_of(portion)
        for row in portion:
            if reach.has(row, finished.get(row.pk)):
                yield row, finished.get(row.pk)


def _matching(rows: QuerySet[IssuedStatement], text: str, scope: Scope) -> QuerySet[IssuedStatement]:
    if not text:
        return rows
    wanted = Q()
    for spelling in spellings(text):
        for field in ("name", "code", "merged_into__name", "merged_into__code"):
            wanted |= Q(**{f"{field}__icontains": spelling})
    condition = Q(customer_id__in=customers(scope).filter(wanted).values("pk"))
    year, dash, number = text.partition("-")
    if dash and all(part.isascii() and part.isdigit() and len(part) < 10 for part in (year, number)):
        condition |= Q(year=int(year), number=int(number))
    return rows.filter(condition)


def _rows(found: Sequence[IssuedStatement] | QuerySet[IssuedStatement]) -> list[IssuedRow]:
    facts = list(found)
    named = {one.pk: one for one in Customer.objects.filter(pk__in={fact.customer_id for fact in facts})}
    companies = dict(Company.objects.values_list("pk", "code"))
    files = dict(
        StoredFile.objects.filter(sha256__in={fact.file_sha256 for fact in facts}).values_list("sha256", "name")
    )
    later = IssuedStatement.objects.filter(replaces__in=[fact.pk for fact in facts])
    replaced = {
        was: number_text(year, number) for was, year, number in later.values_list("replaces", "year", "number")
    }
    return [
        IssuedRow(
            id=fact.pk,
            number=number_text(fact.year, fact.number),
            replaced_by=replaced.get(fact.pk, ""),
            company_code=companies[fact.company_id],
            customer_code=named[fact.customer_id].code,
            customer_name=named[fact.customer_id].name,
            issued_at=fact.recorded_at,
            content_digest=bytes(fact.content_digest).hex(),
            file_name=files[fact.file_sha256],
            **{
                name: getattr(fact, name)
                for name in (
                    *("company_id", "customer_id", "currency", "since", "until", "language", "opening", "closing"),
                    *("head_size", "run_id", "replaces", "actor", "file_sha256"),
                )
            },
        )
        for fact in facts
    ]


def _run(fact: StatementRun, finished: FinishedRun | None, scope: Scope) -> RunRow:
    job = _job_of(fact)
    left_out = {customer for customer, _currency in (finished.left_out or [])} if finished else set()
    return RunRow(
        id=fact.pk,
        company_id=fact.company_id,
        since=fact.since,
        until=fact.until,
        language=fact.language,
        asked=len(fact.accounts),
        done=len(fact.accounts) if finished else job.done if job else 0,
        issued=finished.issued if finished else IssuedStatement.objects.filter(run_id=fact.pk).count(),
        empty=finished.empty if finished else 0,
        left_out=len(finished.left_out or []) if finished else 0,
        left_out_codes=tuple(customers(scope).filter(pk__in=left_out).order_by("code").values_list("code", flat=True)),
        state="done" if finished else _state(job),
        message=job.message if job and not finished and job.state == "failed" else "",
        archive_sha256=finished.archive_sha256 if finished else "",
        started_at=fact.recorded_at,
        actor=fact.actor,
    )


def _job_of(fact: StatementRun) -> JobRow | None:
    found = latest(StatementRun.JOB, str(fact.pk))
    return found[0] if found else None


def _state(job: JobRow | None) -> str:
    """A job that says it is done without a finished run has been queued anew in between: still running."""
    return "running" if job is None or job.state == "done" else job.state
