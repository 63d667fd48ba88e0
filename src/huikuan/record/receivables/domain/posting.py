"""What may be posted: sides and recognition by kind, and the rules an item must pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR, share
from huikuan.kernel.rates import SCALE, convert
from huikuan.kernel.text import plain
from huikuan.record.receivables.domain.periods import refuse_locked

DEBIT, CREDIT = "debit", "credit"

#: The side an item of a kind stands on unless the caller says otherwise.
DEFAULT_SIDE = {
    **dict.fromkeys(("invoice", "retention", "deposit", "bill", "interest", "unbilled", "fee", "refund"), DEBIT),
    **dict.fromkeys(("credit_note", "return", "receipt", "advance", "discount", "offset", "barter"), CREDIT),
    **dict.fromkeys(("transfer", "write_off"), CREDIT),
    "opening": DEBIT,
}

#: Kinds that may stand on either side; fx_difference has no default and must say.
EITHER_SIDE = frozenset({"deposit", "bill", "fee", "opening", "transfer", "offset", "fx_difference"})

#: CAS 14: what still depends on more than the passing of time is a contract asset, not a receivable.
DEFAULT_RECOGNITION = {"retention": "contract_asset", "unbilled": "unbilled"}

RECOGNITIONS = frozenset({"receivable", "contract_asset", "unbilled"})


@dataclass(frozen=True, slots=True)
class Posting:
    """One item to post. `amount` > 0 in minor units; a debit names `due_date` or what it `awaits`."""

    customer_id: int
    kind: str
    currency: str
    amount: int
    document_date: date
    posting_date: date
    due_date: date | None = None
    awaits: str = ""
    side: str = ""
    recognition: str = ""
    net_amount: int | None = None
    tax_amount: int | None = None
    document_number: str = ""
    obligation: str = ""
    contract_number: str = ""
    business_type: str = ""
    text: str = ""
    origin_system: str = ""
    origin_key: str = ""
    origin_generation: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment of an obligation: its weight in the whole, and when it falls due."""

    weight: int
    due_date: date | None = None
    awaits: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A value in company currency and the rate that made it; both None when no rate was known."""

    rate_e8: int | None
    amount: int | None


#: Origins the ledger itself gives: an item without one of its own, and the mirror of a reversed item.
OWN, MIRROR = "huikuan", "reversal"


def complete(posting: Posting) -> Posting:
    """`posting` with side and recognition filled in, the contract's number as contracts write it; refuses what
    contradicts its kind, and an origin that is the ledger's own: its keys would stand in the ledger's way."""
    if posting.origin_system in (OWN, MIRROR):
        raise Refusal("origin_reserved", system=posting.origin_system)
    default = DEFAULT_SIDE.get(posting.kind)
    if default is None and posting.kind not in EITHER_SIDE:
        raise Refusal("kind_unknown", kind=posting.kind)
    side = posting.side or default
    if side not in (DEBIT, CREDIT):
        raise Refusal("side_needed", kind=posting.kind)
    if side != default and posting.kind not in EITHER_SIDE:
        raise Refusal("side_contradicts_kind", kind=posting.kind, side=side)
    recognition = posting.recognition or DEFAULT_RECOGNITION.get(posting.kind, "receivable")
    if recognition not in RECOGNITIONS:
        raise Refusal("recognition_unknown", recognition=recognition)
    return replace(posting, side=side, recognition=recognition, contract_number=plain(posting.contract_number))


def check_posting(posting: Posting, locked_through: date | None) -> None:
    """Refuse a (completed) posting that breaks a rule of the ledger."""
    check_amount(posting.amount)
    check_currency(posting.currency)
    _check_parts(posting)
    if posting.side == DEBIT:
        check_due(posting.due_date, posting.awaits)
    refuse_locked(posting.posting_date, locked_through)


def check_amount(amount: int) -> None:
    """Refuse an amount that is not a positive whole number of minor units the ledger can hold."""
    if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
        raise Refusal("amount_not_positive", value=amount)
    if amount > LARGEST_MINOR:
        raise Refusal("amount_too_large", value=amount)


def check_currency(currency: str) -> None:
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Refusal("currency_unknown", value=currency)


def check_due(due_date: date | None, awaits: str) -> None:
    """Exactly one: a due date, or the event that will give one."""
    if (due_date is None) == (not awaits):
        raise Refusal("due_or_awaits")


def book_value(amount: int, currency: str, company_currency: str, rate_e8: int | None) -> Book:
    """The value in company currency at the rate of the posting date (None: none was known)."""
    if currency == company_currency:
        return Book(SCALE, amount)
    if rate_e8 is None:
        return Book(None, None)
    value = convert(amount, currency, rate_e8, company_currency)
    if value > LARGEST_MINOR:
        raise Refusal("amount_too_large", value=value)
    return Book(rate_e8, value)


def instalments(whole: Posting, parts: Sequence[Part]) -> list[Posting]:
    """`whole` split by weight into items that share its obligation; not a cent is lost.

    Net is split in proportion to the parts (so no part's net exceeds it); tax is the rest of each.
    """
    if not parts or any(part.weight <= 0 for part in parts):
        raise Refusal("weights_not_positive")
    weights = [part.weight for part in parts]
    amounts = share(whole.amount, weights)
    nets: list[int] | list[None] = [None] * len(parts)
    if whole.net_amount is not None:
        _check_parts(whole)
        nets = share(whole.net_amount, amounts)
    return [
        replace(
            whole,
            amount=amount,
            net_amount=net,
            tax_amount=None if net is None else amount - net,
            due_date=part.due_date,
            awaits=part.awaits,
            kind=part.kind or whole.kind,
            origin_key=f"{whole.origin_key}#{number}" if whole.origin_key else "",
        )
        for number, (part, amount, net) in enumerate(zip(parts, amounts, nets, strict=True), start=1)
    ]


def share_book(whole: Book, amounts: list[int]) -> list[Book]:
    """The book value of a whole, spread over its parts without losing a cent."""
    if whole.amount is None:
        return [whole] * len(amounts)
    return [Book(whole.rate_e8, amount) for amount in share(whole.amount, amounts)]


def _check_parts(posting: Posting) -> None:
    net, tax = posting.net_amount, posting.tax_amount
    if net is None and tax is None:
        return
    if net is None or tax is None or net < 0 or tax < 0 or net + tax != posting.amount:
        raise Refusal("net_tax_differ", net=net, tax=tax, amount=posting.amount)
