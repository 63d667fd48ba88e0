"""What customers owe, as the order of the law looks at it: a few questions for any number of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from huikuan.kernel.rates import SCALE
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.cash.domain.order import Debt
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.queries.terms import terms_of_many
from huikuan.record.cover.queries.pieces import cover_of
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.queries import among
from huikuan.record.interest.domain.governing import annual
from huikuan.record.interest.policies import LPR_TABLE, rates_of
from huikuan.record.receivables.models import Item, OpenItem

_YEAR = 365
_WHOLE_E4 = 10_000

#: (customer that is shown, currency) → what it owes.
Debts = Mapping[tuple[int, str], Sequence[Debt]]


def debts_of(
    company_id: int, customer_ids: Collection[int], day: date, merged: Mapping[int, int], *, at: datetime
) -> Debts:
    """The open claims on these customers, each with those it is one with; bills are none of them: what stands under a
    bill is its acceptor's debt. `merged`: customer → the one it is shown under; `at`: by the table of the LPR in force
    then."""
    shown = {shown_under(merged, one) for one in customer_ids}
    members = shown | {one for one, into in merged.items() if into in shown}
    opened = OpenItem.objects.filter(company_id=company_id, side="debit", customer_id__in=among(members))
    opened = opened.exclude(kind=Item.Kind.BILL)
    rows = {row["item_id"]: row for row in opened.order_by("item_id").values(*_OPEN)}
    items = Item.objects.filter(id__in=among(rows)).values("id", *_SAID)
    said = {row["id"]: row for row in items}
    contracts = {row["contract_number"] for row in said.values()} - {""}
    secured = _secured(company_id, members, rows, said, day) if contracts else {}
    burden = _burdens(company_id, contracts, day, at) if contracts else {}
    found: dict[tuple[int, str], list[Debt]] = defaultdict(list)
    for item_id, row in rows.items():
        of, contract = said[item_id], said[item_id]["contract_number"]
        debt = Debt(
            item_id=item_id,
            kind=row["kind"],
            open_amount=row["open_amount"],
            due_date=row["due_date"],
            debt=of["obligation"] or of["document_number"],
            secured_e4=secured.get((contract, row["currency"]), 0),
            burden_e8=burden.get(contract, 0),
        )
        found[shown_under(merged, row["customer_id"]), row["currency"]].append(debt)
    return found


_OPEN = ("item_id", "customer_id", "kind", "currency", "open_amount", "due_date")
_SAID = ("document_number", "obligation", "contract_number")


def _secured(
    company_id: int,
    customer_ids: Collection[int],
    rows: Mapping[int, Mapping[str, Any]],
    said: Mapping[int, Mapping[str, Any]],
    day: date,
) -> dict[tuple[str, str], int]:
    """(contract, currency) → the share of what is open under it that cover given for it alone reaches, × 10^4."""
    worth: dict[tuple[str, str], int] = defaultdict(int)
    for piece in cover_of(company_id, customer_ids, day):
        if piece.whose.contract_number:
            worth[piece.whose.contract_number, piece.currency] += piece.worth
    owed: dict[tuple[str, str], int] = defaultdict(int)
    for item_id, row in rows.items():
        owed[said[item_id]["contract_number"], row["currency"]] += row["open_amount"]
    return {key: min(_WHOLE_E4, worth[key] * _WHOLE_E4 // owed[key]) for key in worth if owed[key]}


def _burdens(company_id: int, numbers: Collection[str], day: date, at: datetime) -> dict[str, int]:
    """Contract → what a day of delay costs by its clause at the LPR of the day, a share × 10^8."""
    known = dict(Contract.objects.filter(company_id=company_id, number__in=numbers).values_list("id", "number"))
    rates = rates_of(in_force(LPR_TABLE.name, company_id=company_id, at=at).document)
    return {
        known[one]: int(annual(terms.late_interest, rates, day) * SCALE / _YEAR)
        for one, terms in terms_of_many(known, day).items()
    }
