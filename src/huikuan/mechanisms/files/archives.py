"""Zip archives (xlsx is one): inflated once in a counting loop before any parser opens them.

The sizes in the archive's directory are the sender's claim. So every entry is inflated here piece by
piece, thrown away, counted and compared with the claim. Rules after OWASP ASVS 5.2.3 and 1.5.1.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.limits import Limits

_PIECE = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_ENCRYPTED_FLAG = 0x1
#: A document type, in the encodings an XML part may have; spaces inside UTF-16 are zero bytes.
_DOCTYPE = re.compile(rb"<\x00?!\x00?D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E", re.IGNORECASE)
_XML_SUFFIXES = (".xml", ".rels", ".vml")


def entries_of(path: Path) -> set[str]:
    """Names of the archive's entries; empty if it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return set()


def read_entries(path: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files in an archive that `check_archive` has passed; folders are no files."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.is_dir():
                yield entry.filename, archive.read(entry)


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that is damaged, encrypted, inflates too far, lies about it, or holds a DOCTYPE."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise Refusal("archive_damaged") from error
    if len(entries) > limits.entries:
        raise Refusal("archive_bomb", found=len(entries), limit=limits.entries)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise Refusal("file_encrypted")
    allowed = _allowance(path, limits)
    claimed = sum(entry.file_size for entry in entries)
    if claimed > allowed:
        raise Refusal("archive_bomb", found=claimed, limit=allowed)
    try:
        with path.open("rb") as file:
            for entry in entries:
                allowed -= _inflate(file, entry, allowed)
    except OSError as error:  # an offset that points nowhere
        raise Refusal("archive_damaged") from error


def _allowance(path: Path, limits: Limits) -> int:
    """How many bytes the archive may inflate to."""
    return min(limits.inflated, max(limits.small, limits.ratio * path.stat().st_size))


def _inflate(file: IO[bytes], entry: zipfile.ZipInfo, allowed: int) -> int:
    """The true size of `entry`, at most `allowed`, equal to its claim; its XML free of a DOCTYPE."""
    is_xml = entry.filename.lower().endswith(_XML_SUFFIXES)
    size, tail = 0, b""
    for piece in _pieces(file, entry):
        size += len(piece)
        if size > allowed:
            raise Refusal("archive_bomb", found=size, limit=allowed)
        if is_xml and _DOCTYPE.search(tail + piece):
            raise Refusal("file_with_doctype", part=entry.filename)
        tail = piece[-32:]
    if size != entry.file_size:
        raise Refusal("archive_damaged")
    return size


def _pieces(file: IO[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's content in pieces of bounded size, whatever its compressed bytes claim."""
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise Refusal("archive_damaged")
    magic, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if magic != b"PK\x03\x04" or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refusal("archive_damaged")
    file.seek(name_length + extra_length, 1)
    stored = entry.compress_type == zipfile.ZIP_STORED
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    left = entry.compress_size
    while left > 0 and (compressed := file.read(min(_PIECE, left))):
        left -= len(compressed)
        if stored:
            yield compressed
            continue
        try:
            while compressed and not inflater.eof:
                yield inflater.decompress(compressed, _PIECE)
                compressed = inflater.unconsumed_tail
        except zlib.error as error:
            raise Refusal("archive_damaged") from error
    if left > 0 or not (stored or inflater.eof):
        raise Refusal("archive_damaged")
