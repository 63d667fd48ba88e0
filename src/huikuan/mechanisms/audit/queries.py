"""What the audit can answer: heads, proofs, personal values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.domain.canonical import leaf_bytes
from huikuan.mechanisms.audit.domain.tree import Stretch, consistency_stretches, inclusion_stretches, stretch_roots
from huikuan.mechanisms.audit.models import Erasable, Head, Leaf
from huikuan.mechanisms.audit.reading import leaf_hashes
from huikuan.mechanisms.audit.sealing import signed_head
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.audit.turn import no_sealing
from huikuan.mechanisms.audit.verifying import Finding, Verification, Window, verify
from huikuan.mechanisms.store.models import Fact

__all__ = [
    "Finding",
    "Verification",
    "Window",
    "consistency_proof",
    "evidence",
    "head_at",
    "inclusion_proof",
    "last_head",
    "personal",
    "unsealed_since",
    "verify",
]


def last_head() -> Head | None:
    """The newest head."""
    return Head.objects.order_by("size").last()


def unsealed_since() -> datetime | None:
    """When the oldest fact was recorded that no head covers yet; None: the last head covers them all."""
    last = last_head()
    later = Leaf.objects.filter(tx__gte=last.horizon) if last else Leaf.objects.all()
    return later.order_by("tx").values_list("recorded_at", flat=True).first()


def head_at(instant: datetime) -> Head | None:
    """The head that says what was known at `instant`: a fact was known if its tx < head.horizon.

    The answer for an instant that is past stays the same for ever: a seal under way, whose head
    may state an earlier instant than it appears at, is waited for. So ask before taking a
    snapshot, in which a head that appears meanwhile could not be seen.
    """
    instant = aware(instant)
    if not Head.objects.filter(sealed_at__gt=instant).exists():
        with no_sealing():
            return _head_until(instant)
    return _head_until(instant)


def inclusion_proof(kind: str, subject_id: int, head: Head) -> dict[str, Any]:
    """Proof that the leaf of fact `subject_id` of table `kind` is among the first `head.size` leaves.

    Refuses `audit_fact_unknown` (no such leaf) and `audit_not_sealed` (its leaf is newer than the head).
    """
    leaf = Leaf.objects.filter(kind=kind, subject_id=subject_id).first()
    if leaf is None:
        raise Refusal("audit_fact_unknown", kind=kind, id=subject_id)
    if leaf.tx >= head.horizon:
        raise Refusal("audit_not_sealed", kind=kind, id=subject_id)
    before = Leaf.objects.filter(tx__lt=leaf.tx).count() + Leaf.objects.filter(tx=leaf.tx, id__lt=leaf.pk).count()
    committed = bytes(leaf.commitment) if leaf.commitment else None
    return {
        "proof": "inclusion",
        "leaf": leaf_bytes(kind, subject_id, leaf.tx, bytes(leaf.digest), committed).decode(),
        "index": before,
        "path": _roots(inclusion_stretches(before, head.size), head),
        "head": signed_head(head).as_json(),
    }


def evidence(model: type[Fact], subject_id: int, head: Head, *, with_personal: bool = False) -> dict[str, Any]:
    """The proof that the fact is under the head, with `fact`, the text whose digest its leaf holds; so that what the
    fact says is proved, not only that there is one. `with_personal`: and, unless erased, its personal values with the
    salt of their commitment, which proves those too."""
    shape = shape_of(model)
    fact = model._default_manager.get(pk=subject_id)
    said = shape.canonical({name: getattr(fact, name) for name in shape.kinds}).decode()
    proof = inclusion_proof(shape.table, subject_id, head) | {"fact": said}
    known = Erasable.objects.filter(kind=shape.table, subject_id=subject_id).first() if with_personal else None
    return proof | ({"personal": known.content, "salt": bytes(known.salt).hex()} if known else {})


def consistency_proof(old: Head, new: Head) -> dict[str, Any]:
    """Proof that the tree of `old` is the beginning of that of `new`: nothing sealed was changed since."""
    if not 0 < old.size <= new.size:
        raise Refusal("audit_heads_not_in_order", old=old.size, new=new.size)
    return {
        "proof": "consistency",
        "old_head": signed_head(old).as_json(),
        "path": _roots(consistency_stretches(old.size, new.size), new),
        "head": signed_head(new).as_json(),
    }


def personal(model: type[Fact], ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The personal values of facts by id; erased ones are absent."""
    rows = Erasable.objects.filter(kind=model._meta.db_table, subject_id__in=list(ids))
    return {row.subject_id: json.loads(row.content) for row in rows}


def _head_until(instant: datetime) -> Head | None:
    return Head.objects.filter(sealed_at__lte=instant).order_by("sealed_at").last()


def _roots(stretches: list[Stretch], head: Head) -> list[str]:
    roots = stretch_roots(stretches, leaf_hashes(high=head.horizon))
    return [roots[stretch].hex() for stretch in stretches]
