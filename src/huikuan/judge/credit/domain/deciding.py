"""Whether an order, or a delivery, fits in: approve, warn or hold, with reasons and ways out.

Utilisation = exposure with this order ÷ limit. Strictly above `warn_over`, by utilisation or by open debt, the owner
is warned and the order waits for a sales manager; strictly above `block_over` it is held for whoever has the
authority. A limit of 0 lets nothing stand on credit; where none was granted the customer is not assessed, which counts
as 0. A group without a limit binds nobody. Whole numbers are compared, never a rounded ratio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from huikuan.judge.credit.domain.limits import EXPIRED, NONE, Limit

APPROVE, WARN, HOLD = "approve", "warn", "hold"
#: How strict a decision is.
RANK = {APPROVE: 0, WARN: 1, HOLD: 2}

#: What becomes of an order. A paused or held one waits: only what went out of it counts as exposure.
RELEASED, PAUSED, HELD, CANCELLED = "released", "paused", "held", "cancelled"
WAITING = (PAUSED, HELD)

ORDER, DELIVERY = "order", "delivery"
#: The freeze that stops deliveries too (`record.promises.domain.freezing`).
SUPPLY = "supply"
OBSERVE, ENFORCE = "observe", "enforce"
EXPOSURE, OPEN_DEBT = "exposure", "open_debt"


@dataclass(frozen=True, slots=True)
class Blocking:
    """What speaks against a document whatever the limit (None, False: nothing). Days over the grace of the grade; the
    amount in minor units of the company's currency. `review_days`: so many days after its review was due a grade
    says no more, which warns or holds as `review_decision` says. `flagged`: whoever pays late on purpose is held;
    `frozen`: so is whoever is frozen, of deliveries whose supply is."""

    overdue_days: int | None = None
    overdue_amount: int | None = None
    missing_contract: bool = False
    review_days: int | None = None
    review_decision: str = WARN
    flagged: bool = False
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy, read. Percentages are whole. `types`: business type → document → what speaks there in place of the
    rules for everybody else."""

    mode: str = OBSERVE
    basis: str = EXPOSURE
    warn_over: int = 80
    block_over: int = 100
    rearm_under: int = 75
    order: Blocking = field(default_factory=Blocking)
    delivery: Blocking = field(default_factory=Blocking)
    types: Mapping[str, Mapping[str, Blocking]] = field(default_factory=dict)

    def blocking(self, document: str, business_type: str = "") -> Blocking:
        """What speaks against a document of a customer of that business type ('': none was said)."""
        return self.types.get(business_type, {}).get(document, self.order if document == ORDER else self.delivery)


@dataclass(frozen=True, slots=True)
class Standing:
    """A node as it would stand with the order: `group` '' is the customer itself. Amounts in the limit's currency;
    `debt`: what is open in the ledger alone."""

    group: str
    limit: Limit
    before: int
    after: int
    debt: int


@dataclass(frozen=True, slots=True)
class Late:
    """What the customer has overdue: the most days over the grace, and how much in the company's currency."""

    days_over_grace: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What else is known of the customer: its business type, for how many days the review of its grade is due
    (0: it is not, or it has no grade), whether it is held to pay late on purpose, and what of it is frozen (supply,
    account, '' nothing) and why."""

    business_type: str = ""
    review_days: int = 0
    flagged: bool = False
    frozen: str = ""
    frozen_because: str = ""


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that spoke, and what it asks for. `value` and `threshold` are minor units or days, by the rule; `says`:
    what somebody gave as the reason."""

    rule: str
    decision: str
    group: str = ""
    value: int = 0
    threshold: int = 0
    says: str = ""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What would let the order go on; `amount` in minor units of the customer's limit, 0 where none is meant."""

    way: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """approve, warn or hold, and why; `ways_out` is empty where nothing stands against it."""

    decision: str
    reasons: tuple[Reason, ...]
    ways_out: tuple[WayOut, ...]


def decide(
    nodes: Sequence[Standing],
    late: Late,
    rules: Rules,
    *,
    document: str = ORDER,
    has_contract: bool = True,
    known: Known = NOTHING_KNOWN,
) -> Decision:
    """The strictest of what all rules say; `nodes` begins with the customer. Of a delivery, which is in the exposure
    already, there are none."""
    reasons = [reason for node in nodes for reason in _by_limit(node, rules)]
    blocking = rules.blocking(document, known.business_type)
    reasons += [
        *_blocked(late, blocking, has_contract),
        *_doubted(known, blocking),
        *_frozen(known, blocking, document),
    ]
    worst = max((reason.decision for reason in reasons), key=RANK.__getitem__, default=APPROVE)
    if nodes and not reasons:
        reasons = [Reason("within_limit", APPROVE, value=nodes[0].after, threshold=nodes[0].limit.amount)]
    return Decision(worst, tuple(reasons), tuple(_ways_out(nodes, reasons, rules)))


