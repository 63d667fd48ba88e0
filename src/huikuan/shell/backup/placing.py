"""What lies beside the database comes back: unpacked aside first, then moved to its place."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huikuan.mechanisms.store.folder import data_folder
from huikuan.shell.backup.archive import ERASURES, HEADS, Manifest

#: Beside the places themselves, so that moving is a rename.
_ASIDE = ".restoring"


@contextmanager
def staged(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[Path]:
    """A folder with every original, the heads and the keys, whole on the disk; gone afterwards."""
    aside = data_folder() / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)  # a restore that was killed left it
    try:
        for name in manifest.sha256:
            if not name.startswith("tables/"):
                _unpack(archive, name, aside / name)
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def move_in(aside: Path, moved: list[Path]) -> None:
    """Everything under `aside` to its place, the heads last; notes in `moved` what was not there before."""
    names = sorted(path.relative_to(aside) for path in aside.rglob("*") if path.is_file())
    folders = set()
    for name in sorted(names, key=lambda name: str(name) == HEADS):
        target = data_folder() / name
        if target.exists() and str(name) == ERASURES:
            continue  # a list of erasures that lies here already is newer than the backup's
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            moved.append(target)
        (aside / name).replace(target)
        folders |= {target.parent, target.parent.parent}
    for folder in folders:
        _sync(folder)


def _unpack(archive: zipfile.ZipFile, name: str, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with archive.open(name) as entry, os.fdopen(descriptor, "wb") as out:
        shutil.copyfileobj(entry, out)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Names are on the disk once their folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
