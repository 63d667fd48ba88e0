"""What each piece takes: once, never more than is exposed there; TESTS 82 as a law."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.cover.domain.allocation import Exposed, Piece, Use, allocate, mutual, of_node
from huikuan.record.cover.domain.pieces import WHOLE, Whose

#: 1 and 2 stand in LU below LUHE, 3 in LUHE itself, 4 in none.
GROUPS = {1: ("LU", "LUHE"), 2: ("LU", "LUHE"), 3: ("LUHE",)}
NODES = {"1": {1}, "2": {2}, "3": {3}, "4": {4}, "LU": {1, 2}, "LUHE": {1, 2, 3}, "all": {1, 2, 3, 4}}


def exposed(*amounts: int, **under: int) -> list[Exposed]:
    """Customers 1, 2, …; what stands under contracts (c1, c2 …) is the first one's."""
    return [Exposed(n, amount, under if n == 1 else {}) for n, amount in enumerate(amounts, start=1)]


def piece(number: int, whose: Whose, worth: int, kind: str = "guarantee", **said: object) -> Piece:
    return Piece(number, whose, kind, worth, **said)  # type: ignore[arg-type]


def test_a_contract_comes_first_then_the_customer_then_its_groups() -> None:
    pieces = [
        piece(1, Whose(group="LUHE"), 1_000),
        piece(2, Whose(group="LU"), 50),
        piece(3, Whose(1), 40),
        piece(4, Whose(1, "c1"), 80),
    ]
    # 100 out, 30 of it under c1: 30 by the contract's, 40 by the customer's, 30 by the nearest group's.
    assert allocate(pieces, exposed(100, c1=30), GROUPS) == (Use(4, 1, 30), Use(3, 1, 40), Use(2, 1, 30))


def test_the_worked_example_of_the_algorithm_page() -> None:
    pieces = [
        piece(1, Whose(1, "HT-1"), 80),
        piece(2, Whose(1), 40),
        piece(3, Whose(group="LU"), 50),
        piece(4, Whose(group="LUHE"), 100),
    ]
    out = [Exposed(1, 100, {"HT-1": 30}), Exposed(2, 100, {}), Exposed(3, 60, {})]
    uses = allocate(pieces, out, GROUPS)
    assert uses == (Use(1, 1, 30), Use(2, 1, 40), Use(3, 1, 30), Use(3, 2, 20), Use(4, 2, 80), Use(4, 3, 20))
    assert [of_node(uses, NODES[node]) for node in ("1", "2", "3", "LU", "LUHE")] == [100, 100, 20, 200, 220]


def test_a_piece_of_a_group_counts_once_there_and_is_shared_by_order_of_its_members() -> None:
    uses = allocate([piece(1, Whose(group="LU"), 150)], exposed(100, 100, 100), GROUPS)
    assert uses == (Use(1, 1, 100), Use(1, 2, 50))
    assert [of_node(uses, NODES[node]) for node in ("1", "2", "LU", "LUHE")] == [100, 50, 150, 150]


def test_a_guarantor_does_not_cover_itself_in_its_group() -> None:
    uses = allocate([piece(1, Whose(group="LU"), 500, providers=frozenset({1}))], exposed(100, 100), GROUPS)
    assert uses == (Use(1, 2, 100),)


def test_an_insurer_pays_its_part_of_what_others_leave() -> None:
    insured = piece(1, Whose(1), 200, "insurance", insured_e4=9_000)
    assert allocate([insured], exposed(100), {}) == (Use(1, 1, 90),)
    assert allocate([insured], exposed(1_000), {}) == (Use(1, 1, 180),)
    both = allocate([insured, piece(2, Whose(1), 50)], exposed(100), {})
    assert both == (Use(2, 1, 50), Use(1, 1, 45))


def test_nothing_covers_where_nothing_is_out() -> None:
    assert allocate([piece(1, Whose(1), 10), piece(2, Whose(9), 10)], exposed(-50, 20), GROUPS) == ()


