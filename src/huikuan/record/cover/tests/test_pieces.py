"""What a piece says, what is refused, and who makes it count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.queries.requests import request_record, stand_of_request
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Part, Scope
from huikuan.record.cover.domain.pieces import (
    Terms,
    Whose,
    adds,
    document_of,
    identity,
    percent_text,
    share_of,
    state_on,
    terms_from,
)
from huikuan.record.cover.models import PieceVersion
from huikuan.record.cover.operations.pieces import release_cover, revalue_cover
from huikuan.record.cover.queries.pieces import cover_of, piece, versions
from huikuan.record.cover.tests.conftest import AT, PAPER, TODAY, WHO, Cast, person
from huikuan.record.customers.operations import affiliate, merge_customers

TERMS = Terms("guarantee", "麓合控股", "保字001", "CNY", 500_000_01, TODAY, date(2026, 12, 31), 8_000)
LATER = AT + timedelta(days=10)


def refused(code: str, work: Any, *args: Any, **said: Any) -> Refusal:
    before = PieceVersion.objects.count(), ApprovalRequest.objects.count()
    with pytest.raises(Refusal) as found:
        work(*args, **said)
    assert found.value.code == code
    assert (PieceVersion.objects.count(), ApprovalRequest.objects.count()) == before
    return found.value


def test_what_counts_of_an_amount_is_rounded_down() -> None:
    assert TERMS.worth == 400_000_00  # 500,000.01 × 80 % = 400,000.008


@pytest.mark.parametrize(("text", "share"), [("80", 8_000), ("92.5%", 9_250), ("100", 10_000), ("0.01 ％", 1)])
def test_shares_are_read_as_typed(text: str, share: int) -> None:
    assert share_of(text) == share
    assert share_of(percent_text(share)) == share


@pytest.mark.parametrize("text", ["", "0", "-5", "100.01", "80.001", "viel", "NaN"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="cover_share_bad"):
        share_of(text)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-03-01", "ahead"),
        ("2026-03-02", "standing"),
        ("2026-11-30", "standing"),
        ("2026-12-01", "expiring"),
        ("2026-12-31", "expiring"),
        ("2027-01-01", "ended"),
    ],
)
def test_a_piece_counts_from_its_first_day_to_its_last(day: str, state: str) -> None:
    assert state_on(TERMS, date.fromisoformat(day)) == state
    assert state_on(TERMS, date.fromisoformat(day), released=True) == "released"


def test_the_document_says_all_of_it() -> None:
    for terms in (
        TERMS,
        replace(TERMS, valid_until=None, kind="insurance", insured_e4=9_000, provider_id=7, note="x"),
    ):
        assert terms_from(document_of(terms)) == terms


def test_one_paper_is_one_piece_whoever_it_is_recorded_for() -> None:
    other = replace(TERMS, provider="麓合控股 ", reference="保字００１", amount=1)
    assert identity(Whose(1), TERMS) == identity(Whose(group="LU"), other)
    policy = replace(TERMS, kind="insurance")
    assert identity(Whose(1), policy) != identity(Whose(2), policy)


def test_what_adds_is_more_or_longer() -> None:
    for more in (
        {"amount": 600_000_00},
        {"eligible_e4": 9_000},
        {"valid_until": None},
        {"valid_until": date(2027, 1, 1)},
    ):
        assert adds(TERMS, replace(TERMS, **more))
    for less in ({"amount": 1}, {"eligible_e4": 1}, {"valid_until": date(2026, 5, 1)}, {"note": "重估"}):
        assert not adds(TERMS, replace(TERMS, **less))
    # Less of a larger amount is no more.
    assert not adds(TERMS, replace(TERMS, amount=1_000_000_00, eligible_e4=4_000))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("cover_kind_unknown", {"kind": "promise"}),
        ("cover_field_missing", {"provider": " "}),
        ("cover_field_missing", {"reference": ""}),
        ("cover_field_too_long", {"reference": "x" * 61}),
        ("cover_amount_bad", {"amount": 0}),
        ("cover_share_bad", {"eligible_e4": 10_001}),
        ("cover_insured_bad", {"insured_e4": 9_000}),
        ("cover_ends_early", {"valid_until": TODAY - timedelta(days=1)}),
        ("cover_over_already", {"valid_from": date(2025, 1, 1), "valid_until": date(2025, 12, 31)}),
        ("cover_of_nobody", {"whose": Whose()}),
        ("cover_of_nobody", {"whose": Whose(group="LU", contract_number="HT-1")}),
        ("group_unknown", {"whose": Whose(group="NONE")}),
        ("cover_without_rate", {"currency": "EUR"}),
    ],
)
def test_a_piece_that_says_nothing_sensible_is_refused(cast: Cast, code: str, said: dict[str, Any]) -> None:
    refused(code, cast.propose, **said)


def test_a_guarantor_stands_for_others_only(cast: Cast) -> None:
    refused("cover_of_itself", cast.propose, provider_id=cast.north)
    number = cast.stands(provider_id=cast.south, provider="whatever")
    assert piece(number, scope=EVERYTHING, day=TODAY).terms.provider == "南麓矿山机械"


def test_a_contract_is_the_customers_own(cast: Cast) -> None:
    cast.contract("HT-1", cast.south)
    refused("contract_number_unknown", cast.propose, Whose(cast.north, "HT-1"))
    refused("contract_number_unknown", cast.propose, Whose(cast.north, "HT-9"))
    number = cast.stands(Whose(cast.south, "HT-1"))
    assert piece(number, scope=EVERYTHING, day=TODAY).whose == Whose(cast.south, "HT-1")


def test_nothing_counts_until_another_approves_it(cast: Cast) -> None:
    request = cast.propose()
    assert cover_of(cast.company.pk, [cast.north], TODAY) == []
    with pytest.raises(Refusal):
        cast.approve(request, actor=cast.analyst)
    assert PieceVersion.objects.count() == 0
    cast.approve(request)
    (counting,) = cover_of(cast.company.pk, [cast.north], TODAY)
    assert counting.worth == 500_000_00
    row = piece(request, scope=EVERYTHING, day=TODAY)
    assert (row.number, row.version, row.terms.amount, row.actor, row.approved_by) == (
        request, 1, 500_000_00, "analyst", "manager"
    )  # fmt: skip
    assert row.sha256
    assert Event.objects.filter(kind="cover.recorded", customer_id=cast.north).count() == 1
    assert cover_of(cast.company.pk, [cast.south], TODAY) == []
    assert cover_of(cast.company.pk + 1, [cast.north], TODAY) == []


def test_without_its_paper_a_piece_takes_more_authority(cast: Cast) -> None:
    with_paper = request_record(cast.propose(amount=100_000_00))
    without = request_record(cast.propose(amount=100_000_00, reference="保字002", paper=None))
    assert len(with_paper.route[0]) == len(without.route[0]) + 1
    assert without.off_policy


def test_a_paper_covers_once(cast: Cast) -> None:
    first = cast.propose()
    refused("request_waits_already", cast.propose)
    cast.approve(first)
    refused("cover_known", cast.propose, Whose(cast.south), amount=1_00)
    release_cover(number=first, version=1, reason="已解除", actor=cast.analyst, at=AT)
    cast.stands(Whose(cast.south))


def test_a_piece_counts_from_its_approval_on_not_before(cast: Cast) -> None:
    request = cast.propose(valid_from=date(2026, 1, 1))
    cast.approve(request, at=LATER)
    assert cover_of(cast.company.pk, [cast.north], date(2026, 3, 11)) == []
    assert len(cover_of(cast.company.pk, [cast.north], date(2026, 3, 12))) == 1


def test_what_ended_or_has_not_begun_covers_nothing(cast: Cast) -> None:
    cast.stands(valid_from=date(2026, 4, 1), valid_until=date(2026, 6, 30))
    counted = [len(cover_of(cast.company.pk, [cast.north], day)) for day in (
        date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)
    )]  # fmt: skip
    assert counted == [0, 1, 1, 0]


def test_less_holds_at_once_and_more_is_asked_for(cast: Cast) -> None:
    number = cast.stands()
    more = revalue_cover(number=number, version=1, changes={"amount": 900_000_00}, actor=cast.analyst, at=AT)
    assert more
    assert piece(number, scope=EVERYTHING, day=TODAY).version == 1
    assert (
        revalue_cover(number=number, version=1, changes={"amount": 300_000_00}, actor=cast.analyst, at=LATER) is None
    )
    # What was asked for was drawn up on what stands no more.
    assert stand_of_request(request_record(more)).state == "void"
    again = revalue_cover(
        number=number, version=2, changes={"eligible_e4": 9_000, "amount": 900_000_00}, actor=cast.analyst, at=LATER
    )
    assert again
    cast.approve(again, at=LATER)
    told = [(row.version, row.terms.amount, row.terms.eligible_e4) for row in versions(number, date(2026, 3, 12))]
    assert told == [(3, 900_000_00, 9_000), (2, 300_000_00, 10_000), (1, 500_000_00, 10_000)]
    (then,) = cover_of(cast.company.pk, [cast.north], TODAY)
    assert then.worth == 500_000_00


def test_two_who_change_a_piece_do_not_overwrite_each_other(cast: Cast) -> None:
    number = cast.stands()
    revalue_cover(number=number, version=1, changes={"note": "重估"}, actor=cast.analyst, at=AT)
    refused(
        "cover_changed_since",
        revalue_cover,
        number=number,
        version=1,
        changes={"amount": 1_00},
        actor=cast.analyst,
        at=AT,
    )
    refused("cover_changed_since", release_cover, number=number, version=1, reason="x", actor=cast.analyst, at=AT)
    refused(
        "cover_unchanged", revalue_cover, number=number, version=2, changes={"note": "重估"}, actor=cast.analyst, at=AT
    )


def test_a_released_piece_covers_no_more_and_stays_readable(cast: Cast) -> None:
    number = cast.stands()
    refused("cover_reason_missing", release_cover, number=number, version=1, reason=" ", actor=cast.analyst, at=AT)
    release_cover(number=number, version=1, reason="已解除", actor=cast.analyst, at=LATER)
    assert len(cover_of(cast.company.pk, [cast.north], date(2026, 3, 11))) == 1
    assert cover_of(cast.company.pk, [cast.north], date(2026, 3, 12)) == []
    row = piece(number, scope=EVERYTHING, day=date(2026, 3, 12))
    assert (row.state, row.terms.note, row.sha256) == ("released", "已解除", versions(number, TODAY)[-1].sha256)
    refused(
        "cover_released_already", release_cover, number=number, version=2, reason="x", actor=cast.analyst, at=LATER
    )


@pytest.mark.django_db(transaction=True)
def test_as_known_then_it_counts_as_was_known(cast: Cast) -> None:
    number = cast.stands()
    first = PieceVersion.objects.get(number=number)
    release_cover(number=number, version=1, reason="已解除", actor=cast.analyst, at=AT)
    second = PieceVersion.objects.get(number=number, version=2)
    assert cover_of(cast.company.pk, [cast.north], TODAY) == []
    assert len(cover_of(cast.company.pk, [cast.north], TODAY, second.tx)) == 1
    assert cover_of(cast.company.pk, [cast.north], TODAY, first.tx) == []


def test_nobody_writes_out_of_their_reach(cast: Cast) -> None:
    number = cast.stands()
    refused(
        "not_permitted",
        revalue_cover,
        number=number,
        version=1,
        changes={"amount": 1_00},
        actor=person("seller", "sales"),
        at=AT,
    )
    affiliate(customer_id=cast.north, dimension="owner", value="韩越", effective_on=date(2020, 1, 1), **WHO)
    own = Scope((Part(None, frozenset({"韩越"})),), TODAY)
    assert piece(number, scope=own, day=TODAY).number == number
    group = cast.stands(Whose(group="LU"), reference="保字009")
    with pytest.raises(Refusal, match="cover_unknown"):
        piece(group, scope=own, day=TODAY)
    affiliate(customer_id=cast.south, dimension="owner", value="韩越", effective_on=date(2020, 1, 1), **WHO)
    assert piece(group, scope=own, day=TODAY).number == group


def test_the_paper_is_kept_with_the_piece(cast: Cast) -> None:
    number = cast.stands()
    sha256 = PieceVersion.objects.get(number=number).sha256
    revalue_cover(number=number, version=1, changes={"amount": 1_00}, actor=cast.analyst, at=AT)
    assert {row.sha256 for row in versions(number, TODAY)} == {sha256}
    assert PAPER.name == versions(number, TODAY)[0].file_name


def test_what_is_recorded_for_one_counts_for_whom_it_is_merged_into(cast: Cast) -> None:
    merge_customers(from_id=cast.apart, into_id=cast.south, reason="同一家", **WHO)
    number = cast.stands(Whose(cast.apart))
    assert piece(number, scope=EVERYTHING, day=TODAY).whose.customer_id == cast.south
    refused("cover_of_itself", cast.propose, Whose(cast.south), provider_id=cast.apart, reference="保字003")
