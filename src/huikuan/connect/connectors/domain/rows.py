"""What reading a file yields: the good rows as one frame with a fixed shape, and every bad cell.

This is the contract between reading (file → `Checked`) and importing (`Checked` → ledger).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

#: The kinds of file that can be imported.
KINDS = ("customers", "contacts", "items", "receipts", "open-items", "contracts", "orders")
#: Kinds whose rows are about people: of such a file nothing is kept but what can be erased.
PERSONAL = frozenset({"contacts"})

_ITEM_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "key": pl.String(),
    "customer_code": pl.String(),
    "customer_name": pl.String(),
    "kind": pl.String(),
    "side": pl.String(),
    "currency": pl.String(),
    "amount": pl.Int64(),
    "net_amount": pl.Int64(),
    "tax_amount": pl.Int64(),
    "document_number": pl.String(),
    "document_date": pl.Date(),
    "posting_date": pl.Date(),
    "due_date": pl.Date(),
    "awaits": pl.String(),
    "obligation": pl.String(),
    "contract_number": pl.String(),
    "business_type": pl.String(),
    "text": pl.String(),
    "settled_on": pl.Date(),
    "owner": pl.String(),
    "region": pl.String(),
    "group": pl.String(),
}

_RECEIPT_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "key": pl.String(),
    "customer_code": pl.String(),
    "customer_name": pl.String(),
    "currency": pl.String(),
    "amount": pl.Int64(),
    "received_on": pl.Date(),
    "document_number": pl.String(),
    "text": pl.String(),
    "applies_to": pl.String(),
}

_CUSTOMER_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "code": pl.String(),
    "name": pl.String(),
    "short_name": pl.String(),
    "english_name": pl.String(),
    "former_names": pl.String(),
    "uscc": pl.String(),
    "industry": pl.String(),
    "group_code": pl.String(),
    "group_name": pl.String(),
    "parent_code": pl.String(),
    "owner": pl.String(),
    "region": pl.String(),
    "business_type": pl.String(),
    "status": pl.String(),
}

_CONTACT_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "key": pl.String(),
    "customer_code": pl.String(),
    "customer_name": pl.String(),
    "person": pl.String(),
    "position": pl.String(),
    "role": pl.String(),
    "phone": pl.String(),
    "email": pl.String(),
    "language": pl.String(),
    "consent": pl.String(),
    "consent_on": pl.Date(),
    "status": pl.String(),
}

_CONTRACT_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "key": pl.String(),
    "customer_code": pl.String(),
    "customer_name": pl.String(),
    "number": pl.String(),
    "name": pl.String(),
    "signed_on": pl.Date(),
    "effective_on": pl.Date(),
    "expires_on": pl.Date(),
    "currency": pl.String(),
    "amount": pl.Int64(),
    "status": pl.String(),
    "goods": pl.String(),
    "payment_terms": pl.String(),
    "late_interest": pl.String(),
    "jurisdiction": pl.String(),
    "arbitration": pl.String(),
    "governing_law": pl.String(),
    "service_addresses": pl.String(),
    "delivery": pl.String(),
    "breach": pl.String(),
    "milestones": pl.String(),
}

_ORDER_COLUMNS: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "key": pl.String(),
    "customer_code": pl.String(),
    "customer_name": pl.String(),
    "number": pl.String(),
    "line": pl.Int64(),
    "contract_number": pl.String(),
    "ordered_on": pl.Date(),
    "product": pl.String(),
    "product_code": pl.String(),
    "unit": pl.String(),
    "quantity": pl.Int64(),
    "currency": pl.String(),
    "amount": pl.Int64(),
    "planned_on": pl.Date(),
    "delivered_quantity": pl.Int64(),
    "delivered_on": pl.Date(),
    "invoiced_quantity": pl.Int64(),
    "invoiced_on": pl.Date(),
}

#: Column names and types of the checked frame, per kind; only the columns in NULLABLE may hold null.
#: Amounts are positive minor units of the row's currency; `row` is the row as the file shows it;
#: quantities are units × 10^4, a line's delivered and invoiced ones so far;
#: customers' `former_names` and `business_type` hold several values joined by '；'.
SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "items": _ITEM_COLUMNS,
    "open-items": _ITEM_COLUMNS,
    "receipts": _RECEIPT_COLUMNS,
    "customers": _CUSTOMER_COLUMNS,
    "contacts": _CONTACT_COLUMNS,
    "contracts": _CONTRACT_COLUMNS,
    "orders": _ORDER_COLUMNS,
}
NULLABLE = frozenset(
    {
        *("net_amount", "tax_amount", "due_date", "settled_on"),
        *("signed_on", "effective_on", "expires_on", "planned_on", "consent_on"),
        *("delivered_quantity", "delivered_on", "invoiced_quantity", "invoiced_on"),
    }
)

#: Longest texts the ledger takes, in characters.
LONGEST = {
    # The ledger takes 120; the longest ending the product adds is 8.
    "key": 112,
    "customer_code": 40,
    "customer_name": 200,
    "code": 40,
    "name": 200,
    "short_name": 100,
    "english_name": 200,
    "former_names": 2_000,
    "uscc": 18,
    "industry": 100,
    "group_code": 40,
    "group_name": 200,
    "parent_code": 40,
    "document_number": 60,
    "applies_to": 60,
    "contract_number": 60,
    "obligation": 60,
    "business_type": 60,
    "awaits": 30,
    "text": 200,
    "owner": 100,
    "region": 100,
    "group": 40,
    "status": 40,
    "number": 60,
    "product": 200,
    "product_code": 60,
    "unit": 20,
    "line": 9,
    "payment_terms": 1000,
    "late_interest": 60,
    "jurisdiction": 200,
    "arbitration": 200,
    "governing_law": 200,
    "service_addresses": 1000,
    "goods": 2000,
    "delivery": 2000,
    "breach": 2000,
    "milestones": 1000,
    "person": 100,
    "position": 100,
    "role": 40,
    "phone": 40,
    "email": 200,
    "language": 40,
    "consent": 40,
}


@dataclass(frozen=True, slots=True)
class BadCell:
    """One cell that cannot be taken: where it stands, what it says, why, and what to do about it.

    `row` is the row number in the file, `column` the file's own header (a field's name where no
    column gives it), `value` the cell as read. `code` and `params` make the sentences of
    `connectors.reasons`.
    """

    row: int
    column: str
    value: str
    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence the user must see: `text` is the English msgid, `params` fill it."""

    text: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's rows after checking: `read` = rows of `frame` + `rejected` + `repeated`.

    A rejected row has at least one bad cell; `bad` is in file order. A repeated row says the same as
    an earlier one, key and content, and is left out of the frame: a duplicate. Two rows of one key
    but different content are both bad. `notes` are sentences the user must see (stand-in dates,
    assumed currency …): an English msgid and its parameters.
    """

    kind: str
    frame: pl.DataFrame
    bad: list[BadCell]
    read: int
    rejected: int
    notes: list[Note] = field(default_factory=list)
    repeated: int = 0


def customer_names(frame: pl.DataFrame) -> dict[str, str]:
    """Customer code → the first name the rows give it, '' where none does; in the order of the codes' first rows."""
    name = pl.col("customer_name")
    named = frame.group_by("customer_code", maintain_order=True).agg(name.filter(name != "").first().fill_null(""))
    return dict(named.iter_rows())
