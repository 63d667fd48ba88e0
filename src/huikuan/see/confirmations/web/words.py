"""Words of the confirmations' pages."""

from __future__ import annotations

from django.utils.translation import gettext_noop

STATES = {
    "sent": gettext_noop("Sent, not opened"),
    "opened": gettext_noop("Opened"),
    "answered": gettext_noop("Answered"),
    "expired": gettext_noop("Ran out"),
    "revoked": gettext_noop("Taken back"),
}
TONES = {"sent": "", "opened": "warn", "answered": "ok", "expired": "bad", "revoked": ""}
CHANNELS = {
    "email": gettext_noop("By e-mail"),
    "sms": gettext_noop("By SMS"),
    "copy": gettext_noop("I pass the link on myself"),
}
#: What a column of the customer's list says.
COLUMNS = {
    "document": gettext_noop("Document number (needed)"),
    "amount": gettext_noop("Open amount (needed)"),
    "on": gettext_noop("Date"),
    "kind": gettext_noop("What it is: invoice, payment, return"),
    "quantity": gettext_noop("Quantity"),
    "price": gettext_noop("Unit price"),
}
#: What a difference between the customer's list and ours is.
DIFFERENCES = {
    "in_transit": gettext_noop("In transit: paid, not here yet"),
    "not_invoiced": gettext_noop("Not invoiced yet"),
    "price": gettext_noop("Another price"),
    "quantity": gettext_noop("Another quantity"),
    "return": gettext_noop("A return on one side"),
    "amount": gettext_noop("Another amount"),
    "only_ours": gettext_noop("Only with us"),
    "only_theirs": gettext_noop("Only in the list"),
    "agreed": gettext_noop("Agrees"),
}
DIFFERENCE_STATES = {
    "open": gettext_noop("To be worked off"),
    "ours_right": gettext_noop("Ours is right"),
    "theirs_right": gettext_noop("The customer is right"),
    "settled": gettext_noop("Settled"),
}
