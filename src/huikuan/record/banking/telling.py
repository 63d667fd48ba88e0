"""What an import brought, accounts and lines, as commands, programs and pages tell them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.errors import Place
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.masking import shown
from huikuan.record.banking.domain.persons import natural_person
from huikuan.record.banking.domain.sifting import OTHER_AMOUNT, Odd
from huikuan.record.banking.operations.importing import Brought
from huikuan.record.banking.queries.accounts import AccountRow
from huikuan.record.banking.queries.lines import LineRow


def brought_json(one: Brought) -> dict[str, Any]:
    """What one statement of a file brought; amounts as decimal strings. `booked` false: read, not recorded."""
    statement, currency = one.statement, one.statement.currency

    def amount(minor: int | None) -> str | None:
        return None if minor is None else to_text(minor, currency)

    return {
        "account": one.account,
        "account_opened": one.opened,
        "currency": currency,
        "layout": statement.layout,
        "number": statement.number,
        "from": statement.period_from.isoformat() if statement.period_from else None,
        "through": statement.period_through.isoformat() if statement.period_through else None,
        "booked": statement.booked,
        "opening": amount(statement.opening),
        "money_in": amount(sum(line.amount for line in statement.lines if line.amount > 0)),
        "money_out": amount(sum(line.amount for line in statement.lines if line.amount < 0)),
        "closing": amount(statement.closing),
        "lines": len(statement.lines),
        "new": len(one.sifted.new),
        "known": len(one.sifted.known),
        "left_out": [place.as_json() for place in statement.left_out],
        "notes": [place.as_json() for place in notes_of(one)],
    }


def notes_of(one: Brought) -> list[Place]:
    """What somebody should look at of the lines that came in."""
    return [
        Place(
            row=odd.line.row or None,
            column="bank_reference",
            value=odd.line.bank_reference,
            reason=_reason(odd, one.statement.currency),
            fix=_("Both are kept; look whether they are one payment."),
        )
        for odd in one.sifted.odd
    ]


def brought_line(one: Brought) -> str:
    """The same in a line."""
    told = brought_json(one)
    days = " – ".join(day for day in (told["from"], told["through"]) if day)
    opened = f" ({_('opened')})" if one.opened else ""
    sums = " ".join(str(told[name]) for name in ("opening", "money_in", "money_out", "closing") if told[name])
    counts = _("%(new)s new, %(known)s known") % {"new": told["new"], "known": told["known"]}
    if not one.statement.booked:
        counts = _("announced only, not recorded")
    notes = [f"  {place.row or ''} {place.value}: {place.reason}" for place in notes_of(one)]
    return "\n".join(["\t".join([f"{one.account}{opened}", one.statement.currency, days, sums, counts]), *notes])


def account_json(row: AccountRow) -> dict[str, Any]:
    """An account's keys; amounts as decimal strings."""
    return {
        "company": row.company_code,
        "number": row.number,
        "bank": row.bank,
        "name": row.name,
        "currency": row.currency,
        "lines": row.lines,
        "open_lines": row.open_lines,
        "through": row.through.isoformat() if row.through else None,
        "closing": to_text(row.closing, row.currency) if row.closing is not None else None,
        "gaps": row.gaps,
    }


def line_json(row: LineRow, permissions: Collection[Permission]) -> dict[str, Any]:
    """A line's keys; amounts as decimal strings, > 0: money in. Persons' accounts masked where they are to be."""
    return {
        "line": row.id,
        "account": row.account_number,
        "booked_on": row.booked_on.isoformat(),
        "value_on": row.value_on.isoformat() if row.value_on else None,
        "amount": to_text(row.amount, row.currency),
        "left": to_text(row.left, row.currency),
        "currency": row.currency,
        "payer_name": row.counterparty_name,
        "payer_account": shown_account(row, permissions),
        "memo": row.memo,
        "bank_reference": row.bank_reference,
        "end_to_end": row.end_to_end,
        "reversal": row.reversal,
    }


def shown_account(row: LineRow, permissions: Collection[Permission]) -> str:
    """The counterparty's account; a person's masked for whoever may not see personal data."""
    if not natural_person(row.counterparty_name):
        return row.counterparty_account
    return shown("bank_account", row.counterparty_account, permissions)


def _reason(odd: Odd, currency: str) -> str:
    said = (
        _("The reference was there on %(day)s with %(amount)s.")
        if odd.code == OTHER_AMOUNT
        else _("The reference was there on %(day)s with %(amount)s from another payer.")
    )
    return said % {"day": odd.there.booked_on, "amount": f"{currency} {to_text(odd.there.amount, currency)}"}
