"""`huikuan interest --item … | --principal …`: the calculator."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.amounts import typed_positive_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.contracts.domain.interest import LateInterest
from huikuan.record.interest.domain.computing import BASES, Computed, Counting, Owed, late_interest
from huikuan.record.interest.domain.governing import stale
from huikuan.record.interest.domain.rules import FORMS, read_rule, rule_text
from huikuan.record.interest.domain.sheets import segment_of
from huikuan.record.interest.queries.accruals import Accrual, accruals, policies_of
from huikuan.record.interest.queries.documents import items_of_document
from huikuan.record.interest.telling import sentences

READS = Permission.VIEW_LEDGER


def add_options(parser: ArgumentParser) -> None:
    """What is computed, by which rule, over which days."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--item", metavar="DOCUMENT", help=_("a document of the ledger: what it bears by its own days"))
    what.add_argument("--principal", metavar="AMOUNT", help=_("any amount; with --due"))
    parser.add_argument("--due", metavar="DATE", help=_("the day the principal fell due"))
    parser.add_argument("--until", metavar="DATE", help=_("the day it is paid; it bears nothing"))
    # The parser reads a help's % once more.
    ruled = _("%(forms)s; of a document: what governs it") % {"forms": FORMS.replace("%", "%%")}
    parser.add_argument("--rule", metavar="RULE", help=ruled)
    parser.add_argument("--fixed-at-breach", action="store_true", help=_("the LPR of the first day late throughout"))
    parser.add_argument("--base", type=int, choices=BASES, default=BASES[0], help=_("days of a year"))
    parser.add_argument("--both-ends", action="store_true", help=_("the day of payment bears interest too"))
    parser.add_argument(
        "--paid", metavar="DATE=AMOUNT", nargs="+", action="extend", default=[], help=_("a payment in between")
    )
    parser.add_argument("--currency", default="CNY", metavar="CODE")
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_compute)


def _compute(options: Namespace) -> int:
    # Words of their own follow `interest` too, so nothing here is needed before it is known that none does.
    if not options.item and not options.principal:
        raise _missing("item", "FP-2026-0001")
    if not options.until:
        raise _missing("until", "2026-11-21")
    at, until = datetime.now(UTC), _day("until", options.until)
    found = _of_document(options, until, at) if options.item else _of_principal(options, until, at)
    _tell(options, found)
    return 0


def _of_principal(options: Namespace, until: date, at: datetime) -> dict[str, Any]:
    if not options.due:
        raise _missing("due", "2024-06-30")
    if not options.rule:
        raise _missing("rule", FORMS)
    principal = _amount("principal", options.principal, options.currency)
    paid = [_payment(one, options.currency) for one in options.paid]
    if sum(amount for _on, amount in paid) > principal:
        places = [Place(column="paid", value=one, fix=f"≤ {options.principal}") for one in options.paid]
        raise Refusal("interest_overpaid", where=places, principal=to_text(principal, options.currency))
    due = _day("due", options.due)
    if until < due:
        where = [Place(column="until", value=options.until, fix=f"≥ {due}")]
        raise Refusal("interest_not_due", where=where, until=until, due=due)
    owed = [Owed(due, principal, tuple(paid))]
    return _by_rule(options, owed, options.currency, until, at)


def _of_document(options: Namespace, until: date, at: datetime) -> dict[str, Any]:
    for name in ("due", "paid"):
        if getattr(options, name):
            where = [Place(column=name, value=str(getattr(options, name)), fix=_("leave it out"))]
            raise Refusal("interest_known_of_document", option=f"--{name}", where=where)
    ids = items_of_document(options.item, company=options.company, scope=reader_scope(options, READS, at=at))
    found = accruals(ids, until, at=at)
    owed = [one for of in found for one in of.owed]
    currency = found[0].item.currency
    if options.rule:
        return _by_rule(options, owed, currency, until, at)
    return _by_what_governs(found, currency)


def _by_rule(options: Namespace, owed: Sequence[Owed], currency: str, until: date, at: datetime) -> dict[str, Any]:
    rule, rates = read_rule(options.rule), policies_of(None, at=at).rates
    counting = Counting(options.base, options.fixed_at_breach, options.both_ends)
    computed = late_interest(owed, rule, rates, counting, until)
    return _body(computed, currency, rule, sentences(stale(owed, rule, counting, rates, until)))


def _by_what_governs(found: Sequence[Accrual], currency: str) -> dict[str, Any]:
    """Instalments of one document: each by its own rule and rounded for itself, as each is claimed."""
    whole = Computed(
        sum(one.whole.amount for one in found), tuple(part for one in found for part in one.whole.segments)
    )
    warnings = [warning for one in found for warning in one.warnings]
    body = _body(whole, currency, found[0].governing.rule, _each_once(warnings))
    reasons = [reason for one in found for reason in one.governing.reasons]
    unclaimed = sum(one.unclaimed_amount for one in found)
    return body | {
        "basis": found[0].governing.basis,
        "reasons": _each_once(reasons),
        "unclaimed": to_text(unclaimed, currency),
    }


def _each_once(reasons: Sequence[Reason]) -> list[str]:
    return list(dict.fromkeys(sentences(reasons)))


def _body(computed: Computed, currency: str, rule: LateInterest, warnings: Sequence[str]) -> dict[str, Any]:
    return {
        "amount": to_text(computed.amount, currency),
        "currency": currency,
        "rule": rule_text(rule),
        "segments": [segment_of(one, currency) for one in computed.segments],
        "warnings": list(warnings),
    }


def _day(option: str, text: str) -> date:
    try:
        return parse_date(text)
    except Refusal as refusal:
        refusal.where.append(Place(column=option, value=text, fix="2026-11-21"))
        raise


def _amount(option: str, text: str, currency: str) -> int:
    try:
        return typed_positive_minor(text, currency)
    except Refusal as refusal:
        refusal.where.append(Place(column=option, value=text, fix="1000000.00"))
        raise


def _payment(text: str, currency: str) -> tuple[date, int]:
    on, sign, amount = text.partition("=")
    if not sign:
        where = [Place(column="paid", value=text, fix="2026-11-21=1000.00")]
        raise Refusal("interest_payment_unreadable", value=text, where=where)
    return _day("paid", on), _amount("paid", amount, currency)


def _missing(option: str, example: str) -> Refusal:
    return Refusal("interest_option_missing", option=f"--{option}", where=[Place(column=option, fix=example)])


def _tell(options: Namespace, body: dict[str, Any]) -> None:
    if options.json:
        print(json.dumps(body, ensure_ascii=False))
        return
    for one in body["segments"]:
        print("\t".join(str(one[name]) for name in ("from", "to", "days", "principal", "rate", "amount")))
    print(f"{body['currency']} {body['amount']}")
    for line in (*body.get("reasons", ()), *body["warnings"]):
        print(line)
