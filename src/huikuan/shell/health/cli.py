"""`huikuan health`: every check with its figures; exit 1 when something has to be looked after."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

_NAMES = {
    "disk": gettext_noop("Disk of the data folder"),
    "database": gettext_noop("Database"),
    "migrations": gettext_noop("Tables of this version"),
    "guards": gettext_noop("Guards of the ledger"),
    "worker": gettext_noop("Worker"),
    "jobs": gettext_noop("Background work"),
    "trail": gettext_noop("Audit trail sealed and exported"),
    "backups": gettext_noop("Backups"),
}
_STATES = {"ok": gettext_noop("fine"), "warning": gettext_noop("look after it"), "failed": gettext_noop("failed")}


def add_commands(subparsers: Any) -> None:
    """Add `huikuan health`."""
    health = subparsers.add_parser("health", help=_("whether the installation is well"))
    health.add_argument("--json", action="store_true")
    health.set_defaults(run=_health, needs_database=False)


def _health(options: argparse.Namespace) -> int:
    # Models exist only after Django's setup, which has happened by now.
    from huikuan.shell.health.checks import examine, well

    checks = examine(at=datetime.now(UTC))
    if options.json:
        shown = [{"name": check.name, "state": check.state, "figures": dict(check.figures)} for check in checks]
        print(json.dumps({"well": well(checks), "checks": shown}))
    else:
        for check in checks:
            figures = ", ".join(f"{name} {value:.15g}" for name, value in check.figures.items())
            line = {"name": _(_NAMES[check.name]), "state": _(_STATES[check.state])}
            print(_("%(name)s: %(state)s") % line + (f" ({figures})" if figures else ""))
    return 0 if well(checks) else 1
