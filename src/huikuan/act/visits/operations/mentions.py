"""A word to a colleague about a customer, and a customer handed to one: it stands in their inbox."""

from __future__ import annotations

from datetime import datetime

from huikuan.act.visits.work import MENTION, TAKE_OVER
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.queries import scope
from huikuan.mechanisms.work.kinds import WorkKind
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.record.customers.queries import customers_by_id, seen

LONGEST = 500


def mention(*, customer_id: int, company_id: int, to: str, says: str, key: str, actor: str, at: datetime) -> int:
    """Tell a colleague something about a customer; answers the work item. Told again under the same `key`, the same.
    Refuses silence, and whoever would not see the customer."""
    says = tidy(says)
    if not says or len(says) > LONGEST:
        raise Refusal("mention_bad", longest=LONGEST)
    return _put(MENTION, f"mention:{key}", customer_id, company_id, to, says, actor, at)


def hand_customer(
    *, customer_id: int, company_id: int, to: str, says: str = "", key: str, actor: str, at: datetime
) -> int:
    """Ask a colleague to contact a customer; answers the work item. Refuses as `mention` does, but silence."""
    return _put(
        TAKE_OVER, f"take_over:{key}:{customer_id}", customer_id, company_id, to, tidy(says)[:LONGEST], actor, at
    )


def _put(
    kind: WorkKind, key: str, customer_id: int, company_id: int, to: str, says: str, actor: str, at: datetime
) -> int:
    if not User.objects.filter(username=to, is_active=True).exists():
        raise Refusal("visit_visitor_unknown", username=to)
    if not seen(scope(to, Permission.VIEW_WORK, at=at)).has(company_id, customer_id):
        raise Refusal("mention_unseen", username=to)
    shown = {"customer": customers_by_id({customer_id})[customer_id].name, "by": actor, "says": says}
    wanted = Wanted(key, company_id, customer_id, shown, owner=to)
    return open_item(kind=kind.name, wanted=wanted, actor=actor, at=at)
