"""The payment at hand: whose items it pays, how sure that is and why, what else fits, and what would be afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import Reading
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.cash.domain.book import Proposal
from huikuan.record.cash.queries.suggested import Suggested, documents_of, suggested
from huikuan.record.cash.web.asked import CONDITIONS, number
from huikuan.record.cash.web.choosing import customers_called
from huikuan.record.cash.web.claims import ClaimRow, CustomerPart, Typed, difference_of, marked, part_of
from huikuan.record.cash.web.reasons import Told, told
from huikuan.record.customers.queries import CustomerRow, customer, customers_by_id

#: So many customers share one payment on the page.
_MOST_CUSTOMERS = 8
_E6 = 1_000_000
#: Documents of another proposal that are named.
_NAMED = 4


@dataclass(frozen=True, slots=True)
class Way:
    """Another proposal for the same payment: its documents, whose they are, how sure; `next`: the one A goes to."""

    title: str
    note: str
    percent: str
    url: str
    next: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """One payment with everything the page says of it. Amounts in minor units of its currency. `back`: the queue's
    conditions; `key`: of this form, so that what is sent twice is done once."""

    line: LineRow
    memo: Sequence[tuple[str, bool]]
    customers: Sequence[CustomerPart]
    proposal: Proposal | None
    digest: str
    percent: str
    version: int | None
    reasons: Sequence[Told]
    others: Sequence[Way]
    difference: str
    back: str
    key: str

    @property
    def several(self) -> bool:
        return len(self.customers) > 1

    @property
    def ticked(self) -> int:
        return sum(claim.ticked for claim in self._claims)

    @property
    def applied(self) -> int:
        return sum(claim.part for claim in self._claims)

    @property
    def ticked_open(self) -> int:
        return sum(one.open_amount * (1 if one.side == "debit" else -1) for one in self._claims if one.ticked)

    @property
    def rest(self) -> int:
        return self.line.left - self.applied

    @property
    def short(self) -> int:
        return sum(one.open_amount - one.part for one in self._claims if one.ticked and one.side == "debit")

    @property
    def overdue(self) -> int:
        return sum(part.overdue for part in self.customers)

    @property
    def overdue_after(self) -> int:
        return self.overdue - sum(max(one.part, 0) for one in self._claims if one.overdue_days > 0)

    @property
    def _claims(self) -> list[ClaimRow]:
        return [claim for part in self.customers for claim in part.claims]


def desk_of(
    request: HttpRequest, line: LineRow, query: QueryDict, reading: Reading, typed: QueryDict | None = None
) -> Desk:
    """The payment with the proposal the address chooses (the best one), or with the customers it names; a guess is
    not chosen by itself: one key too many would apply it. Without either the open items of the customer whose name
    the payer has."""
    made = suggested(line.id)
    place = _chosen(made, query.get("proposal", ""))
    named = _named(request, typed if typed is not None else query)
    best = made.proposals[place] if place is not None else None
    names = customers_by_id({one.customer_id for one in made.proposals})
    scope = scope_of(request, Permission.VIEW_LEDGER)
    chosen = named or ([names[best.customer_id]] if best else customers_called(line.counterparty_name, scope=scope))
    proposal = best if best and [one.id for one in chosen] == [best.customer_id] else None
    parts = [
        part_of(one, line, proposal, reading=reading, scope=scope, all_items="all" in query, typed=_typed(typed))
        for one in chosen
    ]
    return Desk(
        line=line,
        memo=marked(line.memo),
        customers=_first_focused(_droppable(parts, query, line)),
        proposal=proposal,
        digest=made.digest(place) if proposal and place is not None else "",
        percent=_percent(proposal.probability) if proposal else "",
        version=made.policy_version,
        reasons=told([*(proposal.reasons if proposal else ()), *made.reasons]),
        others=_others(made, place, names, query, line) if not named or proposal else (),
        difference=(typed.get("short", "") if typed is not None else "") or difference_of(proposal),
        back=kept(query),
        key=(typed.get("key", "") if typed is not None else "") or uuid.uuid4().hex,
    )


def _chosen(made: Suggested, asked: str) -> int | None:
    """The place of the proposal that is shown to be taken."""
    if not made.proposals or (made.guesses and not asked):
        return None
    return min(number(asked) or 0, len(made.proposals) - 1)


def kept(query: QueryDict) -> str:
    """The queue's conditions as the query of an address."""
    found = QueryDict(mutable=True)
    found.update({name: query.get(name, "") for name in (*CONDITIONS, "company") if query.get(name)})
    return found.urlencode()


def _named(request: HttpRequest, query: QueryDict) -> list[CustomerRow]:
    """The customers an address or a form names by code, each once; one the reader does not see is not there."""
    scope, found = scope_of(request, Permission.VIEW_LEDGER), []
    for code in list(dict.fromkeys(query.getlist("customer")))[:_MOST_CUSTOMERS]:
        try:
            found.append(customer(code, scope=scope))
        except Refusal:
            continue
    return found


def _typed(typed: QueryDict | None) -> Typed | None:
    if typed is None:
        return None
    items = frozenset(one for text in typed.getlist("item") if (one := number(text)) is not None)
    amounts = {
        item: str(typed.get(name, ""))
        for name in typed
        if name.startswith("amount-") and (item := number(name.removeprefix("amount-"))) is not None
    }
    return Typed(items, amounts)


def _droppable(parts: Sequence[CustomerPart], query: QueryDict, line: LineRow) -> list[CustomerPart]:
    if len(parts) < 2:
        return list(parts)
    codes = [part.customer.code for part in parts]
    return [
        replace(part, drop=_address(query, line, customer=[one for one in codes if one != part.customer.code]))
        for part in parts
    ]


def _first_focused(parts: Sequence[CustomerPart]) -> list[CustomerPart]:
    """The keyboard begins at the first item."""
    if not parts or not parts[0].claims:
        return list(parts)
    first = parts[0]
    return [replace(first, claims=(replace(first.claims[0], first=True), *first.claims[1:])), *parts[1:]]


def _others(
    made: Suggested, place: int | None, names: Mapping[int, CustomerRow], query: QueryDict, line: LineRow
) -> list[Way]:
    documents = documents_of(made.proposals)
    others = [at for at in range(len(made.proposals)) if at != place]
    after = 0 if place is None else (place + 1) % max(len(made.proposals), 1)
    ways = []
    for at in others:
        one = made.proposals[at]
        numbers = [documents.get(part.item_id, "–") for part in one.parts]
        title = " + ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
        ways.append(
            Way(
                title=title or _("on account"),
                note=names[one.customer_id].name,
                percent=_percent(one.probability),
                url=_address(query, line, proposal=str(at)),
                next=at == after,
            )
        )
    return ways


def _address(query: QueryDict, line: LineRow, *, customer: Sequence[str] = (), proposal: str = "") -> str:
    """The page with this line under other customers or another proposal."""
    found = QueryDict(kept(query), mutable=True)
    found["line"] = str(line.id)
    if customer:
        found.setlist("customer", list(customer))
    if proposal:
        found["proposal"] = proposal
    return f"?{found.urlencode()}"


def _percent(probability: float) -> str:
    """Rounded down to whole percent: what is not quite sure never reads as sure."""
    return str(round(probability * _E6) * 100 // _E6)
