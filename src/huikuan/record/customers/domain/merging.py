"""Two customers that are one (合并): whether they may become one, and what of their names is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from huikuan.kernel.errors import Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.text import tidy
from huikuan.record.customers.domain.master import CUSTOMER, Master

#: The longest reason kept.
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Party:
    """A customer as a merge sees it. `above`: the codes of its parent and of all above; `merged_into`: the code of
    the customer it is shown under, '' for none; `stands_for`: the codes of those shown under it."""

    id: int
    master: Master
    above: tuple[str, ...] = ()
    merged_into: str = ""
    stands_for: tuple[str, ...] = ()


def check_merge(merged: Party, into: Party, *, reason: str, confirmed: bool) -> None:
    """Refuses what cannot be one: a customer with itself, one that is merged already, chains of merges, a company
    with one above it, and two valid credit codes that differ unless that was `confirmed`."""
    if merged.id == into.id:
        raise Refusal("merge_with_itself", customer=merged.master.code)
    for one in (merged, into):
        if one.merged_into:
            raise Refusal("merge_elsewhere", customer=one.master.code, into=one.merged_into)
    if merged.stands_for:
        raise Refusal("merge_chain", customer=merged.master.code, codes=", ".join(merged.stands_for))
    pair = (merged.master, into.master)
    if into.master.code in merged.above or merged.master.code in into.above:
        raise Refusal("merge_parent", customer=merged.master.code, into=into.master.code)
    if not tidy(reason):
        raise Refusal("merge_reason_missing")
    if codes_differ(*pair) and not confirmed:
        raise Refusal("merge_codes_differ", customer=merged.master.uscc, into=into.master.uscc)


def codes_differ(one: Master, other: Master) -> bool:
    """Whether both have a valid credit code, and not the same."""
    valid = [master.uscc for master in (one, other) if master.uscc and uscc_problem(master.uscc) is None]
    return len(set(valid)) == 2


def names_given(merged: Master, into: Master) -> tuple[str, ...]:
    """The names of `merged` that `into` does not have yet: payments go on arriving under them."""
    known = {into.name, into.short_name, into.english_name, *into.former_names}
    theirs = (merged.name, merged.short_name, merged.english_name, *merged.former_names)
    return tuple(dict.fromkeys(name for name in theirs if name and name not in known))


def taking_over(into: Master, merged: Master, names: tuple[str, ...]) -> Master:
    """`into` with the names as former ones; a customer where `merged` is one: whoever has items is no prospect."""
    status = CUSTOMER if merged.status == CUSTOMER else into.status
    return replace(into, former_names=(*into.former_names, *names), status=status)


def without_names(into: Master, names: tuple[str, ...]) -> Master:
    """`into` as it would be had it never been given the names."""
    return replace(into, former_names=tuple(name for name in into.former_names if name not in names))


def shown_under(merged: Mapping[int, int], customer_id: int) -> int:
    """The customer under which this one is shown, by what is merged (id → into which)."""
    return merged.get(customer_id, customer_id)
