"""Whether a proof holds: from a leaf up to a head, and from a fact's words down to its leaf."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from huikuan.mechanisms.audit.domain.canonical import commitment
from huikuan.mechanisms.audit.domain.tree import leaf_hash, node_hash

PATH, FACT, PERSONAL, FILE = "path", "fact", "personal", "file"


def root_reached(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """The root the path leads to from leaf `index` of `size` (RFC 9162, 2.1.3.2); None where it leads nowhere."""
    last, reached = size - 1, leaf_hash(leaf)
    if not 0 <= index <= last:
        return None
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            reached = node_hash(sibling, reached)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        index, last = index >> 1, last >> 1
    return reached if last == 0 else None


def faults_of(proof: Mapping[str, Any], file: bytes | None = None, places: Collection[int] = ()) -> list[str]:
    """What of a proof of inclusion does not fit, by name: its path to the head's root; its fact, its personal values,
    to the leaf; `file` to the fact, which states its SHA-256 at one of `places`, from 0: where facts of its table keep
    digests, not words. Raises ValueError, KeyError or TypeError of what is no such proof."""
    if proof["proof"] != "inclusion":
        raise ValueError("no proof of inclusion")
    leaf = str(proof["leaf"])
    _kind, _id, _tx, digest, committed = leaf.split("|")
    path = [bytes.fromhex(one) for one in proof["path"]]
    root = root_reached(int(proof["index"]), int(proof["head"]["size"]), leaf.encode(), path)
    faults = [] if root is not None and root.hex() == proof["head"]["root"] else [PATH]
    said = str(proof.get("fact", ""))
    if said and hashlib.sha256(said.encode()).hexdigest() != digest:
        faults.append(FACT)
    if "personal" in proof and commitment(bytes.fromhex(proof["salt"]), str(proof["personal"])).hex() != committed:
        faults.append(PERSONAL)
    if file is not None and not (said and _states(json.loads(said), file, places)):
        faults.append(FILE)
    return faults


def _states(columns: Sequence[Any], file: bytes, places: Collection[int]) -> bool:
    digest = hashlib.sha256(file).hexdigest()
    return any(columns[place] == digest for place in places if place < len(columns))
