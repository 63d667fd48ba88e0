"""Background work: every customer in the tier that today's grade, amount and cycle give it."""

from __future__ import annotations

from huikuan.act.planning.operations.tiers import assign_tiers
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work


def assign(work: Work) -> dict[str, int]:
    """Put the customers of every company into their tiers; asked again it does no more."""
    done = [assign_tiers(company_id=number, actor=SYSTEM, at=work.at) for number in
            Company.objects.order_by("pk").values_list("pk", flat=True)]  # fmt: skip
    return {name: sum(getattr(one, name) for one in done) for name in ("first", "changed", "left")}
