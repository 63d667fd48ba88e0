"""The sentence of every refusal code, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

SENTENCES = {
    "amount_unreadable": gettext_noop("“%(value)s” is not an amount."),
    "amount_too_fine": gettext_noop("“%(value)s” has more decimals than %(currency)s knows."),
    "amount_too_large": gettext_noop("“%(value)s” is larger than the ledger takes."),
    "currencies_differ": gettext_noop("%(left)s and %(right)s cannot be added."),
    "database_busy": gettext_noop("The database was busy for too long. Nothing was written; try again."),
    "date_unreadable": gettext_noop("“%(value)s” is not a date; write it like 2026-11-21."),
    "instant_unreadable": gettext_noop("“%(value)s” is not an instant; write it like 2026-11-21T08:00:00+08:00."),
    "instant_without_zone": gettext_noop("“%(value)s” has no time zone; add one, like +08:00."),
    "rate_unreadable": gettext_noop("“%(value)s” is not an exchange rate."),
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """What to tell the user about a refusal."""
    return gettext(SENTENCES[code]) % params
