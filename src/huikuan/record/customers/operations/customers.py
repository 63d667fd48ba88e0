"""One customer at a time: create, change, group."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.master import CUSTOMER, LONGEST, PROSPECT, Master, restated
from huikuan.record.customers.domain.tree import cycle_in
from huikuan.record.customers.models import CustomerGroup
from huikuan.record.customers.operations.rows import (
    ids_by_code,
    insert_new,
    known_by_code,
    parents_by_code,
    record_versions,
    set_parents,
    update_changed,
)

_NAMES = ("name", "short_name", "english_name", "industry", "uscc_override_reason")


def create_customer(*, master: Master, actor: str, at: datetime) -> int:
    """Create the customer and answer its id.

    Refuses a taken code, an unknown parent, and a USCC that fails its check, unless
    `uscc_override_reason` says why it stands (early pilot codes fail although they are real).
    """
    stated = _tidy(master)
    _check(stated)

    def work() -> int:
        _check_parent(stated)
        created = insert_new([stated])
        if not created:
            raise Refusal("customer_code_taken", customer=stated.code)
        if stated.parent_code:
            set_parents({stated.code: stated.parent_code})
        customer_id = created[stated.code]
        record_versions([(customer_id, 1, stated)], batch_id=None, actor=actor, at=at)
        announce("customers.created", at=at, customer_id=customer_id)
        return customer_id

    return retrying(work)


def change_customer(*, code: str, version: int, changes: dict[str, Any], actor: str, at: datetime) -> int:
    """Change fields of a customer read at `version`; answers the new version, or the old one when
    nothing differs. A new name keeps the old one as a former name.

    Refuses when someone changed the customer since, and all that `create_customer` refuses.
    """

    def work() -> int:
        known = known_by_code([code], lock=True).get(code)
        if known is None:
            raise Refusal("customer_unknown", customer=code)
        if known.version != version:
            raise Refusal("customer_changed_since", customer=code, seen=version, now=known.version)
        stated = _tidy(replace(known.master, **changes, code=code))
        wanted = replace(stated, former_names=restated(known.master, stated).former_names)
        if wanted == known.master:
            return version
        _check(wanted)
        _check_parent(wanted)
        update_changed([wanted])
        set_parents({code: wanted.parent_code})
        record_versions([(known.id, version + 1, wanted)], batch_id=None, actor=actor, at=at)
        announce("customers.changed", at=at, customer_id=known.id, payload={"fields": sorted(changes)})
        return version + 1

    return retrying(work)


def create_group(*, code: str, name: str, parent_code: str = "", actor: str, at: datetime) -> int:
    """Create a customer group (集团), under another one if `parent_code` names it."""
    code, name = plain(code), tidy(name)
    if not code or not name:
        raise Refusal("group_code_missing")
    for field, value in (("code", code), ("name", name)):
        if len(value) > LONGEST[field]:
            raise Refusal("customer_field_too_long", field=field, longest=LONGEST[field])

    def work() -> int:
        parent = CustomerGroup.objects.filter(code=parent_code).first()
        if parent_code and parent is None:
            raise Refusal("group_unknown", group=parent_code)
        group, fresh = CustomerGroup.objects.get_or_create(code=code, defaults={"name": name, "parent": parent})
        if not fresh:
            raise Refusal("group_code_taken", group=code)
        announce("customers.group_created", at=at, payload={"group": code, "below": parent_code, "actor": actor})
        return int(group.pk)

    return retrying(work)


def move_group(*, code: str, parent_code: str, actor: str, at: datetime) -> None:
    """Put a group with all below it below another one, or ('') below none. Refuses a circle."""

    def work() -> None:
        rows = {one.code: one for one in CustomerGroup.objects.select_for_update().order_by("pk")}
        for named in (code, *filter(None, [parent_code])):
            if named not in rows:
                raise Refusal("group_unknown", group=named)
        parents = {one.pk: one.parent_id for one in rows.values() if one.parent_id}
        group, parent = rows[code], rows.get(parent_code)
        if parent and cycle_in({**parents, group.pk: parent.pk}):
            raise Refusal("group_cycle", group=code, parent=parent_code)
        if group.parent_id != (parent.pk if parent else None):
            CustomerGroup.objects.filter(pk=group.pk).update(parent=parent)
            announce("customers.group_moved", at=at, payload={"group": code, "below": parent_code, "actor": actor})

    retrying(work)


def _tidy(master: Master) -> Master:
    """As people type it → as it is kept: codes half-width, single spaces, nothing invisible."""
    return replace(
        master,
        **{name: tidy(getattr(master, name)) for name in _NAMES},
        code=plain(master.code),
        parent_code=plain(master.parent_code),
        uscc=plain(master.uscc).upper(),
        former_names=tuple(dict.fromkeys(tidy(name) for name in master.former_names if name.strip())),
    )


def _check(master: Master) -> None:
    for name in ("code", "name"):
        if not getattr(master, name):
            raise Refusal("customer_field_missing", field=name)
    for name, longest in LONGEST.items():
        if name != "uscc" and len(getattr(master, name)) > longest:
            raise Refusal("customer_field_too_long", field=name, longest=longest)
    if master.status not in (PROSPECT, CUSTOMER):
        raise Refusal("customer_status_unknown", value=master.status)
    problem = uscc_problem(master.uscc) if master.uscc else None
    # A code of another length cannot be a USCC, override or not: the column holds 18 characters.
    if problem == "length" or (problem and not master.uscc_override_reason):
        raise Refusal("uscc_doubtful", uscc=master.uscc, problem=problem)


def _check_parent(master: Master) -> None:
    if not master.parent_code:
        return
    if master.parent_code != master.code and not ids_by_code([master.parent_code]):
        raise Refusal("parent_unknown", customer=master.parent_code)
    circle = cycle_in(parents_by_code() | {master.code: master.parent_code})
    if master.code in circle:
        raise Refusal("parent_cycle", codes=", ".join(sorted(circle)))
