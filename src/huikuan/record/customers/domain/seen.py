"""A reader's scope with its owners' customers looked up: what every query narrows its rows by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of these companies (None: of every one) and of these customers (None: of every one)."""

    companies: frozenset[int] | None
    customers: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The rows that some piece holds; of no piece, none."""

    pieces: tuple[Piece, ...]

    @property
    def everything(self) -> bool:
        return Piece(None, None) in self.pieces

    @property
    def customers(self) -> frozenset[int] | None:
        """The customers seen in the register, which companies share; None: every one."""
        whole: frozenset[int] = frozenset()
        for piece in self.pieces:
            if piece.customers is None:
                return None
            whole |= piece.customers
        return whole

    def has_customer(self, customer_id: int) -> bool:
        known = self.customers
        return known is None or customer_id in known

    def has(self, company_id: int, customer_id: int) -> bool:
        """Whether a row of this company and customer is seen."""
        return any(
            (piece.companies is None or company_id in piece.companies)
            and (piece.customers is None or customer_id in piece.customers)
            for piece in self.pieces
        )

    def among(self, customer_ids: Iterable[int]) -> Seen:
        """What is seen of these customers alone."""
        ids = frozenset(customer_ids)
        return Seen(
            tuple(
                Piece(piece.companies, ids if piece.customers is None else ids & piece.customers)
                for piece in self.pieces
            )
        )

    def sql(self, *, company: str = "company_id", customer: str = "customer_id") -> str:
        """The same as a condition over two columns, the same text for every engine: numbers need no quoting."""
        if self.everything:
            return "1 = 1"
        pieces = [_among(company, piece.companies, customer, piece.customers) for piece in self.pieces]
        return f"({' OR '.join(pieces)})" if pieces else "1 = 0"


EVERYTHING_SEEN = Seen((Piece(None, None),))


def _among(company: str, companies: Iterable[int] | None, customer: str, customers: Iterable[int] | None) -> str:
    sides = [_in(column, ids) for column, ids in ((company, companies), (customer, customers)) if ids is not None]
    return f"({' AND '.join(sides)})" if sides else "1 = 1"


def _in(column: str, ids: Iterable[int]) -> str:
    listed = ", ".join(str(int(number)) for number in sorted(ids))
    return f"{column} IN ({listed})" if listed else "1 = 0"
