"""Checking a proof somebody hands in: nothing of it is believed but what is signed, and by whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.domain.proofs import faults_of
from huikuan.mechanisms.audit.heads import SignedHead, public_key, read_heads
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.store.models import Fact

SIGNATURE, HEAD, KIND = "signature", "head", "kind"
_LARGEST = 64 * 1024 * 1024
#: How columns that keep a digest as text are called.
_DIGEST = ("sha256", "digest")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a proof is about, and what of it does not hold; nothing: it holds."""

    kind: str
    subject_id: int
    head: SignedHead
    faults: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": not self.faults,
            "faults": list(self.faults),
            "kind": self.kind,
            "id": self.subject_id,
            "head": self.head.as_json(),
        }


def check_proof(path: Path, *, of: Path | None, heads: Path, wanted: str = "") -> Checked:
    """Whether the proof of inclusion in a file holds: its path, the fact it states, the file `of` which the fact says
    the digest, its head's signature by this installation, and that the head is among those kept in `heads`. `wanted`:
    the table the fact is to be of; '': of any. Refuses files that are not there, and what is no such proof."""
    content = None if of is None else _read(of)
    text = _read(path)
    try:
        proof = json.loads(text)
        head = SignedHead(**proof["head"])
        kind, subject_id = str(proof["leaf"]).split("|")[:2]
        faults, number = faults_of(proof, content, _digests_of(kind)), int(subject_id)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refusal("audit_proof_unreadable", file=path.name) from error
    key = public_key()
    if key is None or not head.is_signed_by(key):
        faults.append(SIGNATURE)
    if head not in read_heads(heads):
        faults.append(HEAD)
    if wanted not in ("", kind):
        faults.append(KIND)
    return Checked(kind, number, head, tuple(faults))


def _digests_of(kind: str) -> list[int]:
    """Where a fact of the table keeps digests: a digest that somebody typed into a note is none."""
    for model in apps.get_models():
        if issubclass(model, Fact) and model._meta.db_table == kind:
            shape = shape_of(model)
            columns = (*shape.base, *shape.later)
            return [at for at, name in enumerate(columns) if shape.kinds[name] == "binary" or name.endswith(_DIGEST)]
    return []


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise Refusal("audit_proof_unreadable", file=path.name)
        return path.read_bytes()
    except OSError as error:
        raise Refusal("audit_file_missing", file=path.name) from error
