"""What a decision about a customer rests on, asked for at once, each in one short statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from huikuan.judge.credit.domain.deciding import Known, Late, Rules
from huikuan.judge.credit.domain.exposure import Line, weighed_lines
from huikuan.judge.credit.domain.limits import NONE, Limit
from huikuan.judge.credit.policies import CREDIT_RULES, rules_of
from huikuan.judge.credit.queries.covering import Cover, asking_cover_on
from huikuan.judge.credit.queries.exposure import Node, Party, asking_lines, converter
from huikuan.judge.credit.queries.limits import asking_limits
from huikuan.judge.credit.queries.terms import grace_days
from huikuan.judge.rating.queries.ratings import Graded, asking_graded
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import InForce, asking_in_force, in_force
from huikuan.record.bills.queries.exposed import asking_weights
from huikuan.record.customers.queries.families import Family
from huikuan.record.promises.queries.freezes import Frozen, asking_frozen
from huikuan.record.receivables.queries.lateness import Overdue, asking_overdue


@dataclass(frozen=True, slots=True)
class Grounds:
    """As of the day of `at`. `nodes` are those that bind, with their limits, the customer first; `graded` None: the
    customer was never assessed."""

    company: Company
    at: datetime
    policy: InForce
    rules: Rules
    family: Family
    nodes: Sequence[tuple[Node, Limit]]
    lines: Sequence[Line]
    cover: Cover
    overdue: Sequence[Overdue]
    graded: Graded | None
    frozen: Frozen | None

    @property
    def day(self) -> date:
        return business_date(self.at, self.company.time_zone)

    def late(self) -> Late:
        """What is overdue: days beyond the grace of the grade, and the sum in the company's currency."""
        if not self.overdue:
            return Late()
        value = converter(self.company.currency, self.day)
        grade = self.graded.grade if self.graded else ""
        most = (self.day - self.overdue[0].due_date).days - grace_days(
            self.company, self.policy.document, grade, self.at
        )
        return Late(max(0, most), sum(value(one.amount, one.currency) for one in self.overdue))

    def known(self) -> Known:
        """What the family is known for."""
        due = (self.day - self.graded.review_on).days if self.graded else 0
        frozen = (self.frozen.kind, self.frozen.reason) if self.frozen else ("", "")
        return Known(self.family.business_type_on(self.day), max(0, due), self.family.flagged_on(self.day), *frozen)


def rules_in_force(company: Company, at: datetime) -> tuple[InForce, Rules]:
    """The company's order checks at an instant, with their version."""
    policy = in_force(CREDIT_RULES.name, company_id=company.pk, at=at)
    return policy, rules_of(policy.document, company.currency)


def asking_grounds(
    company: Company, party: Party, at: datetime, *, without: int | None = None, bills_whole: bool = False
) -> Callable[[], Grounds]:
    """Asks for all of it; call for the answer. Whoever stands in a group waits once more, for which of the groups have
    a limit. `without`: the order that is decided about. A party without nodes is asked about no limit.
    `bills_whole`: bills count whole until they are paid, whoever owes them."""
    day, nodes, one = business_date(at, company.time_zone), party.nodes, party.family.one
    policy = asking_in_force(CREDIT_RULES.name, company_id=company.pk, at=at)
    limits = cache(asking_limits(company, nodes, day))
    overdue, graded = asking_overdue(company.pk, one.members, day), asking_graded(one.shown, day)
    frozen = asking_frozen(company.pk, one.members, day)
    binding = nodes if len(nodes) < 2 else _binding(nodes, limits())
    # One statement for all of them: the widest group that binds holds every other node.
    members = frozenset().union(*(node.members for node in binding))
    lines = asking_lines(company.pk, members, without=without) if members else list
    cover = asking_cover_on(company.pk, members, day) if members else Cover
    weights = asking_weights(company.pk, at) if members and not bills_whole else dict

    def answer() -> Grounds:
        found, known = policy(), limits()
        rules = rules_of(found.document, company.currency)
        bound = [(node, known[node.customer_id, node.group]) for node in binding]
        out = weighed_lines(lines(), weights())
        return Grounds(company, at, found, rules, party.family, bound, out, cover(), overdue(), graded(), frozen())

    return answer


def _binding(nodes: Sequence[Node], limits: Mapping[tuple[int | None, str], Limit]) -> list[Node]:
    """The customer, and the groups that have a limit."""
    return [node for node in nodes if node.group == "" or limits[None, node.group].state != NONE]
