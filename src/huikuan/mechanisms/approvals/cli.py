"""Commands of approvals: `huikuan approval …`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_instant
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals import operations, queries
from huikuan.mechanisms.approvals.kinds import kind_named
from huikuan.mechanisms.approvals.queries import DelegationRow, RequestRow
from huikuan.mechanisms.identity.actors import SYSTEM, add_actor_option
from huikuan.mechanisms.identity.cli import add_user_option, authenticated
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.messages import ROLE_TITLES

Command = Callable[[argparse.Namespace], int]


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("approval", help=_("what was asked for, and who decides it")).add_subparsers(
        dest="action", required=True
    )
    listing = _add(actions, "list", _("requests, the newest first"), _list)
    listing.add_argument("--pending", action="store_true", help=_("only those that wait"))
    listing.add_argument("--waiting-for", metavar="NAME", help=_("only those this user may decide now"))
    add_actor_option(listing)
    showing = _on_request(actions, "show", _("a request with its route and history"), _show)
    add_actor_option(showing)
    approving = _on_request(actions, "approve", _("approve what `approval show` shows"), _approve)
    approving.add_argument("--digest", required=True, help=_("as shown by `approval show`"))
    returning = _on_request(actions, "return", _("send it back to its maker, saying why"), _return)
    withdrawing = _on_request(actions, "withdraw", _("take one's own request back"), _withdraw)
    for action in (approving, returning, withdrawing):
        action.add_argument("--comment", default="")
        add_user_option(action)
    _add_delegations(actions)


def _add_delegations(actions: Any) -> None:
    lending = _add(actions, "delegate", _("let somebody else decide for a while"), _delegate)
    lending.add_argument("to", metavar="NAME")
    lending.add_argument("--from", dest="begins_at", metavar="INSTANT", help=_("default: now"))
    lending.add_argument("--until", dest="ends_at", metavar="INSTANT", required=True)
    lending.add_argument("--reason", default="")
    ending = _add(actions, "end-delegation", _("end a delegation before its time"), _end_delegation)
    ending.add_argument("delegation", type=int)
    for action in (lending, ending):
        add_user_option(action)
    _add(actions, "delegations", _("who decides for whom, and until when"), _delegations)


def _add(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("--json", action="store_true")
    action.set_defaults(run=run)
    return action


def _on_request(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action = _add(actions, name, told, run)
    action.add_argument("request", type=int)
    return action


def _list(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    scope = reader_scope(options, Permission.VIEW_REQUESTS, at=at)
    seen = queries.seen_by(options.actor or SYSTEM, scope).order_by("-pk")
    if options.pending:
        seen = seen.exclude(pk__in=queries.ended())
    rows = queries.rows_of(seen)
    if options.waiting_for:
        waits = {row.id for row in queries.waiting_for(options.waiting_for, at=at)}
        rows = [row for row in rows if row.id in waits]
    if options.json:
        _print_json({"requests": [request_json(row) for row in rows]})
        return 0
    for row in rows:
        print(_line(row))
    return 0


def _show(options: argparse.Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_REQUESTS, at=datetime.now(UTC))
    return _print_request(queries.request(options.request, me=options.actor or SYSTEM, scope=scope), options)


def _approve(options: argparse.Namespace) -> int:
    operations.approve_request(
        request_id=options.request,
        digest=options.digest,
        comment=options.comment,
        actor=authenticated(options),
        at=datetime.now(UTC),
    )
    return _print_known(options)


def _return(options: argparse.Namespace) -> int:
    operations.return_request(
        request_id=options.request, comment=options.comment, actor=authenticated(options), at=datetime.now(UTC)
    )
    return _print_known(options)


def _withdraw(options: argparse.Namespace) -> int:
    operations.withdraw_request(
        request_id=options.request, comment=options.comment, actor=authenticated(options), at=datetime.now(UTC)
    )
    return _print_known(options)


def _delegate(options: argparse.Namespace) -> int:
    giver, at = authenticated(options), datetime.now(UTC)
    operations.delegate(
        giver=giver,
        to=options.to,
        begins_at=parse_instant(options.begins_at) if options.begins_at else at,
        ends_at=parse_instant(options.ends_at),
        reason=options.reason,
        actor=giver,
        at=at,
    )
    return _delegations(options)


def _end_delegation(options: argparse.Namespace) -> int:
    operations.end_delegation(delegation_id=options.delegation, actor=authenticated(options), at=datetime.now(UTC))
    return _delegations(options)


def _delegations(options: argparse.Namespace) -> int:
    """Everybody's, to whoever operates the machine; one's own, after giving or ending one."""
    rows = queries.delegations(getattr(options, "user", None))
    if options.json:
        _print_json({"delegations": [asdict(row) for row in rows]})
        return 0
    for row in rows:
        print(_delegation_line(row))
    return 0


def _delegation_line(row: DelegationRow) -> str:
    ended = f" ({_('ended')} {row.ended_at.isoformat()})" if row.ended_at else ""
    span = f"{row.begins_at.isoformat()} – {row.ends_at.isoformat()}"
    return f"#{row.id} {row.giver} → {row.delegate} · {span}{ended} · {row.reason}".removesuffix(" · ")


def _print_known(options: argparse.Namespace) -> int:
    return _print_request(queries.request(options.request, me=options.user, scope=EVERYTHING), options)


def _print_request(row: RequestRow, options: argparse.Namespace) -> int:
    steps = queries.history(row.id)
    if options.json:
        _print_json({**request_json(row), "history": [asdict(step) for step in steps]})
        return 0
    print(f"{_line(row)}\n{row.digest}")
    for label, value in kind_named(row.kind).describe(row.shown):
        print(f"  {label}: {value}")
    if row.note:
        print(f"  “{row.note}”")
    for step in steps:
        whose = f" ({step.for_whom})" if step.for_whom else ""
        print(f"  {step.at.isoformat()} {step.step} {step.actor}{whose} {step.comment}".rstrip())
    return 0


def _line(row: RequestRow) -> str:
    amount = f" · {row.currency} {to_text(row.amount, row.currency)}" if row.amount is not None else ""
    role = f" → {_(ROLE_TITLES[row.role])}" if row.role else ""
    return f"#{row.id} {_(kind_named(row.kind).title)} {row.subject}{amount} · {row.state}{role} · {row.maker}"


def request_json(row: RequestRow) -> Mapping[str, Any]:
    """A request as programs read it: amounts as decimal texts."""
    total = row.measured_total
    return {
        **asdict(row),
        "amount": None if row.amount is None else to_text(row.amount, row.currency),
        "measured_total": None if total is None else to_text(total, row.measure_currency),
    }


def _print_json(body: object) -> None:
    print(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder))
