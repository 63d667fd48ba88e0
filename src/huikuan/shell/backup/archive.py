"""The archive's shape: what the manifest says, and whether a file is what its manifest says."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

from huikuan.kernel.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
HEADS = "heads.jsonl"
ERASURES = "erasures.jsonl"
PUBLIC_KEY = "keys/audit-ed25519.pub"

#: Names an archive may hold; anything else, such as a path that climbs out, is refused.
_NAME = re.compile(
    r"tables/[a-z_]+\.jsonl|files/[0-9a-f]{2}/[0-9a-f]{62}|keys/audit-ed25519(\.pub)?|(heads|erasures)\.jsonl"
    r"|presets/([A-Za-z0-9][\w.-]*/)?[\w-]+\.toml"
)
_PIECE = 1 << 20

#: What an honest archive stays far below, so that a small file cannot fill memory.
_LARGEST_MANIFEST = 10_000_000
LONGEST_LINE = 64 << 20
#: Rows pack to a tenth or so; an original, which may be anything, to a thousandth at most.
_SLACK, _RATIO = 1 << 20, 200

#: What reading a damaged zip file, or a manifest that is none, may raise.
_DAMAGED = (
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Table:
    columns: list[str]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """`next_tx` is above every transaction number in the archive; `sha256` is by entry name."""

    version: str
    made_at: str
    ledger_id: str
    next_tx: int
    migrations: list[str]
    tables: dict[str, Table]
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def as_bytes(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def may_hold(name: str) -> bool:
    """Whether an archive may have an entry of this name; asked by whoever makes one and whoever reads one."""
    return _NAME.fullmatch(name) is not None


def add_entry(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], sha256: dict[str, str]) -> int:
    """Write one entry piece by piece and note its checksum; returns the number of pieces."""
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as entry:
        for piece in pieces:
            digest.update(piece)
            entry.write(piece)
            count += 1
    sha256[name] = digest.hexdigest()
    return count


def pieces_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def open_archive(path: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """The archive, every entry of it read and compared with the manifest; refuses any difference."""
    try:
        archive = zipfile.ZipFile(path)
        _bound(archive)
        manifest = _manifest(archive)
        _compare(archive, manifest)
    except (
        OSError,
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise Refusal("backup_unreadable", file=path.name) from error
    return archive, manifest


def size_of(archive: zipfile.ZipFile) -> int:
    """Bytes of all entries unpacked, as declared; reading an entry never gives more than it declares."""
    return sum(entry.file_size for entry in archive.infolist())


def rows_of(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The lines of a table; refuses one that is longer than any row."""
    with archive.open(name) as entry, io.BufferedReader(cast(io.RawIOBase, entry), _PIECE) as lines:
        while line := lines.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise Refusal("backup_altered", entry=name)
            yield line


def _bound(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to far more than any archive of ours, before anything is unpacked."""
    for entry in archive.infolist():
        most = _LARGEST_MANIFEST if entry.filename == MANIFEST else _SLACK + _RATIO * entry.compress_size
        if entry.file_size > most and not entry.filename.startswith("files/"):
            raise Refusal("backup_altered", entry=entry.filename)


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    said: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if said["format"] != FORMAT:
        raise Refusal("backup_other_format", format=said["format"])
    return Manifest(**{**said, "tables": {name: Table(**table) for name, table in said["tables"].items()}})


def _compare(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    names = archive.namelist()
    if len(names) != len(set(names)) or set(names) != {*manifest.sha256, MANIFEST}:
        raise Refusal("backup_altered", entry=MANIFEST)
    for name, expected in manifest.sha256.items():
        digest, ends = hashlib.sha256(), 0
        with archive.open(name) as entry:
            while piece := entry.read(_PIECE):
                digest.update(piece)
                ends += piece.count(b"\n")
        table = manifest.tables.get(name.removeprefix("tables/").removesuffix(".jsonl"))
        if not may_hold(name) or digest.hexdigest() != expected or (table and table.rows != ends):
            raise Refusal("backup_altered", entry=name)
        if name.startswith("files/") and name.removeprefix("files/").replace("/", "") != expected:
            raise Refusal("backup_altered", entry=name)
