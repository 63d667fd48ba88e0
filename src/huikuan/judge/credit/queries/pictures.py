"""A customer's exposure beside its limits, company by company, as a page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.judge.credit.domain.deciding import utilisation_e4
from huikuan.judge.credit.domain.exposure import Exposure
from huikuan.judge.credit.domain.limits import Limit
from huikuan.judge.credit.queries.exposure import Node, exposure_as_of, exposure_now, nodes_of
from huikuan.judge.credit.queries.limits import limits_on
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.figures import percent_up
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.families import customers_in


@dataclass(frozen=True, slots=True)
class NodePicture:
    """A node with its limit and exposure, both in the limit's currency. `missing`: why there is no exposure, the
    refusal of a currency without a rate."""

    node: Node
    limit: Limit
    exposure: Exposure | None
    missing: Refusal | None = None

    @property
    def utilisation_e4(self) -> int | None:
        return utilisation_e4(self.exposure.total, self.limit.amount) if self.exposure else None

    @property
    def percent(self) -> str:
        """The same in percent with one decimal; '' without a limit."""
        used = self.utilisation_e4
        return "" if used is None else percent_up(used)

    @property
    def available(self) -> int | None:
        """What is left of the limit, below 0 where it is exceeded."""
        return self.limit.amount - self.exposure.total if self.exposure else None


@dataclass(frozen=True, slots=True)
class Picture:
    """What a company has out with a customer, and with the groups it stands in that the reader sees whole."""

    company: Company
    own: NodePicture
    groups: tuple[NodePicture, ...]


def pictures(
    customer_id: int,
    companies: Sequence[Company],
    *,
    scope: Scope,
    today: date,
    as_of: date,
    known: int | None = None,
) -> list[Picture]:
    """Of every company whose rows of the customer, and of those that are one with it, the scope reaches; live where
    the page's day is today's."""
    theirs = seen(scope)
    live = as_of == today and known is None
    found = []
    for company in companies:
        if not theirs.has(company.pk, customer_id):
            continue
        nodes = nodes_of(customer_id, as_of, known)
        shown = [node for node in nodes if all(theirs.has(company.pk, member) for member in node.members)]
        if nodes[0] not in shown:
            continue
        limits = limits_on(company, shown, as_of, known=known)
        own, *groups = (
            _picture(company, node, limits[node.customer_id, node.group], as_of, live=live, known=known)
            for node in shown
        )
        found.append(Picture(company, own, tuple(groups)))
    return found


def group_picture(company: Company, group: str, day: date, *, live: bool, known: int | None = None) -> NodePicture:
    """Everybody in a group on a day, for whoever sees them all; live where the page's day is today's."""
    node = Node(None, group, customers_in(group, day))
    return _picture(
        company, node, limits_on(company, [node], day, known=known)[None, group], day, live=live, known=known
    )


def _picture(company: Company, node: Node, limit: Limit, day: date, *, live: bool, known: int | None) -> NodePicture:
    try:
        if live:
            told = exposure_now(company, node, currency=limit.currency, day=day)
        else:
            told = exposure_as_of(company, node, currency=limit.currency, day=day, known=known)
    except Refusal as refusal:
        return NodePicture(node, limit, None, refusal)
    return NodePicture(node, limit, told.exposure)
