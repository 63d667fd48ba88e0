"""The customers as payers are recognised by: every name each is known by, and its group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from huikuan.record.cash.domain.book import Party
from huikuan.record.cash.domain.known import Known
from huikuan.record.customers.domain.tree import chain_above
from huikuan.record.customers.models import Customer, CustomerGroup
from huikuan.record.customers.queries import affiliation_as_of


def parties_of(shown: Mapping[int, int], known: Mapping[int, Known], *, day: date) -> list[Party]:
    """Every customer that stands by itself, with its own names and those of whoever is merged into it. `known`: what
    was learned or registered of its payers."""
    names: dict[int, list[str]] = defaultdict(list)
    codes: dict[int, str] = {}
    fields = ("id", "code", "name", "short_name", "english_name", "former_names")
    for customer_id, code, name, short, english, former in Customer.objects.order_by("id").values_list(*fields):
        under = shown.get(customer_id, customer_id)
        if under == customer_id:
            codes[customer_id] = code
        names[under] += [name, *([short] if short else []), *([english] if english else []), *former]
    groups = _groups(day)
    nothing = Known()
    return [
        Party(
            customer_id=customer_id,
            code=code,
            names=tuple(dict.fromkeys(name for name in names[customer_id] if name)),
            group_id=groups.get(customer_id),
            aliases=known.get(customer_id, nothing).aliases,
            accounts=known.get(customer_id, nothing).accounts,
            payers=known.get(customer_id, nothing).payers,
        )
        for customer_id, code in codes.items()
    ]


def _groups(day: date) -> dict[int, int]:
    """Customer → the topmost group it stands in."""
    rows = list(CustomerGroup.objects.values_list("code", "id", "parent__code"))
    parents = {code: parent for code, _, parent in rows if parent}
    ids = {code: group_id for code, group_id, _ in rows}
    stands = affiliation_as_of(day, dimension="group")
    return {
        customer_id: ids[[code, *chain_above(code, parents)][-1]]
        for customer_id, code in stands.items()
        if code in ids
    }