def utilisation_e4(used: int, limit: int) -> int | None:
    """Used ÷ limit in ten-thousandths, rounded up, so that what is over a threshold never reads as on it; None where
    there is no limit to divide by."""
    return -(-max(0, used) * 10_000 // limit) if limit > 0 else None


def state_after(decision: str, rules: Rules) -> str:
    """What becomes of an order: in observe mode it goes on whatever was decided."""
    if rules.mode == OBSERVE or decision == APPROVE:
        return RELEASED
    return PAUSED if decision == WARN else HELD


def _by_limit(node: Standing, rules: Rules) -> Iterable[Reason]:
    limit, used = node.limit, node.after
    if limit.state == NONE and node.group:
        return
    # What adds nothing harms no limit: a customer who paid ahead for the order may be over it for other reasons.
    if used <= max(0, node.before):
        return
    if limit.amount == 0:
        rule = {NONE: "not_assessed", EXPIRED: "limit_expired"}.get(limit.state, "prepay_only")
        yield Reason(rule, HOLD, node.group, used, 0)
    elif used * 100 > limit.amount * rules.block_over:
        yield Reason("over_limit", HOLD, node.group, used, limit.amount)
    elif (max(used, node.debt) if rules.basis == EXPOSURE else node.debt) * 100 > limit.amount * rules.warn_over:
        yield Reason("over_threshold", WARN, node.group, max(used, node.debt), limit.amount)


def _blocked(late: Late, blocking: Blocking, has_contract: bool) -> Iterable[Reason]:
    if blocking.overdue_days is not None and late.days_over_grace > blocking.overdue_days:
        yield Reason("overdue_days", HOLD, value=late.days_over_grace, threshold=blocking.overdue_days)
    if blocking.overdue_amount is not None and late.amount > blocking.overdue_amount:
        yield Reason("overdue_amount", HOLD, value=late.amount, threshold=blocking.overdue_amount)
    if blocking.missing_contract and not has_contract:
        yield Reason("missing_contract", HOLD)


def _doubted(known: Known, blocking: Blocking) -> Iterable[Reason]:
    if blocking.review_days is not None and known.review_days > blocking.review_days:
        yield Reason(
            "review_overdue", blocking.review_decision, value=known.review_days, threshold=blocking.review_days
        )
    if blocking.flagged and known.flagged:
        yield Reason("flagged", HOLD)


def _frozen(known: Known, blocking: Blocking, document: str) -> Iterable[Reason]:
    """What is ordered is held by any freeze, what was released is delivered unless supply is frozen."""
    if blocking.frozen and known.frozen and (document == ORDER or known.frozen == SUPPLY):
        yield Reason("frozen", HOLD, says=known.frozen_because)


def _ways_out(nodes: Sequence[Standing], reasons: Sequence[Reason], rules: Rules) -> Iterable[WayOut]:
    said = {reason.rule for reason in reasons}
    if said & {"over_limit", "prepay_only", "not_assessed", "limit_expired"}:
        yield WayOut("prepay", _to_prepay(nodes, rules.block_over))
    if "over_limit" in said:
        yield WayOut("temporary_limit", _lacking(nodes, rules.block_over))
        yield WayOut("limit_change")
    if said & {"not_assessed", "limit_expired"}:
        yield WayOut("assess")
    if said & {"overdue_days", "overdue_amount"}:
        yield WayOut("collect_overdue")
    if "missing_contract" in said:
        yield WayOut("name_contract")
    if "review_overdue" in said:
        yield WayOut("review_grade")
    if "frozen" in said:
        yield WayOut("release_freeze")
    if any(reason.decision == WARN for reason in reasons):
        yield WayOut("release_by_sales_manager")
    if any(reason.decision == HOLD for reason in reasons):
        yield WayOut("release_by_authority")
        yield WayOut("stop_supply")


def _to_prepay(nodes: Sequence[Standing], block_over: int) -> int:
    """How much paid ahead would let the order go on: what is lacking, and never more than the order adds."""
    own = nodes[0]
    return min(_lacking(nodes, block_over), max(0, own.after - own.before))


def _lacking(nodes: Sequence[Standing], block_over: int) -> int:
    """By how much the order goes beyond what no rule would hold, in the currency of the customer's limit; nodes whose
    limit is in another currency, or that have none though they are groups, say nothing here."""
    own = nodes[0].limit.currency
    bound = [one for one in nodes if one.limit.currency == own and not (one.group and one.limit.state == NONE)]
    return max(0, *(one.after - one.limit.amount * block_over // 100 for one in bound))
