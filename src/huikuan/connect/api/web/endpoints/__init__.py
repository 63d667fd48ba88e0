"""Every endpoint of version 1, in the order of the documentation."""

from __future__ import annotations

from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import agreements, customers, events, imports, ledger, postings, webhooks

ENDPOINTS: tuple[Endpoint, ...] = (
    *events.READS,
    *customers.READS,
    *customers.WRITES,
    *agreements.ENDPOINTS,
    *ledger.READS,
    *postings.WRITES,
    *imports.READS,
    *imports.WRITES,
    *webhooks.ENDPOINTS,
)
