"""The laws of the ledger as SQL: each query lists what breaks one law, and nothing when all is well.

Standard SQL, the same on both databases. Columns: id of the subject, what was expected, what was
found, and the currency when these two are amounts (empty: they are plain values).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """One law: the kind of finding it yields, what its ids are ids of, and the query."""

    kind: str
    subject: str
    sql: str


#: What settlements took from each item, reversals given back.
_MOVED = """WITH moved AS (
    SELECT item_id, CAST(sum(amount) AS bigint) AS amount, CAST(sum(book) AS bigint) AS book FROM (
        SELECT credit_id AS item_id, credit_amount AS amount, credit_book_amount AS book FROM receivables_settlement
        UNION ALL
        SELECT debit_id, debit_amount, debit_book_amount FROM receivables_settlement) AS sides
    GROUP BY item_id)
"""

#: The earliest due date of each item's governing schedule, for items that have schedules.
_GOVERNING = """WITH ranked AS (
    SELECT item_id, due_date, dense_rank() OVER (
        PARTITION BY item_id ORDER BY effective_on DESC, version DESC) AS place FROM receivables_schedule),
governing AS (SELECT item_id, min(due_date) AS due_date FROM ranked WHERE place = 1 GROUP BY item_id)
"""

#: Each lock with the number of the lock that followed it.
_LOCKS = """WITH locks AS (
    SELECT company_id, locked_through, tx, lead(tx) OVER (PARTITION BY company_id ORDER BY tx, id) AS next_tx
    FROM receivables_periodlock)
"""


def _locked(table: str, day: str) -> str:
    return f"""{_LOCKS}
SELECT f.id, l.locked_through, f.{day}, '' FROM receivables_{table} f JOIN locks l ON l.company_id = f.company_id
WHERE l.locked_through IS NOT NULL AND f.{day} <= l.locked_through
    AND f.tx > l.tx AND (l.next_tx IS NULL OR f.tx < l.next_tx)"""


def _missing(table: str, column: str, target: str) -> str:
    return f"""SELECT f.id, '{target} ' || f.{column}, 'none', '' FROM {table} f
WHERE f.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {target} t WHERE t.id = f.{column})"""


def _differs(left: str, right: str) -> str:
    """Whether two values differ, NULL being a value like any other."""
    return f"({left} <> {right} OR ({left} IS NULL) <> ({right} IS NULL))"


def _low_points(side: str) -> str:
    """Days on which a side was settled beyond its amount, among items whose settlements came back later."""
    return f"""WITH moves AS (
    SELECT s.{side}_id AS item_id, s.effective_on, sum(s.{side}_amount) AS amount FROM receivables_settlement s
    WHERE s.{side}_id IN (
        SELECT r.{side}_id FROM receivables_settlement r JOIN receivables_settlement o ON o.id = r.reversal_of
        WHERE r.effective_on > o.effective_on)
    GROUP BY s.{side}_id, s.effective_on),
running AS (
    SELECT item_id, sum(amount) OVER (PARTITION BY item_id ORDER BY effective_on) AS settled FROM moves)
SELECT i.id, i.amount, CAST(max(r.settled) AS bigint), i.currency FROM running r JOIN receivables_item i
    ON i.id = r.item_id GROUP BY i.id, i.amount, i.currency HAVING max(r.settled) > i.amount"""


_COPIES = ("company_id", "customer_id", "kind", "side", "currency", "document_date", "posting_date")

CACHE = [
    Law(
        "open_amount",
        "item",
        f"""{_MOVED} SELECT i.id, i.amount - coalesce(m.amount, 0), coalesce(o.open_amount, 0), i.currency
FROM receivables_item i LEFT JOIN moved m ON m.item_id = i.id LEFT JOIN receivables_openitem o ON o.item_id = i.id
WHERE i.amount - coalesce(m.amount, 0) <> coalesce(o.open_amount, 0)""",
    ),
    Law(
        "open_book_amount",
        "item",
        f"""{_MOVED} SELECT i.id, i.book_amount - coalesce(m.book, 0),
    CASE WHEN o.item_id IS NULL THEN 0 ELSE o.open_book_amount END, c.currency
