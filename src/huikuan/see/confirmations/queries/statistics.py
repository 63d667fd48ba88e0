"""How much of what customers were asked about they confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.see.confirmations.models import Reply
from huikuan.see.confirmations.queries.invitations import Asked, chosen


@dataclass(frozen=True, slots=True)
class Share:
    """Of one currency, in minor units: the balances asked about = accepted + disputed + unanswered. `accounts` asked
    about, `answered` of them."""

    currency: str
    asked: int
    accepted: int
    disputed: int
    unanswered: int
    accounts: int
    answered: int

    @property
    def percent(self) -> str:
        """Accepted of asked with one decimal, rounded down: all of it reads 100.0 % and nothing less does. '' where
        nothing is owed."""
        if self.asked <= 0:
            return ""
        tenths = self.accepted * 1_000 // self.asked
        return f"{'−' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10} %"


def shares(asked: Asked, *, scope: Scope, at: datetime) -> list[Share]:
    """By currency. An account that was asked about several times counts once: by its answer, else by the last time."""
    fields = ("pk", "company_id", "customer_id", "currency", "until", "closing", "is_revoked", "is_answered")
    rows = chosen(asked, scope, at).order_by("pk").values_list(*fields)
    last: dict[tuple[int, int, str, object], tuple[int, int, bool]] = {}
    for pk, company, customer, currency, until, closing, revoked, answered in rows:
        key = (company, customer, currency, until)
        if answered or (not revoked and not last.get(key, (0, 0, False))[2]):
            last[key] = (pk, closing, answered)
    said = dict(_replies({pk for pk, _closing, answered in last.values() if answered}))
    found: dict[str, list[tuple[int, int, int, bool]]] = {}
    for (_company, _customer, currency, _until), (pk, closing, answered) in last.items():
        accepted, disputed = said.get(pk, (0, 0))
        found.setdefault(currency, []).append((closing, accepted, disputed, answered))
    return [_share(currency, one) for currency, one in sorted(found.items())]


def _share(currency: str, rows: list[tuple[int, int, int, bool]]) -> Share:
    asked, accepted, disputed = (sum(row[place] for row in rows) for place in (0, 1, 2))
    answered = sum(row[3] for row in rows)
    return Share(currency, asked, accepted, disputed, asked - accepted - disputed, len(rows), answered)


def _replies(ids: set[int]) -> list[tuple[int, tuple[int, int]]]:
    rows = Reply.objects.filter(invitation_id__in=ids).values_list("invitation_id", "accepted", "disputed")
    return [(pk, (accepted, disputed)) for pk, accepted, disputed in rows]
