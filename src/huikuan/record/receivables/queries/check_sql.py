"""The laws of the ledger as SQL: what breaks a law is found, and nothing when all is well.

Standard SQL, the same on both databases. Laws that look at the same rows share one pass over them
(a Scan); each still names its own findings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """One law: the kind of finding it yields, the condition that breaks it, and what to show of it:
    expected, found, and the currency when these two are amounts (empty: they are plain values)."""

    kind: str
    breach: str
    expected: str
    found: str
    currency: str = "''"


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over `rows` (a FROM clause whose `id` column is the subject's) and the laws it tries."""

    subject: str
    id: str
    rows: str
    laws: tuple[Law, ...]
    common: str = ""

    def sql(self, laws: tuple[Law, ...]) -> str:
        """The rows that break any of `laws`: id, then for each law whether, expected, found, currency."""
        shown = "".join(f", {law.breach}, {law.expected}, {law.found}, {law.currency}" for law in laws)
        broken = " OR ".join(f"({law.breach})" for law in laws)
        return f"{self.common} SELECT {self.id}{shown} FROM {self.rows} WHERE {broken}"


#: What settlements took from each item, reversals given back.
_MOVED = """moved AS (
    SELECT item_id, CAST(sum(amount) AS bigint) AS amount, CAST(sum(book) AS bigint) AS book FROM (
        SELECT credit_id AS item_id, credit_amount AS amount, credit_book_amount AS book FROM receivables_settlement
        UNION ALL
        SELECT debit_id, debit_amount, debit_book_amount FROM receivables_settlement) AS sides
    GROUP BY item_id)
"""

#: The earliest due date of each item's governing schedule, for items that have schedules.
_GOVERNING = """ranked AS (
    SELECT item_id, due_date, dense_rank() OVER (
        PARTITION BY item_id ORDER BY effective_on DESC, version DESC) AS place FROM receivables_schedule),
governing AS (SELECT item_id, min(due_date) AS due_date FROM ranked WHERE place = 1 GROUP BY item_id)
"""

#: Each lock with the number of the lock that followed it.
_LOCKS = """WITH locks AS (
    SELECT company_id, locked_through, tx, lead(tx) OVER (PARTITION BY company_id ORDER BY tx, id) AS next_tx
    FROM receivables_periodlock)
"""


def _differs(left: str, right: str) -> str:
    """Whether two values differ, NULL being a value like any other."""
    return f"({left} <> {right} OR ({left} IS NULL) <> ({right} IS NULL))"


_COPIES = ("company_id", "customer_id", "kind", "side", "currency", "document_date", "posting_date")

_DUE = "CASE WHEN g.item_id IS NULL THEN i.due_date ELSE g.due_date END"
_NET_AND_TAX = "coalesce(i.net_amount, 0) + coalesce(i.tax_amount, 0)"

ITEMS = Scan(
    "item",
    "i.id",
    """receivables_item i LEFT JOIN moved m ON m.item_id = i.id
LEFT JOIN receivables_openitem o ON o.item_id = i.id LEFT JOIN governing g ON g.item_id = i.id
LEFT JOIN identity_company c ON c.id = i.company_id LEFT JOIN customers_customer u ON u.id = i.customer_id""",
    (
        Law(
            "open_amount",
            "i.amount - coalesce(m.amount, 0) <> coalesce(o.open_amount, 0)",
            "i.amount - coalesce(m.amount, 0)",
            "coalesce(o.open_amount, 0)",
            "i.currency",
        ),
        Law(
            "open_book_amount",
            """c.id IS NOT NULL AND (
    (i.book_amount IS NOT NULL AND (o.item_id IS NULL OR o.open_book_amount IS NOT NULL)
        AND i.book_amount - coalesce(m.book, 0) <> coalesce(o.open_book_amount, 0))
    OR (o.item_id IS NOT NULL AND (i.book_amount IS NULL) <> (o.open_book_amount IS NULL)))""",
            "i.book_amount - coalesce(m.book, 0)",
            "CASE WHEN o.item_id IS NULL THEN 0 ELSE o.open_book_amount END",
            "c.currency",
        ),
        Law(
            "open_copy",
            "o.item_id IS NOT NULL AND (" + " OR ".join(f"o.{name} <> i.{name}" for name in _COPIES) + ")",
            "'the values of the item'",
            "'other values'",
        ),
        Law("open_due_date", f"o.item_id IS NOT NULL AND {_differs('o.due_date', _DUE)}", _DUE, "o.due_date"),
        Law("over_settled", "m.amount > i.amount OR m.amount < 0", "i.amount", "m.amount", "i.currency"),
        Law(
            "net_and_tax",
            f"(i.net_amount IS NOT NULL OR i.tax_amount IS NOT NULL) AND {_NET_AND_TAX} <> i.amount",
            "i.amount",
            _NET_AND_TAX,
            "i.currency",
        ),
        Law(
            "book_amount",
            "i.currency = c.currency AND (i.book_amount IS NULL OR i.book_amount <> i.amount)",
            "i.amount",
            "i.book_amount",
            "i.currency",
        ),
        Law("reference", "c.id IS NULL", "'identity_company ' || i.company_id", "'none'"),
        Law("reference", "u.id IS NULL", "'customers_customer ' || i.customer_id", "'none'"),
    ),
    common=f"WITH {_MOVED}, {_GOVERNING}",
)

