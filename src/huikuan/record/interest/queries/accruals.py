"""What late interest items bear, each by the rule that governs it: a few questions for any number of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Exists, OuterRef

from huikuan.kernel.errors import Refusal
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.contracts.domain.interest import LateInterest
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.customers.queries import among
from huikuan.record.interest.domain.computing import DAY, Computed, Owed, late_interest, spread
from huikuan.record.interest.domain.governing import Case, Governing, Rules, govern, stale
from huikuan.record.interest.domain.plans import Agreed, said_by
from huikuan.record.interest.domain.prime import PrimeRates
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.domain.windows import Window, ending_before, open_windows, overlap
from huikuan.record.interest.policies import LPR_TABLE, RULES, rates_of, rules_of
from huikuan.record.interest.queries.facts import (
    Said,
    claimed_days,
    clauses_of,
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
class Span:
    """Days over which one rule governs: a clause that is amended governs from the day it is."""

    window: Window
    governing: Governing


@dataclass(frozen=True, slots=True)
class Accrual:
    """An item's late interest up to `until`: of all days (`whole`), and of those not claimed, stretch by stretch with
    the rule of each. `governing`: the rule of the last day, with the reasons and warnings of all `spans`; each span is
    rounded for itself, as it is claimed."""

    item: Item
    until: date
    owed: Sequence[Owed]
    governing: Governing
    spans: Sequence[Span]
    policies: Policies
    whole: Computed
    unclaimed: Sequence[tuple[Governing, Computed]]
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
        if all(one.governing.most is None for one in self.spans):
            return None
        return sum(
            _over(one.window, self.owed, one.governing.most or one.governing.rule, one.governing, self.policies).amount
            for one in self.spans
        )


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
    clauses = clauses_of({(item.company_id, item.contract_number) for item in items}, until)
    said = said_of(customers)
    agreed = agreed_of(ids, until)
    dues, paid, claimed = dues_of(items, until, agreed), payments_of(ids), claimed_days(ids)
    found = []
    for item in items:
        known = policies[item.company_id]
        chosen = [
            (since, _governing(_case(item, terms, said), known, agreed.get(item.pk)))
            for since, terms in clauses.get((item.company_id, item.contract_number), _SILENT)
        ]
        owed = spread(dues[item.pk], paid.get(item.pk, ()))
        found.append(_accrual(item, until, owed, _spans(chosen, until), known, claimed.get(item.pk, [])))
    return found


#: What no contract says.
_SILENT: Sequence[tuple[date | None, Terms | None]] = ((None, None),)


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


def _governing(case: Case, known: Policies, agreed: Agreed | None) -> Governing:
    chosen = govern(case, known.rules, known.rates)
    return replace(chosen, reasons=(*chosen.reasons, *said_by(agreed)))


def _spans(chosen: Sequence[tuple[date | None, Governing]], until: date) -> list[Span]:
    """Each rule over its own days: from the day beside it up to the next one's, or to the end. One that begins after
    the last day that counts is left out."""
    counting = chosen[0][1].counting
    end = _stopping(until, chosen[0][1])
    counted = [one for one in chosen if one[0] is None or one[0] <= (end if counting.both_ends else end - DAY)]
    stops = [*(ending_before(since, counting) for since, _ in counted if since is not None), end]
    return [Span(Window(since, stop), rule) for (since, rule), stop in zip(counted, stops, strict=True)]


def _accrual(
    item: Item,
    until: date,
    owed: Sequence[Owed],
    spans: Sequence[Span],
    known: Policies,
    claimed: Sequence[tuple[date, date]],
) -> Accrual:
    each = [(one, _over(one.window, owed, one.governing.rule, one.governing, known)) for one in spans]
    # A rule under which no day was late is not spoken of.
    bearing = [one for one in each if one[1].segments] or each[-1:]
    kept = [span for span, _ in bearing]
    # Mostly nothing was claimed yet, and both are the same.
    unclaimed = _unclaimed(kept, owed, known, claimed) if claimed else [(one.governing, of) for one, of in bearing]
    return Accrual(
        item, until, owed, _of_all(kept), kept, known, _together([computed for _, computed in bearing]),
        [(rule, computed) for rule, computed in unclaimed if computed.amount], _warnings(kept, owed, known),
    )  # fmt: skip


def _unclaimed(
    spans: Sequence[Span], owed: Sequence[Owed], known: Policies, claimed: Sequence[tuple[date, date]]
) -> list[tuple[Governing, Computed]]:
    last = spans[-1]
    return [
        (one.governing, _over(overlap(window, one.window), owed, one.governing.rule, one.governing, known))
        for window in open_windows(claimed, last.window.until, last.governing.counting)
        for one in spans
    ]


def _over(window: Window, owed: Sequence[Owed], rule: LateInterest, of: Governing, known: Policies) -> Computed:
    return late_interest(owed, rule, known.rates, of.counting, window.until, since=window.since)


def _together(parts: Sequence[Computed]) -> Computed:
    return Computed(sum(one.amount for one in parts), tuple(segment for one in parts for segment in one.segments))


def _of_all(spans: Sequence[Span]) -> Governing:
    """The last rule, with what is said of every one, and from when on each took the place of the one before."""
    said = [reason for one in spans for reason in one.governing.reasons]
    said += [
        Reason("rule_before", True, f"{later.window.since}", rule_text(earlier.governing.rule))
        for earlier, later in pairwise(spans)
    ]
    return replace(spans[-1].governing, reasons=_each_once(said))


def _warnings(spans: Sequence[Span], owed: Sequence[Owed], known: Policies) -> tuple[Reason, ...]:
    return _each_once(
        warning
        for one in spans
        for warning in (
            *one.governing.warnings,
            *stale(owed, one.governing.rule, one.governing.counting, known.rates, one.window.until),
        )
    )


def _each_once(said: Iterable[Reason]) -> tuple[Reason, ...]:
    found: list[Reason] = []
    for one in said:
        if one not in found:
            found.append(one)
    return tuple(found)


def _stopping(until: date, chosen: Governing) -> date:
    """`until`, or where bankruptcy ends it earlier."""
    if chosen.ends_before is None:
        return until
    return min(until, ending_before(chosen.ends_before, chosen.counting))
