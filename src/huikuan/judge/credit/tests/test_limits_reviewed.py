"""What an approver answers for, and whose limit it is by then (cases 59, 80)."""

from __future__ import annotations

from datetime import timedelta

from huikuan.judge.credit.domain.limits import TEMPORARY
from huikuan.judge.credit.operations.limits import approve_limit, shown_digest
from huikuan.judge.credit.queries.exposure import nodes_of
from huikuan.judge.credit.queries.limits import limits_on, request
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_limits import ask, grant, limit, refused, staffed
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.operations import merge_customers

__all__ = ["staffed"]
MONTH = {"kind": TEMPORARY, "until_on": TODAY + timedelta(days=30)}
DAY = timedelta(days=1)


def test_a_standing_limit_takes_authority_over_the_temporary_one_beside_it(staffed: Trade) -> None:
    """Whichever of the two comes first, both will stand together."""
    grant(ask(staffed, 600_000_00, wish=MONTH), "li")
    standing = ask(staffed, 500_000_00)
    assert refused(lambda: grant(standing, "li")) == "beyond_authority"  # 1,100,000.00 would stand
    grant(standing, "zhou")
    assert limit(staffed) == 1_100_000_00


def test_a_temporary_limit_approved_later_takes_authority_over_what_stands_then(staffed: Trade) -> None:
    """Between the day it was to begin and the day it is approved the standing limit rose."""
    small = ask(staffed, 200_000_00, wish=MONTH)
    digest = shown_digest(request(small, scope=EVERYTHING))
    raised = ask(staffed, 900_000_00, wish={"from_on": TODAY + DAY})
    grant(raised, "li")

    def approve(actor: str) -> None:
        approve_limit(request_id=small, digest=digest, actor=actor, at=AT + 2 * DAY)

    assert refused(lambda: approve("li")) == "beyond_authority"
    approve("zhou")
    node = nodes_of(staffed.north, TODAY)[:1]
    assert limits_on(staffed.company, node, TODAY + 2 * DAY)[staffed.north, ""].amount == 1_100_000_00


def test_a_limit_of_a_customer_that_was_merged_meanwhile_is_asked_anew(staffed: Trade) -> None:
    """Granted to the one that is shown no more, it would govern nothing and say so to nobody."""
    number = ask(staffed, 100_00, customer_id=staffed.south)
    merge_customers(from_id=staffed.south, into_id=staffed.north, reason="同一法人", **WHO)
    assert refused(lambda: grant(number, "li")) == "limit_shown_has_changed"
