"""The policy of the mechanism: which duties one person does not hold together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.mechanisms.duties.domain.matrix import Matrix, read_matrix
from huikuan.mechanisms.identity.apart import Rule
from huikuan.mechanisms.identity.domain.roles import ROLES
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.mechanisms.policies.queries import in_force, lets_makers_approve


def _check(document: Mapping[str, Any]) -> None:
    read_matrix(document, known=ROLES)


#: 示例, after the finance ministry's norm on sales and receipts. An exception lasts 180 days at the longest.
DUTIES = register(
    Kind(
        "duties",
        gettext_noop("duties kept apart"),
        {
            "duties": {
                "selling": ["sales", "sales_manager"],
                "rating": ["credit_analyst", "credit_manager"],
                "invoicing": ["billing_clerk"],
                "receiving": ["cash_clerk"],
                "accounting": ["finance_manager"],
                "administering": ["administrator"],
                "auditing": ["auditor", "external_auditor"],
            },
            "apart": [
                ["selling", "rating"],
                ["selling", "invoicing"],
                ["selling", "receiving"],
                ["selling", "accounting"],
                ["receiving", "invoicing"],
                ["auditing", "rating"],
                ["auditing", "invoicing"],
                ["auditing", "receiving"],
                ["auditing", "accounting"],
                ["auditing", "administering"],
            ],
            "longest_exception_days": 180,
        },
        _check,
    )
)


def matrix_at(at: datetime) -> Matrix:
    """The matrix in force: one for every company, since a person is one everywhere."""
    return read_matrix(in_force(DUTIES.name, company_id=None, at=at).document, known=ROLES)


def rule_in_force(at: datetime) -> Rule:
    """The same as identity asks for it; in a small firm whoever gives roles excuses by themselves, saying why."""
    return Rule(matrix_at(at).pairs, alone=lets_makers_approve(None, at=at))
