"""Bank lines and claims by the names people give them."""

from __future__ import annotations

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import spellings
from huikuan.record.banking.models import BankLine
from huikuan.record.banking.queries.lines import LineRow, lines_referenced, rows_of
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item, OpenItem


def line_named(company_id: int, name: str) -> LineRow:
    """The company's line with this reference of the bank, or with this number (`#12`, or 12 where no bank calls a line
    so). Banks use references again: of several, those with something left count. Refuses none, and several."""
    found = [] if name.startswith("#") else lines_referenced(company_id, name.strip())
    left = [line for line in found if line.left] or found
    if len(left) > 1:
        places = [Place(column="line", value=f"#{line.id}", reason=line.booked_on.isoformat()) for line in left]
        raise Refusal("line_named_twice", name=name, where=places)
    if left:
        return left[0]
    digits = name.removeprefix("#")
    known = BankLine.objects.filter(id=int(digits)) if digits.isascii() and digits.isdecimal() else None
    rows = [line for line in rows_of(list(known)) if line.company_id == company_id] if known is not None else []
    if not rows:
        raise Refusal("line_name_unknown", name=name)
    return rows[0]


def claim_named(company_id: int, customer_id: int, name: str) -> int:
    """The id of the customer's open item with this document number, or with this id (`#12`). Refuses none and
    several: the ids are named."""
    opened = OpenItem.objects.filter(company_id=company_id, customer_id__in=one_with(customer_id))
    if name.startswith("#") and name[1:].isascii() and name[1:].isdecimal():
        found = list(opened.filter(item_id=int(name[1:])).values_list("item_id", flat=True))
    else:
        named = Item.objects.filter(id__in=opened.values("item_id"), document_number__in=spellings(name))
        found = list(named.order_by("id").values_list("id", flat=True))
    if not found:
        raise Refusal("claim_name_unknown", name=name)
    if len(found) > 1:
        raise Refusal("claim_named_by_several", name=name, where=[Place(value=f"#{one}") for one in found])
    return found[0]
