"""A contract's items, as a part of the contract's page and as a page of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.partial import render_either
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.record.contracts.queries.contracts import contract
from huikuan.record.receivables.queries.contract_items import ContractItem, contract_items


@needs(Permission.VIEW_LEDGER)
def show_items(request: HttpRequest, contract_id: int) -> HttpResponse:
    """What is open of a contract and when it falls due; a partial update gets the table alone."""
    reading = reading_of(request)
    try:
        row = contract(contract_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal
    items = contract_items(
        company_id=row.company_id,
        customer_id=row.customer_id,
        contract_number=row.number,
        as_of=reading.as_of,
        scope=scope_of(request),
        known=reading.horizon,
    )
    page = {"contract": row, "items": items, "sums": _sums(items)}
    return render_either(request, "receivables/of_contract.html", "receivables/parts/of_contract.html", page)


def _sums(items: Iterable[ContractItem]) -> list[tuple[str, int, int]]:
    """(currency, open debits, open credits); credits apart."""
    debits: dict[str, int] = defaultdict(int)
    credits_: dict[str, int] = defaultdict(int)
    for item in items:
        (debits if item.side == "debit" else credits_)[item.currency] += item.open_amount
    return [(currency, debits[currency], credits_[currency]) for currency in sorted({*debits, *credits_})]
