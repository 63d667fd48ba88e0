"""How customers keep their promises to pay, as a value of a factor: from the ledger, beside its behaviour."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from huikuan.judge.rating.domain.factors import OWN_LEDGER, FactorValue, Reliability
from huikuan.mechanisms.audit.models import Head
from huikuan.record.promises.queries.standing import Kept, kept_rates

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Promises:
    """How customers kept the promises whose time ended in the year before the day."""

    as_of: date
    found: Mapping[int, Kept]

    def of(self, customer_id: int) -> list[FactorValue]:
        """`promises_kept`, the kept of those that were judged; nothing of whom no promise was: a card then takes it as
        not known, which is neither good nor bad."""
        share = self.found.get(customer_id, Kept()).share_e4
        if share is None:
            return []
        value = Decimal(share).scaleb(-_PLACES)
        return [FactorValue("promises_kept", value, OWN_LEDGER, self.as_of, Reliability.PROVEN)]


def promises_by(as_of: date, customer_ids: Collection[int] | None, known: Head | None) -> Promises:
    """Of these customers (None: of every one), in one question; `known`: the head it is known by."""
    horizon = known.horizon if known else None
    return Promises(as_of, kept_rates(None, as_of, customer_ids=customer_ids, known=horizon))
