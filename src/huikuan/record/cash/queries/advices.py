"""Remittance advice as matching takes it: every line under the reference of the payment it tells about."""

from __future__ import annotations

from collections.abc import Sequence

from huikuan.record.cash.domain.book import Advice, Payment
from huikuan.record.cash.models import AdviceLine


def advices_for(company_id: int, payments: Sequence[Payment]) -> list[Advice]:
    """The advice for these payments, by the bank's reference."""
    references = {payment.bank_reference for payment in payments if payment.bank_reference}
    rows = AdviceLine.objects.filter(company_id=company_id).order_by("id")
    return [
        Advice(row.bank_reference, row.document_number, row.amount, row.memo)
        for row in rows
        if row.bank_reference in references
    ]