#: Whether the two customers were ever merged, one into the other or both into a third: what was settled then stands,
#: also when the merge is undone.
_STOOD = "SELECT from_id AS own, into_id FROM customers_merge UNION SELECT into_id, into_id FROM customers_merge"
_ONCE_ONE = (
    f"EXISTS (SELECT 1 FROM ({_STOOD}) paying JOIN ({_STOOD}) owing ON owing.into_id = paying.into_id"
    " WHERE paying.own = c.customer_id AND owing.own = d.customer_id)"
)
_BOTH = "c.id IS NOT NULL AND d.id IS NOT NULL AND "

SETTLEMENTS = Scan(
    "settlement",
    "s.id",
    "receivables_settlement s LEFT JOIN receivables_item c ON c.id = s.credit_id"
    " LEFT JOIN receivables_item d ON d.id = s.debit_id",
    (
        Law("reference", "c.id IS NULL", "'receivables_item ' || s.credit_id", "'none'"),
        Law("reference", "d.id IS NULL", "'receivables_item ' || s.debit_id", "'none'"),
        Law(
            "settlement_amounts",
            "c.currency = d.currency AND s.credit_amount <> s.debit_amount",
            "s.credit_amount",
            "s.debit_amount",
            "c.currency",
        ),
        Law(
            "settlement_book",
            f"""{_BOTH}((c.book_amount IS NULL) <> (s.credit_book_amount IS NULL)
    OR (d.book_amount IS NULL) <> (s.debit_book_amount IS NULL)
    OR s.fx_amount <> coalesce(s.credit_book_amount - s.debit_book_amount, 0))""",
            "'book amounts where the items have them'",
            "'others'",
        ),
        Law(
            "settlement_side",
            f"{_BOTH}(c.side <> 'credit' OR d.side <> 'debit')",
            "'credit / debit'",
            "c.side || ' / ' || d.side",
        ),
        Law(
            "settlement_company",
            f"{_BOTH}(c.company_id <> s.company_id OR d.company_id <> s.company_id)",
            "s.company_id",
            "CASE WHEN c.company_id = s.company_id THEN d.company_id ELSE c.company_id END",
        ),
        Law(
            "settlement_customer",
            f"""{_BOTH}(s.customer_id <> d.customer_id
    OR (c.customer_id <> d.customer_id AND s.reversal_of IS NULL AND s.reason <> 'third_party'
        AND NOT {_ONCE_ONE}))""",
            "d.customer_id",
            "CASE WHEN s.customer_id = d.customer_id THEN c.customer_id ELSE s.customer_id END",
        ),
        Law(
            "effective_too_early",
            f"{_BOTH}(s.effective_on < c.posting_date OR s.effective_on < d.posting_date)",
            "CASE WHEN c.posting_date > d.posting_date THEN c.posting_date ELSE d.posting_date END",
            "s.effective_on",
        ),
    ),
)

OPEN_ITEMS = Scan(
    "item",
    "o.item_id",
    "receivables_openitem o LEFT JOIN receivables_item i ON i.id = o.item_id",
    (Law("open_item_unknown", "i.id IS NULL", "'none'", "o.open_amount"),),
)


#: Which file a batch came from is a fact: the event of its import. The batch's own row can be written over.
BATCHES = Scan(
    "batch",
    "b.id",
    "connectors_batch b LEFT JOIN imported m ON m.batch_id = b.id",
    (
        Law(
            "batch_file",
            "b.state IN ('committed', 'undone') AND (m.batch_id IS NULL OR m.sha256 <> b.file_sha256)",
            "coalesce(m.sha256, 'an event of the import')",
            "b.file_sha256",
        ),
    ),
    common="""WITH imported AS MATERIALIZED (
    SELECT CAST(payload ->> 'batch_id' AS bigint) AS batch_id, payload ->> 'sha256' AS sha256 FROM events_event
    WHERE kind = 'connectors.imported')
""",
)


def _low_points(side: str) -> Scan:
    """Days on which a side was settled beyond its amount, among items whose settlements came back later."""
    return Scan(
        "item",
        "low.id",
        "low",
        (Law("over_settled_on_a_day", "low.settled > low.amount", "low.amount", "low.settled", "low.currency"),),
        common=f"""WITH moves AS (
    SELECT s.{side}_id AS item_id, s.effective_on, sum(s.{side}_amount) AS amount FROM receivables_settlement s
    WHERE s.{side}_id IN (
        SELECT r.{side}_id FROM receivables_settlement r JOIN receivables_settlement o ON o.id = r.reversal_of
        WHERE r.reversal_of IS NOT NULL AND r.effective_on > o.effective_on)
    GROUP BY s.{side}_id, s.effective_on),
running AS (
    SELECT item_id, sum(amount) OVER (PARTITION BY item_id ORDER BY effective_on) AS settled FROM moves),
low AS (SELECT i.id, i.amount, CAST(max(r.settled) AS bigint) AS settled, i.currency FROM running r
    JOIN receivables_item i ON i.id = r.item_id GROUP BY i.id, i.amount, i.currency)""",
    )


