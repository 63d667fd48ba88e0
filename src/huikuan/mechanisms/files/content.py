"""What a file really is: extension, first bytes and content must agree before anything parses it."""

from __future__ import annotations

from pathlib import Path

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.archives import check_archive, entries_of
from huikuan.mechanisms.files.limits import Limits
from huikuan.mechanisms.files.names import clean_name

_ARCHIVE = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

#: First bytes of what a text file must not be, and what to call it.
_NOT_TEXT = {
    _ARCHIVE: "zip",
    _COMPOUND: "xls",
    b"%PDF": "pdf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "rar",
    b"\x7fELF": "program",
    b"MZ\x90": "program",
    b"{\\rtf": "rtf",
}
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<script", b"<svg", b"<mso", b"<workbook")
#: How much of a file `kind_of` looks at.
FIRST_BYTES = 512
_TEXT_SUFFIXES = {"csv", "tsv", "txt"}


def spreadsheet_type(path: Path, name: str, limits: Limits) -> str:
    """'xlsx', 'xls' or 'csv': what extension, first bytes and content agree on; else a refusal.

    Refuses too large, empty and encrypted files, archives that are bombs or carry a DOCTYPE, and
    extensions that do not fit the content. Parses nothing.
    """
    suffix = clean_name(name).rpartition(".")[2].lower()
    size = path.stat().st_size
    if size == 0:
        raise Refusal("file_empty", where=[Place(file=name)])
    if size > limits.size:
        raise Refusal("file_too_large", where=[Place(file=name)], size=size, limit=limits.size)
    if suffix not in {"xlsx", "xls", *_TEXT_SUFFIXES}:
        raise Refusal("file_type_unknown", where=[Place(file=name)], suffix=suffix)
    found = content_kind(path, limits)
    if found == "encrypted":
        raise Refusal("file_encrypted", where=[Place(file=name)])
    wanted = "csv" if suffix in _TEXT_SUFFIXES else suffix
    if found != wanted:
        raise Refusal("file_type_differs", where=[Place(file=name)], suffix=suffix, found=found)
    return wanted


def content_kind(path: Path, limits: Limits) -> str:
    """What the first bytes say the file is: 'csv' for text, 'html' for markup (XML too), 'xlsx', 'xls', 'pdf' …"""
    with path.open("rb") as file:
        kind = kind_of(file.read(FIRST_BYTES))
    if kind == "zip":
        check_archive(path, limits)
        return "xlsx" if {"[Content_Types].xml", "xl/workbook.xml"} <= entries_of(path) else "zip"
    return "encrypted" if kind == "xls" and _contains(path, _ENCRYPTED) else kind


def kind_of(start: bytes) -> str:
    """What the first bytes of something say it is; every archive is a 'zip', encrypted workbooks are 'xls'."""
    for magic, kind in _NOT_TEXT.items():
        if start.startswith(magic):
            return kind
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "html" if text.startswith(_MARKUP) else "csv"


def _contains(path: Path, needle: bytes) -> bool:
    """Whether the file holds `needle`, reading it in pieces that overlap."""
    before = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if needle in before + piece:
                return True
            before = piece[-len(needle) :]
    return False
