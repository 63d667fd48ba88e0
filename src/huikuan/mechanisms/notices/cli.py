"""Commands of notices: `huikuan notices …`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_instant, wall_clock
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.masking import shown
from huikuan.mechanisms.identity.queries import company_named, company_zone
from huikuan.mechanisms.notices import operations, queries
from huikuan.mechanisms.notices.channels.mailbox import box_set_up
from huikuan.mechanisms.notices.domain.lifecycle import STATES
from huikuan.mechanisms.notices.domain.wanted import CHANNELS, EMAIL, PURPOSES, REMINDER, SMS, VOICE
from huikuan.mechanisms.notices.messages import HEARD_TITLES, REASON_TITLES, STATE_TITLES, STEP_TITLES
from huikuan.mechanisms.notices.operations.consenting import COMMAND
from huikuan.mechanisms.notices.operations.fetching import fetch
from huikuan.mechanisms.notices.operations.posting import printed_letters
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries import Ahead, Chosen, NoticeRow
from huikuan.mechanisms.notices.queries.rows import notices
from huikuan.mechanisms.notices.queries.timing import allowed, missing_year
from huikuan.mechanisms.notices.telling import ahead_text, stuck_text

_MASKS = {EMAIL: "email", SMS: "phone", VOICE: "phone"}


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    told = _("what is sent to customers, and what became of it")
    actions = subparsers.add_parser("notices", help=told).add_subparsers(dest="action", required=True)
    listing = add_command(actions, "list", _list, _("notices, the newest first"))
    listing.add_argument("--state", choices=[*STATES, "undelivered"], default="")
    listing.add_argument("--channel", choices=CHANNELS, default="")
    listing.add_argument("--purpose", choices=PURPOSES, default="")
    listing.add_argument("--case", default="", help=_("exactly this case, or all that begin so where it ends in “:”"))
    listing.add_argument("--company", metavar="CODE")
    listing.add_argument("--limit", type=int, default=100)
    _on_notice(actions, "show", _show, _("a notice with its life"))
    printing = _on_notice(actions, "print", _print_letter, _("write the letter to be posted into a PDF file"))
    printing.add_argument("file", type=Path)
    add_command(actions, "send", _send, _("send what is due, as the worker does"))
    add_command(actions, "in-doubt", _in_doubt, _("what may have gone out and nobody knows"))
    resolving = _on_notice(actions, "resolve", _resolve, _("say what became of one in doubt"))
    how = resolving.add_mutually_exclusive_group(required=True)
    how.add_argument("--sent", action="store_true", help=_("it went out"))
    how.add_argument("--again", action="store_true", help=_("send it again: it may arrive twice"))
    resolving.add_argument("--to", default="", metavar="ADDRESS", help=_("another address, with --again"))
    resolving.add_argument("--note", default="")
    cancelling = _on_notice(actions, "cancel", _cancel, _("do not send it"))
    cancelling.add_argument("--note", default="")
    hearing = add_command(actions, "hear", _hear, _("read bounces and replies from an mbox or eml file"))
    hearing.add_argument("file", type=Path)
    add_command(actions, "fetch", _fetch, _("read bounces and replies from the mailbox, as the worker does"))
    _add_wishes(actions)
    quiet = add_command(actions, "quiet", _quiet, _("when a notice may go out"))
    quiet.add_argument("--company", metavar="CODE", required=True)
    quiet.add_argument("--at", metavar="INSTANT", help=_("instead of now, e.g. 2026-11-20T22:30:00+08:00"))
    quiet.add_argument("--purpose", choices=PURPOSES, default=REMINDER)
    quiet.add_argument("--channel", choices=CHANNELS, default=EMAIL)


def _add_wishes(actions: Any) -> None:
    for name, wanted, told in (
        ("opt-out", False, _("somebody wants no more notices")),
        ("opt-in", True, _("somebody wants notices again")),
    ):
        wish = add_command(actions, name, _wish, told)
        wish.add_argument("channel", choices=CHANNELS)
        wish.add_argument("address")
        wish.add_argument("--note", default="")
        wish.set_defaults(wanted=wanted)


def _on_notice(
    actions: Any, name: str, run: Callable[[argparse.Namespace], int], told: str
) -> argparse.ArgumentParser:
    action = add_command(actions, name, run, told)
    action.add_argument("notice", type=int)
    return action


def _list(options: argparse.Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=_now())
    company = company_named(options.company).id if options.company else None
    chosen = Chosen(options.state, options.channel, options.purpose, options.case, company)
    page = queries.notices_page(chosen, scope, limit=max(options.limit, 1))
    return _tell_rows(options, page.rows, count=page.count)


def _in_doubt(options: argparse.Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=_now())
    rows = queries.in_doubt(scope)
    return _tell_rows(options, rows, count=len(rows))


def _tell_rows(options: argparse.Namespace, rows: Iterable[NoticeRow], *, count: int) -> int:
    found = [_row(row, to) for row, to in _addressed(options, list(rows))]
    if options.json:
        return _print({"count": count, "notices": found})
    for one in found:
        print(
            f"{one['id']}  {_(STATE_TITLES[one['state']])}  {one['channel']}  {one['to']}  {one['case']} {one['step']}"
        )
    return 0


def _show(options: argparse.Namespace) -> int:
    row = queries.notice(options.notice, scope=reader_scope(options, Permission.VIEW_LEDGER, at=_now()))
    ((_same, to),) = _addressed(options, [row])
    clear = row.id in _in_clear(options, [row.id])
    said = queries.words([row.id]).get(row.id)
    steps = [asdict(step) | ({} if clear else {"answer": ""}) for step in queries.history(row.id)]
    told = {"subject": said.subject, "text": said.text} if said and clear else {"subject": "", "text": ""}
    if options.json:
        return _print({**_row(row, to), **told, "steps": steps})
    print(f"{row.id}  {_(STATE_TITLES[row.state])}  {row.channel}  {to}  {row.case} {row.step}")
    for step in steps:
        name, why = str(step["step"]), str(step["reason"])
        reason = _(REASON_TITLES[why]) if why in REASON_TITLES else why
        print(f"  {wall_clock(step['at'], company_zone(row.company_id))}  {_(STEP_TITLES[name])}  {reason}")
    return 0


def _print_letter(options: argparse.Namespace) -> int:
    now = _now()
    row = queries.notice(options.notice, scope=reader_scope(options, Permission.VIEW_PERSONAL, at=now))
    found = printed_letters(notice_id=row.id, at=now)
    files = [
        options.file,
        *(options.file.with_stem(f"{options.file.stem}-{place}") for place in range(2, len(found) + 1)),
    ]
    for file, sheet in zip(files, found, strict=True):
        file.write_bytes(sheet.content)
    if options.json:
        return _print({"id": row.id, "files": [str(file) for file in files]})
    print("\n".join(str(file) for file in files))
    return 0


def _send(options: argparse.Namespace) -> int:
    commander(options, Permission.SEND_NOTICES, at=_now())
    turn = send_due()
    scope = reader_scope(options, Permission.SEND_NOTICES, at=_now())
    waiting, later = queries.stuck(scope, at=_now()), queries.ahead(scope, at=_now())
    if options.json:
        return _print(
            {**turn.as_json(), "more": turn.more, "not_set_up": [asdict(one) for one in waiting], **_later(later)}
        )
    print(_("%(sent)s sent, %(refused)s refused, %(in_doubt)s in doubt, %(put_off)s put off.") % turn.as_json())
    for channel, answer in turn.closed.items():
        print(f"{channel}: {answer}")
    for one in waiting:
        print(stuck_text(one))
    if later:
        print(ahead_text(later))
    return 0


def _later(later: Ahead | None) -> dict[str, Any]:
    return {"later": later.count if later else 0, "first_at": later.first.isoformat() if later else None}


def _resolve(options: argparse.Namespace) -> int:
    by = _by(options)
    if options.sent:
        operations.confirm_sent(**by)
    else:
        operations.send_again(to=options.to, **by)
    return _tell_state(options)


def _cancel(options: argparse.Namespace) -> int:
    operations.cancel_notice(**_by(options))
    return _tell_state(options)


def _by(options: argparse.Namespace) -> dict[str, Any]:
    """Which notice, by whom: a named user reaches their own customers' only."""
    now = _now()
    row = queries.notice(options.notice, scope=reader_scope(options, Permission.SEND_NOTICES, at=now))
    actor = commander(options, Permission.SEND_NOTICES, company_id=row.company_id, at=now)
    return {"notice_id": row.id, "note": options.note, "actor": actor, "at": now}


