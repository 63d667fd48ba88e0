"""Which customers a statement may be about: every list, page, file and run of this context asks here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import register_seen, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.receivables.models import Item
from huikuan.see.statements.models import FinishedRun, StatementRun


def customers(scope: Scope) -> QuerySet[Customer]:
    """Those of the scope."""
    return register_seen(seen(scope))


def has_account(*, company_id: int, customer_id: int, scope: Scope) -> bool:
    """Whether the scope reaches this customer's rows of the company and there ever were any; without an item
    there is nothing to show of them."""
    if not seen(scope).has(company_id, customer_id):
        return False
    return Item.objects.filter(company_id=company_id, customer_id__in=one_with(customer_id)).exists()


def customer_named(code: str, *, company_id: int, scope: Scope) -> Customer:
    """The one with this code; refuses an unknown one, and one whose rows of the company lie outside the scope."""
    found = customers(scope).filter(code=code).first()
    if found is None or not seen(scope).has(company_id, found.pk):
        raise Refusal("customer_unknown", customer=code)
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """A scope with its customers looked up once, for however many runs."""

    scope: Scope
    theirs: Seen

    def has(self, run: StatementRun, finished: FinishedRun | None) -> bool:
        """Whether the scope reaches every account of a run: its archive holds them all, but those left out."""
        if self.scope.whole(run.company_id):
            return True
        left_out = (finished.left_out if finished else None) or []
        return all(self.theirs.has(run.company_id, account[0]) for account in run.accounts if account not in left_out)


def reach_of(scope: Scope) -> Reach:
    """What the scope reaches now."""
    return Reach(scope, seen(scope))


def finished_of(runs: Iterable[StatementRun]) -> dict[int, FinishedRun]:
    """Run id → how it ended, of those that did."""
    return {one.run_id: one for one in FinishedRun.objects.filter(run_id__in=[run.pk for run in runs])}
