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
    "collection": Permission.VIEW_LEDGER,
    "disputes": Permission.VIEW_LEDGER,
    "promises": Permission.VIEW_LEDGER,
    "financials": Permission.VIEW_CUSTOMERS,
    "planning": Permission.VIEW_LEDGER,
    "statements": Permission.VIEW_LEDGER,
    "banking": Permission.VIEW_BANK,
    "visits": Permission.VIEW_LEDGER,
    "confirmations": Permission.VIEW_LEDGER,
    "interest": Permission.VIEW_LEDGER,
    "notices": Permission.VIEW_LEDGER,
    "limitation": Permission.VIEW_LEDGER,
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
    "collection.held": gettext_noop("Collecting was held back"),
    "collection.ran": gettext_noop("The daily run of collecting was done"),
    "collection.released": gettext_noop("Collecting goes on after a hold"),
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
    "disputes.answered": gettext_noop("A department answered a dispute"),
    "disputes.raised": gettext_noop("A customer disputed a claim"),
    "disputes.resolved": gettext_noop("A dispute was resolved"),
    "disputes.routed": gettext_noop("A dispute was put to a department"),
    "financials.recorded": gettext_noop("A customer's financial statements were recorded"),
    "financials.withdrawn": gettext_noop("A customer's financial statements were taken back"),
    "notices.bounced": gettext_noop("A notice came back"),
    "notices.cancelled": gettext_noop("A notice was not sent any more"),
    "notices.delivered": gettext_noop("A notice was delivered"),
    "notices.in_doubt": gettext_noop("Nobody knows whether a notice went out"),
    "notices.refused": gettext_noop("A notice was not taken by the other side"),
    "notices.replied": gettext_noop("A notice was replied to"),
    "notices.sent": gettext_noop("A notice was sent"),
    "notices.stopped": gettext_noop("Somebody wants no more notices"),
    "notices.wanted_again": gettext_noop("Somebody wants notices again"),
    "promises.barter_agreed": gettext_noop("Goods were agreed instead of money"),
    "promises.barter_delivered": gettext_noop("Goods were delivered instead of money"),
    "promises.barter_failed": gettext_noop("Goods agreed instead of money did not come"),
    "promises.broken": gettext_noop("A promise to pay was broken"),
    "promises.frozen": gettext_noop("A customer was frozen"),
    "promises.kept": gettext_noop("A promise to pay was kept"),
    "promises.made": gettext_noop("A customer promised to pay"),
    "promises.plan_agreed": gettext_noop("An instalment plan was agreed"),
    "promises.plan_broken": gettext_noop("An instalment plan was broken"),
    "promises.released": gettext_noop("A freeze of a customer was released"),
    "promises.withdrawn": gettext_noop("A promise to pay was taken back"),
    "interest.bankruptcy": gettext_noop("A customer's bankruptcy was accepted, or not after all"),
    "interest.claimed": gettext_noop("Late-payment interest was claimed"),
    "interest.corrected": gettext_noop("What an interest claim demanded too much was given back"),
    "interest.declared": gettext_noop("It was said who the buyer is and whether we are an SME"),
    "interest.waived": gettext_noop("Part of an interest claim was waived"),
    "interest.withdrawn": gettext_noop("An interest claim was taken back"),
    "limitation.interrupted": gettext_noop("The limitation period of claims began anew"),
    "limitation.suspended": gettext_noop("Something keeps us from suing for claims, or does no longer"),
    "limitation.withdrawn": gettext_noop("What began a limitation period anew was taken back"),
    "planning.tier_changed": gettext_noop("A customer changed its collection tier"),
    "receivables.posted": gettext_noop("Items were posted"),
    "receivables.rescheduled": gettext_noop("An item falls due otherwise"),
    "receivables.reversed": gettext_noop("Items were reversed"),
    "receivables.settled": gettext_noop("Items were settled"),
    "confirmations.answered": gettext_noop("A customer answered what it was asked to confirm"),
    "confirmations.compared": gettext_noop("A customer's own list was compared with ours"),
    "confirmations.invited": gettext_noop("A customer was asked to confirm its account"),
    "statements.issued": gettext_noop("A statement of account was issued"),
    "visits.called": gettext_noop("A call with a customer was written down"),
    "visits.checked_in": gettext_noop("Somebody checked in at a customer's"),
    "visits.finished": gettext_noop("What came of a visit was written down"),
    "visits.planned": gettext_noop("A visit to a customer was planned"),
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
