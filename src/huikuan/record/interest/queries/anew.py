"""What claims demand beside what their days bear by all that is known now: a few questions for any number of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from huikuan.record.customers.queries import among
from huikuan.record.customers.queries.families import one_of
from huikuan.record.interest.domain.anew import Anew, computed_anew
from huikuan.record.interest.domain.computing import spread
from huikuan.record.interest.domain.prime import PrimeRates
from huikuan.record.interest.domain.sheets import dues_in
from huikuan.record.interest.models import Claim, Correction, Waiver
from huikuan.record.interest.queries.accruals import policies_of
from huikuan.record.interest.queries.facts import ON_ARRIVAL, payments_of, said_of, standing_claims
from huikuan.record.receivables.models import Item, OpenItem


@dataclass(frozen=True, slots=True)
class Weighed:
    """A claim that stands; minor units of its currency. `waived`, `corrected`: given up before."""

    claim: Claim
    sheet: dict[str, Any]
    waived: int
    corrected: int
    anew: Anew
    rates: PrimeRates

    @property
    def over(self) -> int:
        """What it demands and its days do not bear; 0 where it is right. A waiver holds on top of what they bear,
        whether it came before a correction or after: no more is too much than is left of the claim after it."""
        return max(0, min(-self._missing, self.claim.amount - self.corrected - self.waived))

    @property
    def short(self) -> int:
        """What its days bear and it does not demand (a payment that lowered it bounced); 0 where it is right. What was
        waived is not missing."""
        return max(0, self._missing)

    @property
    def again(self) -> int:
        """What of that was given back: correcting undoes it (the money was another's after all)."""
        return min(self.corrected, self.short)

    @property
    def _missing(self) -> int:
        """What its days bear beyond what they are said to, be it waived or not; negative: they bear less."""
        return self.anew.computed.amount - (self.claim.amount - self.corrected)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What was waived of claims, and corrected. `sheets`: claim → the last computation anew, with its digest."""

    waived: dict[int, int]
    corrected: dict[int, int]
    sheets: dict[int, tuple[str, str]]


def weighed(claims: Iterable[Claim], *, at: datetime) -> dict[int, Weighed]:
    """Claim → what it demands beside what its days bear; those taken back are left out."""
    listed = list(claims)
    ids = {one.pk for one in listed}
    standing = set(standing_claims().filter(pk__in=among(ids)).values_list("pk", flat=True))
    rows = [one for one in listed if one.pk in standing]
    if not rows:
        return {}
    items = {one.item_id for one in rows}
    paid, said, gone = payments_of(items), said_of({one.customer_id for one in rows}), _reversed(items)
    rates = {company: policies_of(company, at=at).rates for company in {one.company_id for one in rows}}
    given = given_up(ids)
    found = {}
    for one in rows:
        sheet = json.loads(one.sheet)
        anew = computed_anew(
            sheet,
            one.first_on,
            one.last_on,
            principal=one.item_id not in gone,
            paid=paid.get(one.item_id, ()),
            rates=rates[one.company_id],
            ends_before=said.bankrupt_on(one.customer_id),
        )
        found[one.pk] = Weighed(
            one, sheet, given.waived.get(one.pk, 0), given.corrected.get(one.pk, 0), anew, rates[one.company_id]
        )
    return found


def principal_open(item_id: int, sheet: Mapping[str, Any]) -> int:
    """What is owed now of the principal a claim's sheet speaks of, by every payment known now, also those after its
    last day; minor units of its currency."""
    owed = spread(dues_in(sheet), payments_of({item_id}).get(item_id, ()))
    return sum(one.principal - sum(amount for _on, amount in one.paid) for one in owed)


def over_claimed_items(item_ids: Collection[int], *, at: datetime) -> dict[int, int]:
    """Item of a claim → what it demands and its days do not bear; items that are right, or no claims, are left out."""
    found = weighed(Claim.objects.filter(interest_item_id__in=among(item_ids)), at=at)
    return {one.claim.interest_item_id: one.over for one in found.values() if one.over}


def corrections_of(claim_id: int) -> list[Correction]:
    """Those of a claim that stand, the first first."""
    return list(_given(Correction, [claim_id]).order_by("tx", "id"))


def given_up(claim_ids: Collection[int]) -> GivenUp:
    """Two questions, however many claims. Whose credit was reversed was not given."""
    waived: dict[int, int] = defaultdict(int)
    corrected: dict[int, int] = defaultdict(int)
    sheets = {}
    for claim_id, amount in _given(Waiver, claim_ids).values_list("claim_id", "amount"):
        waived[claim_id] += amount
    for row in _given(Correction, claim_ids).order_by("tx", "id"):
        corrected[row.claim_id] += row.amount
        sheets[row.claim_id] = (row.sheet, row.digest)
    return GivenUp(waived, corrected, sheets)


def money_waiting(company_id: int, customer_id: int, through: date) -> list[OpenItem]:
    """Credits of the customer, and of those it is one with, that came by a day and are applied to nothing yet: once
    they are, they count from the day they came."""
    rows = OpenItem.objects.filter(
        company_id=company_id,
        customer_id__in=one_of(customer_id).members,
        side="credit",
        kind__in=ON_ARRIVAL,
        posting_date__lte=through,
    )
    return list(rows.order_by("posting_date", "item_id"))


def _given(facts: type[Waiver | Correction], claim_ids: Collection[int]) -> QuerySet[Any]:
    undone = Item.objects.filter(reversal_of=OuterRef("credit_id"))
    return facts._default_manager.filter(claim_id__in=among(claim_ids)).exclude(Exists(undone))


def _reversed(item_ids: Collection[int]) -> set[int]:
    mirrored = Item.objects.filter(reversal_of=OuterRef("pk"))
    rows = Item.objects.filter(Exists(mirrored), id__in=among(item_ids))
    return set(rows.values_list("id", flat=True))
