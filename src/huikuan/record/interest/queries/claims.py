"""Claims of interest as lists and pages show them: what was claimed, waived and is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import among, named_by_id, narrowed, seen
from huikuan.record.interest.models import Claim
from huikuan.record.interest.queries.anew import Weighed, given_up, weighed
from huikuan.record.receivables.models import Item, OpenItem

#: Stands: some of it is open. Settled: nothing is. Withdrawn: its item is reversed.
OPEN, SETTLED, WITHDRAWN = STATES = ("open", "settled", "withdrawn")
#: Of those that stand: its days bear less than it demands, or more.
OVER = "over"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim; amounts in minor units of its currency. `corrected`: given back because its days bore less;
    `over_claimed`: what it still demands and they do not bear, `under_claimed`: what they bear and it does not
    demand, `borne_again`: what of that was given back. `sheet`, `digest`: the last computation."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    item_id: int
    item_reversed: bool
    document_number: str
    interest_item_id: int
    first_on: date
    last_on: date
    currency: str
    amount: int
    waived: int
    corrected: int
    over_claimed: int
    under_claimed: int
    borne_again: int
    open_amount: int
    state: str
    rule: str
    basis: str
    sheet: str
    digest: str
    actor: str
    recorded_at: datetime

    @property
    def right(self) -> bool:
        """Whether it demands what its days bear."""
        return not (self.over_claimed or self.under_claimed)


def claims(
    *,
    scope: Scope,
    at: datetime,
    company_id: int | None = None,
    customer_id: int | None = None,
    item_id: int | None = None,
    state: str = "",
) -> list[ClaimRow]:
    """The claims of the scope, the latest first. `state` OVER: those that demand not what their days bear."""
    rows = narrowed(Claim.objects.all(), seen(scope))
    for name, value in (("company_id", company_id), ("customer_id", customer_id), ("item_id", item_id)):
        if value is not None:
            rows = rows.filter(**{name: value})
    found = _rows(rows.order_by("-id"), at)
    return [row for row in found if state in ("", row.state) or (state == OVER and not row.right)]


def claim(number: int, *, scope: Scope, at: datetime) -> ClaimRow:
    """One claim; refuses an unknown one, and one out of reach likewise."""
    found = _rows(narrowed(Claim.objects.filter(pk=number), seen(scope)), at)
    if not found:
        raise Refusal("interest_claim_unknown", claim=number)
    return found[0]


def _beside(found: Weighed | None) -> tuple[int, int, int]:
    """Claimed too much, too little, and what of that was given back; nothing of what was taken back."""
    return (found.over, found.short, found.again) if found else (0, 0, 0)


def _rows(rows: Iterable[Claim], at: datetime) -> list[ClaimRow]:
    listed = list(rows)
    posted = {one.interest_item_id for one in listed}
    opened = dict(OpenItem.objects.filter(item_id__in=among(posted)).values_list("item_id", "open_amount"))
    every = posted | {one.item_id for one in listed}
    reversed_ = set(Item.objects.filter(reversal_of__in=among(every)).values_list("reversal_of", flat=True))
    numbers = dict(
        Item.objects.filter(id__in=among(one.item_id for one in listed)).values_list("id", "document_number")
    )
    given, known = given_up({one.pk for one in listed}), weighed(listed, at=at)
    names, codes = named_by_id({one.customer_id for one in listed}), dict(Company.objects.values_list("id", "code"))
    found = []
    for one in listed:
        left, name = opened.get(one.interest_item_id, 0), names[one.customer_id]
        state = WITHDRAWN if one.interest_item_id in reversed_ else OPEN if left else SETTLED
        sheet, digest = given.sheets.get(one.pk, (one.sheet, one.digest))
        beside = _beside(known.get(one.pk))
        found.append(
            ClaimRow(
                one.pk, one.company_id, codes[one.company_id], one.customer_id, name.code, name.name, one.item_id,
                one.item_id in reversed_, numbers[one.item_id], one.interest_item_id, one.first_on, one.last_on,
                one.currency, one.amount, given.waived.get(one.pk, 0), given.corrected.get(one.pk, 0), *beside,
                left, state, one.rule, one.basis, sheet, digest, one.actor, one.recorded_at,
            )
        )  # fmt: skip
    return found
