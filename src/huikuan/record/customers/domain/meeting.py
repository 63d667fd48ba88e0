"""Who a row of a file means: people a customer has already, and people that are new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.merging import shown_under

_SAID = ("position", "role", "phone", "email", "language")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a row says of a person at a customer; '' says nothing. `active` None: it does not say either."""

    row: int
    customer_id: int
    contact: Contact
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as it is now, whose name is known. `taken_back`: an import brought them and was undone."""

    customer_id: int
    number: int
    version: int
    contact: Contact
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """Each row with the contact it means, None for one who is new; and rows that may mean several."""

    pairs: tuple[tuple[Stated, Known | None], ...]
    unclear: tuple[Stated, ...]


def meet(stated: Iterable[Stated], known: Iterable[Known], under: Mapping[int, int]) -> Met:
    """A row means the person of its name at its customer. Where several bear the name, in the file or there, it
    means the one with the same telephone number or e-mail address; one who shares neither is new only if nobody
    of the name is left over. Whatever could be two people is unclear. `under`: who is merged into whom; those are
    one customer."""
    rows: dict[tuple[int, str], list[Stated]] = defaultdict(list)
    people: dict[tuple[int, str], list[Known]] = defaultdict(list)
    for row in stated:
        rows[shown_under(under, row.customer_id), _folded(row.contact.name)].append(row)
    for one in known:
        people[shown_under(under, one.customer_id), _folded(one.contact.name)].append(one)
    pairs: list[tuple[Stated, Known | None]] = []
    unclear: list[Stated] = []
    for name, group in rows.items():
        found, doubtful = _meet_namesakes(group, people[name])
        pairs += found
        unclear += doubtful
    return Met(tuple(sorted(pairs, key=lambda pair: pair[0].row)), tuple(sorted(unclear, key=lambda one: one.row)))


def restated(known: Known, stated: Stated) -> Contact:
    """The contact after a row was read: what it says, and what held where it says nothing."""
    said = {name: value for name in _SAID if (value := getattr(stated.contact, name))}
    if stated.contact.consent:
        said |= {"consent": stated.contact.consent, "consent_on": stated.contact.consent_on}
    active = stated.active if stated.active is not None else known.contact.active or known.taken_back
    return replace(known.contact, active=active, **said)


def _meet_namesakes(
    rows: Sequence[Stated], people: Sequence[Known]
) -> tuple[list[tuple[Stated, Known | None]], list[Stated]]:
    if len(rows) == 1 and len(people) <= 1:
        return [(rows[0], people[0] if people else None)], []
    reached = {row.row: [one for one in people if _shares(row.contact, one.contact)] for row in rows}
    claims = Counter((one.customer_id, one.number) for found in reached.values() for one in found)
    left_over = len(claims) < len(people)
    pairs: list[tuple[Stated, Known | None]] = []
    unclear: list[Stated] = []
    for row in rows:
        found = reached[row.row]
        if len(found) == 1 and claims[found[0].customer_id, found[0].number] == 1:
            pairs.append((row, found[0]))
        elif not found and not left_over:
            pairs.append((row, None))
        else:
            unclear.append(row)
    return pairs, unclear


def _shares(left: Contact, right: Contact) -> bool:
    same_phone = bool(left.phone) and left.phone == right.phone
    return same_phone or (bool(left.email) and left.email.casefold() == right.email.casefold())


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()
