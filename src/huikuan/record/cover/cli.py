"""Commands of cover: `huikuan cover add|list|show|revalue|release`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cover.domain.pieces import KINDS, STATES, Terms, Whose, percent_text, share_of
from huikuan.record.cover.messages import KINDS as KIND_NAMES
from huikuan.record.cover.messages import STATES as STATE_NAMES
from huikuan.record.cover.operations.pieces import WRITES, Paper, propose_cover, release_cover, revalue_cover
from huikuan.record.cover.queries.listing import COUNTS, Asking, PieceFilter, circles, every_piece
from huikuan.record.cover.queries.pieces import PieceRow, piece, versions
from huikuan.record.customers.queries import customer


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("cover", help=_("guarantees, collateral, credit insurance")).add_subparsers(
        dest="action", required=True
    )
    _add_propose(actions)
    listing = add_command(actions, "list", _list, _("pieces of cover on a day, the latest proposed first"))
    listing.add_argument("--customer", default="", metavar="CODE", help=_("what covers this customer"))
    listing.add_argument("--state", default="", choices=["", COUNTS, *STATES])
    show = add_command(actions, "show", _show, _("a piece of cover and everything recorded of it"))
    for parser in (listing, show):
        parser.add_argument("--as-of", default="", metavar="DATE")
    revalue = add_command(
        actions, "revalue", _revalue, _("say what a piece is now; more is asked for, less holds at once")
    )
    revalue.add_argument("--amount", default="")
    revalue.add_argument("--eligible", default="", metavar="PERCENT")
    revalue.add_argument("--insured", default="", metavar="PERCENT")
    revalue.add_argument("--until", default="", metavar="DATE", help=_("the last day; “none”: without end"))
    revalue.add_argument("--note", default="")
    revalue.add_argument("--file", default="", help=_("the paper it rests on"))
    release = add_command(actions, "release", _release, _("a piece counts no more from today on"))
    release.add_argument("--reason", required=True)
    for parser in (show, revalue, release):
        parser.add_argument("number", type=int)
    for parser in (revalue, release):
        parser.add_argument("--seen", type=int, metavar="VERSION", help=_("refuse if it is another by now"))


def _add_propose(actions: Any) -> None:
    add = add_command(actions, "add", _add, _("propose a piece of cover; another person approves it"))
    add.add_argument("whose", metavar="CUSTOMER", help=_("code of the customer, or of the group with --group"))
    add.add_argument("amount", help=_("of an insurance the insured limit"))
    add.add_argument("--kind", choices=KINDS, required=True)
    whom = add.add_mutually_exclusive_group()
    whom.add_argument("--group", action="store_true", help=_("for everybody in a group together"))
    whom.add_argument("--contract", default="", metavar="NUMBER", help=_("for this contract of the customer alone"))
    add.add_argument("--company", default="MAIN", metavar="CODE")
    guarantor = add.add_mutually_exclusive_group(required=True)
    guarantor.add_argument("--provider", default="", help=_("guarantor, bank, insurer or owner of the collateral"))
    guarantor.add_argument("--provider-customer", default="", metavar="CODE", help=_("a guarantor that is a customer"))
    add.add_argument("--reference", required=True, help=_("number of the paper"))
    add.add_argument("--currency", default="", metavar="CODE")
    add.add_argument("--eligible", default="100", metavar="PERCENT", help=_("how much of the amount counts"))
    add.add_argument("--insured", default="100", metavar="PERCENT", help=_("what an insurance pays of a loss"))
    add.add_argument("--from", dest="from_on", default="", metavar="DATE", help=_("today if left out"))
    add.add_argument("--until", default="", metavar="DATE", help=_("the last day"))
    add.add_argument("--note", default="")
    add.add_argument("--file", default="", help=_("the paper it rests on"))


def _add(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, WRITES, at=at)
    currency = options.currency or company.currency
    guarantor = customer(options.provider_customer, scope=scope) if options.provider_customer else None
    terms = Terms(
        kind=options.kind,
        provider=guarantor.name if guarantor else options.provider,
        provider_id=guarantor.id if guarantor else None,
        reference=options.reference,
        currency=currency,
        amount=to_minor(options.amount, currency),
        valid_from=parse_date(options.from_on) if options.from_on else business_date(at, company.time_zone),
        valid_until=parse_date(options.until) if options.until else None,
        eligible_e4=share_of(options.eligible),
        insured_e4=share_of(options.insured),
        note=options.note,
    )
    if options.group:
        whose = Whose(group=options.whose)
    else:
        whose = Whose(customer(options.whose, scope=scope).id, options.contract)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    request = propose_cover(company=company, whose=whose, terms=terms, paper=_paper(options.file), actor=actor, at=at)
    said = _("Proposed as request %(request)s; it counts once another person has approved it.")
    _tell(options, {"request": request, "state": "waiting"}, [said % {"request": request}])
    return 0


def _list(options: Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else business_date(at)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    rows = list(every_piece(PieceFilter(state=options.state, customer_id=whose), Asking(scope, day)))
    mutual = circles(day)
    body = {"as_of": day.isoformat(), "pieces": [piece_json(row, row.number in mutual) for row in rows]}
    _tell(options, body, [_line(row, row.number in mutual) for row in rows])
    return 0


def _show(options: Namespace) -> int:
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else business_date(at)
    row = piece(options.number, scope=reader_scope(options, Permission.VIEW_LEDGER, at=at), day=day)
    flagged = row.number in circles(day)
    told = versions(row.number, day)
    body = {**piece_json(row, flagged), "versions": [piece_json(one, flagged) for one in told]}
    _tell(options, body, [_line(row, flagged), *(f"  v{one.version} {_line(one, flagged)}" for one in told)])
    return 0


def _revalue(options: Namespace) -> int:
    row, at = _seen(options), datetime.now(UTC)
    changes: dict[str, Any] = {}
    if options.amount:
        changes["amount"] = to_minor(options.amount, row.terms.currency)
    if options.until:
        changes["valid_until"] = None if options.until == "none" else parse_date(options.until)
    if options.note:
        changes["note"] = options.note
    changes |= {
        f"{name}_e4": share_of(getattr(options, name)) for name in ("eligible", "insured") if getattr(options, name)
    }
    request = revalue_cover(
        number=row.number,
        version=row.version,
        changes=changes,
        paper=_paper(options.file),
        actor=commander(options, WRITES, company_id=row.company_id, at=at),
        at=at,
    )
    if request is None:
        return _answer(options, row)
    said = _("That would cover more: proposed as request %(request)s, which another person approves.")
    _tell(options, {"request": request, "state": "waiting"}, [said % {"request": request}])
    return 0


def _release(options: Namespace) -> int:
    row, at = _seen(options), datetime.now(UTC)
    actor = commander(options, WRITES, company_id=row.company_id, at=at)
    release_cover(number=row.number, version=row.version, reason=options.reason, actor=actor, at=at)
    return _answer(options, row)


def _seen(options: Namespace) -> PieceRow:
    """The piece as it is now, unless another version was read; what is over now is among them."""
    at = datetime.now(UTC)
    row = piece(options.number, scope=reader_scope(options, WRITES, at=at), day=business_date(at))
    if options.seen is not None and options.seen != row.version:
        raise Refusal("cover_changed_since", number=row.number)
    return row


def _answer(options: Namespace, row: PieceRow) -> int:
    """The piece as it is now, to whoever has just acted on it."""
    now = piece(row.number, scope=EVERYTHING, day=business_date(datetime.now(UTC)))
    _tell(options, piece_json(now), [_line(now)])
    return 0


def piece_json(row: PieceRow, mutual: bool = False) -> dict[str, Any]:
    """A piece's keys: amounts as decimal strings, shares in percent."""
    terms = row.terms
    return {
        "number": row.number,
        "version": row.version,
        "company": row.company_code,
        "customer": row.customer_code or None,
        "contract": row.whose.contract_number or None,
        "group": row.whose.group or None,
        "kind": terms.kind,
        "provider": terms.provider,
        "reference": terms.reference,
        "currency": terms.currency,
        "amount": to_text(terms.amount, terms.currency),
        "eligible": percent_text(terms.eligible_e4),
        "insured": percent_text(terms.insured_e4),
        "counts": to_text(terms.worth if row.counts else 0, terms.currency),
        "from": terms.valid_from.isoformat(),
        "until": terms.valid_until.isoformat() if terms.valid_until else None,
        "state": row.state,
        "mutual": mutual,
        "note": terms.note,
        "file": row.file_name or None,
        "recorded_at": row.recorded_at.isoformat(),
        "actor": row.actor,
        "approved_by": row.approved_by or None,
    }


def _line(row: PieceRow, mutual: bool = False) -> str:
    terms = row.terms
    whose = row.whose.group or f"{row.customer_name} {row.whose.contract_number}".strip()
    parts = [
        f"#{row.number}", whose, _(KIND_NAMES[terms.kind]), terms.provider, terms.reference,
        f"{terms.currency} {to_text(terms.amount, terms.currency)} × {percent_text(terms.eligible_e4)} %",
        f"{terms.valid_from} → {terms.valid_until or ''}", _(STATE_NAMES[row.state]),
    ]  # fmt: skip
    return "\t".join([*parts, _("mutual guarantee")] if mutual else parts)


def _paper(name: str) -> Paper | None:
    return Paper(_existing(name), Path(name).name) if name else None


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise Refusal("cover_file_missing", file=name)
    return path


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
