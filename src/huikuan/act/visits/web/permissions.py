"""Who reads of calls and visits and who writes them."""

from __future__ import annotations

from huikuan.mechanisms.identity.domain.roles import Permission

READS = Permission.VIEW_LEDGER
WRITES = Permission.COLLECT
