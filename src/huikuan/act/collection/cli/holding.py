"""`huikuan collect hold|release|holds|cause|waiting|let-go|drop`: what people say of the day's work."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.bodies import hold_json
from huikuan.act.collection.cli.answers import finish, tell, waiting_said
from huikuan.act.collection.operations.holding import hold, release, say_cause
from huikuan.act.collection.operations.triage import drop, let_go
from huikuan.act.collection.queries.holds import collected_from, hold_company, holds, open_document, triage_company
from huikuan.act.collection.queries.runs import waiting
from huikuan.act.collection.telling import CAUSES
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record


def add_holding(actions: Any) -> None:
    """Add the verbs of people."""
    held = finish(actions.add_parser("hold", help=_("hold collecting back, of a customer or one document")), _hold)
    held.add_argument("--customer", required=True, metavar="CODE")
    held.add_argument("--document", metavar="NUMBER")
    held.add_argument("--reason", required=True)
    held.add_argument("--until", metavar="DATE")
    released = finish(actions.add_parser("release", help=_("let collecting go on")), _release)
    released.add_argument("hold", type=int)
    released.add_argument("--reason", default="")
    finish(actions.add_parser("holds", help=_("what is held back")), _holds)
    cause = finish(actions.add_parser("cause", help=_("say why a customer pays late")), _cause)
    cause.add_argument("--customer", required=True, metavar="CODE")
    cause.add_argument("cause", choices=list(CAUSES))
    cause.add_argument("--note", default="")
    finish(actions.add_parser("waiting", help=_("what waits to be let go, with its number")), _waiting)
    for name, words, run in (
        ("let-go", _("let messages go that wait to be seen"), _let_go),
        ("drop", _("drop messages that wait to be seen"), _drop),
    ):
        parser = finish(actions.add_parser(name, help=words), run)
        parser.add_argument("approach", type=int, nargs="+", metavar="NUMBER", help=_("as `collect waiting` lists it"))
        if name == "drop":
            parser.add_argument("--reason", required=True)


def _hold(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.COLLECT, company_id=company.pk, at=at)
    scope = reader_scope(options, Permission.COLLECT, at=at)
    whose = collected_from(company.pk, options.customer, scope=scope)
    item = open_document(company.pk, whose.id, options.document) if options.document else None
    until = parse_date(options.until) if options.until else None
    number = hold(
        company=company, customer_id=whose.id, item_id=item, reason=options.reason, until=until, actor=actor, at=at
    )
    tell(options, {"hold": number}, [_("Held back: %(hold)s") % {"hold": number}])
    return 0


def _release(options: Namespace) -> int:
    at = datetime.now(UTC)
    company_id = hold_company(options.hold, scope=reader_scope(options, Permission.COLLECT, at=at))
    actor = commander(options, Permission.COLLECT, company_id=company_id, at=at)
    release(hold_id=options.hold, reason=options.reason, actor=actor, at=at)
    tell(options, {"hold": options.hold}, [_("Released: %(hold)s") % {"hold": options.hold}])
    return 0


def _holds(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    rows = holds(company.pk, business_date(at, company.time_zone), scope=scope)
    lines = [f"{row.id}\t{row.customer}\t{row.document_number}\t{row.reason}" for row in rows]
    tell(options, {"holds": [hold_json(row) for row in rows]}, lines or [_("Nothing is held back.")])
    return 0


def _cause(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.COLLECT, company_id=company.pk, at=at)
    scope = reader_scope(options, Permission.COLLECT, at=at)
    whose = collected_from(company.pk, options.customer, scope=scope)
    say_cause(company=company, customer_id=whose.id, cause=options.cause, note=options.note, actor=actor, at=at)
    tell(options, {"customer": whose.code, "cause": options.cause}, [f"{whose.code}: {_(CAUSES[options.cause])}"])
    return 0


def _waiting(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    rows = waiting(company.pk, scope=reader_scope(options, Permission.VIEW_LEDGER, at=at))
    body = [
        {
            "approach": row.id,
            "date": row.on.isoformat(),
            "customer": row.customer,
            "step": row.step,
            "channel": row.channel,
            "lines": row.lines,
            "amounts": {name: to_text(amount, name) for name, amount in row.amounts.items()},
            "role": row.approve,
        }
        for row in rows
    ]
    tell(options, {"waiting": body}, waiting_said(rows) or [_("Nothing waits to be let go.")])
    return 0


def _let_go(options: Namespace) -> int:
    let_go(approach_ids=options.approach, **_decides(options))
    tell(options, {"let_go": options.approach}, [_("%(count)s let go") % {"count": len(options.approach)}])
    return 0


def _drop(options: Namespace) -> int:
    drop(approach_ids=options.approach, reason=options.reason, **_decides(options))
    tell(options, {"dropped": options.approach}, [_("%(count)s dropped") % {"count": len(options.approach)}])
    return 0


def _decides(options: Namespace) -> dict[str, Any]:
    """Who decides, and when: a named user of their own customers' approaches only."""
    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.SEND_NOTICES, at=at)
    company_id = triage_company(options.approach, scope=scope)
    return {"actor": commander(options, Permission.SEND_NOTICES, company_id=company_id, at=at), "at": at}
