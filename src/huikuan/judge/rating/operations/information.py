"""Recording what a source says of a customer."""

from __future__ import annotations

from datetime import date, datetime

from huikuan.judge.rating.domain.factors import FACTORS, OWN_LEDGER, SOURCES, Reliability, read_value
from huikuan.judge.rating.domain.scales import FACTOR as AGENCY_FACTOR
from huikuan.judge.rating.domain.scales import meaning
from huikuan.judge.rating.models import Information
from huikuan.judge.rating.operations.rights import hold, require_for
from huikuan.judge.rating.policies import SCALES
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.store.transactions import retrying

_LONGEST_NOTE = 200


def record_information(
    *,
    customer_id: int,
    factor: str,
    value: str,
    source: str,
    on: date,
    reliability: Reliability,
    note: str = "",
    actor: str,
    at: datetime,
) -> int:
    """On the day `on` the source said this of the factor; answers the fact's id. `value` '': it is taken back.

    Refuses an unknown factor, source or value, what is computed from the ledger, and a day to come.
    """
    _check(factor, value, source)
    if on > business_date(at):
        raise Refusal("information_from_future", on=on.isoformat())

    def work() -> int:
        hold(customer_id)
        require_for(actor, Permission.ASSESS_CUSTOMERS, customer_id, at=at)
        row = {
            "customer_id": customer_id, "factor": factor, "value": value, "source": source, "on_date": on,
            "reliability": int(reliability), "note": tidy(note), "actor": actor,
        }  # fmt: skip
        (number,) = record(Information, [row], at=at)
        payload = {"information": number, "factor": factor, "source": source}
        announce("rating.informed", at=at, customer_id=customer_id, payload=payload)
        return number

    return retrying(work)


def record_agency_rating(
    *, customer_id: int, agency: str, grade: str, on: date, note: str = "", actor: str, at: datetime
) -> int:
    """An agency graded the customer so on the day: recorded as what that means on our scale by the policy in force,
    the agency's own words beside it; answers the fact's id. Refuses a grade the agency's table has no line for."""
    scales = in_force(SCALES.name, company_id=None, at=at)
    value = meaning(scales.document, agency, grade)
    said = f"{agency} {tidy(grade)} ({SCALES.name} {scales.number}) {note}"
    return record_information(
        customer_id=customer_id, factor=AGENCY_FACTOR, value=value, source="third_party", on=on,
        reliability=Reliability.REPORTED, note=said[:_LONGEST_NOTE], actor=actor, at=at,
    )  # fmt: skip


def _check(factor: str, value: str, source: str) -> None:
    sources = [name for name in SOURCES if name != OWN_LEDGER]
    if source not in sources:
        raise Refusal("factor_source_unknown", source=source, known=", ".join(sources))
    if value:
        read_value(factor, value)
    elif factor not in FACTORS:
        raise Refusal("factor_unknown", factor=factor, known=", ".join(FACTORS))
    if FACTORS[factor].computed:
        raise Refusal("factor_computed", factor=factor)
