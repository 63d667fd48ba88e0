"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "exposure_without_rate": gettext_noop(
        "Part of the exposure is in %(currency)s, and no rate into %(into)s is known on %(day)s. Add one:"
        " huikuan rates add."
    ),
}

#: The components of exposure, in the order they are shown.
COMPONENTS: dict[str, str] = {
    "open_claims": gettext_noop("Open claims"),
    "delivered_not_invoiced": gettext_noop("Delivered, not invoiced"),
    "released_orders": gettext_noop("Released orders"),
    "bills": gettext_noop("Bills not yet paid"),
    "recourse": gettext_noop("Sold with recourse"),
    "cash_held": gettext_noop("Cash held as deposit"),
    "unapplied": gettext_noop("Unapplied cash and credits"),
    "advances": gettext_noop("Advances on the same contract"),
    "cover": gettext_noop("Cover"),
}
