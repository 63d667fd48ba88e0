"""What covers the exposure of a node: the pieces of cover that count on the day, given to what its customers owe."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from huikuan.judge.credit.domain.exposure import Exposure, Line, exposure_of, lessened
from huikuan.kernel.errors import Refusal
from huikuan.record.cover.domain.allocation import Exposed, Piece, covered
from huikuan.record.cover.domain.pieces import Counting
from huikuan.record.cover.queries.pieces import asking_cover
from huikuan.record.customers.queries.families import chains_of
from huikuan.record.customers.queries.merging import merged

#: (minor units, currency) → minor units of the currency asked about; refuses where no rate is known.
Value = Callable[[int, str], int]


@dataclass(frozen=True, slots=True)
class Cover:
    """The pieces in reach of some customers on a day. `shown`: who stands under another; `groups`: of each customer
    the groups it stands in, nearest first."""

    rows: Sequence[Counting] = ()
    shown: Mapping[int, int] = field(default_factory=dict)
    groups: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def net(self, exposure: Exposure, lines: Iterable[Line], value: Value, group: str = "") -> Exposure:
        """The exposure of a customer, or of a `group`, less what covers it; `lines` are those it was made of."""
        if not self.rows:
            return exposure
        out = list(lines)
        under = {row.whose.contract_number for row in self.rows if row.whose.contract_number}
        customers = sorted({line.customer_id for line in out})
        there = [_exposed(one, out, under, exposure.currency, value) for one in customers]
        return lessened(exposure, covered(self._pieces(value), there, self.groups, group))

    def _pieces(self, value: Value) -> list[Piece]:
        return [piece for row in self.rows if (piece := self._piece(row, value)) is not None]

    def _piece(self, row: Counting, value: Value) -> Piece | None:
        """None: there is no rate for its currency, so that it covers nothing anybody could say."""
        whose = row.whose
        try:
            worth = value(row.worth, row.currency)
        except Refusal:
            return None
        if whose.customer_id is not None:
            whose = replace(whose, customer_id=self.shown.get(whose.customer_id, whose.customer_id))
        provider = () if row.provider_id is None else (self.shown.get(row.provider_id, row.provider_id),)
        return Piece(row.number, whose, row.kind, worth, row.insured_e4, frozenset(provider))


def cover_on(company_id: int, customer_ids: Collection[int], day: date, known: int | None = None) -> Cover:
    """The pieces that count on `day` for these customers and for groups, as known below a horizon (None: now)."""
    return asking_cover_on(company_id, customer_ids, day, known)()


def asking_cover_on(
    company_id: int, customer_ids: Collection[int], day: date, known: int | None = None
) -> Callable[[], Cover]:
    """Asks what `cover_on` answers. Call for the answer: where nothing covers, that was one question."""
    asked = asking_cover(company_id, customer_ids, day, known)

    def answer() -> Cover:
        rows = asked()
        grouped = any(row.whose.group for row in rows)
        return Cover(rows, merged(known) if rows else {}, chains_of(customer_ids, day, known) if grouped else {})

    return answer


def _exposed(customer_id: int, lines: Sequence[Line], under: Collection[str], currency: str, value: Value) -> Exposed:
    """One customer's exposure before cover, and of it what stands under each contract that has a piece of its own."""
    theirs = [line for line in lines if line.customer_id == customer_id]
    bound = {
        number: exposure_of([line for line in theirs if line.contract_number == number], currency, value).total
        for number in under
    }
    return Exposed(customer_id, exposure_of(theirs, currency, value).total, bound)
