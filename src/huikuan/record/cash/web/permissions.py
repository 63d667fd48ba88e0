"""Who sees the workbench and who applies money."""

from __future__ import annotations

from huikuan.mechanisms.identity.domain.roles import Permission

#: Bank lines are of a company and seen whole or not at all.
READS = Permission.VIEW_BANK
WRITES = Permission.SETTLE
