"""Verifying a backup where it lies: what restoring it would find wrong with it, without restoring it.

Every entry against its checksum, every fact against its leaf, the tree over the leaves against every signed head.
Beyond that a restore also proves the ledger's laws: it is the rehearsal, this is the daily look.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Model

from huikuan.mechanisms.audit.domain.canonical import digest, leaf_bytes
from huikuan.mechanisms.audit.domain.tree import Frontier
from huikuan.mechanisms.audit.heads import SignedHead, parse_heads
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.shell.backup.archive import HEADS, PUBLIC_KEY, Manifest, open_archive, rows_of
from huikuan.shell.backup.restoring import require_same_version
from huikuan.shell.backup.rows import fact_tables, instances


def verify_backup(file: Path) -> dict[str, Any]:
    """What `file` holds and whether it agrees with itself: {"ok", "findings": [{kind, where, expected, found}], …}.

    Refuses what `restore` would refuse to read: a file cut off or altered, one of another version. Writes
    nothing. Keeps some hundred bytes of memory for each fact.
    """
    archive, manifest = open_archive(file)
    with archive:
        require_same_version(manifest)
        leaves = list(_leaves(archive, manifest))
        heads = _heads(archive)
        findings = [
            *_strangers(archive, manifest, leaves),
            *_wrong_heads(leaves, heads),
            *_heads_without_line(archive, manifest, heads),
            *_strange_key(archive, heads),
        ]
    return {
        "file": str(file),
        "ledger": manifest.ledger_id,
        "made_at": manifest.made_at,
        "rows": {name: table.rows for name, table in manifest.tables.items()},
        "files": sum(name.startswith("files/") for name in manifest.sha256),
        "sealed_at": heads[-1].sealed_at if heads else "",
        "ok": not findings,
        "findings": findings,
    }


def _leaves(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[tuple[int, int, bytes, bytes]]:
    """(tx, id, what the leaf says of its fact, its hash in the tree) of every leaf."""
    for row in _instances(archive, manifest, Leaf):
        committed = bytes(row.commitment) if row.commitment else None
        said = leaf_bytes(row.kind, row.subject_id, row.tx, bytes(row.digest), committed)
        yield row.tx, row.pk, _key(row.kind, row.subject_id, row.tx, row.digest), hashlib.sha256(b"\0" + said).digest()


def _strangers(
    archive: zipfile.ZipFile, manifest: Manifest, leaves: list[tuple[int, int, bytes, bytes]]
) -> list[dict[str, Any]]:
    """Tables with facts that no leaf commits to, and leaves whose fact is not there."""
    waiting, findings = {leaf[2] for leaf in leaves}, []
    for model in fact_tables():
        if model is Leaf:
            continue
        shape, strange = shape_of(model), 0
        for fact in _instances(archive, manifest, model):
            row = {name: getattr(fact, field.attname) for name, field in shape.fields.items()}
            key = _key(shape.table, fact.pk, fact.tx, digest(shape.canonical(row)))
            strange += key not in waiting
            waiting.discard(key)
        if strange:
            findings.append(_finding("fact_changed", shape.table, 0, strange))
    if waiting:
        findings.append(_finding("leaf_without_fact", Leaf._meta.db_table, 0, len(waiting)))
    return findings


def _wrong_heads(leaves: list[tuple[int, int, bytes, bytes]], heads: list[SignedHead]) -> list[dict[str, Any]]:
    """Heads whose signature or root does not fit the leaves."""
    hashes = [leaf[3] for leaf in sorted(leaves, key=lambda leaf: leaf[:2])]
    findings, frontier, done = [], Frontier(), 0
    for head in sorted(heads, key=lambda head: head.size):
        frontier.extend(hashes[done : head.size])
        done = max(done, head.size)
        root = frontier.root().hex()
        if frontier.size != head.size or root != head.root:
            findings.append(_finding("root_differs", f"head {head.size}", head.root, root))
        if not head.is_signed_by(head.key):
            findings.append(_finding("head_signature", f"head {head.size}", head.key, head.signature))
    return findings


def _heads_without_line(
    archive: zipfile.ZipFile, manifest: Manifest, heads: list[SignedHead]
) -> Iterator[dict[str, Any]]:
    """Heads among the rows that no line says: the lines are the proof, and leaving them out must not pass for one."""
    said = {(head.size, head.root, head.key) for head in heads}
    for row in _instances(archive, manifest, Head):
        if (row.size, bytes(row.root).hex(), row.key) not in said:
            yield _finding("head_not_exported", f"head {row.size}", bytes(row.root).hex(), "")


def _strange_key(archive: zipfile.ZipFile, heads: list[SignedHead]) -> Iterator[dict[str, Any]]:
    """The newest head signed by another key than the archive's. Older ones may be: a restored installation that was
    not given the private key signs with one of its own."""
    if not heads or PUBLIC_KEY not in archive.namelist():
        return
    key, newest = archive.read(PUBLIC_KEY).decode(errors="replace").strip(), max(heads, key=lambda head: head.size)
    if newest.key != key:
        yield _finding("head_signature", f"head {newest.size}", f"signed by {key}", newest.key)


def _heads(archive: zipfile.ZipFile) -> list[SignedHead]:
    return parse_heads(archive.read(HEADS).decode(), HEADS) if HEADS in archive.namelist() else []


def _instances(archive: zipfile.ZipFile, manifest: Manifest, model: type[Model]) -> Iterator[Any]:
    table = str(model._meta.db_table)
    return instances(model, manifest.tables[table].columns, rows_of(archive, f"tables/{table}.jsonl"))


def _key(kind: str, subject_id: int, tx: int, fact_digest: bytes) -> bytes:
    return hashlib.sha256(json.dumps([kind, subject_id, tx, bytes(fact_digest).hex()]).encode()).digest()


def _finding(kind: str, where: str, expected: object, found: object) -> dict[str, Any]:
    return {"kind": kind, "where": where, "expected": str(expected), "found": str(found)}
