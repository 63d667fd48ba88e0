"""Proving that nothing was changed: facts against leaves, leaves against the tree, heads against their export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Min

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import heads
from huikuan.mechanisms.audit.domain.canonical import commitment, document
from huikuan.mechanisms.audit.domain.tree import Frontier
from huikuan.mechanisms.audit.heads import SignedHead
from huikuan.mechanisms.audit.models import Erasable, Erasure, Head, Leaf
from huikuan.mechanisms.audit.reading import CHUNK, LeafRow, hashes_of, leaf_texts, read_digests, read_leaves
from huikuan.mechanisms.audit.sealing import signed_head
from huikuan.mechanisms.audit.shapes import Shape, shape_of
from huikuan.mechanisms.store.guards import fact_models
from huikuan.mechanisms.store.models import Fact
from huikuan.mechanisms.store.transactions import is_postgres, snapshot

#: Findings listed one by one; more are only counted.
LISTED = 1_000


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was recorded: what, where, what was expected and what is there."""

    kind: str
    where: str
    expected: str
    found: str


@dataclass(frozen=True)
class Window:
    """What no exported head covers yet: a consistent change there would not be found.

    `facts` since the instant the oldest of them was recorded; `head_size` of the last exported head.
    """

    facts: int
    since: datetime | None
    head_size: int


@dataclass
class Verification:
    """The answer of `verify`; `count` counts findings beyond those listed too."""

    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    facts: int = 0
    heads: int = 0
    window: Window | None = None

    @property
    def ok(self) -> bool:
        return self.count == 0

    def add(self, kind: str, where: str, expected: object, found: object) -> None:
        self.count += 1
        if len(self.findings) < LISTED:
            self.findings.append(Finding(kind, where, _text(expected), _text(found)))


def verify(heads_file: Path | None = None) -> Verification:
    """Recompute every digest, leaf hash, root and signature, and compare with the exported heads.

    `heads_file` is a copy of the exported heads kept elsewhere; by default HUIKUAN_HOME/heads.jsonl.
    Finds what contradicts the last exported head; what it does not cover is told as `window`.
    Reads in bounded memory and one snapshot. Refuses `audit_heads_missing` for a file not there.
    """
    if heads_file is not None and not heads_file.exists():
        raise Refusal("audit_heads_missing", file=heads_file.name)
    result = Verification()
    with snapshot():
        if is_postgres():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL datestyle = 'ISO, YMD'")
        exported = heads.read_heads(heads_file or heads.heads_path())
        kept = [signed_head(head) for head in Head.objects.order_by("size").iterator()]
        _check_heads(result, exported, kept)
        _check_tree(result, [*exported, *kept])
        for model in fact_models():
            if model is not Leaf:
                _check_facts(result, model)
        _check_kinds(result)
        _check_personal(result)
        result.window = _window(exported)
    return result


def _check_heads(result: Verification, exported: list[SignedHead], kept: list[SignedHead]) -> None:
    result.heads = len(exported)
    if kept and not exported:
        result.add("heads_not_exported", "heads.jsonl", f"{len(kept)} heads", "none")
    _check_signatures(result, exported, kept)
    by_size = {head.size: head for head in kept}
    before: SignedHead | None = None
    for head in exported:
        own = by_size.get(head.size)
        if own is None:
            result.add("head_missing", f"head {head.size}", head.root, None)
        elif own != head:
            result.add("head_changed", f"head {head.size}", document(head.as_json()), document(own.as_json()))
        if before and not (before.size < head.size and before.sealed_at < head.sealed_at):
            result.add("heads_out_of_order", f"head {head.size}", f"after head {before.size}", head.sealed_at)
        before = head


def _check_signatures(result: Verification, exported: list[SignedHead], kept: list[SignedHead]) -> None:
    """Exported heads name their own key; heads of the database must be signed by one of those keys or ours."""
    trusted = {head.key for head in exported} | {heads.public_key() or ""}
    checked: set[SignedHead] = set()
    for head in [*exported, *kept]:
        if head in checked:
            continue
        checked.add(head)
        if head.key not in trusted or not head.is_signed_by(head.key):
            result.add("head_signature", f"head {head.size}", f"signed by {' or '.join(sorted(trusted))}", head.key)


