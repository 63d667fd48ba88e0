"""Who lets an order that waits go on, and what a release rests on by then (cases 17, 58, 59)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.operations.orders import MAKING_ROOM, ask_waiting, check_order, make_room, release_order
from huikuan.judge.credit.tests.conftest import AT, TODAY, Trade, person
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import change, last, limited, refused, room, rules, staffed, state
from huikuan.mechanisms.events.delivery import announced_of
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.operations import add_team, grant_role, join_team
from huikuan.record.contracts.domain.orders import Order
from huikuan.record.contracts.operations.orders import change_order
from huikuan.record.contracts.queries.progress import order_versions
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.queries.check import check_ledger

__all__ = ["room", "staffed"]
DAY = timedelta(days=1)


def release(order: int, actor: str, **more: Any) -> int:
    return release_order(order_id=order, **{"reason": "老客户，货已备好", "actor": actor, "at": AT, **more})


def test_a_paused_order_that_is_over_the_limit_by_now_takes_authority(staffed: Trade) -> None:
    """The limit was cut while it waited: what a sales manager lets go over 80 % is not what is over 100 %."""
    rules(ENFORCE)
    limited(staffed, 1_000_000_00)
    order = staffed.order("SO-1", 900_000_00)
    assert state(order) == "paused"
    limited(staffed, 100_000_00)
    assert refused(lambda: release(order, "sun")) == "beyond_authority"  # 900,000.00 would stand, 200,000.00 is theirs
    assert state(order) == "paused"
    release(order, "li")
    assert state(order) == "released"


def test_over_a_groups_limit_authority_reaches_what_the_group_has_out(staffed: Trade) -> None:
    staffed.grouped()
    rules(ENFORCE)
    for whose in (staffed.north, staffed.south):
        limited(staffed, 900_000_00, customer_id=whose)
    limited(staffed, 700_000_00, group="LUHE")
    assert state(staffed.order("SO-1", 500_000_00)) == "released"
    order = staffed.order("SO-2", 201_000_00, customer=staffed.south)
    assert state(order) == "held"
    change(order, 200_000_00 + 1)
    # The customer alone would have 200,000.01 out, the group 700,000.01.
    other = staffed.order("SO-3", 150_000_00, customer=staffed.south)
    assert state(other) == "paused"
    staffed.post("invoice", 100_000_00, TODAY.isoformat())
    change(other, 160_000_00)
    assert state(other) == "held"
    assert refused(lambda: release(other, "sun")) == "beyond_authority"  # 760,000.00 of the group
    release(other, "li")
    assert state(other) == "released"


def test_a_role_gives_authority_as_far_as_it_reaches_itself(staffed: Trade) -> None:
    """Who leads a team, and has more authority over their own customers alone, releases the team's as its leader."""
    rules(ENFORCE)
    person("wu", "sales")
    person("tang", "sales_manager", reach="team")
    grant_role(username="tang", role="management", company=None, reach="own", actor="cli:root", at=AT)
    add_team(code="EAST", name="华东", actor="cli:root", at=AT)
    for name in ("tang", "wu"):
        join_team(username=name, team="EAST", effective_on=TODAY, actor="cli:root", at=AT)
    for customer, owner in ((staffed.north, "wu"), (staffed.south, "tang")):
        affiliate(customer_id=customer, dimension="owner", value=owner, effective_on=TODAY, actor="x", at=AT)
    small, large = (staffed.order(f"SO-{place}", amount) for place, amount in enumerate((200_000_00, 200_000_01)))
    own = staffed.order("SO-2", 200_000_01, customer=staffed.south)
    assert refused(lambda: release(large, "tang")) == "beyond_authority"
    release(small, "tang")
    release(own, "tang")
    assert [state(one) for one in (small, large, own)] == ["released", "held", "released"]


def test_whoever_had_a_hand_in_any_version_does_not_release(staffed: Trade) -> None:
    """A colleague's small change makes nobody another."""
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    change(order, 90_00, actor="sun")
    change(order, 91_00, actor="wang")
    assert refused(lambda: release(order, "sun")) == "own_limit"
    release(order, "li")


def test_whose_release_has_ended_asks_anew(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    release(order, "li", until_on=TODAY)
    assert refused(lambda: release(order, "zhou")) == "order_does_not_wait"
    later = {"at": AT + DAY}
    release(order, "zhou", until_on=TODAY + DAY, **later)
    assert (state(order), last(order).until_on) == ("released", TODAY + DAY)
    # Asked anew without anybody's word it is decided like any other.
    check_order(order_id=order, actor="chen", at=AT + 2 * DAY)
    assert state(order) == "held"
    assert check_ledger() == []


def test_a_change_after_the_release_has_ended_is_asked_about(staffed: Trade) -> None:
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    release(order, "li", until_on=TODAY)
    change(order, 99_00, at=AT + DAY)
    assert state(order) == "held"


def test_under_another_contract_an_order_is_another(staffed: Trade) -> None:
    """What was paid ahead nets its own contract alone: released for it, an order does not go on under another."""
    rules(ENFORCE)
    limited(staffed, 0)
    staffed.post("advance", 500_00, contract_number="HT-1")
    order = staffed.order("SO-1", 500_00, contract_number="HT-1")
    assert (state(order), parts(staffed)[""]) == ("released", 0)
    known = order_versions(order)[-1]
    moved = Order(known.order.ordered_on, "CNY", known.order.lines, "HT-2")
    change_order(order_id=order, version=known.number, order=moved, actor="sun", at=AT)
    assert (state(order), parts(staffed)[""]) == ("held", 0)


def test_a_higher_limit_of_a_group_lets_what_waits_go_on(staffed: Trade, room: Any) -> None:
    staffed.grouped()
    rules(ENFORCE)
    limited(staffed, 1_000_00)
    limited(staffed, 500_00, group="LUHE")
    order = staffed.order("SO-1", 600_00)
    assert state(order) == "held"
    room()
    limited(staffed, 2_000_00, group="LUHE")
    room()
    assert state(order) == "released"


def test_a_limit_that_begins_lets_what_waits_go_on_by_its_day(staffed: Trade, room: Any) -> None:
    """No event tells that a day has come."""
    rules(ENFORCE)
    order = staffed.order("SO-1", 100_00)
    limited(staffed, 1_000_00, wish={"from_on": TODAY + DAY})
    room()
    assert ask_waiting(at=AT) == {"asked": 1, "released": 0}
    assert ask_waiting(at=AT + DAY) == {"asked": 1, "released": 1}
    assert (state(order), last(order).actor) == ("released", "system")
    assert ask_waiting(at=AT + DAY) == {"asked": 0, "released": 0}


def test_money_that_came_with_an_import_lets_what_waits_go_on(staffed: Trade) -> None:
    """An import speaks for its company, not for a customer."""
    rules(ENFORCE)
    limited(staffed, 500_00)
    staffed.post("invoice", 500_00, TODAY.isoformat())
    order, other = staffed.order("SO-1", 100_00), staffed.order("SO-2", 100_00, customer=staffed.south)
    assert (state(order), state(other)) == ("held", "held")
    staffed.post("receipt", 500_00, TODAY.isoformat())
    announce("connectors.imported", at=AT, company_id=staffed.company.pk, payload={"kind": "receipts"})
    imported = announced_of(Event.objects.latest("id"))
    assert imported.kind in MAKING_ROOM
    make_room(imported, at=AT)
    assert (state(order), state(other)) == ("released", "held")
