"""Who works on the collector's desk: reading it shows people and what they said, so it takes what writing takes."""

from __future__ import annotations

from huikuan.mechanisms.identity.domain.roles import Permission

WORKS = Permission.COLLECT
