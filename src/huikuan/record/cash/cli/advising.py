"""`huikuan bank remittance`: what payers say they paid for."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import finish, tell
from huikuan.record.cash.operations.advising import take_remittance
from huikuan.record.cash.queries.advices import links_of
from huikuan.record.cash.telling import taken_json


def add_advising(actions: Any) -> None:
    """Add `remittance` to the verbs of `huikuan bank`."""
    told = _("take in what payers say they paid for: a table, or the text of a message")
    remittance = finish(actions.add_parser("remittance", help=told), _remittance)
    remittance.add_argument("file", type=Path)


def _remittance(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.SETTLE, company_id=company.pk, at=at)
    if not options.file.is_file():
        raise Refusal("advice_file_missing", file=str(options.file))
    taken = take_remittance(company=company, path=options.file, name=options.file.name, actor=actor, at=at)
    links = links_of(company.pk, taken.lines)
    body = taken_json(taken, links)
    said = _(
        "%(new)s lines new, %(known)s there already; %(payments)s wait for a payment, %(documents)s for a document"
    )
    counts = {
        "new": taken.new,
        "known": taken.known,
        "payments": sum(not link.payment for link in links),
        "documents": sum(not link.document for link in links),
    }
    tell(options, body, [said % counts])
    return 0
