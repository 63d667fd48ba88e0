"""Who is frozen on a day, since when and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.queries import once_in_view
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, int8, listed
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.customers.queries.merging import merged, one_with
from huikuan.record.promises.domain.freezing import strictest
from huikuan.record.promises.models import Freeze, Release


@dataclass(frozen=True, slots=True)
class Frozen:
    """A customer as it is frozen: `kind` is the strictest that stands, the rest is its freeze's."""

    freeze_id: int
    kind: str
    reason: str
    since: date


@dataclass(frozen=True, slots=True)
class FreezeRow:
    """A freeze as it stood on a day; `released_on` None: it stands."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    kind: str
    frozen_on: date
    reason: str
    request_id: int
    approved_by: str
    actor: str
    recorded_at: datetime
    released_on: date | None
    released_because: str
    released_by: str


_STANDING = """
SELECT f.customer_id, f.id, f.kind, f.reason, f.frozen_on FROM promises_freeze f
WHERE f.company_id = %s AND f.frozen_on <= %s AND NOT EXISTS (
    SELECT 1 FROM promises_release r WHERE r.freeze_id = f.id AND r.released_on <= %s
){} ORDER BY f.id
"""


def frozen(company_id: int, as_of: date) -> dict[int, Frozen]:
    """Customer → how it is frozen on a day; whoever is one with a frozen customer is too."""
    from_id = merged()
    found: defaultdict[int, list[Frozen]] = defaultdict(list)
    for customer, *freeze in ask(_STANDING.format(""), [int8(company_id), as_of, as_of])():
        found[from_id.get(customer, customer)].append(_frozen(freeze))
    under = {one: into for one, into in from_id.items() if into in found}
    stands = {shown: _strictest(freezes) for shown, freezes in found.items()}
    return {**stands, **{one: stands[into] for one, into in under.items()}}


def asking_frozen(company_id: int, customer_ids: Collection[int], day: date) -> Callable[[], Frozen | None]:
    """Asks whether customers that are one are frozen on a day, in one short statement. Call for the answer."""
    sql = _STANDING.format(f" AND f.customer_id {among()}")
    asked = ask(sql, [int8(company_id), day, day, listed(customer_ids)])

    def answer() -> Frozen | None:
        rows = [_frozen(freeze) for _, *freeze in asked()]
        return _strictest(rows) if rows else None

    return answer


def frozen_on(
    customer_id: int, *, scope: Scope, as_of: date, company_id: int | None = None, known: int | None = None
) -> Frozen | None:
    """How the customer, or one that is one with it, is frozen on a day at any company of the scope (`company_id`: at
    this one): the strictest, of those the oldest. `known`: by facts whose tx lies below (None: by all)."""
    horizon, reach = ALWAYS_KNOWN if known is None else known, seen(scope)
    rows = [
        Frozen(freeze.pk, freeze.kind, freeze.reason, freeze.frozen_on)
        for freeze, end in frozen_ever(customer_id, known)
        if freeze.frozen_on <= as_of
        and freeze.tx < horizon
        and not (end and end.released_on <= as_of and end.tx < horizon)
        and company_id in (None, freeze.company_id)
        and reach.has(freeze.company_id, freeze.customer_id)
    ]
    return _strictest(rows) if rows else None


def frozen_ever(customer_id: int, known: int | None = None) -> list[tuple[Freeze, Release | None]]:
    """Every freeze of customers that are one, the oldest first, with its end: whoever asks narrows it to the scope and
    the day. A page's view reads it once."""
    ones = one_with(customer_id, known)
    return once_in_view(("frozen ever", ones), lambda: _with_ends(ones))


def _with_ends(customer_ids: Collection[int]) -> list[tuple[Freeze, Release | None]]:
    begun = list(Freeze.objects.filter(customer_id__in=customer_ids).order_by("frozen_on", "pk"))
    ends = Release.objects.filter(freeze_id__in=[one.pk for one in begun]) if begun else ()
    ended = {one.freeze_id: one for one in ends}
    return [(one, ended.get(one.pk)) for one in begun]


def freezes(
    *, scope: Scope, as_of: date, standing: bool = False, company_id: int | None = None, customer_id: int | None = None
) -> list[FreezeRow]:
    """The freezes begun by a day, the latest first; `standing`: those alone that are not released by then."""
    facts = narrowed(Freeze.objects.filter(frozen_on__lte=as_of), seen(scope)).order_by("-pk")
    if company_id is not None:
        facts = facts.filter(company_id=company_id)
    if customer_id is not None:
        facts = facts.filter(customer_id__in=one_with(customer_id))
    found = list(facts)
    ended = Release.objects.filter(released_on__lte=as_of, freeze_id__in=[one.pk for one in found])
    over = {one.freeze_id: one for one in ended}
    customers = customers_by_id({one.customer_id for one in found})
    companies = dict(Company.objects.values_list("pk", "code"))
    return [
        FreezeRow(
            id=one.pk,
            company_id=one.company_id,
            company_code=companies[one.company_id],
            customer_id=one.customer_id,
            customer_code=customers[one.customer_id].code,
            customer_name=customers[one.customer_id].name,
            kind=one.kind,
            frozen_on=one.frozen_on,
            reason=one.reason,
            request_id=one.request_id,
            approved_by=one.approved_by,
            actor=one.actor,
            recorded_at=one.recorded_at,
            released_on=over[one.pk].released_on if one.pk in over else None,
            released_because=over[one.pk].reason if one.pk in over else "",
            released_by=over[one.pk].approved_by if one.pk in over else "",
        )
        for one in found
        if not (standing and one.pk in over)
    ]


def freeze_record(freeze_id: int) -> Freeze:
    """The freeze as it was recorded; refuses an unknown one. For operations."""
    found = Freeze.objects.filter(pk=freeze_id).first()
    if found is None:
        raise Refusal("freeze_unknown", freeze=freeze_id)
    return found


def _frozen(freeze: list[object]) -> Frozen:
    number, kind, reason, since = freeze
    day = date.fromisoformat(since) if isinstance(since, str) else since
    if not isinstance(number, int) or not isinstance(day, date):
        raise TypeError("a freeze without number or day")
    return Frozen(number, str(kind), str(reason), day)


def _strictest(rows: list[Frozen]) -> Frozen:
    kind = strictest({row.kind for row in rows})
    return next(row for row in rows if row.kind == kind)
