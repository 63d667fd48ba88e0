"""Cover lessens exposure once, at its node and above, and no limit contains it (case 82)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.domain.exposure import CLAIMS, COVER
from huikuan.judge.credit.operations.orders import MAKING_ROOM, make_room
from huikuan.judge.credit.queries.exposure import exposure_as_of, exposure_now, nodes_of
from huikuan.judge.credit.queries.judging import judge_amount
from huikuan.judge.credit.queries.limits import limits_on
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import limited, rules, staffed, state
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.store.transactions import horizon
from huikuan.record.contracts.domain.terms import Terms as ContractTerms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.cover.domain.pieces import Terms, Whose
from huikuan.record.cover.operations.pieces import propose_cover, release_cover, revalue_cover
from huikuan.record.customers.operations import merge_customers
from huikuan.record.receivables.operations.rates import record_rate

__all__ = ["staffed"]


def covered(trade: Trade, amount: int, whose: Whose | None = None, **said: Any) -> int:
    """A piece proposed by the analyst and approved by management; answers its number."""
    given: dict[str, Any] = {
        "kind": "guarantee", "provider": "麓合控股", "reference": f"保字{amount}", "currency": "CNY", "amount": amount,
        "valid_from": date(2026, 1, 1), **said,
    }  # fmt: skip
    number = propose_cover(
        company=trade.company, whose=whose or Whose(trade.north), terms=Terms(**given), actor="chen", at=AT
    )
    approve_request(request_id=number, digest=request_record(number).digest, actor="zhou", at=AT)
    return number


def totals(trade: Trade, customer: int | None = None) -> dict[str, int]:
    """Node → its exposure live, which is also what is recomputed."""
    found = {}
    for node in nodes_of(customer or trade.north, TODAY):
        live = exposure_now(trade.company, node, currency="CNY", day=TODAY).exposure
        assert live == exposure_as_of(trade.company, node, currency="CNY", day=TODAY).exposure
        found[node.group] = live.total
    return found


def test_cover_lessens_exposure_and_no_limit_contains_it(staffed: Trade) -> None:
    limited(staffed, 800_00)
    before = limits_on(staffed.company, nodes_of(staffed.north, TODAY), TODAY)
    staffed.post("invoice", 1_000_00)
    covered(staffed, 500_00, eligible_e4=8_000)
    assert parts(staffed) == {CLAIMS: 1_000_00, COVER: -400_00, "": 600_00}
    assert limits_on(staffed.company, nodes_of(staffed.north, TODAY), TODAY) == before


def test_it_covers_what_is_out_and_no_more(staffed: Trade) -> None:
    staffed.post("invoice", 300_00)
    staffed.post("receipt", 100_00)
    covered(staffed, 500_00)
    assert parts(staffed)[COVER] == -200_00
    staffed.post("receipt", 900_00)
    assert COVER not in parts(staffed)


def test_a_piece_for_a_contract_covers_what_stands_under_it(staffed: Trade) -> None:
    create_contract(
        company=staffed.company, customer_id=staffed.north, number="HT-1",
        terms=ContractTerms(name="主轴采购", currency="CNY", signed_on=TODAY), **WHO,
    )  # fmt: skip
    staffed.post("invoice", 100_00, contract_number="HT-1")
    staffed.post("advance", 30_00, contract_number="HT-1")
    staffed.post("invoice", 900_00, contract_number="HT-2")
    covered(staffed, 500_00, Whose(staffed.north, "HT-1"))
    assert parts(staffed)[COVER] == -70_00


def test_each_node_is_covered_by_its_own_pieces_and_those_below(staffed: Trade) -> None:
    staffed.grouped()
    for customer, amount in ((staffed.north, 100_00), (staffed.south, 60_00)):
        staffed.post("invoice", amount, customer=customer)
    covered(staffed, 40_00)
    covered(staffed, 70_00, Whose(group="LU"))
    assert totals(staffed) == {"": 60_00, "LU": 50_00, "LUHE": 50_00}
    assert totals(staffed, staffed.south) == {"": 60_00, "LU": 50_00, "LUHE": 50_00}
    covered(staffed, 90_00, Whose(group="LUHE"))
    assert totals(staffed) == {"": 60_00, "LU": 50_00, "LUHE": 0}


def test_a_guarantor_in_the_group_does_not_cover_itself_nor_is_its_exposure_touched(staffed: Trade) -> None:
    staffed.grouped()
    for customer in (staffed.north, staffed.south):
        staffed.post("invoice", 100_00, customer=customer)
    covered(staffed, 500_00, Whose(group="LU"), provider_id=staffed.south)
    assert totals(staffed) == {"": 100_00, "LU": 100_00, "LUHE": 100_00}
    assert totals(staffed, staffed.south)[""] == 100_00


@pytest.mark.django_db(transaction=True)
def test_on_each_day_what_counts_then_as_known_then(staffed: Trade) -> None:
    staffed.post("invoice", 1_000_00)
    ends = TODAY + timedelta(days=30)
    number = covered(staffed, 500_00, valid_until=ends)
    known = horizon()
    later = AT + timedelta(days=10)
    revalue_cover(number=number, version=1, changes={"amount": 300_00}, actor="chen", at=later)
    (node, *_) = nodes_of(staffed.north, TODAY)

    def on(days: int, known: int | None = None) -> int:
        day = TODAY + timedelta(days=days)
        return exposure_as_of(staffed.company, node, currency="CNY", day=day, known=known).exposure.of(COVER)

    assert [on(days) for days in (-1, 0, 9, 10, 30, 31)] == [0, -500_00, -500_00, -300_00, -300_00, 0]
    assert on(10, known) == -500_00


def test_another_currency_comes_in_at_the_rate_of_the_day_and_without_one_covers_nothing(staffed: Trade) -> None:
    staffed.rate("USD", "2026-01-01", 700_000_000)
    staffed.post("invoice", 1_000_00)
    covered(staffed, 100_00, currency="USD")
    assert parts(staffed)[COVER] == -700_00
    record_rate(currency="CNY", quote_currency="EUR", on_date=TODAY, rate_e8=12_500_000, source="示例", **WHO)
    (node, *_) = nodes_of(staffed.north, TODAY)
    in_euro = exposure_now(staffed.company, node, currency="EUR", day=TODAY).exposure
    assert (in_euro.total, in_euro.of(COVER)) == (125_00, 0)


def test_what_covers_a_merged_customer_covers_the_one_it_is_shown_under(staffed: Trade) -> None:
    staffed.post("invoice", 100_00, customer=staffed.apart)
    covered(staffed, 60_00, Whose(staffed.apart))
    covered(staffed, 30_00, Whose(staffed.north), provider_id=staffed.apart)
    merge_customers(from_id=staffed.apart, into_id=staffed.north, reason="同一家", **WHO)
    # The guarantor has become the debtor: its own word covers nothing.
    assert totals(staffed)[""] == 40_00


def test_an_order_fits_in_by_what_covers_it(staffed: Trade) -> None:
    rules(ENFORCE)
    limited(staffed, 100_00)
    order = staffed.order("SO-1", 150_00)
    assert state(order) == "held"
    number = covered(staffed, 100_00)
    assert {"cover.recorded", "cover.revalued"} <= MAKING_ROOM
    event = Event.objects.get(kind="cover.recorded")
    told = (event.id, event.tx, event.kind, event.company_id, event.customer_id, event.payload, event.recorded_at)
    make_room(Announced(*told), at=AT)
    assert state(order) == "released"
    judged = judge_amount(staffed.company, staffed.north, amount=40_00, currency="CNY", scope=EVERYTHING, at=AT)
    assert judged.own is not None
    assert (judged.own.before, judged.own.after, judged.own.debt) == (50_00, 90_00, 0)
    release_cover(number=number, version=1, reason="已解除", actor="chen", at=AT)
    assert state(order) == "released"  # what went on stays
    assert parts(staffed)[""] == 150_00


def test_one_members_order_takes_no_room_from_another(staffed: Trade) -> None:
    staffed.grouped()
    rules(ENFORCE)
    for customer in (staffed.north, staffed.south):
        limited(staffed, 100_00, customer_id=customer)
    limited(staffed, 100_00, group="LU")
    covered(staffed, 100_00, Whose(group="LU"))
    assert state(staffed.order("SO-1", 70_00, customer=staffed.south)) == "released"
    assert state(staffed.order("SO-2", 70_00)) == "released"
    assert totals(staffed)["LU"] == 40_00
    assert totals(staffed, staffed.south)[""] == 70_00
    assert state(staffed.order("SO-3", 31_00, customer=staffed.south)) == "held"


def test_an_insurer_pays_its_part(staffed: Trade) -> None:
    staffed.post("invoice", 1_000_00)
    covered(staffed, 600_00, kind="insurance", insured_e4=9_000)
    assert parts(staffed)[COVER] == -540_00
