"""The ledger for programs: reads, idempotent writes, webhooks."""
