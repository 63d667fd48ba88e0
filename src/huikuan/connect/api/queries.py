"""Which events somebody sees: by what they tell of, the permission for it, and whose they are."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.queries import seen

#: What reading an event takes, by the context that announced it. Of others nothing is told.
FAMILIES: dict[str, Permission] = {
    "customers": Permission.VIEW_CUSTOMERS,
    "contracts": Permission.VIEW_CONTRACTS,
    "receivables": Permission.VIEW_LEDGER,
    "cash": Permission.VIEW_LEDGER,
    "connectors": Permission.VIEW_IMPORTS,
    "bills": Permission.VIEW_LEDGER,
    "financials": Permission.VIEW_CUSTOMERS,
    "statements": Permission.VIEW_LEDGER,
    "banking": Permission.VIEW_BANK,
}

#: Every kind of event that is told, as people know it.
KINDS: dict[str, str] = {
    "banking.bounced": gettext_noop("A bank line was taken back by another"),
    "banking.imported": gettext_noop("Bank statements were read in"),
    "cash.advised": gettext_noop("Remittance advice was taken in"),
    "cash.applied": gettext_noop("Money was applied to what a customer owes"),
    "cash.undone": gettext_noop("An application of money was undone"),
    "bills.moved": gettext_noop("A bill was received, passed on, presented, paid or not paid"),
    "bills.received": gettext_noop("A customer paid with a bill"),
    "connectors.imported": gettext_noop("A file was imported"),
    "connectors.undone": gettext_noop("An import was undone"),
    "contracts.amended": gettext_noop("A contract was amended"),
    "contracts.created": gettext_noop("A contract was registered"),
    "contracts.fulfilled": gettext_noop("Something was delivered or invoiced of an order"),
    "contracts.imported": gettext_noop("Contracts or orders were imported"),
    "contracts.milestone_reached": gettext_noop("A milestone's event happened"),
    "contracts.milestone_withdrawn": gettext_noop("A milestone's event was taken back"),
    "contracts.ordered": gettext_noop("An order was entered or changed"),
    "customers.affiliated": gettext_noop("A customer's owner, group or region changed"),
    "customers.changed": gettext_noop("A customer was changed"),
    "customers.conduct_flagged": gettext_noop("A customer was flagged as paying late on purpose"),
    "customers.conduct_lifted": gettext_noop("A customer is no longer flagged as paying late on purpose"),
    "customers.created": gettext_noop("A customer was created"),
    "customers.group_created": gettext_noop("A customer group was added"),
    "customers.group_moved": gettext_noop("A customer group was moved under another"),
    "customers.hand_over_called_off": gettext_noop("A hand-over of customers was called off"),
    "customers.hand_over_drawn_up": gettext_noop("A hand-over of customers was drawn up"),
    "customers.hand_over_giver": gettext_noop("The giver signed a hand-over of customers"),
    "customers.hand_over_receiver": gettext_noop("The receiver signed a hand-over of customers"),
    "customers.imported": gettext_noop("Customers were imported"),
    "customers.merged": gettext_noop("Two customers were merged into one"),
    "customers.unmerged": gettext_noop("A merge of customers was undone"),
    "financials.recorded": gettext_noop("A customer's financial statements were recorded"),
    "financials.withdrawn": gettext_noop("A customer's financial statements were taken back"),
    "receivables.posted": gettext_noop("Items were posted"),
    "receivables.rescheduled": gettext_noop("An item falls due otherwise"),
    "receivables.reversed": gettext_noop("Items were reversed"),
    "receivables.settled": gettext_noop("Items were settled"),
    "statements.issued": gettext_noop("A statement of account was issued"),
}

ScopeFor = Callable[[Permission], Scope]


def family_of(kind: str) -> str:
    """The context that announces events of this kind."""
    return kind.partition(".")[0]


def events_seen(scope_for: ScopeFor, kinds: list[str] | None) -> QuerySet[Event]:
    """The events somebody with these scopes sees; of these kinds, where any are named.

    An event of one customer is seen by whoever sees the customer's rows; one that names none tells of many, and
    is seen by whoever sees the company whole, or, where it names no company either, everything.
    """
    condition = Q(pk__in=[])
    for family, permission in FAMILIES.items():
        condition |= Q(kind__startswith=f"{family}.") & _whose(scope_for(permission))
    rows = Event.objects.filter(condition)
    return rows.filter(kind__in=kinds) if kinds else rows


def sees(scope_for: ScopeFor, event: Announced) -> bool:
    """The same of one event."""
    permission = FAMILIES.get(family_of(event.kind))
    if permission is None:
        return False
    scope = scope_for(permission)
    if event.customer_id is None:
        return scope.everything if event.company_id is None else scope.whole(event.company_id)
    what = seen(scope)
    if event.company_id is None:
        return what.has_customer(event.customer_id)
    return what.has(event.company_id, event.customer_id)


def _whose(scope: Scope) -> Q:
    if scope.everything:
        return Q()
    condition = Q(pk__in=[])
    for piece in seen(scope).pieces:
        of_company = Q() if piece.companies is None else Q(company_id__in=piece.companies)
        of_customer = Q(customer_id__isnull=False)
        if piece.customers is not None:
            of_customer &= Q(customer_id__in=piece.customers)
        # The register is shared: what is told of a customer alone names no company.
        condition |= of_customer & (of_company | Q(company_id__isnull=True))
        if piece.customers is None:
            condition |= Q(customer_id__isnull=True, company_id__isnull=False) & of_company
    return condition