def _tell_state(options: argparse.Namespace) -> int:
    row = queries.notice(options.notice, scope=reader_scope(options, Permission.SEND_NOTICES, at=_now()))
    if options.json:
        return _print({"id": row.id, "state": row.state})
    print(f"{row.id}  {_(STATE_TITLES[row.state])}")
    return 0


def _hear(options: argparse.Namespace) -> int:
    now = _now()
    actor = commander(options, Permission.SEND_NOTICES, at=now)
    noted = operations.hear_file(path=options.file, actor=actor, at=now)
    if options.json:
        return _print({"messages": [asdict(one) for one in noted]})
    for one in noted:
        print(f"{one.notice or '–'}  {_(HEARD_TITLES[one.what])}")
    return 0


def _fetch(options: argparse.Namespace) -> int:
    actor = commander(options, Permission.SEND_NOTICES, at=_now())
    box = box_set_up()
    if box is None:
        raise Refusal("imap_not_set_up")
    done = fetch(box, clock=_now, actor=actor)
    if done.closed:
        raise Refusal("imap_unreachable", answer=done.closed)
    if options.json:
        return _print(done.as_json())
    for what, count in done.heard.items():
        print(f"{count}  {_(STEP_TITLES[what])}")
    print(_("%(known)s were known, %(others)s unread ones are not about notices.") % done.as_json())
    if done.strange:
        print(_("%(strange)s could not be read and stay unread, for people.") % done.as_json())
    return 0


