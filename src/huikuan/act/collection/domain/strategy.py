"""A collection strategy (催收策略): the steps a customer's claims go through, by days from their due date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: What leaves the house as a notice, and what a person does.
MESSAGES = ("email", "sms", "im", "letter", "voice")
TASKS = ("call", "visit", "lawyer", "freeze", "debit", "transfer")
CHANNELS = MESSAGES + TASKS
PURPOSES = ("reminder", "statement", "confirmation", "demand", "legal")
#: Those that ask for payment formally: they speak of nothing that is not overdue.
FORMAL = ("demand", "legal")
#: Letters a step can be written by, or that go with it: of the others a run does not know all they say (of a statement
#: what was open before, paid and credited, of a lawyer's letter the firm).
LETTERS = ("reminder", "account_confirmation", "demand")

#: What holds a step back. The second line does so whatever a step says: somebody's word, and what cannot be done.
DISPUTED, PROMISED, PLANNED, INSURED, UNAPPLIED = "disputed", "promised", "planned", "insured", "unapplied"
HELD, CONTROL, NO_ADDRESS, OPTED_OUT, WAITS = "on_hold", "control_group", "no_address", "opted_out", "day_full"
UNWRITTEN, OVERCLAIMED = "unwritten", "overclaimed"
STOPS = (DISPUTED, PROMISED, PLANNED, INSURED, UNAPPLIED)

#: Days after a step on a claim before the next one, where the step says nothing.
USUAL_WAIT = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One step from `day` days after the due date on (negative: before it).

    `template`: the code of the letter it is written by, of LETTERS; `attach`: another that goes with it, ''.
    `wait`: days at least since the step before. `stops`: what holds it back, of STOPS. `approve`: the role whose
    people let it go first, '' nobody. `otherwise`: the channel where the customer has no address in the first, ''
    none. `goodwill`: with an offer of the catalogue.
    """

    code: str
    day: int
    channel: str
    template: str
    purpose: str
    wait: int = USUAL_WAIT
    stops: frozenset[str] = frozenset(STOPS)
    approve: str = ""
    otherwise: str = ""
    attach: str = ""
    goodwill: bool = False


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides which steps a claim goes through. `reason`: why the customer is late, as people said; `overdue`:
    what it has overdue in the claim's currency, minor units; `tier`: the one it is collected in (回款分级)."""

    grade: str = ""
    value_class: str = ""
    business_type: str = ""
    reason: str = ""
    overdue: int = 0
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """Claims whose traits are among those named (empty: any), of customers with `overdue_from` overdue at least, and
    their steps by day."""

    name: str
    steps: tuple[Step, ...]
    grades: frozenset[str] = frozenset()
    value_classes: frozenset[str] = frozenset()
    business_types: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    overdue_from: int = 0
    tiers: frozenset[str] = frozenset()

    def takes(self, traits: Traits) -> bool:
        asked = (
            (self.grades, traits.grade),
            (self.value_classes, traits.value_class),
            (self.business_types, traits.business_type),
            (self.reasons, traits.reason),
            (self.tiers, traits.tier),
        )
        return traits.overdue >= self.overdue_from and all(not some or one in some for some, one in asked)


@dataclass(frozen=True, slots=True)
class Strategy:
    """The whole rule. The first segment that takes a claim governs it.

    `control_percent`: of a hundred customers so many get no message before day `control_until`, to measure what
    messages do.
    `insured_after`: days late from which an insurer's customers are left to the insurer (None: never). `small_cash`:
    money on account up to this, minor units, holds nothing back.
    """

    segments: tuple[Segment, ...]
    control_percent: int = 0
    control_until: int = 15
    control_seed: str = ""
    insured_after: int | None = None
    small_cash: int = 0

    @property
    def earliest(self) -> int:
        """The first day any step is for."""
        return min((segment.steps[0].day for segment in self.segments if segment.steps), default=0)

    @property
    def by_tier(self) -> bool:
        """Whether any segment asks in which tier a customer is collected."""
        return any(segment.tiers for segment in self.segments)

    def segment_for(self, traits: Traits) -> Segment | None:
        """The first that takes it; None: nothing is done about it."""
        return next((segment for segment in self.segments if segment.takes(traits)), None)


def strategy_of(document: Mapping[str, Any], minor: int = 100) -> Strategy:
    """A checked document as the strategy it says; amounts in units of the company's currency, `minor` units each."""
    return Strategy(
        segments=tuple(_segment(one, minor) for one in document["segments"]),
        control_percent=document["control_percent"],
        control_until=document["control_until"],
        control_seed=document["control_seed"],
        insured_after=document["insured_after"],
        small_cash=round(Decimal(document["small_cash"]) * minor),
    )


def _segment(said: Mapping[str, Any], minor: int) -> Segment:
    names = ("grades", "tiers", "value_classes", "business_types", "reasons")
    return Segment(
        name=said["name"],
        steps=steps_of(said["steps"]),
        overdue_from=round(Decimal(said.get("overdue_from", "0")) * minor),
        **{name: frozenset(said.get(name, ())) for name in names},
    )


def steps_of(said: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps as written, in the order of their days."""
    made = [Step(**{**one, **({"stops": frozenset(one["stops"])} if "stops" in one else {})}) for one in said]
    return tuple(sorted(made, key=lambda step: step.day))
