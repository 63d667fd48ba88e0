"""Every endpoint of version 1, in the order of the documentation."""

from __future__ import annotations

from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import (
    approvals,
    bank,
    bills,
    cash,
    contracts,
    credit,
    customers,
    events,
    financials,
    imports,
    ledger,
    orders,
    postings,
    statements,
    webhooks,
)

ENDPOINTS: tuple[Endpoint, ...] = (
    *events.READS,
    *customers.READS,
    *customers.WRITES,
    *financials.ENDPOINTS,
    *contracts.ENDPOINTS,
    *orders.ENDPOINTS,
    *credit.ENDPOINTS,
    *approvals.ENDPOINTS,
    *statements.ENDPOINTS,
    *ledger.READS,
    *postings.WRITES,
    *bank.READS,
    *bank.WRITES,
    *cash.ENDPOINTS,
    *bills.READS,
    *imports.READS,
    *imports.WRITES,
    *webhooks.ENDPOINTS,
)
