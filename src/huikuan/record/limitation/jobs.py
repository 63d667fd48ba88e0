"""What the calendar does to limitation: alarms before it runs out."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.mechanisms.work.operations import Wanted, keep_items
from huikuan.record.limitation.queries.clocks import expiring, rules_in_force
from huikuan.record.limitation.work import RUNS_OUT


def alarm(work: Work) -> dict[str, int]:
    """Have an item for each claim and threshold passed, and none for those begun anew or paid. Asked again it does no
    more."""
    wanted = [one for company in Company.objects.order_by("pk") for one in _wanted(company, work)]
    return keep_items(kind=RUNS_OUT.name, wanted=wanted, at=work.at)


def _wanted(company: Company, work: Work) -> Iterator[Wanted]:
    today, longest = business_date(work.at, company.time_zone), rules_in_force(company.pk, at=work.at).alarm_days[0]
    for row in expiring(as_of=today, scope=EVERYTHING, at=work.at, within=longest, company_id=company.pk):
        if row.stage is None or row.clock.safe_on is None:
            continue
        shown = {
            "item": row.item_id,
            "document": row.document_number or str(row.item_id),
            "customer": row.customer_name,
            "amount": f"{row.currency} {to_text(row.open_amount, row.currency)}",
            "safe_on": row.clock.safe_on.isoformat(),
        }
        key = f"item:{row.item_id}:{row.clock.safe_on}:{row.stage}"
        if row.suspended:
            # Its day moves on with every day: asked once a month whether it still lasts.
            key, shown["suspended"] = f"item:{row.item_id}:suspended:{row.suspended}:{today:%Y-%m}", str(row.suspended)
        yield Wanted(key, row.company_id, row.customer_id, shown, due_on=row.clock.safe_on)
