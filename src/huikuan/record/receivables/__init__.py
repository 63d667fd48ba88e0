"""The ledger: items, schedules, settlements, and what is open."""
