"""`huikuan statement`: one customer's statement as a file, or those of many in one archive."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date, parse_instant
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from huikuan.mechanisms.audit.models import Head
    from huikuan.see.statements.domain.account import Period
    from huikuan.see.statements.domain.statement import Statement

#: The word in a customer's place that asks for many.
BULK = "bulk"
FORMATS = ("pdf", "xlsx", "json")
_POLL_SECONDS = 0.5


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    parser = subparsers.add_parser("statement", help=_("statements of account: one customer's, or many in an archive"))
    parser.add_argument("customer", metavar="CUSTOMER|bulk", help=_("a customer's code, or bulk for many at once"))
    parser.add_argument("--from", dest="since", required=True, metavar="DATE", help=_("the period's first day"))
    parser.add_argument("--to", dest="until", required=True, metavar="DATE", help=_("the period's last day"))
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    parser.add_argument("--currency", metavar="CODE", help=_("default: the only one, or with bulk all"))
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--format", choices=FORMATS, default=None, help=_("default: as --out ends"))
    parser.add_argument("--out", metavar="FILE", type=Path)
    parser.add_argument("--known-at", metavar="INSTANT", help=_("what was known then: the last sealed head before it"))
    parser.add_argument("--issue", action="store_true", help=_("give it the next number and enter it in the register"))
    parser.add_argument("--again", action="store_true", help=_("in place of what was issued over the same period"))
    parser.add_argument("--customers", metavar="CODES", help=_("with bulk: only these, separated by commas"))
    parser.add_argument("--json", action="store_true")
    add_actor_option(parser)
    parser.set_defaults(run=run_statement)


def run_statement(options: argparse.Namespace) -> int:
    """Say, write or issue a statement; or a run of many."""
    if options.customer == BULK:
        return _run_bulk(options)
    if options.issue:
        return _issue(options)
    said = _statement(options)
    form = options.format or _form_of(options.out)
    if options.out is None and form in ("pdf", "xlsx"):
        raise Refusal("statement_needs_file")
    if options.out:
        options.out.write_bytes(_written(said, form or "pdf", options.language))
        _tell(options, {"out": str(options.out), **_summary(said)}, said)
    else:
        _tell(options, _content(said), said)
    return 0


def _statement(options: argparse.Namespace) -> Statement:
    from huikuan.see.statements.queries.statements import statement

    company, customer, period, head = _asked(options)
    currency = options.currency or _currency(options, company, customer, period, head)
    now = datetime.now(UTC)
    return statement(
        company_id=company,
        customer_id=customer,
        currency=currency,
        period=period,
        scope=_scope(options),
        known=head,
        at=now,
    )


def _asked(options: argparse.Namespace) -> tuple[int, int, Period, Head]:
    from huikuan.mechanisms.identity.queries import company_named
    from huikuan.see.statements.queries.reach import customer_named

    period = _period(options)
    company = company_named(options.company).id
    customer = customer_named(options.customer, company_id=company, scope=_scope(options))
    return company, customer.pk, period, _head(options)


def _scope(options: argparse.Namespace) -> Scope:
    """What whoever is named may read; to issue, what they may issue for."""
    issues = options.issue or options.customer == BULK
    permission = Permission.ISSUE_STATEMENTS if issues else Permission.VIEW_LEDGER
    return reader_scope(options, permission, at=datetime.now(UTC))


def _period(options: argparse.Namespace) -> Period:
    from huikuan.see.statements.domain.account import Period
    from huikuan.see.statements.queries.accounts import check_period

    return check_period(Period(parse_date(options.since), parse_date(options.until)))


def _head(options: argparse.Namespace) -> Head:
    from huikuan.mechanisms.audit.queries import head_at
    from huikuan.see.statements.operations.issuing import fresh_head

    if options.known_at is None:
        return fresh_head(lambda: datetime.now(UTC))
    at = parse_instant(options.known_at)
    head = head_at(at)
    if head is None:
        raise Refusal("reading_not_sealed", at=at.isoformat())
    return head


def _currency(options: argparse.Namespace, company: int, customer: int, period: Period, head: Head) -> str:
    """The only currency of the customer's accounts; the company's where there is no account at all."""
    from huikuan.mechanisms.identity.models import Company
    from huikuan.record.customers.models import Customer
    from huikuan.see.statements.queries.statements import currencies_of

    found = currencies_of(company_id=company, customer_id=customer, period=period, scope=_scope(options), known=head)
    if len(found) > 1:
        name = Customer.objects.get(pk=customer).name
        raise Refusal("statement_currency_needed", customer=name, currencies=", ".join(found))
    return found[0] if found else Company.objects.get(pk=company).currency


def _issue(options: argparse.Namespace) -> int:
    from huikuan.mechanisms.files.queries import open_original
    from huikuan.see.statements.operations.issuing import issue_statement
    from huikuan.see.statements.queries.issued import issued_statement, latest_issued

    company, customer, period, head = _asked(options)
    currency = options.currency or _currency(options, company, customer, period, head)
    account: dict[str, Any] = {"company_id": company, "customer_id": customer, "currency": currency}
    former = latest_issued(**account, since=period.since, until=period.until) if options.again else None
    issued = issue_statement(
        **account,
        period=period,
        language=options.language,
        known=head,
        actor=commander(options, Permission.ISSUE_STATEMENTS, company_id=company, at=datetime.now(UTC)),
        at=datetime.now(UTC),
        replaces=former.pk if former else None,
    )
    row = issued_statement(issued, scope=EVERYTHING)
    if options.out:
        shutil.copyfile(open_original(row.file_sha256), options.out)
    body = {
        "statement": row.id,
        "number": row.number,
        "file": row.file_name,
        "sha256": row.file_sha256,
        "content": row.content_digest,
        "out": str(options.out) if options.out else None,
    }
    if options.json:
        print(json.dumps(body, ensure_ascii=False))
    else:
        print(_("Issued %(number)s: %(file)s") % {"number": row.number, "file": row.file_name})
    return 0


def _run_bulk(options: argparse.Namespace) -> int:
    """Start a run, do it here unless a worker takes it, and hand over the archive."""
    from huikuan.mechanisms.files.queries import open_original
    from huikuan.mechanisms.identity.queries import company_named
    from huikuan.see.statements.operations.issuing import start_run
    from huikuan.see.statements.queries.accounts import AccountFilter, accounts

    company, period, head = company_named(options.company).id, _period(options), _head(options)
    codes = {code.strip() for code in options.customers.split(",")} if options.customers else None
    chosen = AccountFilter(codes=codes)
    rows = accounts(company_id=company, period=period, scope=_scope(options), known=head, chosen=chosen)
    run_id = start_run(
        company_id=company,
        accounts=[(row.customer_id, row.currency) for row in rows if options.currency in (None, row.currency)],
        period=period,
        language=options.language,
        known=head,
        actor=commander(options, Permission.ISSUE_STATEMENTS, company_id=company, at=datetime.now(UTC)),
        at=datetime.now(UTC),
        again=options.again,
    )
    done = _finished(run_id, quiet=options.json)
    if options.out and done["archive"]:
        shutil.copyfile(open_original(str(done["archive"])), options.out)
    if options.json:
        print(json.dumps({**done, "out": str(options.out) if options.out else None}, ensure_ascii=False))
    else:
        print(_("Run %(run)s: %(issued)s statements issued, %(empty)s accounts with nothing to say.") % done)
        if done["left_out"]:
            print(_("%(left_out)s accounts left out: their customers were handed over meanwhile.") % done)
    return 0


def _finished(run_id: int, *, quiet: bool) -> Mapping[str, Any]:
    """The run's result. It is done here, or by a worker that was quicker; refuses when it failed for good."""
    from huikuan.mechanisms.jobs.handlers import Handler
    from huikuan.mechanisms.jobs.worker import Worker
    from huikuan.see.statements.jobs import issue_run
    from huikuan.see.statements.models import StatementRun
    from huikuan.see.statements.queries.issued import run

    worker = Worker({StatementRun.JOB: Handler(issue_run, attempts=3)})
    while True:
        row = run(run_id, scope=EVERYTHING)
        if row.state == "done":
            counts = {"issued": row.issued, "empty": row.empty, "left_out": row.left_out}
            return {"run": row.id, **counts, "archive": row.archive_sha256}
        if row.state == "failed":
            raise Refusal("statement_run_unfinished", run=run_id, reason=row.message)
        if not worker.turn():
            time.sleep(_POLL_SECONDS)
        if not quiet:
            print(_("%(done)s of %(asked)s") % {"done": run(run_id, scope=EVERYTHING).done, "asked": row.asked})


