"""Contacts out of a file: known ones are restated, new ones added, nothing is said twice; and the undoing of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.events.operations import announce
from huikuan.record.customers.domain.contacts import Contact, check_contact
from huikuan.record.customers.domain.meeting import Known, Met, Stated, meet, restated
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.models import ContactVersion, Customer
from huikuan.record.customers.queries.merging import merged
from huikuan.record.customers.queries.people import contact_from

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class TakenContacts:
    """How many rows brought somebody, changed somebody, and said nothing new."""

    added: int
    changed: int
    unchanged: int


def meet_contacts(stated: Sequence[Stated]) -> Met:
    """Whom the rows mean, by the contacts as they are now. Reads only."""
    under = merged()
    return meet(stated, _known(_all_that_are_one({row.customer_id for row in stated}, under)), under)


def import_contacts(stated: Sequence[Stated], *, batch_id: int, actor: str, at: datetime) -> TakenContacts:
    """Write what the rows say, a version each; call inside the import's transaction.

    Refuses what `check_contact` refuses, and rows that mean nobody for certain: somebody changed the contacts
    since they were looked at.
    """
    for row in stated:
        check_contact(row.contact)
    _hold(_all_that_are_one({row.customer_id for row in stated}, merged()))
    met = meet_contacts(stated)
    if met.unclear:
        raise Refusal("contacts_changed_meanwhile")
    numbers = _last_numbers({row.customer_id for row in stated})
    facts, added = [], 0
    for row, known in met.pairs:
        if known is None:
            added += 1
            numbers[row.customer_id] = number = numbers.get(row.customer_id, 0) + 1
            new = replace(row.contact, active=row.active is not False)
            facts.append(_fact(row.customer_id, number, 1, new))
        elif (content := restated(known, row)) != known.contact:
            facts.append(_fact(known.customer_id, known.number, known.version + 1, content))
    _write(facts, batch_id, actor, at)
    return TakenContacts(added, len(facts) - added, len(stated) - len(facts))


def withdraw_contacts(*, batch_id: int, actor: str, at: datetime) -> int:
    """Take back what a batch said of contacts: whom it brought is no longer there, whom it changed is as before.
    Answers how many. Call inside the transaction of the undo. Refuses with the list of those changed since;
    whose data were erased meanwhile stay erased."""
    said = list(ContactVersion.objects.filter(batch_id=batch_id).order_by("customer_id", "number"))
    _hold({fact.customer_id for fact in said})
    history = _history({fact.customer_id for fact in said})
    clear = _clear([version.pk for fact in said for version in history[fact.customer_id, fact.number]])
    standing = [fact for fact in said if fact.pk in clear]
    _refuse_changed([fact for fact in standing if history[fact.customer_id, fact.number][-1].pk != fact.pk], batch_id)
    facts = []
    for fact in standing:
        content = contact_from(fact, clear[fact.pk])
        if fact.version == 1:
            content = replace(content, active=False)
        else:
            former = history[fact.customer_id, fact.number][-2]
            content = contact_from(former, clear[former.pk])
        facts.append(_fact(fact.customer_id, fact.number, fact.version + 1, content))
    _write(facts, batch_id, actor, at)
    return len(facts)


def _refuse_changed(changed: Sequence[ContactVersion], batch_id: int) -> None:
    if not changed:
        return
    codes = dict(Customer.objects.filter(pk__in={fact.customer_id for fact in changed}).values_list("pk", "code"))
    reason, fix = gettext("This contact was changed since the import."), gettext("Change the contact by hand.")
    # By the customer and the contact's number: a refusal names nobody.
    where = [
        Place(column=gettext("contact"), value=f"{codes[fact.customer_id]} / {fact.number}", reason=reason, fix=fix)
        for fact in changed
    ]
    raise Refusal("contacts_changed_since", where=where, count=len(where), batch=batch_id)


def _all_that_are_one(customer_ids: set[int], under: Mapping[int, int]) -> set[int]:
    """The customers, and every one that is merged with one of them."""
    shown = {shown_under(under, one) for one in customer_ids}
    return {one for one in {*customer_ids, *under, *under.values()} if shown_under(under, one) in shown}


def _known(customer_ids: set[int]) -> Iterator[Known]:
    """The contacts of the customers as they are now, but for those whose data were erased."""
    history = _history(customer_ids)
    clear = _clear([versions[-1].pk for versions in history.values()])
    for versions in history.values():
        latest = versions[-1]
        if latest.pk in clear:
            contact = contact_from(latest, clear[latest.pk])
            yield Known(latest.customer_id, latest.number, latest.version, contact, _taken_back(versions))


def _taken_back(versions: Sequence[ContactVersion]) -> bool:
    """Whether an import brought the contact, and the undoing of one spoke last."""
    batch_id = versions[-1].batch_id
    undone = batch_id is not None and any(one.batch_id == batch_id for one in versions[:-1])
    return undone and versions[0].batch_id is not None


def _clear(fact_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Who each fact is about; erased ones are absent."""
    found: dict[int, dict[str, str]] = {}
    for chunk in _chunks(fact_ids):
        found |= personal(ContactVersion, chunk)
    return found


def _history(customer_ids: set[int]) -> dict[tuple[int, int], list[ContactVersion]]:
    """(customer, number) → every version, oldest first."""
    found: dict[tuple[int, int], list[ContactVersion]] = defaultdict(list)
    for chunk in _chunks(sorted(customer_ids)):
        facts = ContactVersion.objects.filter(customer_id__in=chunk).order_by("customer_id", "number", "version")
        for fact in facts:
            found[fact.customer_id, fact.number].append(fact)
    return found


def _last_numbers(customer_ids: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in _chunks(sorted(customer_ids)):
        facts = ContactVersion.objects.filter(customer_id__in=chunk).values_list("customer_id")
        found.update(facts.annotate(last=Max("number")))
    return found


def _hold(customer_ids: set[int]) -> None:
    """Hold the customers' rows until the transaction ends, in id order, so that versions come one after another."""
    for chunk in _chunks(sorted(customer_ids)):
        list(Customer.objects.select_for_update().filter(pk__in=chunk).order_by("pk").values_list("pk"))


def _fact(customer_id: int, number: int, version: int, contact: Contact) -> dict[str, Any]:
    return {"customer_id": customer_id, "number": number, "version": version, **asdict(contact)}


def _write(facts: Sequence[dict[str, Any]], batch_id: int, actor: str, at: datetime) -> None:
    record(ContactVersion, [{**fact, "actor": actor, "batch_id": batch_id} for fact in facts], at=at)
    for customer_id in dict.fromkeys(fact["customer_id"] for fact in facts):
        announce("customers.changed", at=at, customer_id=customer_id, payload={"fields": ["contacts"]})


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
