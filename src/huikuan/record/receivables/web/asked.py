"""What a list of open items was asked for: the address's words as a filter, and the filter as chips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.figures import bucket_name
from huikuan.mechanisms.pages.lists import Chip, Column, Listing, Preset, register, value_asked
from huikuan.mechanisms.pages.reading import Reading, currency_named
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import register_seen, seen
from huikuan.record.customers.queries.merging import shown_as
from huikuan.record.receivables.queries.items import ItemFilter

_LONGEST_NUMBER = 18

SLOTS = ("not_due", "awaiting", "overdue", "days")
DIMENSIONS = {
    "group": gettext_noop("Group"),
    "owner": gettext_noop("Owner"),
    "region": gettext_noop("Region"),
    "business_type": gettext_noop("Business type"),
}
SIDES = {"debit": gettext_noop("Debit: owed to us"), "credit": gettext_noop("Credit: held for customers")}

DUE = {
    "overdue": gettext_noop("Overdue"),
    "not_due": gettext_noop("Not due"),
    "awaiting": gettext_noop("Awaiting event"),
}
LISTING = register(
    Listing(
        name="receivables.items",
        place="receivables:items",
        columns=(
            Column("company", gettext_noop("Company")),
            Column("kind", gettext_noop("Kind")),
            Column("issued", gettext_noop("Issued")),
            Column("due", gettext_noop("Due")),
            Column("original", gettext_noop("Original")),
            Column("age", gettext_noop("Age")),
        ),
        conditions=("q", "customer", "side", "slot", "from", "to", "only", "in", *DIMENSIONS),
        presets=(
            Preset(gettext_noop("All"), {}),
            *(Preset(title, {"side": "debit", "slot": slot}) for slot, title in DUE.items()),
            Preset(gettext_noop("Credits and unapplied cash"), {"side": "credit"}),
        ),
        with_tabs=("from", "to"),
    )
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`value_in`: the currency every open amount is also given in, '' for none."""

    filter: ItemFilter
    value_in: str
    chips: tuple[Chip, ...]


def asked(query: Mapping[str, str], reading: Reading, scope: Scope) -> Asked:
    """The filter an address names; refuses a customer that does not exist or lies outside the scope."""
    customer = _customer(query.get("customer", ""), reading, scope)
    slot = query.get("slot", "")
    side = query.get("side", "")
    belonging: dict[str, Any] = {name: value_asked(query.get(name, "")) for name in DIMENSIONS}
    narrowed = ItemFilter(
        customer_id=customer.pk if customer else None,
        company_id=reading.company_id,
        side=side if side in SIDES else None,
        currency=currency_named(query.get("only", "")) or None,
        slot=slot if slot in SLOTS else None,
        from_days=_number(query.get("from", "")),
        to_days=_number(query.get("to", "")),
        text=query.get("q", "").strip(),
        **belonging,
    )
    return Asked(narrowed, currency_named(query.get("in", "")), tuple(_chips(narrowed, customer)))


def lines_named(keys: Iterable[str]) -> frozenset[tuple[int, int]]:
    """Rows picked of the list: '123.0' is item 123's line 0; what is written otherwise names none."""
    parts = [key.split(".") for key in keys]
    return frozenset(
        (int(item), int(line))
        for item, line in (part for part in parts if len(part) == 2)
        if _short_number(item) and _short_number(line)
    )


def _short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _chips(narrowed: ItemFilter, customer: Customer | None) -> list[Chip]:
    chips = []
    if customer:
        chips.append(Chip(f"{_('Customer')} {customer.name}", ("customer",)))
    if narrowed.slot:
        chips.append(Chip(bucket_name(narrowed.slot, narrowed.from_days, narrowed.to_days), ("slot", "from", "to")))
    if narrowed.side:
        chips.append(Chip(_(SIDES[narrowed.side]), ("side",)))
    if narrowed.currency:
        chips.append(Chip(f"{_('Currency')} {narrowed.currency}", ("only",)))
    for name, title in DIMENSIONS.items():
        value = getattr(narrowed, name)
        if value is not None:
            chips.append(Chip(f"{_(title)} {value or _('(none)')}", (name,)))
    if narrowed.text:
        chips.append(Chip(narrowed.text, ("q",)))
    return chips


def _customer(code: str, reading: Reading, scope: Scope) -> Customer | None:
    if not code:
        return None
    theirs = seen(scope)
    found = register_seen(theirs).filter(code=code).first()
    if found is None:
        raise Refusal("customer_code_unknown", customer=code)
    if found.merged_into_id is None:
        return found
    return Customer.objects.get(pk=shown_as(found.pk, reading.horizon, theirs))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
