"""In the background: the daily run of every company that has said how it collects, and strategies over the past."""

from __future__ import annotations

import logging
from typing import Any

from huikuan.act.collection.operations.running import Ran, run_day
from huikuan.act.collection.operations.simulating import PARQUET, simulated
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import store_kept
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.work import ClaimLost, Stopping, Work

log = logging.getLogger(__name__)


def run(work: Work) -> dict[str, int]:
    """Run the day of each company. A day that was run is left as it is, one that was cut short goes on. The shipped
    strategy is an example: who has put none in force is written to nobody.

    A company whose run fails keeps no other from its own: what failed is raised when all have had their turn."""
    done = {"companies": 0, "lines": 0, "excluded": 0}
    failed: dict[str, Exception] = {}
    for company in Company.objects.order_by("pk"):
        try:
            ran = _ran(company, work)
        except (ClaimLost, Stopping):
            raise
        except Exception as error:
            log.exception("run failed", extra={"company": company.pk})
            failed[company.code] = error
            continue
        if ran is not None and not ran.again:
            done = {
                "companies": done["companies"] + 1,
                "lines": done["lines"] + ran.lines,
                "excluded": done["excluded"] + ran.excluded,
            }
    if failed:
        said = "; ".join(f"{code}: {type(error).__name__}: {error}" for code, error in failed.items())
        raise ExceptionGroup(said, list(failed.values()))
    return done


def _ran(company: Company, work: Work) -> Ran | None:
    """The company's day; None where it has no strategy of its own, or somebody runs it by hand at this moment."""
    if strategy_in_force(company, at=work.at).version_id is None:
        return None
    on = business_date(work.at, company.time_zone)
    try:
        return run_day(company=company, on=on, actor=SYSTEM, at=work.at, progress=work.progress)
    except Refusal as refusal:
        if refusal.code != "collection_run_under_way":
            raise
        return None


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
