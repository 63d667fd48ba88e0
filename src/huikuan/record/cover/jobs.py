"""Reminding: pieces of cover that end soon, as work for people."""

from __future__ import annotations

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.operations import Wanted, keep_items
from huikuan.record.cover.queries.listing import expiring
from huikuan.record.cover.queries.pieces import PieceRow
from huikuan.record.cover.work import ENDS


def remind(work: Work) -> dict[str, int]:
    """Have a work item for each piece that ends within 30 days; asked again it does no more."""
    rows = expiring(scope=EVERYTHING, day=business_date(work.at))
    return keep_items(kind=ENDS.name, wanted=[_wanted(row) for row in rows], at=work.at)


def _wanted(row: PieceRow) -> Wanted:
    terms = row.terms
    shown = {
        "number": row.number,
        "reference": terms.reference,
        "provider": terms.provider,
        "amount": f"{terms.currency} {to_text(terms.amount, terms.currency)}",
        "until": terms.valid_until.isoformat() if terms.valid_until else "",
    }
    return Wanted(
        key=f"piece:{row.number}:{shown['until']}",
        company_id=row.company_id,
        customer_id=row.whose.customer_id,
        shown=shown,
        due_on=terms.valid_until,
    )
