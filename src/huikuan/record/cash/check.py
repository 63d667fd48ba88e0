"""The laws of applications: what was applied of a line is what was used of it and posted out of it, as long as the
application stands, and nothing of that once it is undone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from huikuan.kernel.money import to_text
from huikuan.record.banking.models import LineUse
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.customers.queries import among
from huikuan.record.receivables.models import Item

_AT_ONCE = 5_000


def unlike_their_money() -> Iterator[tuple[str, str, str]]:
    """(application, what must be of its line and in the ledger, what is) of every one where they differ."""
    after = 0
    while True:
        chosen = Application.objects.filter(id__gt=after, line_id__isnull=False).order_by("id")
        rows = list(chosen.only("id", "line_id", "uses", "posted", "differences", "currency", "amount")[:_AT_ONCE])
        if not rows:
            return
        yield from _unlike(rows)
        after = rows[-1].id


def _unlike(rows: Sequence[Application]) -> Iterator[tuple[str, str, str]]:
    undone = set(
        Undoing.objects.filter(application_id__in=among(row.id for row in rows)).values_list(
            "application_id", flat=True
        )
    )
    uses = _uses({use for row in rows for use in row.uses})
    posted = _posted({item for row in rows for item in row.posted})
    for row in rows:
        expected = 0 if row.id in undone else row.amount
        money = set(row.posted) - {each["posted"] for each in row.differences}
        used = sum(abs(amount) for use in row.uses for line, amount in [uses[use]] if line == row.line_id)
        held = sum(posted[item] for item in money)
        if (used, held) != (expected, expected):
            shown = [to_text(amount, row.currency) for amount in (expected, used, held)]
            yield f"application {row.id}", shown[0], f"{shown[1]} / {shown[2]}"


def _uses(ids: set[int]) -> dict[int, tuple[int, int]]:
    """Use → its line and what of it stands: nothing once it is freed."""
    freed = set(LineUse.objects.filter(reversal_of__in=among(ids)).values_list("reversal_of", flat=True))
    rows = LineUse.objects.filter(id__in=among(ids)).values_list("id", "line_id", "amount")
    return {use: (line, 0 if use in freed else amount) for use, line, amount in rows}


def _posted(ids: set[int]) -> dict[int, int]:
    """Item → what of it stands: nothing once it is reversed."""
    reversed_ones = set(Item.objects.filter(reversal_of__in=among(ids)).values_list("reversal_of", flat=True))
    rows = Item.objects.filter(id__in=among(ids)).values_list("id", "amount")
    return {item: 0 if item in reversed_ones else amount for item, amount in rows}
