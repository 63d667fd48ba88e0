"""What of a message a newer one asks for: nobody gets two demands for one claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from huikuan.act.collection.domain.cases import CASE, case_said
from huikuan.act.collection.models import Approach, Taken
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, CANCELLED, REFUSED
from huikuan.mechanisms.notices.models import Notice

#: Nobody got it.
_NOT_THERE = (CANCELLED, REFUSED, BOUNCED)


def asked_anew(made: Approach, one: Collection[int]) -> set[tuple[int, int]]:
    """Of all lines (item, line) those that a later approach by the same channel asks for, with a notice that waits or
    went out. `one`: the customer, by every number it has."""
    of = {"company_id": made.company_id, "customer_id__in": list(one), "channel": made.channel}
    rows = Approach.objects.filter(**of, pk__gt=made.pk).values_list("run_id", "customer_id", "pk")
    later = {(run_id, customer_id): number for run_id, customer_id, number in rows}
    if not later:
        return set()
    asked: dict[int, set[int]] = defaultdict(set)
    notices = Notice.objects.filter(**of, case__startswith=f"{CASE}:").exclude(stand__state__in=_NOT_THERE)
    for text, items in notices.values_list("case", "items"):
        case = case_said(text)
        if case is not None and (case.run_id, case.customer_id) in later:
            asked[later[case.run_id, case.customer_id]] |= set(items)
    taken = Taken.objects.filter(approach_id__in=list(asked)).values_list("approach_id", "item_id", "line")
    return {(item_id, line) for number, item_id, line in taken if item_id in asked[number]}
