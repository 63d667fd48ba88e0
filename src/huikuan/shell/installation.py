"""Making and upgrading an installation: database tables, guards, the first company."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, connection, transaction

from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_company
from huikuan.mechanisms.store import guards
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.transactions import is_postgres, snapshot
from huikuan.shell.home import close_to_others

#: Says in the data folder which guards were known when the program last started.
GUARDS_KNOWN = "guards.sha256"

log = logging.getLogger(__name__)

_DOORKEEPER = 7_024_411_306  # the advisory lock under which one process migrates


def prepare(
    *,
    code: str = "MAIN",
    name: str = "本公司",
    currency: str = "CNY",
    time_zone: str = DEFAULT_ZONE,
    renew_guards: bool = False,
) -> None:
    """Bring the database to this version and make the first company if there is none. Idempotent.

    `renew_guards`: also make guards anew of which nobody knows why they are missing.

    Costs a few short queries when nothing is to be done; of several processes starting at once one
    migrates and the others wait. Refuses a database that a newer version has already changed.
    """
    close_to_others()
    if missing_migrations() or not Company.objects.exists():
        migrate()
        with _alone():
            if not Company.objects.exists():
                add_company(code=code, name=name, currency=currency, time_zone=time_zone)
    _see_to_the_guards(asked=renew_guards)


def migrate() -> None:
    """Bring the tables to this version, as the only process that does so; nothing if they are."""
    with _alone():
        if missing_migrations():
            # The migration machinery costs a tenth of a second to import, and only here is it needed.
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False)


def missing_migrations() -> bool:
    """Whether the database is behind this version; refuses one that is ahead of it."""
    shipped, applied = shipped_migrations(), _applied_migrations()
    newer = {name for name in applied - shipped if name[0] in _our_labels()}
    if newer:
        raise Refusal("database_newer", migrations=", ".join(sorted("/".join(name) for name in newer)))
    return not shipped <= applied


def shipped_migrations(*, ours: bool = False) -> set[tuple[str, str]]:
    """Every (app, migration) of this version, read off the folders: no graph is built for it."""
    return {
        (config.label, file.stem)
        for config in apps.get_app_configs()
        if not ours or config.label in _our_labels()
        for file in Path(config.path, "migrations").glob("[0-9]*.py")
    }


def _applied_migrations() -> set[tuple[str, str]]:
    try:
        # Read only: whoever merely asks never waits for the one who writes.
        with snapshot(), connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return set(cursor.fetchall())
    except DatabaseError as error:
        if "django_migrations" not in str(error):
            raise
        return set()  # an empty database has no such table yet


def _our_labels() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith("huikuan.")}


def _renew_guards(old: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those still missing: a role that owns no table cannot make them (see store.grants)."""
    try:
        with _alone(), transaction.atomic():
            guards.install()
    except DatabaseError as error:
        log.warning("the guards of this version could not be made", extra={"error": type(error).__name__})
        return old
    log.info("guards brought to this version", extra={"guards": len(old)})
    return guards.missing()


def _has_facts() -> bool:
    return any(model._default_manager.exists() for model in guards.fact_models())


@contextmanager
def _alone() -> Iterator[None]:
    """No other process of this data folder, and none on this PostgreSQL database, migrates meanwhile."""
    with (data_folder() / "install.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not is_postgres():
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s::bigint)", [_DOORKEEPER])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", [_DOORKEEPER])


def _see_to_the_guards(*, asked: bool) -> None:
    """Guards that an upgrade changed are made anew, even when it brought no migration; others only if `asked`."""
    mark, current = data_folder() / GUARDS_KNOWN, guards.fingerprint()
    known = mark.read_text() if mark.exists() else ""
    upgraded, missing = known != current, guards.missing()
    # Where facts are, somebody may have taken the file away to have a lifted guard mended unseen: `init` mends it.
    if missing and upgraded and (known or asked or not _has_facts()):
        missing = _renew_guards(missing)
    if upgraded and not missing:
        mark.write_text(current)
    for table, guard in missing:
        # Not mended silently: somebody lifted it, and `huikuan ledger check` will say so too.
        log.warning("a guard of the ledger is missing or altered", extra={"table": table, "guard": guard})
