"""What a freeze of a customer keeps from happening."""

from __future__ import annotations

from collections.abc import Collection

#: Nothing is delivered; nothing is sold on credit.
SUPPLY, ACCOUNT = "supply", "account"
KINDS = (SUPPLY, ACCOUNT)


def strictest(kinds: Collection[str]) -> str:
    """Of several the one that keeps more from happening: without supply there is no new order either; '' of none."""
    return next((kind for kind in KINDS if kind in kinds), "")
