"""Rules of the cockpit a company may set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register


def check_concentration(document: Mapping[str, Any]) -> None:
    """{"customer_cap_percent": whole per cent of all receivables one customer should not pass, 1 … 100}."""
    cap = document.get("customer_cap_percent")
    if isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= 100:
        place = Place(
            column="customer_cap_percent",
            value=str(cap),
            reason=gettext_noop("A whole number from 1 to 100 is needed."),
            fix="20",
        )
        raise Refusal("concentration_invalid", where=[place])


CONCENTRATION = register(
    Kind(
        name="concentration",
        title=gettext_noop("Concentration"),
        default={"customer_cap_percent": 20},
        check=check_concentration,
    )
)
