"""Opening + lines = closing, by the file's own figures."""

from __future__ import annotations

from datetime import date, timedelta

from huikuan.kernel.money import to_text
from huikuan.record.banking.domain.findings import Draft, Finding
from huikuan.record.banking.domain.statements import Statement

#: Formats a bank makes as a whole: a person cannot have filtered them.
_WHOLE = ("camt.", "mt9")


def prove(draft: Draft, today: date) -> tuple[Finding, ...]:
    """Everything that speaks against a statement: what its reader found, days to come, sums that do not hold."""
    return (*draft.findings, *_days(draft.statement, today), *_sums(draft.statement))


def _days(statement: Statement, today: date) -> tuple[Finding, ...]:
    """Nothing is booked after tomorrow (a zone ahead of the company's may be there already): day and month change
    places, or the year is wrong."""
    if not statement.booked:
        return ()
    late = [line for line in statement.lines if line.booked_on > today + timedelta(days=1)]
    return tuple(Finding("statement_day_to_come", line.row, value=line.booked_on.isoformat()) for line in late)


def _sums(statement: Statement) -> tuple[Finding, ...]:
    if not statement.booked or statement.opening is None or statement.closing is None:
        return ()
    moved = sum(line.amount for line in statement.lines)
    found = statement.opening + moved
    if found == statement.closing:
        return ()
    said = {
        "opening": statement.opening,
        "moved": moved,
        "closing": statement.closing,
        "difference": statement.closing - found,
    }
    params: dict[str, object] = {name: to_text(amount, statement.currency) for name, amount in said.items()}
    params |= {"currency": statement.currency, "account": statement.account, "number": statement.number}
    cut = not statement.layout.startswith(_WHOLE)
    return (Finding("statement_sums_differ", value=statement.number, gap=cut, params=params),)
