"""What stands open between a company and its customers, as SQL that others unite with what they know.

Both select item_id, customer_id, currency, kind, side, contract_number, amount (> 0, minor units) of the relation
`wanted` (company_id, customer_id, day, known), which whoever uses them defines. One statement is one snapshot: what
moves from an order into the ledger is seen in exactly one of them.
Both texts select item_id, customer_id, currency, kind, side, contract_number, amount (> 0, minor units) from the
relation `wanted` (company_id, customer_id, day, known), which whoever uses them defines. One statement is one
snapshot: what moves from an order into the ledger is seen in exactly one of them.
"""

from __future__ import annotations

#: Now, whatever the date of what is recorded. The contract is looked up only where somebody paid an advance: nothing
#: else depends on it. Whether anybody did names no row outside, so it is asked once.
OWED_NOW = """
SELECT o.item_id, o.customer_id, o.currency, o.kind, o.side,
    CASE WHEN EXISTS (
        SELECT 1 FROM wanted b JOIN receivables_openitem a ON a.customer_id = b.customer_id
            AND a.company_id = b.company_id WHERE a.kind = 'advance' AND a.side = 'credit'
    ) THEN (SELECT i.contract_number FROM receivables_item i WHERE i.id = o.item_id) ELSE '' END AS contract_number,
    o.open_amount AS amount
FROM wanted w JOIN receivables_openitem o ON o.customer_id = w.customer_id AND o.company_id = w.company_id
"""

#: As of `day` and as known below `known`: from the facts, never from the cache.
OWED_AS_OF = """
SELECT item_id, customer_id, currency, kind, side, contract_number, amount FROM (
    SELECT i.id AS item_id, i.customer_id, i.currency, i.kind, i.side, i.contract_number, i.amount
        - COALESCE((SELECT SUM(s.credit_amount) FROM receivables_settlement s
            WHERE s.credit_id = i.id AND s.effective_on <= w.day AND s.tx < w.known), 0)
        - COALESCE((SELECT SUM(s.debit_amount) FROM receivables_settlement s
            WHERE s.debit_id = i.id AND s.effective_on <= w.day AND s.tx < w.known), 0) AS amount
    FROM wanted w JOIN receivables_item i ON i.customer_id = w.customer_id AND i.company_id = w.company_id
    WHERE i.posting_date <= w.day AND i.tx < w.known
) AS stated WHERE amount > 0
"""
