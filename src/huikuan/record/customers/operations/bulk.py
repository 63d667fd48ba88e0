"""Customers in bulk, for imports: set-based, race-safe, and silent where nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction
from django.utils.translation import gettext

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.mechanisms.events.operations import announce
from huikuan.record.customers.domain.master import CUSTOMER, LONGEST, PROSPECT, Master, restated
from huikuan.record.customers.domain.tree import cycle_in
from huikuan.record.customers.models import Affiliation, Customer
from huikuan.record.customers.operations.affiliations import Move, Statement, affiliate_many, ensure_groups
from huikuan.record.customers.operations.rows import (
    Known,
    ids_by_code,
    insert_new,
    known_by_code,
    parents_by_code,
    record_versions,
    set_parents,
    update_changed,
)
from huikuan.record.customers.queries.merging import merged

_STATUSES = {
    "": CUSTOMER,
    CUSTOMER: CUSTOMER,
    PROSPECT: PROSPECT,
    "客户": CUSTOMER,
    "正式": CUSTOMER,
    "潜在": PROSPECT,
}
_DIMENSIONS = {
    "group_code": Affiliation.Dimension.GROUP,
    "owner": Affiliation.Dimension.OWNER,
    "region": Affiliation.Dimension.REGION,
    "business_type": Affiliation.Dimension.BUSINESS_TYPE,
}


#: Customers looked up in one statement.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ImportedCustomers:
    """What a customers file brought, and which customers it took from one owner, region … to another.

    `counts`: created, changed, unchanged, groups, affiliations, uscc_warnings.
    """

    counts: dict[str, int]
    moves: tuple[Move, ...]


def ensure_prospects(
    names: Mapping[str, str],
    *,
    batch_id: int | None,
    actor: str,
    at: datetime,
    ids: Mapping[str, int] | None = None,
    status: str = PROSPECT,
) -> dict[str, int]:
    """Code → id for every code given; codes nobody knows become prospects under the name given (`status`: or
    customers, where they come with items).

    `ids`, where given, are reserved ids for codes that were unknown when the caller looked.

    A known customer is left as it is, whatever name the file uses for it. Two imports that create
    the same code at once end with one customer: the second waits, then finds it.
    """
    with transaction.atomic():
        known = ids_by_code(names)
        missing = [Master(code, names[code] or code, status=status) for code in names if code not in known]
        if not missing:
            return known
        created = insert_new(missing, ids)
        stated = [(created[master.code], 1, master) for master in missing if master.code in created]
        record_versions(stated, batch_id=batch_id, actor=actor, at=at)
        if created:
            announce("customers.created", at=at, payload={"count": len(created), "batch_id": batch_id})
        elsewhere = [master.code for master in missing if master.code not in created]
        return {**known, **created, **ids_by_code(elsewhere)}


def become_customers(customer_ids: Collection[int], *, batch_id: int | None, actor: str, at: datetime) -> int:
    """Whoever has an item in the ledger is a prospect no longer, nor is the customer it is shown under: those among
    these are customers from now on, in the transaction that posts. Answers how many there were."""
    under, found = merged() if customer_ids else {}, 0
    ids = sorted({*customer_ids, *(under[one] for one in customer_ids if one in under)})
    for start in range(0, len(ids), _AT_ONCE):
        some = Customer.objects.select_for_update().filter(pk__in=ids[start : start + _AT_ONCE], status=PROSPECT)
        codes = list(some.order_by("pk").values_list("code", flat=True))
        if not codes:
            continue
        known = known_by_code(codes)
        masters = {code: replace(one.master, status=CUSTOMER) for code, one in known.items()}
        update_changed(list(masters.values()))
        stated = [(known[code].id, known[code].version + 1, masters[code]) for code in codes]
        record_versions(stated, batch_id=batch_id, actor=actor, at=at)
        for code in codes:
            announce("customers.changed", at=at, customer_id=known[code].id, payload={"fields": ["status"]})
        found += len(codes)
    return found


def import_customers(
    frame: pl.DataFrame, *, batch_id: int | None, actor: str, at: datetime, effective_on: date | None = None
) -> ImportedCustomers:
    """Create and change customers from checked rows (columns: connectors' domain/rows, "customers").

    An empty cell says nothing and changes nothing. Groups are created, parents resolved within the
    file and the database; affiliations hold from `effective_on`, by default from the day of
    recording, or since ever where none was known. The same content again writes nothing.
    Refuses a code twice, an unknown status or parent, and a cycle of parents. A doubtful USCC is
    kept and counted: early pilot codes fail the check although they are real.
    """
    rows = frame.to_dicts()
    _refuse_twice(rows)
    stated = {row["code"]: _master(row) for row in rows}
    _refuse_endless(rows, stated)
    with transaction.atomic():
        known = known_by_code(stated, lock=True)
        _check_parents(rows, stated, known)
        wanted = {
            code: restated(known[code].master, master) if code in known else master for code, master in stated.items()
        }
        created, changed = _write(wanted, known, batch_id=batch_id, actor=actor, at=at)
        ids = {**ids_by_code(wanted)}
        groups = ensure_groups({row["group_code"]: row["group_name"] for row in rows if row["group_code"]})
        affiliated = affiliate_many(
            _statements(rows, ids, effective_on), today=business_date(at), batch_id=batch_id, actor=actor, at=at
        )
        if created or changed:
            payload = {"created": created, "changed": changed, "batch_id": batch_id}
            announce("customers.imported", at=at, payload=payload)
    counts = {
        "created": created,
        "changed": changed,
        "unchanged": len(rows) - created - changed,
        "groups": groups,
        "affiliations": affiliated.written,
        "uscc_warnings": sum(1 for master in wanted.values() if master.uscc and uscc_problem(master.uscc)),
    }
    return ImportedCustomers(counts, affiliated.moves)


def _write(
    wanted: Mapping[str, Master], known: Mapping[str, Known], *, batch_id: int | None, actor: str, at: datetime
) -> tuple[int, int]:
    """Insert and update what differs, a version each; (created, changed)."""
    new = [master for code, master in wanted.items() if code not in known]
    changed = [master for code, master in wanted.items() if code in known and master != known[code].master]
    ids = insert_new(new)
    if len(ids) < len(new):
        # Someone else created one of them between our reading and writing.
        raise Refusal("customers_changed_meanwhile")
    update_changed(changed)
    set_parents({master.code: master.parent_code for master in (*new, *changed) if master.parent_code})
    versions = [(ids[master.code], 1, master) for master in new]
    versions += [(known[master.code].id, known[master.code].version + 1, master) for master in changed]
    record_versions(versions, batch_id=batch_id, actor=actor, at=at)
    return len(new), len(changed)


def _statements(
    rows: Iterable[Mapping[str, Any]], ids: Mapping[str, int], effective_on: date | None
) -> list[Statement]:
    return [
        Statement(ids[row["code"]], dimension, row[column], effective_on)
        for row in rows
        for column, dimension in _DIMENSIONS.items()
        if row[column]
    ]


def _master(row: Mapping[str, Any]) -> Master:
    status = _STATUSES.get(row["status"])
    if status is None:
        raise Refusal("customer_status_unknown", where=[_place(row, "status", "")], value=row["status"])
    return Master(
        code=row["code"],
        name=row["name"] or row["code"],
        short_name=row["short_name"],
        english_name=row["english_name"],
        former_names=tuple(name for name in row["former_names"].split("；") if name),
        uscc=row["uscc"],
        status=status,
        parent_code=row["parent_code"],
        industry=row["industry"],
    )


def _refuse_twice(rows: list[dict[str, Any]]) -> None:
    counts = Counter(row["code"] for row in rows)
    if len(counts) == len(rows):
        return
    reason = gettext("This code stands in more than one row.")
    raise Refusal("customer_twice", where=[_place(row, "code", reason) for row in rows if counts[row["code"]] > 1])


def _refuse_endless(rows: Iterable[Mapping[str, Any]], stated: Mapping[str, Master]) -> None:
    """What is longer than its column, which a database may keep, refuse or cut: each as its place."""
    places = []
    for row in rows:
        for name, longest in LONGEST.items():
            if len(getattr(stated[row["code"]], name)) > longest:
                reason = gettext("It takes at most %(longest)s characters.") % {"longest": longest}
                places.append(_place(row, name, reason))
    if places:
        raise Refusal(
            "customer_field_too_long", where=places, field=places[0].column, longest=LONGEST[places[0].column]
        )


def _check_parents(rows: list[dict[str, Any]], stated: Mapping[str, Master], known: Mapping[str, Known]) -> None:
    named = {master.parent_code for master in stated.values() if master.parent_code}
    if not named:
        return
    there = {*stated, *known, *ids_by_code(named - stated.keys())}
    reason = gettext("No customer has this code.")
    strangers = [_place(row, "parent_code", reason) for row in rows if row["parent_code"] not in there | {""}]
    if strangers:
        raise Refusal("parent_unknown", where=strangers)
    overlaid = parents_by_code() | {code: master.parent_code for code, master in stated.items() if master.parent_code}
    circle = set(cycle_in(overlaid))
    if circle:
        reason = gettext("The customer would stand above itself.")
        places = [_place(row, "parent_code", reason) for row in rows if row["code"] in circle]
        raise Refusal("parent_cycle", where=places, codes=", ".join(sorted(circle)))


def _place(row: Mapping[str, Any], column: str, reason: str) -> Place:
    return Place(row=row["row"], column=column, value=row[column], reason=reason)
