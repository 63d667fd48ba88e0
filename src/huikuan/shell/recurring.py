"""What recurs: the trail is sealed, the columns follow the ledger, events reach their subscribers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.events.delivery import deliver_all
from huikuan.mechanisms.events.subscribers import Subscriber
from huikuan.mechanisms.jobs.work import Work
from huikuan.shell.backup.scheduled import back_up


def seal_trail(_work: Work) -> dict[str, Any]:
    """A new signed head over all that is final."""
    head = seal(lambda: datetime.now(UTC))
    return {"size": head.size, "sealed_at": head.sealed_at.isoformat()}


def refresh_columns(_work: Work) -> dict[str, Any]:
    """The mirror up to the horizon; somebody else's refresh is as good as ours."""
    manifest = refresh(wait=False)
    return {"horizon": manifest.horizon} if manifest else {}


def compact_columns(_work: Work) -> dict[str, Any]:
    """The mirror into few files, closed rows marked."""
    manifest = compact()
    return {"horizon": manifest.horizon} if manifest else {}


def make_backup(work: Work) -> dict[str, Any]:
    """The whole installation in one file more, where backups are kept."""
    return back_up(at=work.at)


def deliver_events(subscribers: Sequence[Subscriber]) -> dict[str, Any]:
    """Every subscriber told of what it has not been told yet."""
    return dict(deliver_all(subscribers))
