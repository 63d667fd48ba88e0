"""In the background: the daily run of every company that has said how it collects, and strategies over the past."""

from __future__ import annotations

from typing import Any

from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.operations.simulating import PARQUET, simulated
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import store_kept
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.work import Work


def run(work: Work) -> dict[str, int]:
    """Run the day of each company. A day that was run is left as it is, one that was cut short goes on. The shipped
    strategy is an example: who has put none in force is written to nobody."""
    done = {"companies": 0, "lines": 0, "excluded": 0}
    for company in Company.objects.order_by("pk"):
        if strategy_in_force(company, at=work.at).version_id is None:
            continue
        try:
            ran = run_day(
                company=company,
                on=business_date(work.at, company.time_zone),
                actor=SYSTEM,
                at=work.at,
                progress=work.progress,
            )
        except Refusal as refusal:
            # Somebody runs it by hand at this moment: theirs is the one.
            if refusal.code != "collection_run_under_way":
                raise
            continue
        if not ran.again:
            done = {
                "companies": done["companies"] + 1,
                "lines": done["lines"] + ran.lines,
                "excluded": done["excluded"] + ran.excluded,
            }
    return done


def simulate(work: Work) -> dict[str, Any]:
    """Try strategies over the past: it reads for as long as it takes, and keeps its rows once, at its end. Whoever
    asked must still be one who may."""
    params, actor = work.params, work.params["actor"]
    require(actor, Permission.DRAFT_POLICY, company_id=params["company"], at=work.at)
    kept = simulated(params, work.progress)
    name = f"simulation-{params['since']}-{params['until']}.parquet"
    with work.step(1, 1):
        store_kept(kept, name, media_type=PARQUET, actor=actor, at=work.at)
    return {**params, "rows": kept.sha256}
