"""The policy of the mechanism: who has authority over which amounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.mechanisms.approvals.domain.authority import Authority, read_authority
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.mechanisms.policies.queries import in_force

#: The roles that may stand in the matrix.
DECIDING = tuple(name for name, role in ROLES.items() if Permission.APPROVE_REQUESTS in role.permissions)


def _check(document: Mapping[str, Any]) -> None:
    read_authority(document, known=DECIDING)


#: 示例: sales manager up to 0.2 m, credit manager 1 m, finance manager 5 m, then management; off policy one row up;
#: what is asked for one customer is summed over 30 days; whoever it waits for has 3 days. What is about a customer and
#: has no amount, a grade, its conduct and a freeze, the credit manager decides, or the finance manager.
AUTHORITY = register(
    Kind(
        "authority",
        gettext_noop("authority to approve"),
        {
            "currency": "CNY",
            "window_days": 30,
            "deadline_days": 3,
            "off_policy_rows": 1,
            "rows": [
                {"kind": "*", "up_to": "200000.00", "roles": ["sales_manager"]},
                {"kind": "*", "up_to": "1000000.00", "roles": ["credit_manager"]},
                {"kind": "*", "up_to": "5000000.00", "roles": ["finance_manager"]},
                {"kind": "*", "up_to": None, "roles": ["management"]},
                {"kind": "rating.override", "up_to": "0.00", "roles": ["credit_manager"]},
                {"kind": "rating.override", "up_to": None, "roles": ["finance_manager"]},
                {"kind": "customers.conduct", "up_to": "0.00", "roles": ["credit_manager"]},
                {"kind": "customers.conduct", "up_to": None, "roles": ["finance_manager"]},
                {"kind": "promises.freeze", "up_to": "0.00", "roles": ["credit_manager"]},
                {"kind": "promises.freeze", "up_to": None, "roles": ["finance_manager"]},
            ],
        },
        _check,
    )
)


def authority_of(company_id: int | None, *, at: datetime) -> tuple[Authority, int | None]:
    """The matrix in force for the company, and its version (None: the shipped default)."""
    found = in_force(AUTHORITY.name, company_id=company_id, at=at)
    return read_authority(found.document, known=DECIDING), found.version_id
