"""`huikuan bank aliases|mandates`: who pays for whom, as it was learned and as people registered it."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import finish, tell
from huikuan.record.cash.domain.known import ACCOUNT, NAME, Standing
from huikuan.record.cash.operations.learning import end_mandate, register_alias, register_mandate, revoke_alias
from huikuan.record.cash.queries.payers import AliasRow, MandateRow, aliases, mandates
from huikuan.record.customers.queries import customer

READS, WRITES = Permission.VIEW_CUSTOMERS, Permission.SETTLE


def add_payers(actions: Any) -> None:
    """Add `aliases` and `mandates` to the verbs of `huikuan bank`."""
    told = _("who pays for whom, as learned and as registered")
    verbs = actions.add_parser("aliases", help=told).add_subparsers(dest="verb", required=True)
    listing = finish(verbs.add_parser("list", help=_("names and accounts of payers, and what stands of each")), _list)
    listing.add_argument("--customer", default="", metavar="CODE")
    for name, run, said in (
        ("revoke", _revoke, _("count a name or an account no more, until somebody registers it")),
        ("register", _register, _("have a name or an account count as this customer's")),
    ):
        verb = finish(verbs.add_parser(name, help=said), run)
        verb.add_argument("value")
        verb.add_argument("--customer", required=True, metavar="CODE")
        verb.add_argument("--account", action="store_true", help=_("it is an account, not a name"))
        verb.add_argument("--note", default="")
    _add_mandates(actions)


def _add_mandates(actions: Any) -> None:
    verbs = actions.add_parser("mandates", help=_("papers by which others pay for a customer")).add_subparsers(
        dest="verb", required=True
    )
    listing = finish(verbs.add_parser("list", help=_("papers by which others pay for a customer")), _list_mandates)
    listing.add_argument("--customer", default="", metavar="CODE")
    add = finish(verbs.add_parser("add", help=_("another may pay for the customer, by a paper")), _add_mandate)
    add.add_argument("payer")
    add.add_argument("--customer", required=True, metavar="CODE")
    add.add_argument("--document", required=True, help=_("the paper it rests on"))
    add.add_argument("--account", default="")
    add.add_argument("--from", dest="from_on", default="", metavar="DATE")
    add.add_argument("--until", default="", metavar="DATE")
    end = finish(verbs.add_parser("end", help=_("a mandate holds no more")), _end_mandate)
    end.add_argument("mandate", type=int)


def _list(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, READS, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    rows = aliases(company.pk, scope=scope, customer_id=whose)
    lines = [f"{row.customer_code}\t{row.sign}\t{row.value}\t{_standing(row.standing)}" for row in rows]
    tell(options, {"aliases": [_alias_json(row) for row in rows]}, lines)
    return 0


def _revoke(options: Namespace) -> int:
    return _say(options, revoke_alias)


def _register(options: Namespace) -> int:
    return _say(options, register_alias)


def _say(options: Namespace, say: Any) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    whose = customer(options.customer, scope=reader_scope(options, WRITES, at=at)).id
    say(
        company_id=company.pk,
        customer_id=whose,
        sign=ACCOUNT if options.account else NAME,
        value=options.value,
        note=options.note,
        actor=commander(options, WRITES, company_id=company.pk, at=at),
        at=at,
    )
    return _list(options)


def _list_mandates(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, READS, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    rows = mandates(company.pk, scope=scope, customer_id=whose)
    tell(options, {"mandates": [_mandate_json(row) for row in rows]}, [_mandate_line(row) for row in rows])
    return 0


def _add_mandate(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    whose = customer(options.customer, scope=reader_scope(options, WRITES, at=at)).id
    register_mandate(
        company_id=company.pk,
        customer_id=whose,
        payer_name=options.payer,
        payer_account=options.account,
        document=options.document,
        valid_from=parse_date(options.from_on) if options.from_on else business_date(at, company.time_zone),
        valid_until=parse_date(options.until) if options.until else None,
        actor=commander(options, WRITES, company_id=company.pk, at=at),
        at=at,
    )
    return _list_mandates(options)


def _end_mandate(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    end_mandate(company_id=company.pk, mandate_id=options.mandate, actor=actor, at=at)
    options.customer = ""
    return _list_mandates(options)


def _alias_json(row: AliasRow) -> dict[str, Any]:
    return {
        "customer": row.customer_code,
        "sign": row.sign,
        "value": row.value,
        "confirmed": row.standing.confirmed,
        "denied": row.standing.denied,
        "revoked": row.standing.revoked,
        "counts": row.standing.counts,
        "line": row.last_line_id,
        "application": row.last_application_id,
    }


def _standing(standing: Standing) -> str:
    if standing.revoked:
        return _("counts no more")
    if standing.denied:
        return _("denied %(times)s times") % {"times": standing.denied}
    return _("confirmed %(times)s times") % {"times": standing.confirmed}


def _mandate_json(row: MandateRow) -> dict[str, Any]:
    return {
        "mandate": row.id,
        "customer": row.customer_code,
        "payer": row.payer_name,
        "account": row.payer_account or None,
        "document": row.document,
        "from": row.valid_from.isoformat(),
        "until": row.valid_until.isoformat() if row.valid_until else None,
        "ended": row.ended,
    }


def _mandate_line(row: MandateRow) -> str:
    days = f"{row.valid_from} → {row.valid_until or ''}".rstrip()
    ended = _("holds no more") if row.ended else ""
    return f"#{row.id}\t{row.customer_code}\t{row.payer_name}\t{row.document}\t{days}\t{ended}".rstrip()
