"""Undoing an import of contracts or orders: what it said is said no more, and nothing is deleted.

What it brought is void, what it changed says again what it said before, what it delivered is taken back.
Refused while anything was built on it since.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.events.operations import announce
from huikuan.record.contracts.domain.orders import Done, order_from
from huikuan.record.contracts.domain.terms import VOID, Version, governing, terms_from
from huikuan.record.contracts.models import (
    Contract,
    ContractFile,
    ContractVersion,
    Fulfilment,
    MilestoneEvent,
    SalesOrder,
    SalesOrderVersion,
)
from huikuan.record.contracts.operations import imports, order_imports
from huikuan.record.contracts.operations.reaching import Signed, follow_signatures
from huikuan.record.contracts.queries.progress import done_of
from huikuan.record.contracts.queries.terms import standing, versions
from huikuan.record.customers.queries.merging import ever_one_with

UNDO = "undo"


def withdraw_contracts(*, batch_id: int, actor: str, at: datetime) -> int:
    """Take back what a batch said of contracts; answers how many. Call inside the transaction of the undo.

    Refuses, with the list, contracts amended since, and those it registered that reached a milestone, got a
    file, or have orders.
    """
    said = list(ContractVersion.objects.filter(batch_id=batch_id).exclude(reason=UNDO).order_by("contract_id"))
    held = {row.pk: row for row in _held(Contract, (fact.contract_id for fact in said))}
    blocked = [fact for fact in said if _amended_since(fact) or _built_on(fact)]
    _refuse([held[fact.contract_id].number for fact in blocked], "contract", batch_id)
    facts, signed = [], []
    for fact in said:
        row, history = held[fact.contract_id], versions(fact.contract_id)
        before = [version for version in history if version.number < fact.version]
        now = governing(history).terms
        former = governing(before).terms if before else replace(now, status=VOID)
        # Not before what was said last: an earlier day would leave that in force.
        version = Version(row.version + 1, max(fact.effective_on, governing(history).effective_on), former)
        happened = standing(row.pk)
        facts.append(imports.restate(row, version, happened, UNDO, batch_id, actor))
        unsigned = former if before else replace(former, signed_on=None)
        signed.append(Signed(row, now, unsigned, happened, _told_by(row.pk, governing(before)) if before else None))
    imports.save_restated([held[fact.contract_id] for fact in said], facts, at)
    if said:
        follow_signatures(signed, company_id=said[0].company_id, reason=UNDO, actor=actor, at=at)
    _tell(said, batch_id, at)
    return len(said)


def withdraw_orders(*, batch_id: int, actor: str, at: datetime) -> int:
    """Take back what a batch said of orders; answers how many. Call inside the transaction of the undo.

    Refuses, with the list, orders changed, delivered or invoiced since.
    """
    said = {fact.order_id: fact for fact in SalesOrderVersion.objects.filter(batch_id=batch_id).order_by("version")}
    made = _standing(batch_id)
    held = {row.pk: row for row in _held(SalesOrder, {*said, *(one.order_id for one in made)})}
    blocked = [row.number for row in held.values() if _moved(row, said.get(row.pk), batch_id)]
    _refuse(blocked, "order", batch_id)
    backs = [_back(one, actor) for one in made]
    facts = []
    for row in held.values():
        history = list(SalesOrderVersion.objects.filter(order_id=row.pk).order_by("version"))
        order = order_from(history[-1].content)
        if row.pk in said:
            before = [fact for fact in history if fact.version < said[row.pk].version]
            order = order_from(before[-1].content) if before else replace(order, void=True)
            facts.append(order_imports.restate(row, order, batch_id, actor))
        taken_back = [Done(one["line"], one["what"], one["quantity_e4"], one["amount"]) for one in backs
                      if one["order_id"] == row.pk]  # fmt: skip
        order_imports.show_progress(row, order, [*done_of(row.pk), *taken_back])
    order_imports.save_restated(list(held.values()), facts, backs, at)
    _tell(list(held.values()), batch_id, at)
    return len(held)


def _standing(batch_id: int) -> list[Fulfilment]:
    """What the batch delivered and invoiced and nobody took back."""
    made = Fulfilment.objects.filter(batch_id=batch_id, reversal_of=None)
    undone = Fulfilment.objects.filter(reversal_of__in=made.values("id")).values("reversal_of")
    return list(made.exclude(id__in=undone).order_by("id"))


def _held(model: Any, numbers: Iterable[int]) -> list[Any]:
    """The rows in id order, held until the transaction ends."""
    return list(model.objects.select_for_update().filter(pk__in=set(numbers)).order_by("pk"))


def _amended_since(fact: ContractVersion) -> bool:
    """Whether the contract says something else by now; what an undone batch said is unsaid again."""
    return versions(fact.contract_id)[-1].terms != terms_from(fact.content)


def _built_on(fact: ContractVersion) -> bool:
    """Whether a milestone was reached since, which the signature the batch itself told of did not reach; of a
    contract the batch registered, also files and orders."""
    stands = [one.event_id for one in standing(fact.contract_id).values()]
    if MilestoneEvent.objects.filter(id__in=stands, tx__gt=fact.tx).exclude(batch_id=fact.batch_id).exists():
        return True
    if fact.version > 1:
        return False
    whose = ever_one_with(fact.customer_id)
    orders = SalesOrder.objects.filter(company_id=fact.company_id, customer_id__in=whose).exclude(state=VOID)
    number = Contract.objects.values_list("number", flat=True).get(pk=fact.contract_id)
    filed = ContractFile.objects.filter(contract_id=fact.contract_id).exists()
    return filed or orders.filter(contract_number=number).exists()


def _told_by(contract_id: int, version: Version) -> int | None:
    """The batch that a version came with."""
    facts = ContractVersion.objects.filter(contract_id=contract_id, version=version.number)
    return facts.values_list("batch_id", flat=True).get()


def _moved(row: SalesOrder, said: SalesOrderVersion | None, batch_id: int) -> bool:
    """Whether the order says something else by now, or was delivered or invoiced since the batch."""
    latest = SalesOrderVersion.objects.filter(order_id=row.pk).order_by("version").last()
    if said is not None and latest is not None and latest.content != said.content:
        return True
    facts = list(Fulfilment.objects.filter(order_id=row.pk).order_by("id"))
    undone = {fact.reversal_of for fact in facts}
    stand = [fact for fact in facts if fact.reversal_of is None and fact.pk not in undone]
    own = [fact.pk for fact in stand if fact.batch_id == batch_id]
    created = said is not None and said.version == 1
    return any(fact.batch_id != batch_id and (created or fact.pk > min(own, default=fact.pk)) for fact in stand)


def _back(fact: Fulfilment, actor: str) -> dict[str, Any]:
    names = ("order_id", "company_id", "customer_id", "line", "what", "happened_on", "document_number", "batch_id")
    return {
        **{name: getattr(fact, name) for name in names},
        "quantity_e4": -fact.quantity_e4,
        "amount": -fact.amount,
        "reversal_of": fact.pk,
        "actor": actor,
    }


def _refuse(numbers: list[str], column: str, batch_id: int) -> None:
    if not numbers:
        return
    where = [
        Place(
            column=column,
            value=number,
            reason=gettext("Something was built on it since the import."),
            fix=gettext("Take that back first."),
        )
        for number in numbers
    ]
    raise Refusal("contracts_have_dependants", where=where, batch=batch_id, count=len(where))


def _tell(rows: list[Any], batch_id: int, at: datetime) -> None:
    if rows:
        announce("contracts.imported", at=at, company_id=rows[0].company_id, payload={"undone": batch_id})
