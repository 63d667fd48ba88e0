"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "aging_basis_unknown": gettext_noop("Age has no basis “%(value)s”; choose one of %(choices)s."),
    "aging_buckets_invalid": gettext_noop("These bucket edges cannot be used."),
    "aging_buckets_unknown": gettext_noop("The bucket policy has no list “%(value)s”; choose one of %(choices)s."),
    "aging_key_unknown": gettext_noop("Aging cannot be grouped by “%(value)s”; choose one of %(choices)s."),
    "aging_needs_file": gettext_noop("A spreadsheet needs a file; add --out FILE."),
    "company_unknown": gettext_noop("There is no company “%(value)s”."),
    "item_slot_unknown": gettext_noop("“%(value)s” is not a part of aging."),
    "page_unknown": gettext_noop("“%(value)s” is not a place in this list."),
}
