"""Sealing: leaves that are final get their place in the tree, and a signed head says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import heads
from huikuan.mechanisms.audit.domain.tree import Frontier
from huikuan.mechanisms.audit.heads import SignedHead
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.reading import hashes_of, leaf_texts
from huikuan.mechanisms.audit.turn import sealing
from huikuan.mechanisms.store.models import Epoch
from huikuan.mechanisms.store.transactions import horizon


def seal(at: datetime | Callable[[], datetime]) -> Head:
    """Take every final leaf into the tree, sign the new head and append it to HUIKUAN_HOME/heads.jsonl.

    `at` is a clock, read once it is our turn: a question asked before that, and answered without
    this head, is then about an earlier instant. An instant instead of a clock is for ledgers that
    nobody asks meanwhile. The head's `sealed_at` is that instant, or later: after the last head's,
    and after the wait for another sealer. With nothing new the last head is returned: it states what was
    known from its `sealed_at` on, until the next. A transaction that is still open anywhere in the
    database cluster may hold the horizon back; its facts and later ones come with a later seal.

    Refuses `audit_heads_ahead` when the exported heads say more than the database, which was then
    cut off or replaced (see `verify`); and `audit_frontier_broken`. Call outside a transaction: a
    head is exported once it is committed.
    """
    with sealing() as waited:
        instant = aware(at()) if callable(at) else aware(at) + waited
        last = Head.objects.order_by("size").last()
        _refuse_if_ahead(last)
        head = _grow(last, instant)
        transaction.on_commit(export)
    return head


def export() -> int:
    """Append the heads that the exported file lacks (after a crash, or in a new folder); how many."""
    newest = heads.last_exported()
    upto = newest.size if newest else -1
    fresh = [signed_head(head) for head in Head.objects.filter(size__gt=upto).order_by("size")]
    if fresh:
        heads.append_heads(fresh)
    return len(fresh)


def signed_head(head: Head) -> SignedHead:
    """The head as it is exported."""
    return SignedHead(
        size=head.size,
        horizon=head.horizon,
        root=bytes(head.root).hex(),
        sealed_at=heads.instant_text(head.sealed_at),
        ledger_id=str(Epoch.objects.get(id=1).ledger_id),
        signature=bytes(head.signature).hex(),
        key=head.key,
    )


def _grow(last: Head | None, at: datetime) -> Head:
    frontier = _frontier(last)
    upto = horizon()
    for texts in leaf_texts(low=last.horizon if last else None, high=upto):
        frontier.extend(hashes_of(texts))
    if last and frontier.size == last.size:
        return last
    if last:
        at = max(at, last.sealed_at + timedelta(microseconds=1))
    unsigned = SignedHead(
        size=frontier.size,
        horizon=upto,
        root=frontier.root().hex(),
        sealed_at=heads.instant_text(at),
        ledger_id=str(Epoch.objects.get(id=1).ledger_id),
    )
    signed = heads.sign(unsigned)
    return Head.objects.create(
        size=signed.size,
        horizon=signed.horizon,
        root=bytes.fromhex(signed.root),
        frontier=frontier.dump(),
        sealed_at=at,
        signature=bytes.fromhex(signed.signature),
        key=signed.key,
    )


def _frontier(last: Head | None) -> Frontier:
    if last is None:
        return Frontier()
    try:
        frontier = Frontier.load(last.size, bytes(last.frontier))
    except ValueError:
        raise Refusal("audit_frontier_broken", size=last.size) from None
    if frontier.root() != bytes(last.root):
        raise Refusal("audit_frontier_broken", size=last.size)
    return frontier


def _refuse_if_ahead(last: Head | None) -> None:
    """A head once exported stands: none is sealed that would contradict it."""
    newest = heads.last_exported()
    if newest is None:
        return
    known = Head.objects.filter(size=newest.size).first() if last else None
    if known is None or bytes(known.root).hex() != newest.root:
        raise Refusal("audit_heads_ahead", file=heads.heads_path().name, size=newest.size)
