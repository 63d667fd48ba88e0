"""The kinds of rules a company may set: order checks, and what each grade is given."""

from huikuan.judge.credit.policies.checks import CREDIT_RULES, check_rules, own_grace, rules_of
from huikuan.judge.credit.policies.terms import CREDIT_POLICY, check_policy, policy_of

__all__ = [
    "CREDIT_POLICY",
    "CREDIT_RULES",
    "check_policy",
    "check_rules",
    "own_grace",
    "policy_of",
    "rules_of",
]
