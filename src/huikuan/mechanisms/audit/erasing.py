"""Erasing personal values, so that the chain still holds (PIPL article 47)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.domain.canonical import document
from huikuan.mechanisms.audit.models import Erasable, Erasure
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.audit.writing import prepare, write
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import is_postgres


def erasures_path() -> Path:
    """The list of erasures outside the database: what a restored backup must forget again."""
    return data_folder() / "erasures.jsonl"


def erase_personal(model: type[Fact], fact_id: int, *, reason: str, actor: str, at: datetime) -> None:
    """Erase the personal values of one fact for good; an Erasure fact says that, why and by whom.

    The fact, its leaf and every head stay as they are. Refuses `audit_nothing_to_erase`. The bytes
    leave the database's own files with its next clean-up (PostgreSQL: VACUUM; SQLite overwrites
    them at once, and the WAL at its next checkpoint); backups forget them when they are restored
    (`reapply_erasures`) or expire.
    """
    with transaction.atomic():
        if not _forget([(shape_of(model).table, fact_id)]):
            raise Refusal("audit_nothing_to_erase", kind=shape_of(model).table, id=fact_id)
        _record([(shape_of(model).table, fact_id)], reason, actor, aware(at))
        transaction.on_commit(export_erasures)


def reapply_erasures(*, actor: str, at: datetime) -> int:
    """After a restore: erase again what HUIKUAN_HOME/erasures.jsonl and the database list as erased.

    Returns how many facts had come back with their personal values. An erasure the restored
    database does not know yet is recorded in it anew.
    """
    with transaction.atomic():
        known = set(Erasure.objects.values_list("kind", "subject_id"))
        listed = _listed()
        unknown = sorted(listed - known)
        if unknown:
            _record(unknown, "restored", actor, aware(at))
        back = _forget(sorted(known | listed))
        transaction.on_commit(export_erasures)
    return back


def export_erasures() -> None:
    """Append to the list outside what it lacks, and wait until it is on the disk."""
    missing = sorted(set(Erasure.objects.values_list("kind", "subject_id")) - _listed())
    with erasures_path().open("a", encoding="utf-8") as file:
        for kind, subject in missing:
            file.write(document({"kind": kind, "subject_id": subject}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _forget(subjects: Iterable[tuple[str, int]]) -> int:
    if not is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    return sum(Erasable.objects.filter(kind=kind, subject_id=subject).delete()[0] for kind, subject in subjects)


def _record(subjects: Iterable[tuple[str, int]], reason: str, actor: str, at: datetime) -> None:
    rows = ({"kind": kind, "subject_id": subject, "reason": reason, "actor": actor} for kind, subject in subjects)
    write(Erasure, [prepare(Erasure, row, at) for row in rows], at)


def _listed() -> set[tuple[str, int]]:
    path = erasures_path()
    if not path.exists():
        return set()
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return {(row["kind"], row["subject_id"]) for row in map(json.loads, whole.splitlines())}
