"""Who wants no notices, of many at once: the rule of `consents.stopped`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from huikuan.mechanisms.notices.models import Consent

_AT_ONCE = 5_000
#: A person (customer and number) or an address (its digest), and a channel ('' any).
_Key = tuple[object, str]


@dataclass(frozen=True, slots=True)
class Stops:
    """What some people and addresses said last of each channel, and when."""

    _said: Mapping[_Key, tuple[tuple[int, int], bool]] = field(default_factory=dict)

    def against(self, channel: str, person: tuple[int, int] | None, digest: str) -> bool:
        """Whether this person (customer and number), or whoever is behind the address, said stop for the channel: the
        last they said counts."""
        keys = [(whose, one) for whose in (person, digest) if whose for one in (channel, "")]
        said = [self._said[key] for key in keys if key in self._said]
        return bool(said) and not max(said)[1]


def stops_of(customer_ids: Collection[int], digests: Collection[str]) -> Stops:
    """Of these customers' people and of these addresses."""
    found: dict[_Key, tuple[tuple[int, int], bool]] = {}
    for rows in _asked(customer_ids, digests):
        columns = ("tx", "id", "wanted", "channel", "customer_id", "person_id", "address_digest")
        for tx, number, wanted, channel, customer_id, person_id, digest in rows.values_list(*columns):
            said = (tx, number), wanted
            person = (customer_id, person_id) if customer_id is not None and person_id is not None else None
            for whose in filter(None, (person, digest)):
                found[whose, channel] = max(said, found.get((whose, channel), said))
    return Stops(found)


def _asked(customer_ids: Collection[int], digests: Collection[str]) -> Iterator[QuerySet[Consent]]:
    for name, wanted in (("customer_id__in", customer_ids), ("address_digest__in", digests)):
        listed: list[Any] = sorted(set(wanted))
        for start in range(0, len(listed), _AT_ONCE):
            yield Consent.objects.filter(**{name: listed[start : start + _AT_ONCE]})
