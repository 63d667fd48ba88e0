"""`huikuan bank feedback`: how often matching proved right, and the threshold that supports."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import finish, tell
from huikuan.record.cash.domain.feedback import classes, supported_threshold
from huikuan.record.cash.domain.stored import MILLION
from huikuan.record.cash.operations.calibrating import WANTED_E6, draft_threshold
from huikuan.record.cash.queries.feedback import proved


def add_feedback(actions: Any) -> None:
    """Add `feedback` to the verbs of `huikuan bank`."""
    feedback = finish(
        actions.add_parser("feedback", help=_("how often matching proved right, by how sure it was")), _feedback
    )
    feedback.add_argument(
        "--draft", action="store_true", help=_("draft the matching policy with the threshold this supports")
    )


def _feedback(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    reader_scope(options, Permission.VIEW_LEDGER, at=at)
    version = None
    if options.draft:
        actor = commander(options, Permission.DRAFT_POLICY, company_id=company.pk, at=at)
        version = draft_threshold(company=company, actor=actor, at=at)
    known = proved(frozenset({company.pk}))
    threshold = supported_threshold(known, wanted_e6=WANTED_E6)
    rows = [
        {
            "from": one.since_e6 / MILLION,
            "decided": one.decided,
            "right": one.right,
            "share": None if one.share_e4 is None else one.share_e4 / 10_000,
        }
        for one in classes(known)
    ]
    supported = None if threshold is None else threshold / MILLION
    lines = [_("from %(from)s: %(right)s of %(decided)s right") % row for row in rows if row["decided"]]
    if supported is not None:
        lines.append(_("These decisions support the threshold %(threshold)s.") % {"threshold": supported})
    tell(options, {"classes": rows, "supported": supported, "draft": version}, lines)
    return 0