FROM receivables_item i JOIN identity_company c ON c.id = i.company_id
LEFT JOIN moved m ON m.item_id = i.id LEFT JOIN receivables_openitem o ON o.item_id = i.id
WHERE (i.book_amount IS NOT NULL AND (o.item_id IS NULL OR o.open_book_amount IS NOT NULL)
        AND i.book_amount - coalesce(m.book, 0) <> coalesce(o.open_book_amount, 0))
    OR (o.item_id IS NOT NULL AND (i.book_amount IS NULL) <> (o.open_book_amount IS NULL))""",
    ),
    Law(
        "open_item_unknown",
        "item",
        """SELECT o.item_id, 'none', o.open_amount, '' FROM receivables_openitem o
WHERE NOT EXISTS (SELECT 1 FROM receivables_item i WHERE i.id = o.item_id)""",
    ),
    Law(
        "open_copy",
        "item",
        "SELECT i.id, 'the values of the item', 'other values', '' FROM receivables_openitem o"
        " JOIN receivables_item i ON i.id = o.item_id WHERE "
        + " OR ".join(f"o.{name} <> i.{name}" for name in _COPIES),
    ),
    Law(
        "open_due_date",
        "item",
        f"""{_GOVERNING} SELECT i.id, CASE WHEN g.item_id IS NULL THEN i.due_date ELSE g.due_date END, o.due_date, ''
FROM receivables_openitem o JOIN receivables_item i ON i.id = o.item_id LEFT JOIN governing g ON g.item_id = i.id
WHERE {_differs("o.due_date", "CASE WHEN g.item_id IS NULL THEN i.due_date ELSE g.due_date END")}""",
    ),
]

AMOUNTS = [
    Law(
        "over_settled",
        "item",
        f"""{_MOVED} SELECT i.id, i.amount, m.amount, i.currency
FROM moved m JOIN receivables_item i ON i.id = m.item_id
WHERE m.amount > i.amount OR m.amount < 0""",
    ),
    Law("over_settled_on_a_day", "item", _low_points("credit")),
    Law("over_settled_on_a_day", "item", _low_points("debit")),
    Law(
        "settlement_amounts",
        "settlement",
        """SELECT s.id, s.credit_amount, s.debit_amount, c.currency FROM receivables_settlement s
JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item d ON d.id = s.debit_id
WHERE c.currency = d.currency AND s.credit_amount <> s.debit_amount""",
    ),
    Law(
        "settlement_book",
        "settlement",
        """SELECT s.id, 'book amounts where the items have them', 'others', '' FROM receivables_settlement s
JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item d ON d.id = s.debit_id
WHERE (c.book_amount IS NULL) <> (s.credit_book_amount IS NULL)
    OR (d.book_amount IS NULL) <> (s.debit_book_amount IS NULL)
    OR s.fx_amount <> coalesce(s.credit_book_amount - s.debit_book_amount, 0)""",
    ),
    Law(
        "net_and_tax",
        "item",
        """SELECT i.id, i.amount, coalesce(i.net_amount, 0) + coalesce(i.tax_amount, 0), i.currency
FROM receivables_item i
WHERE (i.net_amount IS NOT NULL OR i.tax_amount IS NOT NULL)
    AND coalesce(i.net_amount, 0) + coalesce(i.tax_amount, 0) <> i.amount""",
    ),
    Law(
        "book_amount",
        "item",
        """SELECT i.id, i.amount, i.book_amount, i.currency FROM receivables_item i
JOIN identity_company c ON c.id = i.company_id
WHERE i.currency = c.currency AND (i.book_amount IS NULL OR i.book_amount <> i.amount)""",
    ),
]

REFERENCES = [
    Law("reference", "item", _missing("receivables_item", "company_id", "identity_company")),
    Law("reference", "item", _missing("receivables_item", "customer_id", "customers_customer")),
    Law("reference", "item", _missing("receivables_item", "reversal_of", "receivables_item")),
    Law("reference", "settlement", _missing("receivables_settlement", "credit_id", "receivables_item")),
    Law("reference", "settlement", _missing("receivables_settlement", "debit_id", "receivables_item")),
    Law("reference", "settlement", _missing("receivables_settlement", "reversal_of", "receivables_settlement")),
    Law("reference", "schedule", _missing("receivables_schedule", "item_id", "receivables_item")),
    Law("reference", "lock", _missing("receivables_periodlock", "company_id", "identity_company")),
]

SETTLEMENTS = [
    Law(
        "settlement_side",
        "settlement",
        """SELECT s.id, 'credit / debit', c.side || ' / ' || d.side, '' FROM receivables_settlement s
JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item d ON d.id = s.debit_id
WHERE c.side <> 'credit' OR d.side <> 'debit'""",
    ),
    Law(
        "settlement_company",
        "settlement",
        """SELECT s.id, s.company_id, CASE WHEN c.company_id = s.company_id THEN d.company_id ELSE c.company_id END, ''
FROM receivables_settlement s JOIN receivables_item c ON c.id = s.credit_id
JOIN receivables_item d ON d.id = s.debit_id WHERE c.company_id <> s.company_id OR d.company_id <> s.company_id""",
    ),
    Law(
        "settlement_customer",
        "settlement",
        """SELECT s.id, d.customer_id,
    CASE WHEN s.customer_id = d.customer_id THEN c.customer_id ELSE s.customer_id END, ''
FROM receivables_settlement s JOIN receivables_item c ON c.id = s.credit_id
JOIN receivables_item d ON d.id = s.debit_id
WHERE s.customer_id <> d.customer_id
    OR (c.customer_id <> d.customer_id AND s.reversal_of IS NULL AND s.reason <> 'third_party')""",
    ),
    Law(
        "effective_too_early",
        "settlement",
        """SELECT s.id, CASE WHEN c.posting_date > d.posting_date THEN c.posting_date ELSE d.posting_date END,
    s.effective_on, '' FROM receivables_settlement s
JOIN receivables_item c ON c.id = s.credit_id JOIN receivables_item d ON d.id = s.debit_id
WHERE s.effective_on < c.posting_date OR s.effective_on < d.posting_date""",
    ),
    Law(
        "settlement_reversal",
        "settlement",
        """SELECT r.id, 'the negative of settlement ' || o.id, 'something else', '' FROM receivables_settlement r
JOIN receivables_settlement o ON o.id = r.reversal_of
WHERE o.reversal_of IS NOT NULL OR r.credit_id <> o.credit_id OR r.debit_id <> o.debit_id
    OR r.credit_amount <> -o.credit_amount OR r.debit_amount <> -o.debit_amount OR r.fx_amount <> -o.fx_amount
    OR coalesce(r.credit_book_amount, 0) <> -coalesce(o.credit_book_amount, 0)
    OR coalesce(r.debit_book_amount, 0) <> -coalesce(o.debit_book_amount, 0)
    OR r.effective_on < o.effective_on""",
    ),
]

ITEMS = [
    Law(
        "item_reversal",
        "item",
        """SELECT r.id, 'the mirror of item ' || o.id, 'something else', '' FROM receivables_item r
JOIN receivables_item o ON o.id = r.reversal_of
WHERE o.reversal_of IS NOT NULL OR r.side = o.side OR r.amount <> o.amount OR r.currency <> o.currency
    OR r.company_id <> o.company_id OR r.customer_id <> o.customer_id OR r.posting_date < o.posting_date
    OR coalesce(r.book_amount, 0) <> coalesce(o.book_amount, 0)
    OR NOT EXISTS (SELECT 1 FROM receivables_settlement s WHERE s.debit_amount = o.amount
        AND s.credit_id = CASE WHEN o.side = 'credit' THEN o.id ELSE r.id END
        AND s.debit_id = CASE WHEN o.side = 'credit' THEN r.id ELSE o.id END)""",
    ),
    Law(
        "schedule_sum",
        "item",
        """SELECT i.id, i.amount, CAST(sum(s.amount) AS bigint), i.currency FROM receivables_schedule s
JOIN receivables_item i ON i.id = s.item_id GROUP BY i.id, i.amount, i.currency, s.version
HAVING sum(s.amount) <> i.amount""",
    ),
    Law(
        "schedule_lines",
        "item",
        """SELECT s.item_id, min(s.effective_on), max(s.effective_on), '' FROM receivables_schedule s
GROUP BY s.item_id, s.version HAVING min(s.effective_on) <> max(s.effective_on)""",
    ),
    Law(
        "schedule_too_early",
        "schedule",
        """SELECT s.id, i.posting_date, s.effective_on, '' FROM receivables_schedule s
JOIN receivables_item i ON i.id = s.item_id WHERE s.effective_on < i.posting_date""",
    ),
    Law("posted_into_locked_period", "item", _locked("item", "posting_date")),
    Law("posted_into_locked_period", "settlement", _locked("settlement", "effective_on")),
    Law("posted_into_locked_period", "schedule", _locked("schedule", "effective_on")),
]

LAWS = [*CACHE, *AMOUNTS, *REFERENCES, *SETTLEMENTS, *ITEMS]