def _check_tree(result: Verification, stated: Iterable[SignedHead]) -> None:
    """Rebuild the tree over all leaves and compare its root at every size a head speaks of.

    After the first difference all later roots differ too, so one finding says from where on.
    """
    wanted: dict[int, set[str]] = {}
    for head in stated:
        wanted.setdefault(head.size, set()).add(head.root)
    good = 0
    for size, root in _roots_at(sorted(wanted)):
        different = wanted[size] - {root or ""}
        if different:
            place = f"leaves {good + 1} to {size}"
            result.add("root_differs", place, sorted(different)[0], root or "fewer leaves than that")
            return
        good = size


def _roots_at(sizes: list[int]) -> Iterator[tuple[int, str | None]]:
    """(size, root of the first `size` leaves, or None when there are fewer)."""
    frontier, remaining = Frontier(), iter(sizes)
    size = next(remaining, None)
    for texts in leaf_texts():
        hashes = hashes_of(texts)
        start = 0
        while size is not None and size <= frontier.size + len(hashes) - start:
            end = start + size - frontier.size
            frontier.extend(hashes[start:end])
            start = end
            yield size, frontier.root().hex()
            size = next(remaining, None)
        if size is None:
            return
        frontier.extend(hashes[start:])
    while size is not None:
        yield size, frontier.root().hex() if size == frontier.size else None
        size = next(remaining, None)


def _check_facts(result: Verification, model: type[Fact]) -> None:
    """Every fact of a table against its leaf, in stretches of ids; both sides come in the order of ids."""
    shape, after = shape_of(model), -(2**63)
    while True:
        found = read_digests(shape, after)
        last = found[-1][0] if len(found) == CHUNK else None
        rows = read_leaves(shape.table, after, last)
        _compare(result, shape, found, rows)
        result.facts += len(found)
        if last is None:
            return
        after = last


def _compare(result: Verification, shape: Shape, found: list[tuple[int, int, bytes]], rows: list[LeafRow]) -> None:
    """All at once first: only where they differ, or personal values are committed, one by one."""
    if not shape.personal and found == [row[:3] for row in rows if row[3] is None] and len(found) == len(rows):
        return
    leaves = {row[0]: row for row in rows}
    if len(leaves) < len(rows):
        result.add("leaf_doubled", f"{shape.table} {rows[0][0]}…", f"{len(leaves)} leaves", f"{len(rows)} leaves")
    for subject, tx, digest in found:
        leaf = leaves.pop(subject, None)
        if leaf is None:
            result.add("fact_without_leaf", f"{shape.table} {subject}", None, digest)
        elif leaf[2] != digest:
            result.add("fact_changed", f"{shape.table} {subject}", leaf[2], digest)
        elif leaf[1] != tx:
            result.add("order_changed", f"{shape.table} {subject}", f"tx {leaf[1]}", f"tx {tx}")
        elif (leaf[3] is not None) != bool(shape.personal):
            result.add("fact_changed", f"{shape.table} {subject} (personal)", leaf[3], None)
    for subject, leaf in leaves.items():
        result.add("leaf_without_fact", f"{shape.table} {subject}", leaf[2], None)


def _check_kinds(result: Verification) -> None:
    """Leaves of a kind that no table has."""
    known = [model._meta.db_table for model in fact_models()]
    strangers = Leaf.objects.exclude(kind__in=known).values_list("kind").annotate(Count("id")).order_by("kind")
    for kind, count in strangers:
        result.add("leaf_without_fact", f"{kind} ({count})", "a table of facts", None)


def _check_personal(result: Verification) -> None:
    """Personal values against their commitments; values gone without an erasure on record."""
    erased = set(Erasure.objects.values_list("kind", "subject_id"))
    committed = {
        (leaf.kind, leaf.subject_id): bytes(leaf.commitment)
        for leaf in Leaf.objects.exclude(commitment=None).iterator()
        if leaf.commitment is not None
    }
    for row in Erasable.objects.iterator():
        place = (row.kind, row.subject_id)
        expected = committed.pop(place, None)
        found = commitment(bytes(row.salt), row.content)
        if place in erased:
            result.add("erasure_undone", f"{row.kind} {row.subject_id}", "erased", "personal values")
        elif found != expected:
            result.add("personal_changed", f"{row.kind} {row.subject_id}", expected, found)
    for kind, subject in sorted(committed.keys() - erased):
        result.add("personal_missing", f"{kind} {subject}", committed[kind, subject], None)


def _window(exported: list[SignedHead]) -> Window:
    later = Leaf.objects.filter(tx__gte=exported[-1].horizon) if exported else Leaf.objects.all()
    since: Mapping[str, Any] = later.aggregate(since=Min("recorded_at"))
    return Window(later.count(), since["since"], exported[-1].size if exported else 0)


def _text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return "" if value is None else str(value)
