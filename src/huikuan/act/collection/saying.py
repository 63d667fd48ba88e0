"""What a letter says of claims: the placeholders' values and the tables, in the letter's language; nothing is read.

One place for everybody who writes: reminders, demands, confirmations, previews.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from huikuan.kernel.amount_words import chinese_capitals, english_words
from huikuan.kernel.money import to_text
from huikuan.mechanisms.notices.domain.templates import Table
from huikuan.mechanisms.notices.letters.composing import MOST_ROWS
from huikuan.mechanisms.notices.letters.speech import long_date
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.interest.domain.governing import Governing
from huikuan.record.interest.queries.accruals import Accrual
from huikuan.record.interest.telling import rule_words, sentences
from huikuan.record.receivables.domain.aging import overdue_days

#: Where nobody says otherwise: days to answer, and to pay.
_ANSWER_DAYS, _PAY_DAYS = 10, 14
NONE = "–"
#: All that a demand says of the interest it asks for.
_TOLD = gettext_noop(
    "Basis of interest: %(basis)s. Interest up to %(until)s amounts to %(currency)s %(interest)s; it continues to"
    " accrue on the same basis until payment in full. Principal and interest come to %(currency)s %(total)s;"
    " interest is to be paid with the principal."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """So much of an item as a letter asks for (`open_amount`, of `amount`; minor units), and when it is due.
    `left_alone`: so much more of it is open and not asked for, being disputed or promised."""

    item_id: int
    document_number: str
    document_date: date
    contract_number: str
    amount: int
    open_amount: int
    due_date: date | None
    left_alone: int = 0

    @property
    def whole(self) -> int:
        """What is open of it."""
        return self.open_amount + self.left_alone


class Named(Protocol):
    """A customer as a letter addresses it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def english_name(self) -> str: ...
    @property
    def uscc(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """For `write_letter` and its kin. `item_ids`: the claims it speaks of."""

    values: Mapping[str, str]
    tables: Mapping[str, Table]
    item_ids: tuple[int, ...]


def say(
    customer: Named, claims: Sequence[Claim], borne: Sequence[Accrual], *, currency: str, as_of: date, language: str
) -> LetterFacts:
    """Of these claims (one at least, all in `currency`), counted to `as_of`, with the interest they bear."""
    ordered = sorted(claims, key=lambda claim: (claim.due_date or date.max, claim.item_id))
    with translation.override(language):
        values = {
            **_of_customer(customer, language),
            **_of_claims(ordered, currency, as_of, language),
            **_of_interest(ordered, borne, currency, as_of, language),
            **_of_days(ordered, as_of, language),
        }
        tables = {"items": _items(ordered, currency, as_of), "segments": _segments(borne[:1], currency)}
        tables["account"] = _account(values)
    return LetterFacts(values, tables, tuple(claim.item_id for claim in ordered))


def _of_customer(customer: Named, language: str) -> dict[str, str]:
    name = (language == "en" and customer.english_name) or customer.name
    return {"customer_name": name, "customer_code": customer.code, "customer_uscc": customer.uscc}


def _of_claims(claims: Sequence[Claim], currency: str, as_of: date, language: str) -> dict[str, str]:
    total = sum(claim.open_amount for claim in claims)
    words = english_words if language == "en" else chinese_capitals
    dues = [claim.due_date for claim in claims if claim.due_date]
    return {
        "currency": currency,
        "as_of": long_date(as_of, language),
        "total": _text(total, currency),
        "total_in_words": words(total, currency),
        "principal": _text(claims[0].open_amount, currency),
        "principal_due": _text(claims[0].amount, currency),
        "item_count": str(len(claims)),
        "document_no": claims[0].document_number,
        "document_numbers": _few([claim.document_number for claim in claims]),
        "contract_numbers": _few([claim.contract_number for claim in claims]),
        "oldest_due": long_date(min(dues), language) if dues else "",
        "due_date": long_date(claims[0].due_date, language) if claims[0].due_date else "",
        "days_late": str(max((overdue_days(due, as_of) for due in dues), default=0)),
        "closing": _text(total, currency),
        "closing_words": _("owed to us by you"),
    }


def _of_interest(
    claims: Sequence[Claim], borne: Sequence[Accrual], currency: str, as_of: date, language: str
) -> dict[str, str]:
    interest = sum(one.unclaimed_amount for one in borne)
    total = sum(claim.open_amount for claim in claims)
    until = long_date(as_of, language)
    governing, bases = borne[0].governing if borne else None, _bases(borne)
    said = {
        "basis": bases, "until": until, "currency": currency, "interest": _text(interest, currency),
        "total": _text(total + interest, currency),
    }  # fmt: skip
    return {
        # Where none is demanded nothing is said of it.
        "interest_told": _(_TOLD) % said if interest else "",
        "interest": _text(interest, currency),
        "interest_open": _text(interest, currency),
        "interest_until": until,
        "until": until,
        "total_with_interest": _text(total + interest, currency),
        "interest_basis": bases or NONE,
        "interest_rule": rule_words(governing.rule) if governing else NONE,
        "day_count": str(governing.counting.base) if governing else NONE,
    }


def _bases(borne: Sequence[Accrual]) -> str:
    """Each rule that governs some of them, once."""
    return "; ".join(dict.fromkeys(_basis(one.governing) for one in borne))


def _basis(governing: Governing) -> str:
    """Why, and at what rate: part of a sentence, so without its stop."""
    why = " ".join(sentences(governing.reasons)).rstrip(".。")
    return _("%(why)s; counted at %(rule)s") % {"why": why, "rule": rule_words(governing.rule)}


def _of_days(claims: Sequence[Claim], as_of: date, language: str) -> dict[str, str]:
    """A promise to pay is asked for by the day the last of it is due, and no later than that."""
    answer, pay = as_of + timedelta(days=_ANSWER_DAYS), as_of + timedelta(days=_PAY_DAYS)
    last = max((claim.due_date for claim in claims if claim.due_date), default=as_of)
    return {
        "reply_by": long_date(answer, language),
        "pay_by": long_date(last if last >= as_of else pay, language),
        "deadline": long_date(pay, language),
        "period_from": long_date(as_of.replace(day=1), language),
        "period_to": long_date(as_of, language),
    }


def _items(claims: Sequence[Claim], currency: str, as_of: date) -> Table:
    """The claims as rows. Where part of one is left alone, what is open and what is asked for are two columns."""
    apart = any(claim.left_alone for claim in claims)

    def amounts(of: Sequence[Claim]) -> tuple[str, ...]:
        found = ([sum(one.whole for one in of)] if apart else []) + [sum(one.open_amount for one in of)]
        return tuple(_text(amount, currency) for amount in found)

    heads = (
        _("Document"), _("Document date"), _("Due"), _("Days overdue"), _("Original"), pgettext("amount", "Open"),
        *([_("In this letter")] if apart else []),
    )  # fmt: skip
    shown, rest = claims[: MOST_ROWS - 1], claims[MOST_ROWS - 1 :]
    rows = [
        (
            claim.document_number or NONE,
            claim.document_date.isoformat(),
            claim.due_date.isoformat() if claim.due_date else _("awaiting event"),
            str(overdue_days(claim.due_date, as_of)) if claim.due_date else NONE,
            _text(claim.amount, currency),
            *amounts([claim]),
        )
        for claim in shown
    ]
    if rest:
        others = ngettext("%(count)s more document", "%(count)s more documents", len(rest)) % {"count": len(rest)}
        rows.append((others, "", "", "", _text(sum(one.amount for one in rest), currency), *amounts(rest)))
    return Table(heads, tuple(rows), (_("Total"), "", "", "", "", *amounts(claims)), tuple(range(3, len(heads))))


def _segments(borne: Sequence[Accrual], currency: str) -> Table:
    """The first claim's computation, segment by segment."""
    heads = (
        pgettext("first day", "From"), pgettext("last day", "To"), _("Days"), pgettext("of interest", "Principal"),
        pgettext("of interest", "Rate"), _("Interest"),
    )  # fmt: skip
    found = [segment for one in borne for segment in one.whole.segments]
    rows = tuple(
        (
            one.first.isoformat(),
            one.last.isoformat(),
            str(one.days),
            _text(one.principal, currency),
            _percent(one.rate),
            _text(one.amount, currency),
        )
        for one in found
    )
    days, amount = sum(one.days for one in found), sum(one.amount for one in found)
    return Table(heads, rows, (_("Total"), "", str(days), "", "", _text(amount, currency)), (2, 3, 4, 5))


def _account(values: Mapping[str, str]) -> Table:
    """Where only what is open is known: the closing balance alone."""
    heads = (
        _("Opening balance"), pgettext("over a period", "Invoiced"), _("Returned and credited"), _("Paid"),
        _("Closing balance"),
    )  # fmt: skip
    return Table(heads, ((NONE, NONE, NONE, NONE, values["closing"]),), (), (0, 1, 2, 3, 4))


def _few(texts: Collection[str]) -> str:
    """The different ones, at most five, and that there are more."""
    most = 5
    found = list(dict.fromkeys(text for text in texts if text))
    return _(", ").join(found[:most]) + (" …" if len(found) > most else "")


def _percent(rate: Fraction) -> str:
    """5.175%: up to four decimals of a per cent."""
    return f"{Decimal(round(rate * 1_000_000)).scaleb(-4).normalize():f}%"


def _text(minor: int, currency: str) -> str:
    return grouped(to_text(minor, currency))