def _wish(options: argparse.Namespace) -> int:
    now = _now()
    actor = commander(options, Permission.SEND_NOTICES, at=now)
    number = operations.record_consent(
        wanted=options.wanted, channel=options.channel, source=COMMAND, company_id=None, address=options.address,
        note=options.note, actor=actor, at=now,
    )  # fmt: skip
    if options.json:
        return _print({"recorded": number is not None})
    print(_("Recorded.") if number is not None else _("That was known already."))
    return 0


def _quiet(options: argparse.Namespace) -> int:
    company = company_named(options.company)
    at = parse_instant(options.at) if options.at else _now()
    found = allowed(company.id, purpose=options.purpose, channel=options.channel, at=at)
    missing = missing_year(company.id, at=at) or found.unannounced
    clock = wall_clock(found.at, company.time_zone)
    if options.json:
        return _print({"allowed_at": found.at, "local": clock, "now": found.at == at, "missing_year": missing})
    print(clock)
    if missing:
        print(_("The holidays of %(year)s are not entered yet.") % {"year": missing})
    return 0


def _addressed(options: argparse.Namespace, rows: list[NoticeRow]) -> list[tuple[NoticeRow, str]]:
    """Each with its address: in clear for whoever may see personal data of the customer, else masked."""
    clear = _in_clear(options, [row.id for row in rows])
    said = queries.words([row.id for row in rows])
    found = []
    for row in rows:
        to = said[row.id].to if row.id in said else ""
        found.append((row, to if row.id in clear or not to else shown(_MASKS.get(row.channel, ""), to, frozenset())))
    return found


def _in_clear(options: argparse.Namespace, ids: list[int]) -> frozenset[int]:
    scope = _personal_scope(options)
    return frozenset(notices(scope).filter(pk__in=ids).values_list("pk", flat=True)) if scope else frozenset()


def _personal_scope(options: argparse.Namespace) -> Scope | None:
    try:
        return reader_scope(options, Permission.VIEW_PERSONAL, at=_now())
    except Refusal:
        return None


def _row(row: NoticeRow, to: str) -> dict[str, Any]:
    same = (
        *("id", "company_id", "customer_id", "case", "step", "channel", "purpose", "language", "items", "state"),
        *("attempts", "due_at", "waits", "queued_at", "sent_at"),
    )
    files = [asdict(one) for one in row.attachments]
    letters = [{"letter": one.code, "version": one.version_id, "file": one.name} for one in row.letters]
    return {**{name: getattr(row, name) for name in same}, "to": to, "attachments": files, "letters": letters}


def _print(answer: Mapping[str, Any]) -> int:
    print(json.dumps(answer, cls=DjangoJSONEncoder, ensure_ascii=False))
    return 0


def _now() -> datetime:
    return datetime.now(UTC)
