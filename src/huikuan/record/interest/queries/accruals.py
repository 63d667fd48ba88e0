"""What late interest items bear, each by the rule that governs it: a few questions for any number of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from huikuan.kernel.errors import Refusal
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.customers.queries import among
from huikuan.record.interest.domain.computing import DAY, Computed, Owed, late_interest, spread
from huikuan.record.interest.domain.governing import Case, Governing, Rules, govern, stale
from huikuan.record.interest.domain.plans import said_by
from huikuan.record.interest.domain.prime import PrimeRates
from huikuan.record.interest.domain.windows import Window, ending_before, open_windows
from huikuan.record.interest.policies import LPR_TABLE, RULES, rates_of, rules_of
from huikuan.record.interest.queries.facts import (
    Said,
    claimed_days,
    contract_terms,
    dues_of,
    payments_of,
    said_of,
)
from huikuan.record.interest.queries.plans import agreed_of
from huikuan.record.receivables.models import Item

#: What bears interest: the price, what is held back of it, what was open when the books began.
BEARING = ("invoice", "retention", "opening")


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules of one company and the rates, with the versions they stand in (None: as shipped)."""

    rules: Rules
    rates: PrimeRates
    rules_version: int | None
    rates_version: int | None


@dataclass(frozen=True, slots=True)
class Accrual:
    """An item's late interest up to `until`: of all days (`whole`), and of those not claimed, window by window."""

    item: Item
    until: date
    owed: Sequence[Owed]
    governing: Governing
    policies: Policies
    whole: Computed
    unclaimed: Sequence[tuple[Window, Computed]]
    warnings: tuple[Reason, ...]

    @property
    def unclaimed_amount(self) -> int:
        return sum(computed.amount for _, computed in self.unclaimed)

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.until if self.governing.counting.both_ends else self.until - DAY

    @property
    def most(self) -> int | None:
        """What `whole` would come to at the end of the range courts grant; None where the law gives none."""
        if self.governing.most is None:
            return None
        counting, rates = self.governing.counting, self.policies.rates
        until = _stopping(self.until, self.governing)
        return late_interest(self.owed, self.governing.most, rates, counting, until).amount


def policies_of(company_id: int | None, *, at: datetime) -> Policies:
    """The rules a company counts by at an instant, and the LPR known then."""
    rules = in_force(RULES.name, company_id=company_id, at=at)
    rates = in_force(LPR_TABLE.name, company_id=company_id, at=at)
    return Policies(rules_of(rules.document), rates_of(rates.document), rules.version_id, rates.version_id)


def accrued(item_ids: Collection[int], until: date, *, at: datetime) -> dict[int, int]:
    """Item → what it bears up to `until` and nobody has claimed yet, minor units of its currency; items that bear
    none are left out. What is claimed is an item of its own."""
    found = {one.item.pk: one.unclaimed_amount for one in accruals(item_ids, until, at=at)}
    return {item_id: amount for item_id, amount in found.items() if amount}


def accrual(item_id: int, until: date, *, at: datetime) -> Accrual:
    """One item's; refuses one that bears no interest (credits, deposits, interest itself, what was reversed)."""
    found = accruals([item_id], until, at=at)
    if not found:
        raise Refusal("interest_not_borne", item=item_id)
    return found[0]


def accruals(item_ids: Collection[int], until: date, *, at: datetime) -> list[Accrual]:
    """Those of the items that bear interest, in order of id."""
    mirrored = Item.objects.filter(reversal_of=OuterRef("pk"))
    rows = Item.objects.filter(id__in=among(item_ids), kind__in=BEARING, side="debit", reversal_of__isnull=True)
    items = list(rows.exclude(Exists(mirrored)).order_by("id"))
    if not items:
        return []
    ids, customers = {item.pk for item in items}, {item.customer_id for item in items}
    policies = {company: policies_of(company, at=at) for company in {item.company_id for item in items}}
    terms = contract_terms({(item.company_id, item.contract_number) for item in items}, until)
    said = said_of(customers)
    agreed = agreed_of(ids, until)
    dues, paid, claimed = dues_of(items, until, agreed), payments_of(ids), claimed_days(ids)
    found = []
    for item in items:
        case = _case(item, terms.get((item.company_id, item.contract_number)), said)
        known = policies[item.company_id]
        chosen = govern(case, known.rules, known.rates)
        chosen = replace(chosen, reasons=(*chosen.reasons, *said_by(agreed.get(item.pk))))
        owed = spread(dues[item.pk], paid.get(item.pk, ()))
        found.append(_accrual(item, until, owed, chosen, known, claimed.get(item.pk, [])))
    return found


def _case(item: Item, terms: Terms | None, said: Said) -> Case:
    parties = said.parties(item.company_id, item.customer_id, item.contract_number)
    signed = (terms.signed_on or terms.effective_on) if terms else None
    return Case(
        terms.late_interest if terms else None,
        signed or item.document_date,
        parties.buyer,
        parties.seller_declared,
        said.bankrupt_on(item.customer_id),
        item.currency,
    )


def _accrual(
    item: Item,
    until: date,
    owed: Sequence[Owed],
    chosen: Governing,
    known: Policies,
    claimed: Sequence[tuple[date, date]],
) -> Accrual:
    counting, end = chosen.counting, _stopping(until, chosen)

    def over(window: Window) -> Computed:
        return late_interest(owed, chosen.rule, known.rates, counting, window.until, since=window.since)

    always = Window(None, end)
    whole = over(always)
    # Mostly nothing was claimed yet, and both are the same.
    unclaimed = [(one, whole if one == always else over(one)) for one in open_windows(claimed, end, counting)]
    warnings = (*chosen.warnings, *stale(owed, chosen.rule, counting, known.rates, end))
    return Accrual(
        item, until, owed, chosen, known, whole,
        [(window, computed) for window, computed in unclaimed if computed.amount], warnings,
    )  # fmt: skip


def _stopping(until: date, chosen: Governing) -> date:
    """`until`, or where bankruptcy ends it earlier."""
    if chosen.ends_before is None:
        return until
    return min(until, ending_before(chosen.ends_before, chosen.counting))
