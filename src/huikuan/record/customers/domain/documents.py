"""Papers of a customer: what kinds there are, and whether one still holds on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.errors import Refusal

KINDS = ("licence", "statements", "bank_reference", "authorisation", "agreement", "other")

#: So long before its last day a paper is told to be renewed.
NOTICE = timedelta(days=60)

EXPIRED, EXPIRING, VALID, UNLIMITED = "expired", "expiring", "valid", "unlimited"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as stated. Meaning as in models.DocumentVersion."""

    kind: str
    title: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    note: str = ""


def check_paper(paper: Paper) -> None:
    """Refuse an unknown kind, dates in the wrong order and what is too long."""
    if paper.kind not in KINDS:
        raise Refusal("document_kind_unknown", value=paper.kind, known=", ".join(KINDS))
    if paper.issued_on and paper.expires_on and paper.expires_on < paper.issued_on:
        raise Refusal("document_dates", issued_on=paper.issued_on, expires_on=paper.expires_on)
    for name in ("title", "note"):
        if len(getattr(paper, name)) > 200:
            raise Refusal("customer_field_too_long", field=name, longest=200)


def validity(expires_on: date | None, day: date) -> str:
    """expired the day after its last day; expiring from 60 days before; unlimited without a last day."""
    if expires_on is None:
        return UNLIMITED
    if expires_on < day:
        return EXPIRED
    return EXPIRING if expires_on <= day + NOTICE else VALID
