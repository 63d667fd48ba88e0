"""What the calendar does to promises: the day passes and the money is there or not."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.promises.operations.breaking import judge_plans
from huikuan.record.promises.operations.judging import judge_promises
from huikuan.record.promises.queries.barters import barters_open
from huikuan.record.promises.work import GOODS_LATE, barter_key


def judge(work: Work) -> dict[str, int]:
    """Judge every promise and plan of every company. Asked again it does no more."""
    done: Counter[str] = Counter()
    for company in Company.objects.order_by("pk"):
        done.update(judge_promises(company=company, at=work.at))
        done["goods_late"] += _ask_for_goods(company, work.at)
        done["plans_broken"] += judge_plans(company=company, at=work.at)
    return dict(done)


def _ask_for_goods(company: Company, at: datetime) -> int:
    """Have an item for each settlement in kind whose goods did not come by their day."""
    today = business_date(at, company.time_zone)
    late = [one for one in barters_open(company.pk, today) if one.deliver_by < today]
    names = customers_by_id({one.customer_id for one in late})
    for one in late:
        shown = {
            "barter": one.pk,
            "customer": names[one.customer_id].name,
            "asset": one.asset,
            "amount": f"{one.currency} {to_text(one.agreed, one.currency)}",
            "by": one.deliver_by.isoformat(),
        }
        wanted = Wanted(barter_key(one.pk), company.pk, one.customer_id, shown)
        open_item(kind=GOODS_LATE.name, wanted=wanted, at=at)
    return len(late)
