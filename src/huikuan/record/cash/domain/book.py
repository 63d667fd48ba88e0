"""What matching looks at and what it answers: payments, claims, parties, advice; proposals with their reasons.

Amounts are minor units of the currency beside them. Nothing here knows a table or a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from huikuan.kernel.reasons import Reason


class Verdict(StrEnum):
    """What becomes of a payment by itself: applied, shown as a suggestion, or left to people."""

    APPLIED = "applied"
    SUGGESTED = "suggested"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, or what is left of it; `amount` < 0: money that went out, which may refund a credit."""

    line_id: int
    booked_on: date
    amount: int
    currency: str
    payer_name: str = ""
    payer_account: str = ""
    memo: str = ""
    bank_reference: str = ""
    end_to_end: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An item of a customer: a debit to be paid, or a credit that may be netted. `open_amount` ≥ 0; 0: settled lately,
    told so that a payment naming it again is seen for what it is.

    `numbers`: other numbers it goes by (invoice, contract, order, external reference). `discounts`: (last day, amount)
    of early-payment discounts its terms allow, the earliest first.
    """

    item_id: int
    customer_id: int
    document_number: str
    side: str
    currency: str
    open_amount: int
    amount: int
    document_date: date
    due_date: date | None = None
    kind: str = "invoice"
    numbers: tuple[str, ...] = ()
    discounts: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A customer as payers are recognised by: every name and account it is known to use.

    `accounts` and `aliases` are what was learned or registered, with how often each was confirmed; `payers` are others
    who pay for it by a mandate (name → mandate). `group_id`: members of a group pay for each other.
    """

    customer_id: int
    code: str
    names: tuple[str, ...]
    group_id: int | None = None
    aliases: Mapping[str, int] = field(default_factory=dict)
    accounts: Mapping[str, int] = field(default_factory=dict)
    payers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """One line of a remittance advice: this payment pays so much of that document (null amount: what is open)."""

    bank_reference: str
    document_number: str
    amount: int | None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A payment of earlier days and what it was applied to: what a payment sent twice is recognised by."""

    payment: Payment
    customer_id: int | None = None
    item_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Learned:
    """What people's answers taught, beside the aliases and accounts that stand with each party.

    `habits`: customer → days after the due date it usually pays. `rejected`: payer (`names.key` of its name, or its
    account) → customers it was said not to pay for. `calibration`: rising (probability computed, share that proved
    right); empty: as computed.
    """

    habits: Mapping[int, int] = field(default_factory=dict)
    rejected: Mapping[str, frozenset[int]] = field(default_factory=dict)
    calibration: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payment for one claim; negative for a credit that is netted with it."""

    item_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What is between the payment and the claims it closes: a bank fee, an early-payment discount, a small difference
    … and the claim it is taken from. `amount` > 0: the claim is closed by so much more than its part pays."""

    kind: str
    item_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to apply a payment to one customer. Σ parts + rest = the payment; `rest` stays on account.

    `probability` that this is what the payer meant, calibrated (0 to 1); `alternatives`: how many other sets of the
    same customer's claims fit the amount equally well.
    """

    customer_id: int
    parts: tuple[Part, ...]
    probability: float
    alternatives: int
    reasons: tuple[Reason, ...]
    rest: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What matching says of one payment: its verdict, the proposals (the best first), and why it holds back."""

    line_id: int
    verdict: Verdict
    proposals: tuple[Proposal, ...]
    reasons: tuple[Reason, ...] = ()
