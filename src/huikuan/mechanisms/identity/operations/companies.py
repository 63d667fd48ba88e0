"""Making companies."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import CompanyRow, company_named

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,19}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def add_company(*, code: str, name: str, currency: str, time_zone: str) -> CompanyRow:
    """A new company. Its currency and zone stay: books are kept in them from the first entry on."""
    if not _CODE.fullmatch(code):
        raise Refusal("company_code_bad", company=code)
    if not _CURRENCY.fullmatch(currency):
        raise Refusal("currency_bad", currency=currency)
    if time_zone not in available_timezones():
        raise Refusal("time_zone_unknown", zone=time_zone)
    fields = {"name": name, "currency": currency, "time_zone": time_zone}
    _, created = Company.objects.get_or_create(code=code, defaults=fields)
    if not created:
        raise Refusal("company_exists", company=code)
    return company_named(code)
