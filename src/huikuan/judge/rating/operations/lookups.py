"""Asking the company register about a customer: what it says becomes information, with source and day."""

from __future__ import annotations

from datetime import datetime

from huikuan.judge.rating.adapters import registry
from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.domain.registry import Entry, Registry, content_of, readable, require_same
from huikuan.judge.rating.models import RegistryEntry
from huikuan.judge.rating.operations.information import record_information
from huikuan.judge.rating.operations.rights import hold, require_for
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import customer_with_id

_SOURCE = "registry"


def look_up(*, customer_id: int, actor: str, at: datetime, asked: Registry | None = None) -> Entry:
    """Ask the register about the customer by its USCC, or where none is known by its name; answers what it said.

    `asked`: another register than the installation's. What a scorecard reads is recorded as information of today,
    proven. Refuses where none is set up, what the register refuses, and an entry of somebody else; then nothing is
    written.
    """
    require_for(actor, Permission.ASSESS_CUSTOMERS, customer_id, at=at)
    asked = asked or registry()
    if asked is None:
        raise Refusal("registry_off")
    customer = customer_with_id(customer_id, scope=EVERYTHING)
    # Outside of any transaction: nobody waits for a register with rows held.
    entry = asked.find(customer.uscc or customer.name)
    require_same(entry, uscc=customer.uscc, name=customer.name)
    today = business_date(at)

    def work() -> Entry:
        hold(customer_id)
        fact = {"customer_id": customer_id, "on_date": today, "content": content_of(entry), "actor": actor}
        record(RegistryEntry, [fact], at=at)
        for factor, value in readable(entry, today).items():
            record_information(
                customer_id=customer_id, factor=factor, value=value, source=_SOURCE, on=today,
                reliability=Reliability.PROVEN, actor=actor, at=at,
            )  # fmt: skip
        return entry

    return retrying(work)
