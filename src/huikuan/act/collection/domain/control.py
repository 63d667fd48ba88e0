"""The control group (对照组): customers who get no early message, so that what messages do can be measured."""

from __future__ import annotations

import hashlib

_PARTS = 10_000


def in_control(customer_id: int, percent: int, seed: str) -> bool:
    """Whether the customer belongs to it: by a hash, so that it is the same every day and nobody chooses."""
    digest = hashlib.sha256(f"{seed}:{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS < percent * _PARTS // 100
