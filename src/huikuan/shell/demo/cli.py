"""`huikuan demo`: the demo company, built once, and the web server and worker over it."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.shell.commands import port
from huikuan.shell.demo.standing import Standing, standing
from huikuan.shell.serving import run_server_and_worker


def add_commands(subparsers: Any) -> None:
    """Add `huikuan demo`."""
    demo = subparsers.add_parser("demo", help=_("build the demo company and serve it"))
    demo.add_argument("--host", default="127.0.0.1")
    demo.add_argument("--port", type=port, default=os.environ.get("HUIKUAN_PORT", "8000"))
    demo.add_argument("--as-of", default="", help=_("the day the demo counts from, today by default"))
    demo.add_argument("--no-serve", action="store_true", help=_("only build"))
    demo.add_argument("--json", action="store_true")
    demo.set_defaults(run=_demo, needs_database=False)


def _demo(options: argparse.Namespace) -> int:
    found = standing()
    demo = found or _build(options.as_of)
    if options.json:
        people = [
            {"username": one.username, "password": one.password, "roles": list(one.roles)} for one in demo.logins
        ]
        about = {"as_of": demo.as_of.isoformat(), "fresh": found is None, "items": demo.items, "logins": people}
        print(json.dumps(about, ensure_ascii=False), flush=True)
    if options.no_serve:
        if not options.json:
            _introduce(demo)
        return 0

    def ready(address: str) -> None:
        if options.json:
            return  # one document on standard output, and it has been given
        print(f"Huikuan 回款: {address}", flush=True)
        _introduce(demo)

    return run_server_and_worker(host=options.host, port=options.port, ready=ready)


def _build(as_of: str) -> Standing:
    # What builds is loaded only when there is something to build: a second start is quick.
    from huikuan.shell.demo.build import build

    at = datetime.now(UTC)
    build(today=parse_date(as_of) if as_of else business_date(at), at=at)
    demo = standing()
    if demo is None:
        raise RuntimeError("the demo was built and does not stand")
    return demo


def _introduce(demo: Standing) -> None:
    """Say what there is to see and who may log in."""
    print(_("Demo company as of %(day)s, %(items)s items, everything invented.")
          % {"day": demo.as_of.isoformat(), "items": f"{demo.items:,}"})  # fmt: skip
    for one in demo.logins:
        roles = " / ".join(_(ROLE_TITLES[role]) for role in one.roles)
        print(f"  {one.username:<10} {one.password}  {one.name} · {roles}")
    print(_("The password alone is asked for: a policy of the demo switches the second step off."))
    print(_("Ctrl-C ends it; what you did stays."), flush=True)
