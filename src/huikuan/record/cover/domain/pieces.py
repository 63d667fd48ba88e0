"""A piece of cover (风险缓释): what it says, when it says nothing sensible, what may become another, what adds.

Shares are × 10^4 (8,000 is 80 %). `eligible`: how much of the amount counts, the rest being a haircut (折扣). Of a
credit insurance the amount is the insured limit (保险限额) and `insured` the part of a loss that it pays (赔付比例).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, to_minor, to_text
from huikuan.kernel.text import plain, tidy

GUARANTEE, BANK_GUARANTEE, MORTGAGE, PLEDGE, INSURANCE = KINDS = (
    "guarantee",
    "bank_guarantee",
    "mortgage",
    "pledge",
    "insurance",
)
WHOLE = 10_000
LONGEST = 200
LONGEST_REFERENCE = 60

#: So long before its last day a piece is told to be renewed.
NOTICE = timedelta(days=30)
AHEAD, STANDING, EXPIRING, ENDED, RELEASED = STATES = ("ahead", "standing", "expiring", "ended", "released")


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose exposure a piece covers: a customer's, that under one of its contracts, or everybody's in a group."""

    customer_id: int | None = None
    contract_number: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a piece says; amount in minor units, both days included, `valid_until` None: without end.
    `provider_id`: the customer of ours that the guarantor is, None for others."""

    kind: str
    provider: str
    reference: str
    currency: str
    amount: int
    valid_from: date
    valid_until: date | None = None
    eligible_e4: int = WHOLE
    insured_e4: int = WHOLE
    provider_id: int | None = None
    note: str = ""

    @property
    def worth(self) -> int:
        """What of the amount counts, in minor units rounded down: never more than is there."""
        return worth_of(self.amount, self.eligible_e4)


@dataclass(frozen=True, slots=True)
class Counting:
    """What a decision needs of a piece that counts; `worth` in minor units of `currency`."""

    number: int
    whose: Whose
    kind: str
    currency: str
    worth: int
    insured_e4: int
    provider_id: int | None


def worth_of(amount: int, eligible_e4: int) -> int:
    """The part of an amount that counts, rounded down."""
    return amount * eligible_e4 // WHOLE


def check_terms(terms: Terms, *, today: date) -> None:
    """Refuse a kind, amount, share or span that says nothing sensible, a field left out or too long."""
    if terms.kind not in KINDS:
        raise Refusal("cover_kind_unknown", value=terms.kind, known=", ".join(KINDS))
    _check_texts(terms)
    if not 0 < terms.amount <= LARGEST_MINOR:
        raise Refusal("cover_amount_bad", value=to_text(terms.amount, terms.currency))
    if not (0 < terms.eligible_e4 <= WHOLE and 0 < terms.insured_e4 <= WHOLE):
        raise Refusal("cover_share_bad", value="")
    if terms.kind != INSURANCE and terms.insured_e4 != WHOLE:
        raise Refusal("cover_insured_bad")
    if terms.valid_until is not None and terms.valid_until < terms.valid_from:
        raise Refusal("cover_ends_early", until=terms.valid_until, day=terms.valid_from)
    if terms.valid_until is not None and terms.valid_until < today:
        raise Refusal("cover_over_already", until=terms.valid_until)


def _check_texts(terms: Terms) -> None:
    for field, longest in (("provider", LONGEST), ("reference", LONGEST_REFERENCE), ("note", LONGEST)):
        text = getattr(terms, field)
        if not text and field != "note":
            raise Refusal("cover_field_missing", field=field)
        if len(text) > longest:
            raise Refusal("cover_field_too_long", field=field, longest=longest)


def check_whose(whose: Whose) -> None:
    """Refuse a piece of nobody, and one of a customer and a group at once."""
    if (whose.customer_id is None) == (not whose.group) or (whose.group and whose.contract_number):
        raise Refusal("cover_of_nobody")


def tidied(terms: Terms) -> Terms:
    """Texts without stray spaces and invisible characters."""
    return replace(terms, provider=tidy(terms.provider), reference=tidy(terms.reference), note=tidy(terms.note))


def adds(before: Terms, after: Terms) -> bool:
    """Whether a revaluation would cover more, or longer, than what stands: that takes another person."""
    longer = before.valid_until is not None and (after.valid_until is None or after.valid_until > before.valid_until)
    return longer or after.worth > before.worth or after.insured_e4 > before.insured_e4


def state_on(terms: Terms, day: date, *, released: bool = False) -> str:
    """How the piece stands on a day; it counts where it is `standing` or `expiring`, which is also counting."""
    if released:
        return RELEASED
    if day < terms.valid_from:
        return AHEAD
    if terms.valid_until is None or terms.valid_until > day + NOTICE:
        return STANDING
    return EXPIRING if terms.valid_until >= day else ENDED


def identity(whose: Whose, terms: Terms) -> str:
    """The digest of what makes two pieces one and the same paper. Of insurers one policy covers many buyers, each up
    to a limit of its own; any other paper covers once, whoever it is recorded for."""
    buyer = f"{whose.customer_id}|{whose.group}|{whose.contract_number}" if terms.kind == INSURANCE else ""
    said = "\n".join((terms.kind, plain(terms.provider).casefold(), plain(terms.reference).casefold(), buyer))
    return hashlib.sha256(said.encode()).hexdigest()


def document_of(terms: Terms) -> dict[str, Any]:
    """The terms as a JSON object: what is shown to whoever approves them."""
    return {
        "kind": terms.kind,
        "provider": terms.provider,
        "provider_id": terms.provider_id,
        "reference": terms.reference,
        "currency": terms.currency,
        "amount": to_text(terms.amount, terms.currency),
        "eligible": percent_text(terms.eligible_e4),
        "insured": percent_text(terms.insured_e4),
        "valid_from": terms.valid_from.isoformat(),
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else None,
        "note": terms.note,
    }


def terms_from(document: Mapping[str, Any]) -> Terms:
    """The same read back."""
    until = document["valid_until"]
    return Terms(
        kind=document["kind"],
        provider=document["provider"],
        provider_id=document["provider_id"],
        reference=document["reference"],
        currency=document["currency"],
        amount=to_minor(document["amount"], document["currency"]),
        eligible_e4=share_of(document["eligible"]),
        insured_e4=share_of(document["insured"]),
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        note=document["note"],
    )


def share_of(percent: str) -> int:
    """A percentage as people type it (80, 92.5 %) × 10^4 as a share; refuses what is not above 0 and at most 100,
    and more than two decimals."""
    try:
        share = Decimal(percent.replace("％", "%").rstrip("% ")) * 100
    except InvalidOperation:
        raise Refusal("cover_share_bad", value=percent) from None
    if not share.is_finite() or share != share.to_integral_value() or not 0 < share <= WHOLE:
        raise Refusal("cover_share_bad", value=percent)
    return int(share)


def percent_text(share_e4: int) -> str:
    """8,000 → 80, 9,250 → 92.5."""
    return f"{Decimal(share_e4) / 100:f}".rstrip("0").rstrip(".") if share_e4 % 100 else str(share_e4 // 100)
