"""What each piece takes: once, never more than is exposed there; TESTS 82 as a law."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from huikuan.record.cover.domain.allocation import Exposed, Piece, Use, allocate, covered, mutual, up_to
from huikuan.record.cover.domain.pieces import WHOLE, Whose

#: 1 and 2 stand in LU below LUHE, 3 in LUHE itself, 4 in none.
GROUPS = {1: ("LU", "LUHE"), 2: ("LU", "LUHE"), 3: ("LUHE",)}
NODES = {"1": {1}, "2": {2}, "3": {3}, "4": {4}, "LU": {1, 2}, "LUHE": {1, 2, 3}}


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
    assert [at(node, pieces, out) for node in ("1", "2", "3", "LU", "LUHE")] == [70, 0, 0, 120, 220]


def test_a_piece_of_a_group_counts_once_there_and_is_shared_by_order_of_its_members() -> None:
    pieces, out = [piece(1, Whose(group="LU"), 150)], exposed(100, 100, 100)
    assert allocate(pieces, out, GROUPS) == (Use(1, 1, 100), Use(1, 2, 50))
    assert [at(node, pieces, out) for node in ("1", "2", "LU", "LUHE")] == [0, 0, 150, 150]


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
    for one in pieces:
        assert sum(use.amount for use in uses if use.number == one.number) <= one.worth
    for there in out:
        assert sum(use.amount for use in uses if use.customer_id == there.customer_id) <= max(0, there.amount)
    for use in uses:
        stated = next(one for one in pieces if one.number == use.number)
        assert use.customer_id not in stated.providers
        assert stated.whose.customer_id in (None, use.customer_id)
        assert stated.whose.group in ("", *GROUPS.get(use.customer_id, ()))
    assert allocate(list(reversed(pieces)), list(reversed(out)), GROUPS) == uses


@given(PIECES, OUT)
def test_a_node_is_covered_by_its_own_pieces_and_what_covers_those_below(
    pieces: list[Piece], out: list[Exposed]
) -> None:
    whole = allocate(pieces, out, GROUPS)
    groups = {one.number: one.whose.group for one in pieces}

    def taken(group: str) -> int:
        return sum(use.amount for use in whole if groups[use.number] == group)

    own = {node: at(node, pieces, out) for node in NODES}
    assert own["LU"] == own["1"] + own["2"] + taken("LU")
    assert own["LUHE"] == own["LU"] + own["3"] + taken("LUHE")
    for node, members in NODES.items():
        below = {group for group, inside in NODES.items() if group.startswith("LU") and inside <= members}
        eligible = [p.worth for p in pieces if p.whose.customer_id in members or p.whose.group in below]
        assert own[node] <= sum(eligible)


@given(PIECES, OUT, MONEY)
def test_what_one_member_takes_more_leaves_the_others_as_they_are(
    pieces: list[Piece], out: list[Exposed], more: int
) -> None:
    """An order of one never lessens the room of another."""
    grown = [Exposed(1, out[0].amount + more, out[0].under), *out[1:]]
    for node in ("2", "3", "4"):
        assert at(node, pieces, grown) == at(node, pieces, out)


@given(PIECES, OUT)
def test_all_that_can_be_covered_is(pieces: list[Piece], out: list[Exposed]) -> None:
    """Beside a reckoning from the bottom up that allocates nothing."""
    plain = [Piece(one.number, one.whose, "guarantee", one.worth) for one in pieces]
    own = {one.customer_id: _covered(one, plain) for one in out}
    left = {one.customer_id: max(0, one.amount) for one in out}
    lu = min(own[1] + own[2] + _worth(plain, Whose(group="LU")), left[1] + left[2])
    luhe = min(lu + own[3] + _worth(plain, Whose(group="LUHE")), left[1] + left[2] + left[3])
    assert [at(node, plain, out) for node in NODES] == [own[1], own[2], own[3], own[4], lu, luhe]


def at(node: str, pieces: Sequence[Piece], out: Sequence[Exposed]) -> int:
    """What covers a node."""
    theirs = [one for one in out if one.customer_id in NODES[node]]
    return covered(pieces, theirs, GROUPS, node if node.startswith("LU") else "")


def _covered(one: Exposed, pieces: Sequence[Piece]) -> int:
    """What its own pieces and those of its contracts cover of a customer."""
    contracts = sum(
        min(_worth(pieces, Whose(one.customer_id, number)), max(0, part)) for number, part in one.under.items()
    )
    return min(contracts + _worth(pieces, Whose(one.customer_id)), max(0, one.amount))


def _worth(pieces: Sequence[Piece], whose: Whose) -> int:
    return sum(one.worth for one in pieces if one.whose == whose)


def test_groups_are_looked_at_as_far_as_the_node() -> None:
    assert up_to("LU", GROUPS) == {1: ("LU",), 2: ("LU",)}
    assert up_to("LUHE", GROUPS) == GROUPS
    assert up_to("", GROUPS) == {}


def test_guarantees_in_a_circle_are_found() -> None:
    assert mutual([(1, 10, 20), (2, 20, 10)]) == {1, 2}
    assert mutual([(1, 10, 20), (2, 20, 30), (3, 30, 10), (4, 40, 10)]) == {1, 2, 3}
    assert mutual([(1, 10, 20), (2, 20, 30)]) == frozenset()
