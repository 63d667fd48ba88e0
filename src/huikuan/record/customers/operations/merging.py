"""Saying that two customers are one, and taking it back. The ledger's facts stay with the customer they name."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.domain.merging import (
    LONGEST_REASON,
    Party,
    check_merge,
    names_given,
    taking_over,
    without_names,
)
from huikuan.record.customers.domain.tree import chain_above
from huikuan.record.customers.models import Customer, Merge
from huikuan.record.customers.operations.handovers import check_free
from huikuan.record.customers.operations.rows import (
    known_by_code,
    parents_by_code,
    record_versions,
    update_changed,
)


def merge_customers(
    *, from_id: int, into_id: int, reason: str, actor: str, at: datetime, confirmed: bool = False
) -> int:
    """From now on `from_id` is shown under `into_id`, which takes its names as former ones and is no prospect where
    the other is none; answers the merge's id.

    Refuses as `check_merge`, a repeat too, and customers that an open hand-over names. `confirmed`: their valid
    credit codes differ, and that is meant.
    """

    def work() -> int:
        held = _held([from_id, into_id])
        merged, into = _party(held, from_id), _party(held, into_id)
        check_merge(merged, into, reason=reason, confirmed=confirmed)
        check_free([from_id, into_id])
        names = names_given(merged.master, into.master)
        said = {"from_id": from_id, "into_id": into_id, "names": list(names), "reversal_of": None}
        (merge_id,) = record(Merge, [{**said, "reason": tidy(reason)[:LONGEST_REASON], "actor": actor}], at=at)
        Customer.objects.filter(pk=from_id).update(merged_into=into_id)
        _restate(into.id, into.master, taking_over(into.master, merged.master, names), actor, at)
        payload = {"merge_id": merge_id, "code": merged.master.code, "into": into.master.code}
        announce("customers.merged", at=at, customer_id=into_id, payload=payload)
        return merge_id

    return retrying(work)


def undo_merge(*, merge_id: int, reason: str, actor: str, at: datetime) -> int:
    """The two are two again, and the names given are taken back; answers the undoing's id.

    Refuses an unknown merge, a repeat, a missing reason, and customers that an open hand-over names.
    """

    def work() -> int:
        merge = Merge.objects.filter(pk=merge_id, reversal_of=None).first()
        if merge is None:
            raise Refusal("merge_unknown", number=merge_id)
        held = _held([merge.from_id, merge.into_id])
        if Merge.objects.filter(reversal_of=merge_id).exists():
            raise Refusal("merge_undone_already", number=merge_id)
        if not tidy(reason):
            raise Refusal("merge_reason_missing")
        check_free([merge.from_id, merge.into_id])
        said = {"from_id": merge.from_id, "into_id": merge.into_id, "names": merge.names, "reversal_of": merge_id}
        (undo_id,) = record(Merge, [{**said, "reason": tidy(reason)[:LONGEST_REASON], "actor": actor}], at=at)
        Customer.objects.filter(pk=merge.from_id).update(merged_into=None)
        into = _master(held[merge.into_id])
        _restate(merge.into_id, into, without_names(into, tuple(merge.names)), actor, at)
        payload = {"merge_id": merge_id, "code": held[merge.from_id].code, "into": held[merge.into_id].code}
        announce("customers.unmerged", at=at, customer_id=merge.into_id, payload=payload)
        return undo_id

    return retrying(work)


def _held(customer_ids: Collection[int]) -> dict[int, Customer]:
    """The customers, held in id order to the end of the transaction, so that merges come one after another."""
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=customer_ids).order_by("pk")
    found = {row.pk: row for row in rows}
    missing = set(customer_ids) - found.keys()
    if missing:
        raise Refusal("customer_unknown", customer=min(missing))
    return found


def _party(held: dict[int, Customer], customer_id: int) -> Party:
    row = held[customer_id]
    shown = Customer.objects.filter(merged=row).values_list("code", flat=True).first()
    under = Customer.objects.filter(merged_into=row).order_by("code").values_list("code", flat=True)
    above = chain_above(row.code, parents_by_code())
    return Party(customer_id, _master(row), tuple(above), shown or "", tuple(under))


def _master(row: Customer) -> Master:
    return known_by_code([row.code])[row.code].master


def _restate(customer_id: int, known: Master, stated: Master, actor: str, at: datetime) -> None:
    """Write the customer anew where its names or its status differ."""
    if stated == known:
        return
    update_changed([stated])
    version = Customer.objects.values_list("version", flat=True).get(pk=customer_id)
    record_versions([(customer_id, version, stated)], batch_id=None, actor=actor, at=at)
    changed = [name for name in ("status", "former_names") if getattr(stated, name) != getattr(known, name)]
    announce("customers.changed", at=at, customer_id=customer_id, payload={"fields": changed})
