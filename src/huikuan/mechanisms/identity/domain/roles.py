"""Who may do what: permissions, roles, and the duties that no administrator takes on.

A role is a set of permissions with a name people use. Contexts ask `require(actor, permission)`
(identity.operations); nobody asks for a role.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """Something an actor may do."""

    VIEW_LEDGER = "view_ledger"
    VIEW_CONTRACTS = "view_contracts"
    VIEW_ORDERS = "view_orders"
    VIEW_AUDIT = "view_audit"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    POST_ITEMS = "post_items"
    SETTLE = "settle"
    RESCHEDULE = "reschedule"
    MANAGE_CUSTOMERS = "manage_customers"
    MANAGE_CONTRACTS = "manage_contracts"
    MANAGE_ORDERS = "manage_orders"
    SET_RATES = "set_rates"
    LOCK_PERIOD = "lock_period"
    ISSUE_STATEMENTS = "issue_statements"
    DRAFT_POLICY = "draft_policy"
    APPROVE_POLICY = "approve_policy"
    FORCE_POLICY = "force_policy"
    ERASE_PERSONAL = "erase_personal"
    MANAGE_USERS = "manage_users"
    MANAGE_COMPANIES = "manage_companies"
    MANAGE_JOBS = "manage_jobs"


_P = Permission

#: Business decisions. Whoever administers the system makes none of them, whatever else they are.
APPROVING = frozenset({_P.APPROVE_POLICY, _P.FORCE_POLICY, _P.LOCK_PERIOD})

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Role:
    """A name people know and what its holders may do; its title is in identity.messages."""

    name: str
    permissions: frozenset[Permission]


def _role(name: str, *permissions: Permission) -> Role:
    return Role(name, frozenset(permissions))


#: Reading what is sold, agreed and owed.
_READ = (_P.VIEW_LEDGER, _P.VIEW_CONTRACTS, _P.VIEW_ORDERS)

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role("credit_analyst", *_READ, _P.MANAGE_CUSTOMERS, _P.DRAFT_POLICY),
        _role(
            "credit_manager",
            *(*_READ, _P.MANAGE_CUSTOMERS, _P.DRAFT_POLICY, _P.APPROVE_POLICY, _P.FORCE_POLICY),
        ),
        _role(
            "billing_clerk",
            *(*_READ, _P.IMPORT, _P.POST_ITEMS, _P.RESCHEDULE, _P.MANAGE_CUSTOMERS),
            *(_P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS, _P.ISSUE_STATEMENTS),
        ),
        _role("cash_clerk", *_READ, _P.IMPORT, _P.SETTLE),
        _role("collector", *_READ, _P.ISSUE_STATEMENTS),
        _role("sales", *_READ, _P.MANAGE_ORDERS),
        _role("sales_manager", *_READ, _P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS),
        _role(
            "finance_manager",
            *(*_READ, _P.VIEW_AUDIT, _P.IMPORT, _P.UNDO_IMPORT, _P.POST_ITEMS, _P.SETTLE, _P.RESCHEDULE),
            *(_P.MANAGE_CUSTOMERS, _P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS, _P.SET_RATES, _P.LOCK_PERIOD),
            _P.ISSUE_STATEMENTS,
            *(_P.DRAFT_POLICY, _P.APPROVE_POLICY, _P.FORCE_POLICY),
        ),
        _role("treasurer", *_READ, _P.SET_RATES),
        _role("legal", *_READ, _P.MANAGE_CONTRACTS),
        _role("auditor", *_READ, _P.VIEW_AUDIT),
        _role("management", *_READ, _P.VIEW_AUDIT, _P.APPROVE_POLICY),
        _role("resolver", *_READ),
        _role(
            "trainer",
        ),
        _role(
            ADMINISTRATOR,
            *(_P.MANAGE_USERS, _P.MANAGE_COMPANIES, _P.MANAGE_JOBS, _P.ERASE_PERSONAL, _P.VIEW_AUDIT),
        ),
    )
}

#: Whoever commands the machine may operate the product, and approves nothing.
OPERATOR: frozenset[Permission] = frozenset(_P) - {_P.APPROVE_POLICY}


def permissions_of(roles: Iterable[str], *, apart: bool = True) -> frozenset[Permission]:
    """What holders of `roles` may do together.

    `apart`: an administrator approves nothing (the rule; a small firm may lift it, see policies).
    """
    held = set(roles)
    together = frozenset().union(*(ROLES[name].permissions for name in held if name in ROLES))
    return together - APPROVING if apart and ADMINISTRATOR in held else together
