"""`huikuan bank match`: what came in finds what it pays."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import finish, tell
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.cash.telling import ran_json


def add_matching(actions: Any) -> None:
    """Add `match` to the verbs of `huikuan bank`."""
    match = finish(
        actions.add_parser("match", help=_("apply what is sure of the money that came in, suggest what is likely")),
        _match,
    )
    match.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))


def _match(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.SETTLE, company_id=company.pk, at=at)
    ran = match_lines(company=company, actor=actor, at=at, dry_run=options.dry_run)
    lines = ran_json(ran)
    counts = Counter(line["decision"] for line in lines)
    said = _("%(applied)s applied, %(suggested)s suggested, %(left)s left") % {
        name: counts[name] for name in ("applied", "suggested", "left")
    }
    tell(options, {"lines": lines}, [said])
    return 0
