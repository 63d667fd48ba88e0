"""What customers owe, as the order of the law looks at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from huikuan.kernel.rates import SCALE
from huikuan.record.cash.domain.order import Debt
from huikuan.record.contracts.domain.interest import ANNUAL, DAILY, LateInterest
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.queries.terms import terms_of_many
from huikuan.record.cover.queries.pieces import cover_of
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem

#: 1-year LPR since 2025-05-20 (3.00 %, PBOC). Only compares the burdens of clauses with each other; charges nobody.
_LPR_E8 = 3_000_000
_YEAR = 365
_WHOLE_E4 = 10_000


def debts_of(company_id: int, customer_id: int, currency: str, day: date) -> list[Debt]:
    """The open claims on the customer, and on those it is one with, in one currency."""
    members = one_with(customer_id)
    rows = OpenItem.objects.filter(company_id=company_id, customer_id__in=members, side="debit", currency=currency)
    return debts_among(company_id, members, rows.values_list("item_id", flat=True), day)


def debts_among(company_id: int, customer_ids: Collection[int], item_ids: Iterable[int], day: date) -> list[Debt]:
    """Those of these items that are open, with what the law asks about each."""
    opened = {row.item_id: row for row in OpenItem.objects.filter(item_id__in=list(item_ids))}
    items = {row.id: row for row in Item.objects.filter(id__in=list(opened))}
    contracts = {row.contract_number for row in items.values()} - {""}
    secured = _secured(company_id, customer_ids, items, opened, day) if contracts else {}
    burden = _burdens(company_id, contracts, day) if contracts else {}
    return [
        Debt(
            item_id=item_id,
            kind=row.kind,
            open_amount=row.open_amount,
            due_date=row.due_date,
            debt=items[item_id].obligation or items[item_id].document_number,
            secured_e4=secured.get(items[item_id].contract_number, 0),
            burden_e8=burden.get(items[item_id].contract_number, 0),
        )
        for item_id, row in sorted(opened.items())
    ]


def _secured(
    company_id: int,
    customer_ids: Collection[int],
    items: dict[int, Item],
    opened: dict[int, OpenItem],
    day: date,
) -> dict[str, int]:
    """Contract → the share of what is open under it that cover given for it alone reaches, × 10^4."""
    worth: dict[str, int] = defaultdict(int)
    currencies = {row.currency for row in opened.values()}
    for piece in cover_of(company_id, customer_ids, day):
        if piece.whose.contract_number and {piece.currency} == currencies:
            worth[piece.whose.contract_number] += piece.worth
    owed: dict[str, int] = defaultdict(int)
    for item_id, row in opened.items():
        owed[items[item_id].contract_number] += row.open_amount
    return {number: min(_WHOLE_E4, worth[number] * _WHOLE_E4 // owed[number]) for number in worth if owed[number]}


def _burdens(company_id: int, numbers: Collection[str], day: date) -> dict[str, int]:
    """Contract → what a day of delay costs by its clause, a share × 10^8."""
    known = dict(Contract.objects.filter(company_id=company_id, number__in=numbers).values_list("id", "number"))
    return {known[one]: _a_day(terms.late_interest) for one, terms in terms_of_many(known, day).items()}


def _a_day(clause: LateInterest | None) -> int:
    if clause is None:
        return 0
    if clause.basis == DAILY:
        return clause.rate_e8
    if clause.basis == ANNUAL:
        return clause.rate_e8 // _YEAR
    return clause.rate_e8 * _LPR_E8 // SCALE // _YEAR
