"""What does not hold in a bank file: where, what was found, and what it should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.kernel.errors import Place, Refusal
from huikuan.record.banking.domain.statements import Statement

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction in a file. `row` counts as a program shows it, 0 where it is of the whole file.

    `gap`: it is what a list that was filtered or cut on purpose shows too.
    """

    code: str
    row: int = 0
    column: str = ""
    value: str = ""
    gap: bool = False
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement as the file tells it, with everything that speaks against it."""

    statement: Statement
    findings: tuple[Finding, ...] = ()


def refusal_of(findings: Sequence[Finding], file: str) -> Refusal:
    """The refusal that says the first finding in words and lists the places of all of its kind."""
    first = findings[0]
    same = [finding for finding in findings if finding.code == first.code]
    where = [
        Place(file=file, row=finding.row or None, column=finding.column, value=finding.value[:100])
        for finding in same[:_SHOWN]
    ]
    said = {"row": first.row, "column": first.column, "value": first.value[:100], "count": len(same)}
    return Refusal(first.code, where=where, **{**said, **first.params})
