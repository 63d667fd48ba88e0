"""`huikuan demo`: the demo company, built once, and the web server and worker over it."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.shell.demo.build import Built, build
from huikuan.shell.serving import run_server_and_worker


def add_commands(subparsers: Any) -> None:
    """Add `huikuan demo`."""
    demo = subparsers.add_parser("demo", help=_("build the demo company and serve it"))
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--as-of", default="", help=_("the day the demo counts from, today by default"))
    demo.add_argument("--no-serve", action="store_true", help=_("only build"))
    demo.add_argument("--json", action="store_true")
    demo.set_defaults(run=_demo, needs_database=False)


def _demo(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    today = parse_date(options.as_of) if options.as_of else business_date(at)
    built = build(today=today, at=at)
    if options.json:
        logins = [{"username": username, "password": password} for username, password, _name in built.logins]
        about = {"as_of": built.as_of.isoformat(), "fresh": built.fresh, "items": built.items, "logins": logins}
        print(json.dumps(about, ensure_ascii=False), flush=True)
    if options.no_serve:
        if not options.json:
            _introduce(built)
        return 0

    def ready(address: str) -> None:
        print(f"Huikuan 回款: {address}", flush=True)
        _introduce(built)

    return run_server_and_worker(host=options.host, port=options.port, ready=None if options.json else ready)


def _introduce(built: Built) -> None:
    """Say what there is to see and who may log in."""
    print(_("Demo company as of %(day)s, %(items)s items, everything invented.")
          % {"day": built.as_of.isoformat(), "items": f"{built.items:,}"})  # fmt: skip
    for username, password, name in built.logins:
        print(f"  {username:<10} {password}  {name}")
    print(_("Ctrl-C ends it; what you did stays."), flush=True)
