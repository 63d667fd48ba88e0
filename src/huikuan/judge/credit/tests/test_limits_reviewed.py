"""What an approver answers for, and whose limit it is by then (cases 59, 80)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Wish
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_limits import ask, grant, limit, put_to, refused, staffed
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.operations import merge_customers

__all__ = ["staffed"]
MONTH = {"kind": TEMPORARY, "until_on": TODAY + timedelta(days=30)}
DAY = timedelta(days=1)


def test_a_standing_limit_takes_authority_over_the_temporary_one_beside_it(staffed: Trade) -> None:
    """Whichever of the two comes first, both are asked for within the window."""
    grant(ask(staffed, 600_000_00, wish=MONTH), "li")
    standing = ask(staffed, 500_000_00)
    assert put_to(standing) == "finance_manager"  # 1,100,000.00 together
    assert refused(lambda: grant(standing, "li")) == "request_not_yours"
    grant(standing, "zhou")
    assert limit(staffed) == 1_100_000_00


def test_nothing_is_raised_beside_what_waits(staffed: Trade) -> None:
    """What a request is added to would be another by its approval."""
    ask(staffed, 200_000_00, wish=MONTH)
    raised = {"from_on": TODAY + DAY}
    assert refused(lambda: ask(staffed, 900_000_00, wish=raised)) == "request_waits_already"


def test_what_waits_for_one_company_stops_no_other(staffed: Trade) -> None:
    """Companies share the register of customers, and no limits."""
    other = Company.objects.create(code="EAST", name="江临华东", currency="CNY")
    waits = ask(staffed, 100_00)
    wish = Wish(STANDING, "CNY", 100_00, TODAY)
    more: dict[str, Any] = {
        "customer_id": staffed.north,
        "wish": wish,
        "reason": "年度授信",
        "actor": "chen",
        "at": AT,
    }
    assert request_limit(company=other, **more) != waits
    assert refused(lambda: request_limit(company=other, **more)) == "request_waits_already"


def test_a_limit_of_a_customer_that_was_merged_meanwhile_is_asked_anew(staffed: Trade) -> None:
    """Granted to the one that is shown no more, it would govern nothing and say so to nobody."""
    number = ask(staffed, 100_00, customer_id=staffed.south)
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)
    assert refused(lambda: grant(number, "li")) == "request_shown_has_changed"
