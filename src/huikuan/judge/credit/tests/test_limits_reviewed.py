"""What an approver answers for, and whose limit it is by then (cases 59, 80)."""

from __future__ import annotations

from datetime import timedelta

from huikuan.judge.credit.domain.limits import TEMPORARY
from huikuan.judge.credit.tests.conftest import TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_limits import ask, grant, limit, put_to, refused, staffed
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


def test_a_limit_of_a_customer_that_was_merged_meanwhile_is_asked_anew(staffed: Trade) -> None:
    """Granted to the one that is shown no more, it would govern nothing and say so to nobody."""
    number = ask(staffed, 100_00, customer_id=staffed.south)
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)
    assert refused(lambda: grant(number, "li")) == "request_shown_has_changed"
