"""A fact enters with its leaf, or not at all (catalogue 69)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from huikuan.mechanisms.audit.bulk import record_frame
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.models import RoleGrant
from huikuan.record.customers.models import Affiliation

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
GRANT = {"user_id": 1, "role": "auditor", "granted": True, "actor": "root"}
BELONGS = {"customer_id": 7, "dimension": "owner", "value": "何渝", "effective_on": date(2026, 1, 31), "actor": "周敏"}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_every_fact_has_a_leaf_that_states_its_digest(count: int) -> None:
    with transaction.atomic():
        ids = record(RoleGrant, [{**GRANT, "user_id": number} for number in range(count)], at=AT)
    leaves = Leaf.objects.filter(kind="identity_rolegrant").order_by("id")
    assert [leaf.subject_id for leaf in leaves] == ids == sorted(ids)
    for number, (fact, leaf) in enumerate(zip(RoleGrant.objects.order_by("id"), leaves, strict=True)):
        text = f'["root",null,true,"all","","2026-11-20T02:14:00.000000Z","auditor",{number}]'
        assert bytes(leaf.digest) == hashlib.sha256(text.encode()).digest()
        assert (leaf.tx, leaf.recorded_at, leaf.commitment) == (fact.tx, AT, None)


@pytest.mark.django_db
def test_a_frame_leaves_what_rows_leave() -> None:
    with transaction.atomic():
        first = record(Affiliation, [BELONGS, {**BELONGS, "item_id": 3, "value": '"'}], at=AT)
        frame = pl.DataFrame([{**BELONGS, "item_id": None}, {**BELONGS, "item_id": 3, "value": '"'}])
        second = record_frame(Affiliation, frame, at=AT)
    digests = dict(Leaf.objects.values_list("subject_id", "digest"))
    assert [bytes(digests[one]) for one in first] == [bytes(digests[one]) for one in second]
    rows = list(Affiliation.objects.order_by("id").values())
    shape = shape_of(Affiliation)
    assert [hashlib.sha256(shape.canonical(row)).digest() for row in rows] == [
        bytes(digests[row["id"]]) for row in rows
    ]


@pytest.mark.django_db
def test_a_document_is_read_back_to_the_same_digest() -> None:
    payload = {"金额": "1234.50", "b": [1, None, True], "a": {"z": 1, "aa": 2}}
    with transaction.atomic():
        record(Event, [{"kind": "ledger.tried", "payload": payload}], at=AT)
        record_frame(Event, pl.DataFrame({"kind": ["ledger.tried"], "payload": ['{"b": [1,  null], "a": 1}']}), at=AT)
    for row in Event.objects.values():
        leaf = Leaf.objects.get(kind="events_event", subject_id=row["id"])
        assert hashlib.sha256(shape_of(Event).canonical(row)).digest() == bytes(leaf.digest)
    assert Event.objects.order_by("id")[0].payload == payload


@pytest.mark.django_db
def test_a_rollback_leaves_neither() -> None:
    with transaction.atomic():
        record(RoleGrant, [GRANT], at=AT)
        record(RoleGrant, [GRANT, GRANT], at=AT)
        transaction.set_rollback(True)
    assert (RoleGrant.objects.count(), Leaf.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_fact_the_database_refuses_leaves_no_leaf() -> None:
    with transaction.atomic():
        (taken,) = record(RoleGrant, [GRANT], at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        record(RoleGrant, [{**GRANT, "id": taken}], at=AT)
    assert (RoleGrant.objects.count(), Leaf.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(TypeError, match="no column"), transaction.atomic():
        record(RoleGrant, [{**GRANT, "rolle": "admin"}], at=AT)
    with pytest.raises(TypeError, match="no column"):
        record_frame(RoleGrant, pl.DataFrame([{**GRANT, "rolle": "admin"}]), at=AT)
    assert RoleGrant.objects.count() == 0
