"""In which order money pays what a customer owes, where nothing else was agreed.

Sources: Civil Code of the PRC, article 561 (costs of collecting, then interest, then principal) and article 560 (among
several debts: the one the debtor designated; what is due; what is least secured; what burdens the debtor most; what
fell due first; in proportion).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from huikuan.kernel.money import share


class Order(StrEnum):
    """By what a payment went to just these claims: by law, as the payer designated, or as somebody decided, who says
    why."""

    LAW = "law"
    DESIGNATED = "designated"
    DECIDED = "decided"


#: What is paid before what of one debt (article 561): kinds of item; every other kind is principal.
COSTS, INTEREST, PRINCIPAL = range(3)
_CLASSES = {"fee": COSTS, "interest": INTEREST}


@dataclass(frozen=True, slots=True)
class Debt:
    """A claim as the law orders it.

    `open_amount` > 0 in minor units. `due_date` None: it awaits an event, and is not due. `debt`: what it shares with
    its interest and its costs ('' with nothing). `secured_e4`: the share of it that is secured, × 10^4. `burden_e8`:
    what lateness costs the debtor for a day, a share × 10^8.
    """

    item_id: int
    kind: str
    open_amount: int
    due_date: date | None
    debt: str = ""
    secured_e4: int = 0
    burden_e8: int = 0

    @property
    def part_of_debt(self) -> int:
        """Costs, interest or principal."""
        return _CLASSES.get(self.kind, PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Share:
    """So much of the money for one claim."""

    item_id: int
    amount: int


def in_order(
    debts: Iterable[Debt], amount: int, *, today: date, designated: Sequence[int] = ()
) -> tuple[list[Share], int]:
    """What `amount` (≥ 0) pays of each claim, and what is left over once all are paid.

    `designated`: the claims the debtor named, in its order; with each go its own costs and interest, before it. Claims
    the law does not tell apart share in proportion, to the cent, the one posted first taking what is rounded.
    """
    shares: list[Share] = []
    for equal in _ranked(list(debts), today, designated):
        if not amount:
            break
        paid = min(amount, sum(one.open_amount for one in equal))
        amount -= paid
        parts = share(paid, [one.open_amount for one in equal])
        shares += [Share(one.item_id, part) for one, part in zip(equal, parts, strict=True) if part]
    return shares, amount


def follows_law(debts: Iterable[Debt], parts: Iterable[Share], *, today: date) -> bool:
    """Whether just these parts are what the law gives for their sum."""
    given = {part.item_id: part.amount for part in parts}
    lawful, left = in_order(debts, sum(given.values()), today=today)
    return not left and given == {part.item_id: part.amount for part in lawful}


def _ranked(debts: list[Debt], today: date, designated: Sequence[int]) -> list[list[Debt]]:
    """The claims in order, those that rank alike together."""
    places = _places(debts, designated)

    def rank(one: Debt) -> tuple[int, ...]:
        place = places.get(one.item_id, len(places))
        return place, one.part_of_debt, *_among_debts(one, today)

    ordered = sorted(debts, key=lambda one: (rank(one), one.item_id))
    return [list(equal) for _, equal in groupby(ordered, key=rank)]


def _places(debts: Iterable[Debt], designated: Sequence[int]) -> dict[int, int]:
    """Item → its place among what was designated, with the costs and the interest of what was named."""
    known = {one.item_id: one for one in debts}
    named = [known[item_id] for item_id in dict.fromkeys(designated) if item_id in known]
    places: dict[int, int] = {}
    for place, one in enumerate(named):
        places.setdefault(one.item_id, place)
        for other in known.values():
            if one.debt and other.debt == one.debt and other.part_of_debt < one.part_of_debt:
                places.setdefault(other.item_id, place)
    return places


def _among_debts(one: Debt, today: date) -> tuple[int, ...]:
    """Article 560: due before not due; least secured; most burdensome; earliest due, what awaits an event last."""
    is_due = one.due_date is not None and one.due_date <= today
    falls = one.due_date.toordinal() if one.due_date else date.max.toordinal()
    return (0, one.secured_e4, -one.burden_e8, falls) if is_due else (1, 0, 0, falls)
