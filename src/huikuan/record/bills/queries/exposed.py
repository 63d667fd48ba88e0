"""What bills leave out, as SQL that others unite with what they know, and how it weighs.

Both texts are about facts alone: what came to be known below `known` and is effective by `day`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from huikuan.kernel.dates import LATEST
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.policies.queries import asking_in_force, in_force
from huikuan.record.bills.domain.classes import Weights
from huikuan.record.bills.domain.life import PAID, PASSED_ON
from huikuan.record.bills.policies import BILL_RULES

#: The class of the acceptor who owes the claim `{item}`; null where no bill is registered for it.
ACCEPTOR_OF = "(SELECT b.acceptor_class FROM bills_bill b WHERE b.debit_id = {item} AND b.parent_id IS NULL)"

#: Bills that were passed on and may come back: customer_id, currency, acceptor, amount, from the relation `wanted`
#: (company_id, customer_id, day, known).
RECOURSE = f"""
SELECT b.customer_id, b.currency, b.acceptor_class AS acceptor, b.amount
FROM wanted w JOIN bills_bill b ON b.customer_id = w.customer_id AND b.company_id = w.company_id
JOIN bills_billevent e ON e.bill_id = b.id
WHERE e.recourse AND e.state IN ('{PASSED_ON[0]}', '{PASSED_ON[1]}') AND e.effective_on <= w.day AND e.tx < w.known
    AND NOT EXISTS (SELECT 1 FROM bills_billevent f WHERE f.bill_id = b.id AND f.sequence > e.sequence
        AND f.effective_on <= w.day AND f.tx < w.known)
"""

#: Pieces of bills as the money they became: of each credit that paid with one, so much on the day it was paid.
PAID_PIECES = f"""
SELECT b.credit_id, b.amount, e.happened_on AS paid_on, e.tx FROM bills_bill b
JOIN bills_billevent e ON e.bill_id = b.id WHERE e.state = '{PAID}'
"""


def weights_on(company_id: int, day: date, known: int | None = None) -> Weights:
    """Class of acceptor → percent of a bill that counts, by the rules in force at the end of a day."""
    at = datetime.combine(min(day, LATEST), time.max, ZoneInfo(company_zone(company_id)))
    return _weights(in_force(BILL_RULES.name, company_id=company_id, at=at, known=known).document)


def asking_weights(company_id: int, at: datetime) -> Callable[[], Weights]:
    """Asks for those in force at an instant. Call for the answer."""
    asked = asking_in_force(BILL_RULES.name, company_id=company_id, at=at)
    return lambda: _weights(asked().document)


def _weights(document: Mapping[str, object]) -> Weights:
    found = document["exposure_percent"]
    return found if isinstance(found, Mapping) else {}
