"""Making a backup: every table out of one snapshot, then what lies beside the database."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Max

from huikuan import __version__
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import missing
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.store.models import Epoch
from huikuan.mechanisms.store.transactions import horizon, snapshot
from huikuan.shell.backup.archive import ERASURES, HEADS, MANIFEST, Manifest, Table, add_entry, may_hold, pieces_of
from huikuan.shell.backup.rows import fact_tables, fields_of, lines, tables
from huikuan.shell.installation import shipped_migrations


def make_backup(file: Path, *, with_keys: bool, at: datetime) -> dict[str, Any]:
    """Write the installation to `file` (new, private to its owner) and say what it holds.

    The private signing keys are left out unless asked for: whoever has them can sign heads.
    Originals that are lost or altered are named under `lost_files`, files that are none of the product's (a copy
    somebody laid among the presets) under `left_out`: neither is in the archive. Others may work meanwhile.
    """
    if file.exists():
        raise Refusal("backup_file_exists", file=file.name)
    unfinished = file.with_name(f".{file.name}.unfinished")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest, beside = _fill(archive, with_keys=with_keys, at=at)
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return {
        "file": str(file),
        "ledger": manifest.ledger_id,
        "rows": {name: table.rows for name, table in manifest.tables.items()},
        "files": sum(name.startswith("files/") for name in manifest.sha256),
        "lost_files": beside.lost,
        "left_out": beside.strays,
    }


@dataclass(slots=True)
class _Beside:
    """What lies beside the database and could not come along: originals by checksum, files by name."""

    lost: list[str]
    strays: list[str]


def _fill(archive: zipfile.ZipFile, *, with_keys: bool, at: datetime) -> tuple[Manifest, _Beside]:
    sha256: dict[str, str] = {}
    with snapshot():
        written = {
            str(model._meta.db_table): Table(
                columns=[field.attname for field in fields_of(model)],
                rows=add_entry(archive, f"tables/{model._meta.db_table}.jsonl", lines(model), sha256),
            )
            for model in tables()
        }
        manifest = Manifest(
            version=__version__,
            made_at=at.isoformat(),
            ledger_id=str(Epoch.objects.get().ledger_id),
            next_tx=_next_tx(),
            migrations=sorted("/".join(name) for name in shipped_migrations(ours=True)),
            tables=written,
            sha256=sha256,
        )
    beside = _Beside([lost.sha256 for lost in missing()], [])
    for name, path in _files(with_keys=with_keys):
        if not may_hold(name):
            beside.strays.append(name)
        elif _original(name) not in beside.lost:
            add_entry(archive, name, pieces_of(path), sha256)
    archive.writestr(MANIFEST, manifest.as_bytes())
    return manifest, beside


def _original(name: str) -> str:
    """The checksum that names an original; '' for other files."""
    return name.removeprefix("files/").replace("/", "") if name.startswith("files/") else ""


def _next_tx() -> int:
    highest = (model._base_manager.aggregate(last=Max("tx"))["last"] or 0 for model in fact_tables())
    return max(horizon(), 1 + max(highest, default=0))


def _files(*, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """What lies beside the database. Read after it: a file comes before its fact, so none is missed."""
    for path in sorted((data_folder() / "files").glob("??/*")):
        yield f"files/{path.parent.name}/{path.name}", path
    for path in sorted((data_folder() / "presets").rglob("*.toml")):
        yield path.relative_to(data_folder()).as_posix(), path
    for name in (HEADS, ERASURES):
        if (data_folder() / name).exists() and (data_folder() / name).stat().st_size:
            yield name, data_folder() / name
    for name in ("audit-ed25519", "audit-ed25519.pub") if with_keys else ("audit-ed25519.pub",):
        if (data_folder() / "keys" / name).exists():
            yield f"keys/{name}", data_folder() / "keys" / name
