"""Who may do what: permissions, roles, and the duties that one person does not hold together.

A role is a set of permissions with a name people use. Contexts ask for a permission
(identity.queries); nobody asks for a role.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from huikuan.mechanisms.identity.domain.scope import Reach


class Permission(StrEnum):
    """Something an actor may do."""

    VIEW_LEDGER = "view_ledger"
    VIEW_CUSTOMERS = "view_customers"
    VIEW_CONTRACTS = "view_contracts"
    VIEW_ORDERS = "view_orders"
    VIEW_IMPORTS = "view_imports"
    VIEW_AUDIT = "view_audit"
    VIEW_BANK = "view_bank"
    VIEW_PERSONAL = "view_personal"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    IMPORT_BANK = "import_bank"
    POST_ITEMS = "post_items"
    SETTLE = "settle"
    RESCHEDULE = "reschedule"
    MANAGE_CUSTOMERS = "manage_customers"
    MANAGE_CONTACTS = "manage_contacts"
    MERGE_CUSTOMERS = "merge_customers"
    HAND_OVER_CUSTOMERS = "hand_over_customers"
    MANAGE_CONTRACTS = "manage_contracts"
    MANAGE_ORDERS = "manage_orders"
    SET_RATES = "set_rates"
    LOCK_PERIOD = "lock_period"
    ISSUE_STATEMENTS = "issue_statements"
    DRAFT_POLICY = "draft_policy"
    APPROVE_POLICY = "approve_policy"
    FORCE_POLICY = "force_policy"
    ASSESS_CUSTOMERS = "assess_customers"
    APPROVE_GRADE = "approve_grade"
    PROPOSE_LIMIT = "propose_limit"
    RELEASE_ORDER = "release_order"
    COLLECT = "collect"
    SEND_NOTICES = "send_notices"
    RESOLVE_DISPUTES = "resolve_disputes"
    CLAIM_INTEREST = "claim_interest"
    VIEW_REQUESTS = "view_requests"
    APPROVE_REQUESTS = "approve_requests"
    VIEW_WORK = "view_work"
    ERASE_PERSONAL = "erase_personal"
    USE_API = "use_api"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_USERS = "manage_users"
    MANAGE_COMPANIES = "manage_companies"
    MANAGE_JOBS = "manage_jobs"


_P = Permission

#: Business decisions. Whoever administers the system makes none of them, whatever else they are.
APPROVING = frozenset(
    {
        *(_P.APPROVE_POLICY, _P.FORCE_POLICY, _P.LOCK_PERIOD, _P.APPROVE_REQUESTS),
        *(_P.APPROVE_GRADE, _P.RELEASE_ORDER),
    }
)

ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Role:
    """A name people know (its title is in identity.messages), what its holders may do, and on whose rows
    if nothing else is said when it is given. `guest`: somebody from outside the company."""

    name: str
    permissions: frozenset[Permission]
    reach: Reach = Reach.ALL
    guest: bool = False


def _role(name: str, *permissions: Permission, reach: Reach = Reach.ALL, guest: bool = False) -> Role:
    return Role(name, frozenset(permissions), reach, guest)


#: Reading what is sold, owed and agreed; with the people behind it.
_READ = (_P.VIEW_LEDGER, _P.VIEW_CUSTOMERS, _P.VIEW_CONTRACTS, _P.VIEW_ORDERS, _P.VIEW_REQUESTS, _P.VIEW_WORK)
_DEAL = (*_READ, _P.VIEW_PERSONAL)
_AUDIT = (*_READ, _P.VIEW_IMPORTS, _P.VIEW_AUDIT, _P.VIEW_BANK)
#: What comes in at the bank.
_BANK = (_P.VIEW_BANK, _P.IMPORT_BANK)
#: Customers' data, and the people there.
_CUSTOMERS = (_P.MANAGE_CUSTOMERS, _P.MANAGE_CONTACTS)
_CREDIT = (_P.PROPOSE_LIMIT, _P.RELEASE_ORDER)
#: Collecting: calls, promises, disputes said; and what leaves the house in its name.
_COLLECT = (_P.COLLECT, _P.SEND_NOTICES, _P.CLAIM_INTEREST)

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role("credit_analyst", *_DEAL, *_CUSTOMERS, _P.DRAFT_POLICY, _P.ASSESS_CUSTOMERS, _P.PROPOSE_LIMIT),
        _role(
            "credit_manager",
            *(*_DEAL, *_CUSTOMERS, _P.MERGE_CUSTOMERS, _P.ASSESS_CUSTOMERS, _P.APPROVE_GRADE),
            *(_P.DRAFT_POLICY, _P.APPROVE_POLICY, _P.FORCE_POLICY, _P.APPROVE_REQUESTS, *_CREDIT),
            *(_P.COLLECT, _P.SEND_NOTICES),
        ),
        _role(
            "billing_clerk",
            *(*_DEAL, _P.VIEW_IMPORTS, _P.IMPORT, _P.POST_ITEMS, _P.RESCHEDULE, _P.ISSUE_STATEMENTS),
            *(*_CUSTOMERS, _P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS),
        ),
        _role("cash_clerk", *_READ, *_BANK, _P.VIEW_IMPORTS, _P.IMPORT, _P.SETTLE),
        _role("collector", *_DEAL, *_COLLECT, _P.ISSUE_STATEMENTS),
        _role("sales", *_DEAL, _P.MANAGE_CONTACTS, _P.MANAGE_ORDERS, _P.ISSUE_STATEMENTS, _P.COLLECT, reach=Reach.OWN),
        _role(
            "sales_manager",
            *(*_DEAL, _P.MANAGE_CONTACTS, _P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS, _P.ISSUE_STATEMENTS),
            *(_P.HAND_OVER_CUSTOMERS, _P.APPROVE_REQUESTS, _P.RELEASE_ORDER, _P.COLLECT, _P.RESOLVE_DISPUTES),
            reach=Reach.TEAM,
        ),
        _role(
            "finance_manager",
            *(*_DEAL, _P.VIEW_IMPORTS, _P.VIEW_AUDIT, _P.IMPORT, _P.UNDO_IMPORT, _P.POST_ITEMS, _P.SETTLE),
            *(_P.RESCHEDULE, *_CUSTOMERS, _P.MERGE_CUSTOMERS, _P.HAND_OVER_CUSTOMERS),
            *(_P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS, _P.ISSUE_STATEMENTS, _P.SET_RATES, _P.LOCK_PERIOD),
            *(_P.ASSESS_CUSTOMERS, _P.APPROVE_GRADE),
            *(_P.DRAFT_POLICY, _P.APPROVE_POLICY, _P.FORCE_POLICY, _P.APPROVE_REQUESTS, *_CREDIT),
            *(*_BANK, *_COLLECT, _P.RESOLVE_DISPUTES, _P.USE_API, _P.MANAGE_WEBHOOKS),
        ),
        _role("treasurer", *_READ, *_BANK, _P.SET_RATES),
        _role("legal", *_DEAL, _P.MANAGE_CONTRACTS, _P.COLLECT, _P.SEND_NOTICES),
        _role("auditor", *_AUDIT),
        _role(
            "management", *_AUDIT, _P.APPROVE_POLICY, _P.APPROVE_REQUESTS, _P.RELEASE_ORDER
        ),
        _role("resolver", _P.VIEW_LEDGER, _P.VIEW_CUSTOMERS, _P.VIEW_ORDERS, _P.VIEW_WORK, _P.RESOLVE_DISPUTES),
        _role("trainer"),
        _role("integration", *_DEAL, _P.VIEW_IMPORTS, _P.IMPORT, _P.POST_ITEMS, _P.SETTLE, *_CUSTOMERS,
              _P.MANAGE_CONTRACTS, _P.MANAGE_ORDERS, _P.ISSUE_STATEMENTS, _P.USE_API, *_BANK),
        _role(
            ADMINISTRATOR,
            *(_P.MANAGE_USERS, _P.MANAGE_COMPANIES, _P.MANAGE_JOBS, _P.ERASE_PERSONAL, _P.VIEW_AUDIT),
            *(_P.USE_API, _P.MANAGE_WEBHOOKS),
        ),
        # Outsiders. The auditor reads the books; the others get doors of their own and see no page of ours.
        _role("external_auditor", *_AUDIT, guest=True),
        _role("customer_guest", guest=True),
        _role("collection_agency", guest=True),
        _role("law_firm", guest=True),
        _role("insurer", guest=True),
        _role("factor", guest=True),
    )
}  # fmt: skip

#: Whoever commands the machine may operate the product, and approves nothing.
OPERATOR: frozenset[Permission] = frozenset(_P) - {
    *(_P.APPROVE_POLICY, _P.APPROVE_REQUESTS, _P.APPROVE_GRADE, _P.RELEASE_ORDER),
}

_SELLING = ("sales", "sales_manager")
_WRITING = ("credit_analyst", "credit_manager", "billing_clerk", "cash_clerk", "finance_manager", ADMINISTRATOR)
_DECIDING = ("finance_manager", "credit_manager", "management")
_GUESTS = tuple(name for name, role in ROLES.items() if role.guest)

Pairs = frozenset[frozenset[str]]


def pairs_between(*sides: tuple[Iterable[str], Iterable[str]]) -> Pairs:
    """Every pair of a role on the left and one on the right, of each two sides."""
    found = {frozenset({one, other}) for left, right in sides for one in left for other in tuple(right)}
    return frozenset(pair for pair in found if len(pair) > 1)


#: No rule of a company lifts these: who administers decides nothing; an outsider is nothing else.
ALWAYS_APART: Pairs = pairs_between(
    ((ADMINISTRATOR,), _DECIDING), (_GUESTS, tuple(name for name in ROLES if name not in _GUESTS))
)

#: Pairs of roles one person does not hold, as shipped: who sells does not rate, bill, apply cash or write off; who
#: takes in money does not keep the books; who audits wrote nothing of it.
CONFLICTS: Pairs = ALWAYS_APART | pairs_between(
    (_SELLING, ("credit_analyst", "credit_manager", "billing_clerk", "cash_clerk", "finance_manager")),
    (("cash_clerk",), ("billing_clerk",)),
    (("auditor", "external_auditor"), _WRITING),
)


def conflicting(role: str, held: Iterable[str], pairs: Pairs = CONFLICTS) -> tuple[str, ...]:
    """Those of the roles already held that do not go with `role`, by name."""
    return tuple(sorted(other for other in set(held) if frozenset({role, other}) in pairs))


def permissions_of(
    roles: Iterable[str], *, administers: bool | None = None, apart: bool = True
) -> frozenset[Permission]:
    """What holders of `roles` may do together.

    `administers`: whether they administer anything at all, also elsewhere (None: as `roles` says).
    `apart`: an administrator approves nothing (the rule; a small firm may lift it, see policies).
    """
    held = set(roles)
    together = frozenset().union(*(ROLES[name].permissions for name in held if name in ROLES))
    if administers is None:
        administers = ADMINISTRATOR in held
    return together - APPROVING if apart and administers else together
