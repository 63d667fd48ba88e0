"""Where a customer is written to: of its people the one who pays, and the address it named for letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from huikuan.act.collection.domain.strategy import MESSAGES
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.notices.domain.template_codes import CHINESE, ENGLISH
from huikuan.mechanisms.notices.domain.wanted import address_of
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.queries import among, customers_by_id
from huikuan.record.customers.queries.merging import under
from huikuan.record.customers.queries.people import care_by_customer

_AT_ONCE = 5_000
#: Who is written to first.
_FIRST = ("payables", "decides", "")
_LANGUAGES = {"zh": CHINESE, "en": ENGLISH}
_REFUSED = "refused"
#: Which value of a contact each channel takes.
_VALUES = {"email": "email", "sms": "phone", "voice": "phone"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes, to which contact (its number at the customer; None: nobody's, or somebody of a customer
    merged into it, whose number is another's here), in which language."""

    to: str
    language: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """A customer's addresses by channel; `refused`: channels somebody could be reached on and does not want to be."""

    by_channel: dict[str, Address] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()


def addresses_of(customer_ids: Collection[int], names: dict[int, str]) -> dict[int, Addresses]:
    """Of each customer. A letter always has one: where no address was ever named, the customer's name."""
    cares = care_by_customer(customer_ids)
    people = _people(customer_ids)
    return {one: _addresses(people.get(one, []), cares.get(one), names[one]) for one in customer_ids}


def address_now(customer_id: int, channel: str) -> Address | None:
    """Where this customer is written to by the channel; None: nowhere."""
    names = {one: row.name for one, row in customers_by_id([customer_id]).items()}
    people = _people([customer_id]) if channel in _VALUES else {}
    care = care_by_customer([customer_id]).get(customer_id)
    return _addresses(people.get(customer_id, []), care, names[customer_id]).by_channel.get(channel)


def every_address(customer_id: int, channel: str) -> frozenset[str]:
    """All addresses of the people still there who want to be written to."""
    people = [one for one in _people([customer_id]).get(customer_id, []) if one.consent != _REFUSED]
    return frozenset(filter(None, (_usable(channel, one.said.get(_VALUES[channel], "")) for one in people)))


@dataclass(frozen=True, slots=True)
class _Person:
    role: str
    language: str
    consent: str
    number: int
    merged: bool
    said: dict[str, str] = field(default_factory=dict)

    @property
    def own_number(self) -> int | None:
        return None if self.merged else self.number

    @property
    def place(self) -> tuple[int, int]:
        return (_FIRST.index(self.role) if self.role in _FIRST else len(_FIRST), self.number)


def _addresses(people: Iterable[_Person], care: object, name: str) -> Addresses:
    theirs = _LANGUAGES.get(getattr(care, "statement_language", "")) or _language_of(name)
    found: dict[str, Address] = {}
    refused: set[str] = set()
    for person in sorted(people, key=lambda one: one.place):
        for channel, value in _VALUES.items():
            to = _usable(channel, person.said.get(value, ""))
            if to and person.consent == _REFUSED:
                refused.add(channel)
            elif to and channel not in found:
                found[channel] = Address(to, _LANGUAGES.get(person.language, theirs), person.own_number)
    found["letter"] = Address(getattr(care, "delivery_address", "") or name, theirs)
    return Addresses(found, frozenset(refused - found.keys()) & frozenset(MESSAGES))


def _language_of(name: str) -> str:
    """Of a customer of whom no language was ever said: who is registered in China has a name in Chinese characters."""
    return CHINESE if any("\u4e00" <= sign <= "\u9fff" for sign in name) else ENGLISH


def _usable(channel: str, text: str) -> str:
    """The address as the channel takes it; '' where it is none: one that cannot be used is as good as none."""
    try:
        return address_of(channel, text) if text else ""
    except Refusal:
        return ""


def _people(customer_ids: Collection[int]) -> dict[int, list[_Person]]:
    """The people still there, of each customer and of those merged into it."""
    into = under(customer_ids)
    facts = ContactVersion.objects.filter(customer_id__in=among([*customer_ids, *into])).order_by("version")
    columns = ("customer_id", "number", "id", "role", "language", "consent", "active")
    latest = {(row[0], row[1]): row[2:] for row in facts.values_list(*columns)}
    active = {key: row for key, row in latest.items() if row[-1]}
    said = _said(row[0] for row in active.values())
    found: dict[int, list[_Person]] = defaultdict(list)
    for (customer_id, number), (fact_id, role, language, consent, _) in active.items():
        person = _Person(role, language, consent, number, customer_id in into, said.get(fact_id, {}))
        found[into.get(customer_id, customer_id)].append(person)
    return found


def _said(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    return {number: said for part in _parts(sorted(ids)) for number, said in personal(ContactVersion, part).items()}


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
