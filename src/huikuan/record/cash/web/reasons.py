"""What matching's reasons say to people: each sign and each thing that holds it back, in words, with its weight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.messages import REFUSED
from huikuan.record.cash.reasons import MATCHING


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words. `weight` in log-odds with its sign, '' where it has none."""

    code: str
    met: bool
    said: str
    weight: str


def told(reasons: Iterable[Reason]) -> list[Told]:
    """Each reason once, in the order given."""
    found: dict[str, Told] = {}
    for one in reasons:
        words = _said(one)
        found.setdefault(words, Told(one.code, one.met, words, one.params.get("weight", "").replace("-", "−")))
    return list(found.values())


class _Params(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


def _said(reason: Reason) -> str:
    words = REFUSED if reason.code == "refused" else MATCHING.get(reason.code)
    if words is None:
        return reason.code
    return _(words) % _Params(reason.params, value=reason.value, threshold=reason.threshold)
