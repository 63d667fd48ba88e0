"""Commands: the ledger, exchange rates, period locks."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.rates import SCALE, parse_rate
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.receivables.cli.answers import show
from huikuan.record.receivables.cli.changes import add_changes
from huikuan.record.receivables.operations.periods import lock_period, unlock_period
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.queries.periods import lock_history
from huikuan.record.receivables.queries.rates import rates


def add_ledger(subparsers: Any) -> None:
    told = gettext("prove the ledger, and change it by recording more")
    ledger = subparsers.add_parser("ledger", help=told).add_subparsers(required=True)
    check = ledger.add_parser("check", help=gettext("prove caches, references and guards against the facts"))
    _finish(check, _check)
    add_changes(ledger)


def add_rates(subparsers: Any) -> None:
    actions = subparsers.add_parser("rates", help=gettext("exchange rates")).add_subparsers(required=True)
    add = actions.add_parser("add", help=gettext("record a rate from a day on"))
    add.add_argument("currency")
    add.add_argument("rate", help=gettext("company-currency units for one unit, like 7.1234"))
    add.add_argument("--quote", default="CNY", metavar="CURRENCY")
    add.add_argument("--date", metavar="DATE", help=gettext("first day the rate holds; today if left out"))
    add.add_argument("--source", default="")
    _finish(add, _add_rate, writes=True)
    listing = actions.add_parser("list", help=gettext("the rates recorded, newest first"))
    listing.add_argument("--currency", default="")
    _finish(listing, _list_rates)


def add_period(subparsers: Any) -> None:
    actions = subparsers.add_parser("period", help=gettext("lock and unlock periods")).add_subparsers(required=True)
    lock = actions.add_parser("lock", help=gettext("let nothing post on or before a day"))
    lock.add_argument("through", metavar="DATE")
    _finish(lock, _lock, company=True, reason=True, writes=True)
    unlock = actions.add_parser("unlock", help=gettext("take the lock back"))
    unlock.add_argument("--through", metavar="DATE", help=gettext("keep locked through this day"))
    _finish(unlock, _unlock, company=True, reason=True, writes=True)
    _finish(
        actions.add_parser("status", help=gettext("through which day the books are locked")), _status, company=True
    )


def _finish(parser: Any, run: Any, *, company: bool = False, reason: bool = False, writes: bool = False) -> None:
    if company:
        parser.add_argument("--company", default="MAIN", metavar="CODE")
    if reason:
        parser.add_argument("--reason", default="")
    if writes:
        add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)


def _check(options: argparse.Namespace) -> int:
    findings = check_ledger()
    lines = [
        gettext("%(kind)s at %(where)s: expected %(expected)s, found %(found)s") % asdict(finding)
        for finding in findings
    ]
    body = {"ok": not findings, "findings": [asdict(finding) for finding in findings]}
    show(options, body, lines or [gettext("The ledger agrees with its facts.")])
    return 1 if findings else 0


def _add_rate(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.date) if options.date else business_date(at)
    rate_e8 = parse_rate(options.rate)
    record_rate(
        currency=options.currency,
        quote_currency=options.quote,
        on_date=day,
        rate_e8=rate_e8,
        source=options.source,
        actor=commander(options, Permission.SET_RATES, at=at),
        at=at,
    )
    body = _rate_json(options.currency, options.quote, day.isoformat(), rate_e8, options.source)
    show(options, body, [_rate_line(body)])
    return 0


def _list_rates(options: argparse.Namespace) -> int:
    body = [
        _rate_json(row.currency, row.quote_currency, row.on_date.isoformat(), row.rate_e8, row.source)
        for row in rates(options.currency)
    ]
    show(options, {"rates": body}, [_rate_line(row) for row in body])
    return 0


def _rate_json(currency: str, quote: str, day: str, rate_e8: int, source: str) -> dict[str, str]:
    rate = f"{(Decimal(rate_e8) / SCALE).normalize():f}"
    return {"currency": currency, "quote": quote, "date": day, "rate": rate, "source": source}


def _rate_line(row: dict[str, str]) -> str:
    return "{date}  {currency} 1 = {quote} {rate}  {source}".format(**row).rstrip()


def _lock(options: argparse.Namespace) -> int:
    company, at = company_record(options.company), datetime.now(UTC)
    lock_period(
        company=company,
        through=parse_date(options.through),
        reason=options.reason,
        actor=commander(options, Permission.LOCK_PERIOD, company_id=company.pk, at=at),
        at=at,
    )
    return _status(options)


def _unlock(options: argparse.Namespace) -> int:
    company, at = company_record(options.company), datetime.now(UTC)
    unlock_period(
        company=company,
        through=parse_date(options.through) if options.through else None,
        reason=options.reason,
        actor=commander(options, Permission.LOCK_PERIOD, company_id=company.pk, at=at),
        at=at,
    )
    return _status(options)


def _status(options: argparse.Namespace) -> int:
    company = company_record(options.company)
    history = [
        {
            "locked_through": row.locked_through.isoformat() if row.locked_through else None,
            "recorded_at": row.recorded_at.isoformat(),
            "actor": row.actor,
            "reason": row.reason,
        }
        for row in lock_history(company.id)
    ]
    through = history[0]["locked_through"] if history else None
    body = {"company": company.code, "locked_through": through, "history": history}
    line = gettext("Locked through %(day)s.") % {"day": through} if through else gettext("Nothing is locked.")
    show(options, body, [line])
    return 0
