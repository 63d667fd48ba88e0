"""What a rating agency's grades mean on our scale: a table for each agency (docs/algorithms/scorecard.md).

A rating in the manner of D&B has two parts, the size of the net worth (5A, 4A … HH) and the composite appraisal, 1 the
best to 4: 5A1 is a large firm with a strong appraisal. The appraisal is what tells of paying, so the last sign counts;
without one ("--", "NQ") nothing is said. Chinese agencies grade issuers AAA to C.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huikuan.judge.rating.domain.factors import FACTORS
from huikuan.kernel.errors import Refusal

FACTOR = "third_party_rating"
_ANY = "*"

#: As shipped (示例): which appraisal or letter means what is the company's to set.
DOCUMENT: dict[str, Any] = {
    "dnb": {"*1": "excellent", "*2": "good", "*3": "fair", "*4": "poor"},
    "letters": {
        "AAA": "excellent", "AA*": "excellent", "A*": "good", "BBB*": "good", "BB*": "fair", "B*": "fair",
        "CCC*": "poor", "CC*": "poor", "C*": "poor", "D": "poor",
    },
}  # fmt: skip


def meaning(document: Mapping[str, Any], agency: str, grade: str) -> str:
    """What the agency's grade means among the answers of `third_party_rating`: by the first line that fits. Refuses
    an unknown agency, and a grade its table has no line for."""
    table = document.get(agency)
    if table is None:
        raise Refusal("agency_unknown", agency=agency, known=", ".join(document))
    written = "".join(grade.split()).upper()
    found = next((str(answer) for like, answer in table.items() if written and _fits(like, written)), None)
    if found is None:
        raise Refusal("agency_grade_unknown", agency=agency, grade=grade, known=", ".join(table))
    return found


def _fits(like: str, grade: str) -> bool:
    """`*1` fits what ends with 1, `AA*` what begins with AA; without a star it has to be the same."""
    if like.startswith(_ANY):
        return grade.endswith(like[1:])
    if like.endswith(_ANY):
        return grade.startswith(like[:-1])
    return grade == like


def faults(document: Mapping[str, Any]) -> Iterator[str]:
    """The places of a document that cannot be used."""
    answers = FACTORS[FACTOR].choices
    if not document:
        yield "agencies"
    for agency, table in document.items():
        if not isinstance(table, Mapping) or not table:
            yield str(agency)
            continue
        for like, answer in table.items():
            middle = str(like).strip(_ANY)
            if not middle or _ANY in middle or str(like).count(_ANY) > 1 or answer not in answers:
                yield f"{agency}.{like}"
