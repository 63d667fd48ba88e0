"""The fact of a decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from huikuan.judge.credit.domain.deciding import APPROVE, ORDER
from huikuan.judge.credit.queries.judging import Judged
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.record.contracts.queries.commitments import Stated


def decided(
    order: Stated,
    state: str,
    judged: Judged | None,
    *,
    document: str = ORDER,
    actor: str = SYSTEM,
    reason: str = "",
    until_on: date | None = None,
) -> dict[str, Any]:
    """The columns of an OrderDecision that leads to `state`. `judged` None: nothing had to be asked."""
    return {
        "order_id": order.order_id,
        "order_version": order.version,
        "company_id": order.company_id,
        "customer_id": order.customer_id,
        "document": document,
        "decision": judged.decision.decision if judged else APPROVE,
        "state": state,
        "mode": judged.rules.mode if judged else "",
        "currency": order.currency,
        "amount": order.amount,
        "content": _canonical(judged.content() if judged else {}),
        "policy_version_id": judged.policy.version_id if judged else None,
        "reason": reason,
        "until_on": until_on,
        "actor": actor,
    }


def standing_of(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an order's reading after this decision."""
    names = ("company_id", "customer_id", "state", "currency", "amount", "until_on")
    return {name: decision[name] for name in names}


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(dict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