def _missing(subject: str, table: str, column: str, target: str) -> Scan:
    return Scan(
        subject,
        "f.id",
        f"{table} f LEFT JOIN {target} t ON t.id = f.{column}",
        (Law("reference", f"f.{column} IS NOT NULL AND t.id IS NULL", f"'{target} ' || f.{column}", "'none'"),),
    )


def _locked(table: str, day: str) -> Scan:
    return Scan(
        table,
        "f.id",
        f"receivables_{table} f JOIN locks l ON l.company_id = f.company_id",
        (
            Law(
                "posted_into_locked_period",
                f"""l.locked_through IS NOT NULL AND f.{day} <= l.locked_through
    AND f.tx > l.tx AND (l.next_tx IS NULL OR f.tx < l.next_tx)""",
                "l.locked_through",
                f"f.{day}",
            ),
        ),
        common=_LOCKS,
    )


REVERSALS = [
    Scan(
        "settlement",
        "r.id",
        "receivables_settlement r JOIN receivables_settlement o ON o.id = r.reversal_of AND r.reversal_of IS NOT NULL",
        (
            Law(
                "settlement_reversal",
                """o.reversal_of IS NOT NULL OR r.credit_id <> o.credit_id OR r.debit_id <> o.debit_id
    OR r.credit_amount <> -o.credit_amount OR r.debit_amount <> -o.debit_amount OR r.fx_amount <> -o.fx_amount
    OR coalesce(r.credit_book_amount, 0) <> -coalesce(o.credit_book_amount, 0)
    OR coalesce(r.debit_book_amount, 0) <> -coalesce(o.debit_book_amount, 0)
    OR r.effective_on < o.effective_on""",
                "'the negative of settlement ' || o.id",
                "'something else'",
            ),
        ),
    ),
    Scan(
        "item",
        "r.id",
        "receivables_item r JOIN receivables_item o ON o.id = r.reversal_of AND r.reversal_of IS NOT NULL",
        (
            Law(
                "item_reversal",
                """o.reversal_of IS NOT NULL OR r.side = o.side OR r.amount <> o.amount OR r.currency <> o.currency
    OR r.company_id <> o.company_id OR r.customer_id <> o.customer_id OR r.posting_date < o.posting_date
    OR coalesce(r.book_amount, 0) <> coalesce(o.book_amount, 0)
    OR NOT EXISTS (SELECT 1 FROM receivables_settlement s WHERE s.debit_amount = o.amount
        AND s.credit_id = CASE WHEN o.side = 'credit' THEN o.id ELSE r.id END
        AND s.debit_id = CASE WHEN o.side = 'credit' THEN r.id ELSE o.id END)""",
                "'the mirror of item ' || o.id",
                "'something else'",
            ),
        ),
    ),
    _missing("item", "receivables_item", "reversal_of", "receivables_item"),
    _missing("settlement", "receivables_settlement", "reversal_of", "receivables_settlement"),
    _low_points("credit"),
    _low_points("debit"),
]

SCHEDULES = [
    Scan(
        "item",
        "v.id",
        "versions v",
        (
            Law("schedule_sum", "v.total <> v.amount", "v.amount", "v.total", "v.currency"),
            Law("schedule_lines", "v.first_day <> v.last_day", "v.first_day", "v.last_day"),
        ),
        common="""WITH versions AS (
    SELECT s.item_id AS id, i.amount, i.currency, CAST(sum(s.amount) AS bigint) AS total,
        min(s.effective_on) AS first_day, max(s.effective_on) AS last_day
    FROM receivables_schedule s LEFT JOIN receivables_item i ON i.id = s.item_id
    GROUP BY s.item_id, i.amount, i.currency, s.version)""",
    ),
    Scan(
        "schedule",
        "s.id",
        "receivables_schedule s LEFT JOIN receivables_item i ON i.id = s.item_id",
        (
            Law("schedule_too_early", "s.effective_on < i.posting_date", "i.posting_date", "s.effective_on"),
            Law("reference", "i.id IS NULL", "'receivables_item ' || s.item_id", "'none'"),
        ),
    ),
]

PERIODS = [
    _missing("lock", "receivables_periodlock", "company_id", "identity_company"),
    _locked("item", "posting_date"),
    _locked("settlement", "effective_on"),
    _locked("schedule", "effective_on"),
]

SCANS = [ITEMS, SETTLEMENTS, OPEN_ITEMS, BATCHES, *REVERSALS, *SCHEDULES, *PERIODS]
