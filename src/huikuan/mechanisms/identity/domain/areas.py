"""What an API token may be narrowed to: areas of the product, to read or to write."""

from __future__ import annotations

from collections.abc import Iterable

from huikuan.mechanisms.identity.domain.roles import Permission

_P = Permission

#: Area → what reading it takes, and what writing it adds. A token that writes an area may read it.
AREAS: dict[str, tuple[frozenset[Permission], frozenset[Permission]]] = {
    "customers": (
        frozenset({_P.VIEW_CUSTOMERS, _P.VIEW_PERSONAL}),
        frozenset({_P.MANAGE_CUSTOMERS, _P.MANAGE_CONTACTS, _P.MERGE_CUSTOMERS, _P.HAND_OVER_CUSTOMERS}),
    ),
    "contracts": (frozenset({_P.VIEW_CONTRACTS}), frozenset({_P.MANAGE_CONTRACTS})),
    "orders": (frozenset({_P.VIEW_ORDERS}), frozenset({_P.MANAGE_ORDERS})),
    "ledger": (
        frozenset({_P.VIEW_LEDGER}),
        frozenset({_P.POST_ITEMS, _P.SETTLE, _P.RESCHEDULE, _P.SET_RATES}),
    ),
    "collection": (frozenset({_P.VIEW_LEDGER}), frozenset({_P.COLLECT, _P.CLAIM_INTEREST})),
    "bank": (frozenset({_P.VIEW_BANK}), frozenset({_P.IMPORT_BANK, _P.SETTLE})),
    "imports": (frozenset({_P.VIEW_IMPORTS}), frozenset({_P.IMPORT, _P.UNDO_IMPORT})),
    "statements": (frozenset({_P.VIEW_LEDGER, _P.VIEW_CUSTOMERS}), frozenset({_P.ISSUE_STATEMENTS})),
    "webhooks": (frozenset({_P.MANAGE_WEBHOOKS}), frozenset({_P.MANAGE_WEBHOOKS})),
    "approvals": (frozenset({_P.VIEW_REQUESTS}), frozenset({_P.APPROVE_REQUESTS})),
    "audit": (frozenset({_P.VIEW_AUDIT}), frozenset()),
}
READ, WRITE = "read", "write"
#: How an area is written in a token: "customers:read".
CHOICES = tuple(
    f"{area}:{verb}" for area, (_, writing) in AREAS.items() for verb in ((READ, WRITE) if writing else (READ,))
)


def allowed_by(areas: Iterable[str]) -> frozenset[Permission]:
    """What the areas allow together, whoever the token's user is. Nothing that approves is among it but the decision
    of requests, where a token was made to write approvals."""
    found: frozenset[Permission] = frozenset()
    for choice in areas:
        area, _, verb = choice.partition(":")
        reading, writing = AREAS.get(area, (frozenset(), frozenset()))
        found |= reading | writing if verb == WRITE else reading
    return found
