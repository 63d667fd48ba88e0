"""What is examined, and what counts as well.

`failed`: this process cannot do its work, so nobody should be sent to it. `warning`: pages answer as they should,
and somebody has to look after something. Figures are counts, bytes and seconds; nothing names a person or customer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import Error, connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.heads import last_exported
from huikuan.mechanisms.audit.queries import last_head, unsealed_since
from huikuan.mechanisms.jobs.queries import backlog, worker_seen
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.folder import data_folder
from huikuan.shell.backup.scheduled import backups_folder, newest_backup
from huikuan.shell.installation import missing_migrations

#: Below the first a commit may fail at any moment; below the second it is time to make room.
NO_ROOM, LITTLE_ROOM = 100_000_000, 1_000_000_000
#: Facts are sealed every minute and jobs taken up within seconds: so much later something stands still.
LATE = timedelta(minutes=15)
#: Backups are made daily; two hours for one to be taken up and made.
BACKUP_LATE = timedelta(hours=26)


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One answer: what was asked, how it stands, and the figures that say why."""

    name: str
    state: State
    figures: Mapping[str, float] = field(default_factory=dict)


def examine_readiness() -> list[Check]:
    """The checks that can fail: cheap enough to answer anybody, however often they ask."""
    checks = [_disk(), _database()]
    if checks[-1].state == State.OK:
        checks.append(_migrations())
    return checks


def examine(*, at: datetime) -> list[Check]:
    """Every check in order; those that read tables only where the database answers with this version's tables."""
    checks = examine_readiness()
    if checks[-1].state == State.OK:
        checks += [ask(at) for ask in _READERS]
    return checks


def ready(checks: list[Check]) -> bool:
    """Whether this process can answer people now."""
    return all(check.state != State.FAILED for check in checks)


def well(checks: list[Check]) -> bool:
    """Whether there is nothing to look after."""
    return all(check.state == State.OK for check in checks)


def _disk() -> Check:
    free = shutil.disk_usage(data_folder()).free
    state = State.FAILED if free < NO_ROOM else _warn_if(free < LITTLE_ROOM)
    return Check("disk", state, {"free_bytes": free})


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Check("database", State.FAILED)
    return Check("database", State.OK)


def _migrations() -> Check:
    """A database behind this version, or ahead of it, is not one to work on."""
    try:
        behind = missing_migrations()
    except Refusal:
        behind = True
    return Check("migrations", State.FAILED if behind else State.OK)


def _guards(_at: datetime) -> Check:
    lifted = len(guards.missing())
    return Check("guards", _warn_if(lifted > 0), {"missing": lifted})


def _worker(at: datetime) -> Check:
    return Check("worker", _warn_if(not worker_seen(at=at)))


def _jobs(at: datetime) -> Check:
    found = backlog(at=at)
    figures = {"queued": found.queued, "running": found.running, "failed_lately": found.failed_lately}
    late = found.waiting.total_seconds()
    return Check(
        "jobs", _warn_if(found.waiting > LATE or found.failed_lately > 0), {**figures, "oldest_seconds": late}
    )


def _trail(at: datetime) -> Check:
    """Facts that no head covers yet, and heads that no exported line says: both follow within a minute."""
    head, since = last_head(), unsealed_since()
    late = max((at - since).total_seconds(), 0) if since else 0.0
    figures = {"sealed_facts": head.size if head else 0, "unsealed_seconds": late}
    try:
        exported = last_exported()
    except Refusal:
        return Check("trail", State.WARNING, figures)
    behind = head is not None and (exported is None or exported.size < head.size)
    return Check("trail", _warn_if(late > LATE.total_seconds() or behind), figures)


def _backups(at: datetime) -> Check:
    """Only where the installation makes backups by itself."""
    if backups_folder() is None:
        return Check("backups", State.OK)
    newest = newest_backup()
    if newest is None:
        return Check("backups", State.WARNING)
    age = (at - newest).total_seconds()
    return Check("backups", _warn_if(age > BACKUP_LATE.total_seconds()), {"age_seconds": max(age, 0)})


_READERS: tuple[Callable[[datetime], Check], ...] = (_guards, _worker, _jobs, _trail, _backups)


def _warn_if(wrong: bool) -> State:
    return State.WARNING if wrong else State.OK
