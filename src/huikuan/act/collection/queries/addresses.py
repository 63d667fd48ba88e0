"""Where a customer is written to: of its people the one who pays, and the address it named for letters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.act.collection.domain.strategy import MESSAGES
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.template_codes import CHINESE, ENGLISH
from huikuan.mechanisms.notices.domain.wanted import LETTER, address_of
from huikuan.mechanisms.notices.queries.consents import HEEDLESS
from huikuan.mechanisms.notices.queries.stops import Stops, stops_of
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


def addresses_of(
    customer_ids: Collection[int], names: dict[int, str], *, heedless: Collection[int] = ()
) -> dict[int, Addresses]:
    """Of each customer; for letters, where no address was ever named, the customer's name. Whoever said stop to a
    channel is as one who refuses it, but for customers of `heedless`: what they are written goes out whoever said so
    (`consents.HEEDLESS`)."""
    cares = care_by_customer(customer_ids)
    people = _people(customer_ids)
    letters = {
        one: _way(LETTER, getattr(cares.get(one), "delivery_address", "") or names[one]) for one in customer_ids
    }
    stops = _stops(people, letters.values())
    return {
        one: _addresses(
            people.get(one, []), cares.get(one), names[one], letters[one], Stops() if one in heedless else stops
        )
        for one in customer_ids
    }


def address_now(customer_id: int, channel: str, *, purpose: str) -> Address | None:
    """Where this customer is written to by the channel for the purpose; None: nowhere."""
    names = {one: row.name for one, row in customers_by_id([customer_id]).items()}
    heedless = [customer_id] if purpose in HEEDLESS else []
    return addresses_of([customer_id], names, heedless=heedless)[customer_id].by_channel.get(channel)


def every_address(customer_id: int, channel: str) -> frozenset[str]:
    """All addresses of the people still there who want to be written to."""
    people = [one for one in _people([customer_id]).get(customer_id, []) if one.consent != _REFUSED]
    return frozenset(way.to for one in people for way in one.ways if way.channel == channel)


@dataclass(frozen=True, slots=True)
class _Way:
    """An address by a channel, and how it is known again."""

    channel: str
    to: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Person:
    """A contact: `number` at the customer `of`, which may have been `merged` into the one that is written to."""

    of: int
    number: int
    role: str
    language: str
    consent: str
    merged: bool
    ways: tuple[_Way, ...] = ()

    @property
    def own_number(self) -> int | None:
        return None if self.merged else self.number

    @property
    def place(self) -> tuple[int, int]:
        return (_FIRST.index(self.role) if self.role in _FIRST else len(_FIRST), self.number)

    def wants(self, way: _Way, stops: Stops) -> bool:
        return self.consent != _REFUSED and not stops.against(way.channel, (self.of, self.number), way.digest)


def _stops(people: Mapping[int, Sequence[_Person]], letters: Iterable[_Way]) -> Stops:
    """What they and whoever is behind their addresses said of being written to."""
    every = [one for some in people.values() for one in some]
    ways = [*(way for one in every for way in one.ways), *letters]
    return stops_of({one.of for one in every}, {way.digest for way in ways})


def _addresses(people: Iterable[_Person], care: object, name: str, letter: _Way, stops: Stops) -> Addresses:
    theirs = _LANGUAGES.get(getattr(care, "statement_language", "")) or _language_of(name)
    found: dict[str, Address] = {}
    refused: set[str] = set()
    for person in sorted(people, key=lambda one: one.place):
        for way in person.ways:
            if not person.wants(way, stops):
                refused.add(way.channel)
            elif way.channel not in found:
                found[way.channel] = Address(way.to, _LANGUAGES.get(person.language, theirs), person.own_number)
    if stops.against(LETTER, None, letter.digest):
        refused.add(LETTER)
    else:
        found[LETTER] = Address(letter.to, theirs)
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
        ways = _ways(said.get(fact_id, {}))
        person = _Person(customer_id, number, role, language, consent, customer_id in into, ways)
        found[into.get(customer_id, customer_id)].append(person)
    return found


def _ways(said: Mapping[str, str]) -> tuple[_Way, ...]:
    found = ((channel, _usable(channel, said.get(value, ""))) for channel, value in _VALUES.items())
    return tuple(_way(channel, to) for channel, to in found if to)


def _way(channel: str, to: str) -> _Way:
    return _Way(channel, to, digest_of(channel, to))


def _said(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    return {number: said for part in _parts(sorted(ids)) for number, said in personal(ContactVersion, part).items()}


def _parts(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
