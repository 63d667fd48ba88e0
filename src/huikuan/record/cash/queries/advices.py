"""Remittance advice as matching takes it: every line under the reference of the payment it tells about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from huikuan.record.banking.queries.lines import lines_referenced
from huikuan.record.cash.domain.advising import Advised
from huikuan.record.cash.domain.book import Advice, Payment
from huikuan.record.cash.domain.names import key
from huikuan.record.cash.models import AdviceLine
from huikuan.record.receivables.models import Item

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Linked:
    """Whether the payment and the document that a line of advice tells about are known by now."""

    payment: bool
    document: bool


def advices_for(company_id: int, payments: Sequence[Payment], *, since: date) -> tuple[list[Advice], list[Payment]]:
    """The advice for these payments by the bank's reference, and the payments.

    Advice without a reference, taken in on or after `since`, belongs to the one payment of its sum, by its payer where
    it names one; a payment without a reference of its own is given one to be found by.
    """
    called = {payment.bank_reference.strip() for payment in payments} - {""}
    called |= {payment.end_to_end.strip() for payment in payments} - {""}
    advices = [
        Advice(row.bank_reference, row.document_number, row.amount, row.memo)
        for chunk in _chunks(sorted(called))
        for row in AdviceLine.objects.filter(company_id=company_id, bank_reference__in=chunk).order_by("id")
    ]
    given = list(payments)
    loose = AdviceLine.objects.filter(company_id=company_id, bank_reference="", recorded_at__date__gte=since)
    sheets: dict[tuple[int, str], list[AdviceLine]] = defaultdict(list)
    for row in loose.order_by("id"):
        sheets[row.sheet_id, key(row.payer_name)].append(row)
    for (_, payer), rows in sheets.items():
        place = _paid_by(given, payer, rows)
        if place is not None:
            reference = given[place].bank_reference or f"line {given[place].line_id}"
            given[place] = replace(given[place], bank_reference=reference)
            advices += [Advice(reference, row.document_number, row.amount, row.memo) for row in rows]
    return advices, given


def links_of(company_id: int, lines: Iterable[Advised]) -> list[Linked]:
    """What is known by now of what each line tells about. A line without a reference waits for its sum."""
    told = list(lines)
    numbers = {line.document_number for line in told}
    known: set[str] = set()
    for chunk in _chunks(sorted(numbers)):
        found = Item.objects.filter(company_id=company_id, document_number__in=chunk)
        known |= set(found.values_list("document_number", flat=True))
    references = {line.bank_reference for line in told} - {""}
    there = {reference for reference in references if lines_referenced(company_id, reference)}
    return [Linked(line.bank_reference in there, line.document_number in known) for line in told]


def known_keys(company_id: int, keys: Sequence[str]) -> set[str]:
    """Those of the keys under which a line of advice was recorded."""
    found: set[str] = set()
    for chunk in _chunks(keys):
        rows = AdviceLine.objects.filter(company_id=company_id, key__in=chunk)
        found |= set(rows.values_list("key", flat=True))
    return found


def _paid_by(payments: Sequence[Payment], payer: str, rows: Sequence[AdviceLine]) -> int | None:
    """The place of the one payment these lines add up to; none where several do, or a line tells no amount."""
    if any(row.amount is None for row in rows):
        return None
    total = sum(row.amount or 0 for row in rows)
    found = [
        place
        for place, payment in enumerate(payments)
        if payment.amount == total
        and payment.currency == rows[0].currency
        and (not payer or key(payment.payer_name) == payer)
        and (rows[0].paid_on is None or payment.booked_on >= rows[0].paid_on)
    ]
    return found[0] if len(found) == 1 else None


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk
