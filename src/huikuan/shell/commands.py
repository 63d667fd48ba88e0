"""Commands of the installation itself: init, serve, worker, backup, restore."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import DEFAULT_ZONE, wall_clock

_DEFAULT_HOST = "127.0.0.1"
_DEFAULT_PORT = "8000"
_LAST_PORT = 65_535
_MOST_PROCESSES = 64
_BACKUP_LABELS = {
    "file": gettext_noop("Backup"),
    "ledger": gettext_noop("Ledger"),
    "made_at": gettext_noop("Made at"),
    "rows": gettext_noop("Rows"),
    "files": gettext_noop("Original files"),
    "sealed_at": gettext_noop("Last sealed at"),
    "lost_files": gettext_noop("Original files that are missing"),
    "left_out": gettext_noop("Files of others, left out"),
    "erased": gettext_noop("Erased again"),
    "ok": gettext_noop("Everything agrees"),
    "findings": gettext_noop("Findings"),
}


def add_commands(subparsers: Any) -> None:
    """Add the installation's commands to `huikuan`."""
    _add_init(subparsers)
    _add_serve(subparsers)
    _add_worker(subparsers)
    _add_backup(subparsers)


def _add_backup(subparsers: Any) -> None:
    backup = subparsers.add_parser("backup", help=_("the whole installation in one file"))
    backup.add_argument("--with-keys", action="store_true", help=_("with the private keys that sign the audit trail"))
    # `backup FILE` makes one, `backup verify FILE` looks at one.
    backup.add_argument("action", nargs="?", choices=["make", "verify"], default="make")
    backup.set_defaults(run=_backup)
    restore = subparsers.add_parser("restore", help=_("a backup into an empty installation, on either database"))
    restore.set_defaults(run=_restore, needs_database=False)
    for command in (backup, restore):
        command.add_argument("file", type=Path)
        command.add_argument("--json", action="store_true")


def _add_init(subparsers: Any) -> None:
    init = subparsers.add_parser("init", help=_("make or upgrade the database, and its first company"))
    init.add_argument("--company", default="MAIN", metavar="CODE")
    init.add_argument("--name", default="本公司", help=_("the company's name"))
    init.add_argument("--currency", default="CNY", help=_("the currency its books are kept in"))
    init.add_argument("--time-zone", default=DEFAULT_ZONE)
    init.add_argument("--grant", metavar="ROLE", help=_("PostgreSQL: give this role what the application needs"))
    init.add_argument("--json", action="store_true")
    init.set_defaults(run=_init, needs_database=False)


def _add_serve(subparsers: Any) -> None:
    serve = subparsers.add_parser("serve", help=_("the web server"))
    serve.add_argument("--host", default=os.environ.get("HUIKUAN_HOST", _DEFAULT_HOST))
    serve.add_argument("--port", type=port, default=os.environ.get("HUIKUAN_PORT", _DEFAULT_PORT))
    serve.add_argument("--workers", type=count, default=min(4, os.cpu_count() or 1), help=_("processes"))
    serve.add_argument("--with-worker", action="store_true", help=_("and a worker beside it"))
    serve.add_argument("--quiet", action="store_true", help=_("do not print the address"))
    serve.add_argument("--json", action="store_true", help=_("print the address as JSON"))
    serve.set_defaults(run=_serve)


def _add_worker(subparsers: Any) -> None:
    worker = subparsers.add_parser("worker", help=_("do background work until stopped"))
    worker.add_argument("--until-idle", action="store_true", help=_("end when nothing is due"))
    worker.add_argument("--poll", type=float, default=1.0, metavar="SECONDS")
    worker.add_argument("--json", action="store_true")
    worker.set_defaults(run=_worker)


def port(text: str) -> int:
    """A port to listen on."""
    if not text.isdecimal() or not 1 <= int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(_("“%(value)s” is not a port (1 to 65535)") % {"value": text})
    return int(text)


def count(text: str) -> int:
    """A number of processes."""
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_PROCESSES:
        raise argparse.ArgumentTypeError(
            _("“%(value)s” is not a number from 1 to %(most)s") % {"value": text, "most": _MOST_PROCESSES}
        )
    return int(text)


def _init(options: argparse.Namespace) -> int:
    # Models exist only after Django's setup, which has happened by now.
    from huikuan.mechanisms.identity.operations import add_company
    from huikuan.mechanisms.identity.queries import companies
    from huikuan.mechanisms.store.folder import data_folder
    from huikuan.mechanisms.store.grants import grant
    from huikuan.shell.installation import prepare

    wanted = {
        "code": options.company,
        "name": options.name,
        "currency": options.currency,
        "time_zone": options.time_zone,
    }
    prepare(**wanted, renew_guards=True)
    if options.company not in {company.code for company in companies()}:
        add_company(**wanted)
    if options.grant:
        grant(options.grant)
    shown = {"home": str(data_folder()), "companies": [company.code for company in companies()]}
    print(
        json.dumps(shown, ensure_ascii=False) if options.json else f"{data_folder()}: {', '.join(shown['companies'])}"
    )
    return 0


def _backup(options: argparse.Namespace) -> int:
    # Models exist only after Django's setup; so below.
    from huikuan.shell.backup.making import make_backup

    if options.action == "verify":
        return _verify_backup(options)
    made = make_backup(options.file, with_keys=options.with_keys, at=datetime.now(UTC))
    _tell(made, options)
    return 1 if made["lost_files"] else 0


def _verify_backup(options: argparse.Namespace) -> int:
    from huikuan.shell.backup.verifying import verify_backup

    verified = verify_backup(options.file)
    _tell(verified, options)
    return 0 if verified["ok"] else 1


def _restore(options: argparse.Namespace) -> int:
    from huikuan.shell.backup.proving import prove_restored
    from huikuan.shell.backup.restoring import restore_backup

    restored = {**restore_backup(options.file), **prove_restored(at=datetime.now(UTC))}
    _tell(restored, options)
    return 0 if restored["ok"] else 1


def _tell(body: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(body, ensure_ascii=False))
        return
    for name, label in _BACKUP_LABELS.items():
        if name in body:
            print(_("%(label)s: %(value)s") % {"label": _(label), "value": _in_words(body[name])})


def _in_words(value: Any) -> str:
    """A part of the answer as people read it: rows of all tables together, yes or no, lists in one line."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return str(sum(value.values()))
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("none")
    return wall_clock(value, settings.TIME_ZONE) if isinstance(value, datetime) else str(value)


def _serve(options: argparse.Namespace) -> int:
    # Serving is the only command that needs sockets and child processes.
    from huikuan.shell import serving

    say = _say_as_json if options.json else serving.say_address
    if options.with_worker:
        return serving.run_server_and_worker(host=options.host, port=options.port, workers=options.workers, ready=say)
    serving.require_free_port(options.host, options.port)
    if not options.quiet:
        say(serving.address_of(options.host, options.port))
    serving.serve(host=options.host, port=options.port, workers=options.workers)
    return 0


def _worker(options: argparse.Namespace) -> int:
    # As above.
    from huikuan.shell import serving

    serving.work(poll_seconds=options.poll, until_idle=options.until_idle)
    if options.json:
        print(json.dumps({"stopped": True}))
    return 0


def _say_as_json(address: str) -> None:
    print(json.dumps({"address": address}), flush=True)
