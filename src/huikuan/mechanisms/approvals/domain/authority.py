"""The authority matrix (审批权限): up to which amount which roles decide.

Rows of a kind rise by amount, the last without a limit; kinds without rows of their own go by those of `*`. What
deviates from policy goes one row up. Whoever has more authority may decide what needs less. Where no money is asked
for nobody can say how much it is: the last row of `*` decides, or the first of the kind's own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.approvals.domain.lifecycle import Route

EVERY_KIND = "*"
_NAMES = {"currency", "window_days", "deadline_days", "off_policy_rows", "rows"}
_ROW_NAMES = {"kind", "up_to", "roles"}
_RANGES = {"window_days": (1, 366), "deadline_days": (1, 90), "off_policy_rows": (0, 3)}
_MOST_STOPS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """Up to `up_to` (minor units; None: whatever the amount) these roles decide, one after another."""

    up_to: int | None
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """The matrix, read: amounts in `currency`; each kind's rows by rising amount."""

    currency: str
    window_days: int
    deadline_days: int
    off_policy_rows: int
    rows: Mapping[str, tuple[Row, ...]]

    def rows_of(self, kind: str) -> tuple[Row, ...]:
        return self.rows.get(kind) or self.rows[EVERY_KIND]


def route_for(authority: Authority, kind: str, amount: int | None, *, off_policy: bool) -> Route:
    """The stops of a request of this amount (of the authority's currency; None: no money).

    At each stop decides the role the row names, or the last role of any row above: more authority includes less.
    """
    rows = authority.rows_of(kind)
    level = min(_level(authority, kind, amount) + (authority.off_policy_rows if off_policy else 0), len(rows) - 1)
    above = [row.roles[-1] for row in rows[level + 1 :]]
    return tuple(tuple(dict.fromkeys([role, *above])) for role in rows[level].roles)


def reaches(authority: Authority, kind: str, amount: int | None, roles: Collection[str]) -> bool:
    """Whether holders of `roles` may, without a request, let happen what would need so much authority."""
    return bool(set(roles) & set(route_for(authority, kind, amount, off_policy=False)[-1]))


def least_role(authority: Authority, kind: str, amount: int | None) -> str:
    """The role lowest in authority that reaches it."""
    return route_for(authority, kind, amount, off_policy=False)[-1][0]


def read_authority(document: Mapping[str, Any], *, known: Collection[str]) -> Authority:
    """The matrix a document says. `known`: the roles that may decide at all.

    Refuses, naming each place: what is not typed as it should be, rows that do not rise or leave larger amounts to
    nobody, roles that decide nothing, no rows for every kind.
    """
    faults = [*_plain_faults(document), *_row_faults(document.get("rows"), known)]
    if not faults:
        faults = _amount_faults(document)
    if faults:
        raise Refusal("policy_document_bad", where=faults, kind="authority")
    currency = document["currency"]
    return Authority(
        currency,
        document["window_days"],
        document["deadline_days"],
        document["off_policy_rows"],
        {
            kind: tuple(Row(_limit(row, currency), tuple(row["roles"])) for row in rows)
            for kind, rows in _by_kind(document["rows"]).items()
        },
    )


def _level(authority: Authority, kind: str, amount: int | None) -> int:
    """The place of the row that decides, among the kind's."""
    rows = authority.rows_of(kind)
    if amount is None:
        return 0 if kind in authority.rows else len(rows) - 1
    return next(place for place, row in enumerate(rows) if _within(amount, row.up_to))


def _within(amount: int, up_to: int | None) -> bool:
    return up_to is None or amount <= up_to


def _plain_faults(document: Mapping[str, Any]) -> list[Place]:
    faults = [Place(column=name, fix="-") for name in sorted(set(document) ^ _NAMES)]
    currency = document.get("currency")
    if not (isinstance(currency, str) and len(currency) == len("CNY") and currency.isascii() and currency.isupper()):
        faults.append(Place(column="currency", value=str(currency), fix="CNY"))
    for name, (least, most) in _RANGES.items():
        value = document.get(name)
        if type(value) is not int or not least <= value <= most:
            faults.append(Place(column=name, value=str(value), fix=f"{least} … {most}"))
    return faults


def _row_faults(rows: object, known: Collection[str]) -> list[Place]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        return [Place(column="rows", value=str(rows), fix="[{kind, up_to, roles}, …]")]
    faults = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping) or set(row) != _ROW_NAMES or not isinstance(row["kind"], str):
            faults.append(Place(row=number, column="rows", value=str(row), fix=", ".join(sorted(_ROW_NAMES))))
            continue
        if row["up_to"] is not None and not isinstance(row["up_to"], str):
            faults.append(Place(row=number, column="up_to", value=str(row["up_to"]), fix='"200000.00" | null'))
        roles = row["roles"]
        if not isinstance(roles, list) or not 0 < len(roles) <= _MOST_STOPS or len(set(map(str, roles))) != len(roles):
            faults.append(Place(row=number, column="roles", value=str(roles), fix='["finance_manager"]'))
            continue
        faults += [
            Place(row=number, column="roles", value=str(role), fix=" | ".join(sorted(known)))
            for role in roles
            if role not in known
        ]
    return faults


def _amount_faults(document: Mapping[str, Any]) -> list[Place]:
    kinds = _by_kind(document["rows"])
    faults = [] if EVERY_KIND in kinds else [Place(column="kind", value=EVERY_KIND, reason="gap", fix=EVERY_KIND)]
    for kind, rows in kinds.items():
        limits = []
        for row in rows:
            try:
                limits.append(_limit(row, document["currency"]))
            except Refusal:
                faults.append(Place(column=f"up_to ({kind})", value=str(row["up_to"]), fix='"200000.00"'))
                limits.append(None)
        named = [limit for limit in limits[:-1] if limit is not None]
        if limits[-1] is not None or len(named) != len(limits) - 1:
            faults.append(Place(column=f"up_to ({kind})", reason="gap", fix="…, null"))
        elif any(later <= earlier for earlier, later in zip([-1, *named], named, strict=False)):
            faults.append(Place(column=f"up_to ({kind})", value=str([row["up_to"] for row in rows]), reason="order"))
    return faults


def _limit(row: Mapping[str, Any], currency: str) -> int | None:
    return None if row["up_to"] is None else to_minor(row["up_to"], currency)


def _by_kind(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["kind"], []).append(row)
    return found
