"""Backups that the worker makes by itself: daily into HUIKUAN_BACKUPS, verified, the newest kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from huikuan.kernel.errors import Refusal

_STAMP = "huikuan-%Y%m%dT%H%M%SZ.zip"
#: What a backup is called until it was found sound; one that was not keeps the name, so that nothing takes it for one.
_UNSOUND = ".unsound"
#: What a worker that was killed left, and the unsound one before this.
_LEFT = (".huikuan-*.zip*.unfinished", f"huikuan-*.zip{_UNSOUND}")
_KEPT = 14


def backups_folder() -> Path | None:
    """Where backups are made by themselves; None: nowhere."""
    named = os.environ.get("HUIKUAN_BACKUPS", "")
    return Path(named).expanduser().resolve() if named else None


def newest_backup() -> datetime | None:
    """When the newest of them was begun."""
    folder = backups_folder()
    return max(_made(folder), default=None) if folder else None


def back_up(*, at: datetime) -> dict[str, Any]:
    """Make a backup, verify it, and only then let go of those beyond HUIKUAN_BACKUPS_KEEP (14).

    Refuses `backup_unsound` when what was written does not agree with itself; nothing is let go then, and the file
    stays as `….zip.unsound` until the next attempt.
    """
    # Only the worker, once a day, pays for what making and verifying import.
    from huikuan.shell.backup.making import make_backup
    from huikuan.shell.backup.verifying import verify_backup

    folder = backups_folder()
    if folder is None:
        return {}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in (path for pattern in _LEFT for path in folder.glob(pattern)):
        left.unlink()
    file = folder / at.astimezone(UTC).strftime(_STAMP)
    if file.exists():
        raise Refusal("backup_file_exists", file=file.name)
    draft = file.with_name(file.name + _UNSOUND)
    made = make_backup(draft, with_keys=False, at=at)
    if made["lost_files"] or not verify_backup(draft)["ok"]:
        raise Refusal("backup_unsound", file=draft.name)
    draft.rename(file)
    for instant in sorted(_made(folder))[: -_kept()]:
        (folder / instant.strftime(_STAMP)).unlink(missing_ok=True)
    return {"file": file.name, "rows": sum(made["rows"].values()), "files": made["files"]}


def _kept() -> int:
    given = os.environ.get("HUIKUAN_BACKUPS_KEEP", "")
    return max(1, int(given)) if given.isdecimal() else _KEPT


def _made(folder: Path) -> list[datetime]:
    """The instants of the backups in the folder; files of other names are none of ours."""
    found = []
    for path in folder.glob("huikuan-*.zip"):
        try:
            found.append(datetime.strptime(path.name, _STAMP).replace(tzinfo=UTC))
        except ValueError:
            continue
    return found
