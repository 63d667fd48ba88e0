"""What of the ledger is mirrored: linear signed moves, schedules, affiliations, merged customers.

Facts never change, so a settlement's move can carry its item's customer, currency and dates: a balance by whatever
attribute is a plain sum over moves, without a join.
"""

from __future__ import annotations

from huikuan.mechanisms.columns.tables import Closing, Column, Table, register

_BETWEEN = "{fact}.tx >= %(low)s AND {fact}.tx < %(high)s"

_OF_ITEM = """i.id AS item_id, i.company_id, i.customer_id, i.kind, i.side, i.recognition, i.currency,
       i.business_type, i.document_number, i.document_date, i.posting_date, i.due_date, i.awaits"""


def _settled(own: str, other: str) -> str:
    """The settlements' moves on one side: they take from the item what they cleared."""
    return f"""
SELECT {_OF_ITEM}, o.kind AS by_kind, -s.{own}_amount AS amount, -s.{own}_book_amount AS book_amount,
       s.effective_on, s.tx
FROM receivables_settlement AS s
JOIN receivables_item AS i ON i.id = s.{own}_id
JOIN receivables_item AS o ON o.id = s.{other}_id
WHERE {_BETWEEN.format(fact="s")}"""


#: One row per posting (amount > 0, `by_kind` '') and one per settlement and side (amount < 0, a reversed one >
#: 0; `by_kind`
#: is the kind of the item on the other side). Summed over rows with effective_on ≤ D: what is open as of D.
MOVES = register(
    Table(
        name="moves",
        columns=(
            Column("item_id", "integer"),
            Column("company_id", "integer"),
            Column("customer_id", "integer"),
            Column("kind", "text"),
            Column("side", "text"),
            Column("recognition", "text"),
            Column("currency", "text"),
            Column("business_type", "text"),
            Column("document_number", "text"),
            Column("document_date", "date"),
            Column("posting_date", "date"),
            Column("due_date", "date", nullable=True),
            Column("awaits", "text"),
            Column("by_kind", "text"),
            Column("amount", "integer"),
            Column("book_amount", "integer", nullable=True),
            Column("effective_on", "date"),
            Column("tx", "integer"),
        ),
        sql=f"""
SELECT {_OF_ITEM}, '' AS by_kind, i.amount, i.book_amount, i.posting_date AS effective_on, i.tx
FROM receivables_item AS i
WHERE {_BETWEEN.format(fact="i")}
UNION ALL {_settled("debit", "credit")}
UNION ALL {_settled("credit", "debit")}""",
        closing=Closing(key="item_id", amount="amount", effective="effective_on"),
        key="item_id",
        effective="effective_on",
    )
)

SCHEDULES = register(
    Table(
        name="schedules",
        columns=(
            Column("item_id", "integer"),
            Column("version", "integer"),
            Column("line", "integer"),
            Column("effective_on", "date"),
            Column("due_date", "date", nullable=True),
            Column("awaits", "text"),
            Column("amount", "integer"),
            Column("tx", "integer"),
        ),
        sql=f"""
SELECT p.item_id, p.version, p.line, p.effective_on, p.due_date, p.awaits, p.amount, p.tx
FROM receivables_schedule AS p
WHERE {_BETWEEN.format(fact="p")}""",
        key="item_id",
        effective="effective_on",
    )
)

AFFILIATIONS = register(
    Table(
        name="affiliations",
        columns=(
            Column("id", "integer"),
            Column("customer_id", "integer"),
            Column("item_id", "integer", nullable=True),
            Column("dimension", "text"),
            Column("value", "text"),
            Column("effective_on", "date"),
            Column("tx", "integer"),
        ),
        sql=f"""
SELECT a.id, a.customer_id, a.item_id, a.dimension, a.value, a.effective_on, a.tx
FROM customers_affiliation AS a
WHERE {_BETWEEN.format(fact="a")}""",
    )
)

#: Which customer is shown under which: a merge (`sign` 1) and its undoing (`sign` -1) name the same two.
MERGES = register(
    Table(
        name="merges",
        columns=(
            Column("from_id", "integer"),
            Column("into_id", "integer"),
            Column("sign", "integer"),
            Column("tx", "integer"),
        ),
        sql=f"""
SELECT m.from_id, m.into_id, CASE WHEN m.reversal_of IS NULL THEN 1 ELSE -1 END AS sign, m.tx
FROM customers_merge AS m
WHERE {_BETWEEN.format(fact="m")}""",
    )
)
