"""What is said of parties and claimed of items: a question each for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.queries.terms import terms_over_time
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries import among
from huikuan.record.customers.queries.merging import merged
from huikuan.record.interest.domain.plans import Agreed, counted_by
from huikuan.record.interest.models import Bankruptcy, Claim, Declaration
from huikuan.record.receivables.models import Item, Schedule
from huikuan.record.receivables.queries.applied import applied_to
from huikuan.record.receivables.queries.schedules import versions_of

#: What pays on the day it came or was written, however late it is applied; everything else from the day it is.
ON_ARRIVAL = ("receipt", "credit_note", "return")


@dataclass(frozen=True, slots=True)
class Parties:
    """`buyer` '' where nobody said who the customer is."""

    buyer: str = ""
    seller_declared: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was said last of customers and of those they are one with. `buyers`: (company, customer, contract number or
    '') → who the customer is; `failed`: customer → the day its bankruptcy was accepted (None: it was not)."""

    buyers: Mapping[tuple[int, int, str], Parties]
    failed: Mapping[int, date | None]
    under: Mapping[int, int]

    def parties(self, company_id: int, customer_id: int, contract_number: str) -> Parties:
        whose = (company_id, shown_under(self.under, customer_id))
        return self.buyers.get((*whose, contract_number)) or self.buyers.get((*whose, "")) or Parties()

    def bankrupt_on(self, customer_id: int) -> date | None:
        return self.failed.get(shown_under(self.under, customer_id))


def said_of(customer_ids: Collection[int]) -> Said:
    """Two questions, however many customers."""
    under = merged()
    shown = {shown_under(under, one) for one in customer_ids}
    members = among(shown | {one for one, into in under.items() if into in shown})
    declared = Declaration.objects.filter(customer_id__in=members).order_by("tx", "id")
    failures = Bankruptcy.objects.filter(customer_id__in=members).order_by("tx", "id")
    buyers = {
        (row.company_id, shown_under(under, row.customer_id), row.contract_number): Parties(
            row.buyer, row.seller_declared
        )
        for row in declared
    }
    failed = {shown_under(under, row.customer_id): row.accepted_on for row in failures}
    return Said(buyers, failed, under)


def standing_claims() -> QuerySet[Claim]:
    """Claims whose item was not reversed."""
    return Claim.objects.exclude(Exists(Item.objects.filter(reversal_of=OuterRef("interest_item_id"))))


def claimed_days(item_ids: Collection[int]) -> dict[int, list[tuple[date, date]]]:
    """Item → first and last day of each claim that stands."""
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = standing_claims().filter(item_id__in=among(item_ids)).order_by("first_on")
    for item_id, first, last in rows.values_list("item_id", "first_on", "last_on"):
        found[item_id].append((first, last))
    return found


#: Terms with the day from which their clause of late interest is in force (None: from the beginning), oldest first.
Clauses = Sequence[tuple[date | None, Terms]]


def clauses_of(numbers: Collection[tuple[int, str]], day: date) -> dict[tuple[int, str], Clauses]:
    """(company, contract number) → what it said of late interest up to a day; contracts that are not registered are
    left out."""
    wanted = {one for one in numbers if one[1]}
    known = Contract.objects.filter(company_id__in={company for company, _ in wanted})
    if len(wanted) < _FEW:
        known = known.filter(number__in={number for _, number in wanted})
    ids = {pk: (company, number) for pk, company, number in known.values_list("pk", "company_id", "number")}
    asked = [pk for pk, one in ids.items() if one in wanted]
    return {ids[pk]: _each_clause(terms) for pk, terms in terms_over_time(asked, day).items()} if asked else {}


def _each_clause(terms: Clauses) -> Clauses:
    """Where the clause stayed as it was nothing begins anew; what the last of them says beside it holds."""
    found: list[tuple[date | None, Terms]] = []
    for since, one in terms:
        if found and found[-1][1].late_interest == one.late_interest:
            found[-1] = (found[-1][0], one)
        else:
            found.append((since, one))
    return found


#: So many names are told to the database one by one; more are looked up among all.
_FEW = 500


def payments_of(item_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Claim → what was paid of it and when. What was settled and taken back was never paid."""
    settled = applied_to(item_ids)
    paying = {one.credit_id for one in settled}
    arrived = Item.objects.filter(id__in=among(paying), kind__in=ON_ARRIVAL) if paying else Item.objects.none()
    on: Mapping[int, date] = dict(arrived.values_list("id", "posting_date"))
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for one in settled:
        found[one.debit_id].append((min(one.on, on.get(one.credit_id, one.on)), one.amount))
    return found


def dues_of(items: Collection[Item], day: date, agreed: Mapping[int, Agreed]) -> dict[int, list[tuple[date, int]]]:
    """Item → from which days how much of it bears interest, by the schedule in force on a day and by what was `agreed`
    with a plan; what awaits an event, and what a plan waives, is left out."""
    ids = {item.pk for item in items}
    changed = set(Schedule.objects.filter(item_id__in=among(ids)).values_list("item_id", flat=True).distinct())
    histories = versions_of(changed) if changed else {}
    found: dict[int, list[tuple[date, int]]] = {}
    for item in items:
        if item.pk in histories:
            version = counted_by(histories[item.pk], agreed.get(item.pk), day)
            lines = version.lines if version else ()
            found[item.pk] = [(line.due_date, line.amount) for line in lines if line.due_date is not None]
        else:
            found[item.pk] = [(item.due_date, item.amount)] if item.due_date else []
    return found