def _written(said: Statement, form: str, language: str) -> bytes:
    from huikuan.see.statements.operations.files import pdf_of, workbook_of

    if form == "json":
        return (json.dumps(_content(said), ensure_ascii=False) + "\n").encode()
    return pdf_of(said, language=language) if form == "pdf" else workbook_of(said, language=language)


def _content(said: Statement) -> dict[str, Any]:
    from huikuan.see.statements.domain.statement import as_json

    return as_json(said)


def _summary(said: Statement) -> dict[str, Any]:
    content = _content(said)
    return {name: content[name] for name in ("customer", "currency", "from", "to", "head", "figures")}


def _tell(options: argparse.Namespace, body: Mapping[str, Any], said: Statement) -> None:
    if options.json or (options.format == "json" and not options.out):
        print(json.dumps(body, ensure_ascii=False))
        return
    from huikuan.see.statements.operations.papers import django_language, paper

    with translation.override(django_language(options.language)):
        told = paper(said, language=options.language, number="")
    print(f"{told['recipient']['name']}\n{told['lead']}")
    width = max(len(amount) for _name, amount in told["summary"])
    for name, amount in told["summary"]:
        print(f"{amount:>{width}}  {name}")
    if options.out:
        print(options.out)


def _form_of(out: Path | None) -> str:
    ending = out.suffix.lstrip(".").lower() if out else ""
    return ending if ending in FORMATS else ""