WHOSE = st.sampled_from(
    [Whose(1), Whose(2), Whose(4), Whose(9), Whose(1, "c1"), Whose(1, "c2"), Whose(group="LU"), Whose(group="LUHE")]
)
MONEY = st.integers(0, 300)
PIECES = st.lists(
    st.builds(
        lambda whose, worth, kind, share, by: (whose, worth, kind, share if kind == "insurance" else WHOLE, by),
        WHOSE, MONEY, st.sampled_from(["guarantee", "insurance"]), st.integers(1, WHOLE),
        st.sampled_from([(), (1,), (2, 3)]),
    ), max_size=8,
).map(lambda said: [Piece(n, w, k, v, s, frozenset(p)) for n, (w, v, k, s, p) in enumerate(said)])  # fmt: skip
OUT = st.tuples(*[st.integers(-50, 300)] * 4, MONEY, MONEY).map(lambda n: exposed(*n[:4], c1=n[4], c2=n[5]))


@given(PIECES, OUT)
def test_cover_counts_once_at_every_node(pieces: list[Piece], out: list[Exposed]) -> None:
    uses = allocate(pieces, out, GROUPS)
    amount = {one.customer_id: one.amount for one in out}
    worth = {one.number: one.worth for one in pieces}
    for number, most in worth.items():
        assert sum(use.amount for use in uses if use.number == number) <= most
    for customer, there in amount.items():
        assert of_node(uses, {customer}) <= max(0, there)
    for members in NODES.values():
        assert of_node(uses, members) == sum(of_node(uses, {one}) for one in members)
        assert of_node(uses, members) <= sum(_eligible(pieces, members))
    for use in uses:
        stated = next(one for one in pieces if one.number == use.number)
        assert use.customer_id not in stated.providers
        assert stated.whose.customer_id in (None, use.customer_id)
        assert stated.whose.group in ("", *GROUPS.get(use.customer_id, ()))
    assert allocate(list(reversed(pieces)), list(reversed(out)), GROUPS) == uses


@given(PIECES, OUT)
def test_all_that_can_be_covered_is(pieces: list[Piece], out: list[Exposed]) -> None:
    """Beside a reckoning from the bottom up that allocates nothing."""
    plain = [Piece(one.number, one.whose, "guarantee", one.worth) for one in pieces]
    uses = allocate(plain, out, GROUPS)
    own = {one.customer_id: _covered(one, plain) for one in out}
    left = {one.customer_id: max(0, one.amount) for one in out}
    lu = min(own[1] + own[2] + _worth(plain, Whose(group="LU")), left[1] + left[2])
    luhe = min(lu + own[3] + _worth(plain, Whose(group="LUHE")), left[1] + left[2] + left[3])
    assert of_node(uses, NODES["all"]) == luhe + own[4]


def _covered(one: Exposed, pieces: Sequence[Piece]) -> int:
    """What its own pieces and those of its contracts cover of a customer."""
    contracts = sum(
        min(_worth(pieces, Whose(one.customer_id, number)), max(0, part)) for number, part in one.under.items()
    )
    return min(contracts + _worth(pieces, Whose(one.customer_id)), max(0, one.amount))


def _worth(pieces: Sequence[Piece], whose: Whose) -> int:
    return sum(one.worth for one in pieces if one.whose == whose)


def _eligible(pieces: Sequence[Piece], members: set[int]) -> list[int]:
    groups = {code for one in members for code in GROUPS.get(one, ())}
    return [one.worth for one in pieces if one.whose.customer_id in members or one.whose.group in groups]


def test_guarantees_in_a_circle_are_found() -> None:
    assert mutual([(1, 10, 20), (2, 20, 10)]) == {1, 2}
    assert mutual([(1, 10, 20), (2, 20, 30), (3, 30, 10), (4, 40, 10)]) == {1, 2, 3}
    assert mutual([(1, 10, 20), (2, 20, 30)]) == frozenset()
