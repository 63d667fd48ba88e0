"""The mirror's folder: which files hold which facts, changed by one atomic rename.

Files of facts with tx < `horizon` are written first, the manifest names them afterwards. A crash in between leaves
a file nobody names, which the next refresh removes.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from huikuan.mechanisms.store.folder import data_folder


@dataclass(frozen=True, slots=True)
class File:
    """One Parquet file. `marked`: closed rows are marked and sorted, so that they can be skipped."""

    name: str
    rows: int
    marked: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the mirror holds: every fact of `ledger` with tx < `horizon`.

    `ledger` names database, ledger and table definitions; `anchor` is the digest of the newest leaf below the horizon.
    If either differs from what the database says, the mirror belongs to another past and is rebuilt.
    """

    ledger: str
    horizon: int = 0
    marked_horizon: int = 0
    anchor: str = ""
    files: dict[str, tuple[File, ...]] = field(default_factory=dict)

    def of(self, table: str) -> tuple[File, ...]:
        return self.files.get(table, ())

    def with_files(self, files: dict[str, tuple[File, ...]], **changes: int | str) -> Manifest:
        return replace(self, files=files, **changes)  # type: ignore[arg-type]  # names are checked by dataclass


def folder() -> Path:
    """HUIKUAN_HOME/columns."""
    return data_folder("columns")


def load() -> Manifest | None:
    """The current manifest; None when there is none or it cannot be read."""
    try:
        raw = json.loads((folder() / "manifest.json").read_text())
        files = {table: tuple(File(**file) for file in listed) for table, listed in raw.pop("files").items()}
        manifest = Manifest(files=files, **raw)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    named = [file.name for listed in files.values() for file in listed]
    return manifest if all((folder() / name).exists() for name in named) else None


def save(manifest: Manifest) -> None:
    """Make `manifest` current, durably and at once."""
    temporary = folder() / f"manifest.{os.getpid()}.tmp"
    with temporary.open("w") as file:
        json.dump(asdict(manifest), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(folder() / "manifest.json")
    _sync_folder()


def settle_file(temporary: Path, name: str) -> None:
    """Give a finished file its name, durably; it counts once the manifest names it."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.rename(folder() / name)
    _sync_folder()


def sweep() -> None:
    """Remove files no manifest names, unless somebody is reading just now. Call holding `writing()`."""
    with _locked("reading.lock", fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
        manifest = load()
        if not held or manifest is None:
            return
        named = {file.name for listed in manifest.files.values() for file in listed}
        for path in folder().iterdir():
            if path.suffix in (".parquet", ".tmp") and path.name not in named:
                path.unlink(missing_ok=True)


@contextmanager
def writing(*, wait: bool) -> Iterator[bool]:
    """One writer between all processes; yields False when another is at it and `wait` is False."""
    with _locked("writing.lock", fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB) as held:
        yield held


@contextmanager
def reading() -> Iterator[None]:
    """While held, no file that the manifest names is removed."""
    with _locked("reading.lock", fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(name: str, how: int) -> Iterator[bool]:
    with (folder() / name).open("a") as file:
        try:
            fcntl.flock(file, how)
        except BlockingIOError:
            yield False
            return
        yield True


def _sync_folder() -> None:
    descriptor = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
