"""Keeping originals: bytes below HUIKUAN_HOME/files by their hash, a fact about each."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.store.folder import data_folder

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are on the disk, flushed, and not yet named by a fact."""

    sha256: str
    size: int


def store_file(
    content: Path | bytes, name: str, *, media_type: str = "application/octet-stream", actor: str, at: datetime
) -> StoredFile:
    """Keep `content` for good and say which file it is. The same bytes are kept once.

    The bytes are on the disk before the fact is written: a crash between leaves a file nobody names,
    never a name without its file. Refuses when the disk is full.
    """
    return store_kept(keep_bytes(content), name, media_type=media_type, actor=actor, at=at)


def store_kept(
    kept: Kept, name: str, *, media_type: str = "application/octet-stream", actor: str, at: datetime
) -> StoredFile:
    """The fact about bytes kept before, for a caller whose transaction must be short. Its `name` is what this caller
    calls them: the name in the row is that of whoever handed them in first, and theirs to tell."""
    with transaction.atomic():
        found = StoredFile.objects.filter(sha256=kept.sha256).first() or _stored(kept, name, media_type, actor, at)
    found.name = clean_name(name)
    return found


def _stored(kept: Kept, name: str, media_type: str, actor: str, at: datetime) -> StoredFile:
    row = {
        "sha256": kept.sha256,
        "name": clean_name(name),
        "size": kept.size,
        "media_type": media_type,
        "stored_by": actor,
    }
    try:
        with transaction.atomic():
            record(StoredFile, [row], at=at)
    except IntegrityError:
        pass  # another process stored the same bytes meanwhile; its fact is as good
    return StoredFile.objects.get(sha256=kept.sha256)


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie: files/ab/cdef…"""
    return data_folder("files") / sha256[:2] / sha256[2:]


def keep_bytes(content: Path | bytes) -> Kept:
    """Write the bytes under their hash: temporary name, flushed to the disk, then renamed into place."""
    folder = data_folder("files")
    digest, size = hashlib.sha256(), 0
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in _pieces(content):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        target = path_of(digest.hexdigest())
        target.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(temporary, target)
        _flush_folder(target.parent)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise Refusal("file_not_stored", problem=error.strerror or str(error)) from error
    return Kept(digest.hexdigest(), size)


def _pieces(content: Path | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
