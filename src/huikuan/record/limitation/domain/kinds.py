"""What interrupts the limitation period, by which article, and how strong its evidence can be.

Civil Code 192, 195; Interpretation on Limitation of Actions (2020), articles 8 to 17 and 19.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Strong: signed or sealed by the debtor, money, a court's paper. Medium: it arrived, or was confirmed, and a court
#: may still doubt it. Weak: we say so, nothing proves that it arrived.
STRONG, MEDIUM, WEAK = STRENGTHS = ("strong", "medium", "weak")

DEMAND, SENT, STATEMENT, AUDIT, CALL = "demand", "sent", "statement", "audit", "call"
PAYMENT, PLAN, PROMISE, AGREEMENT = "payment", "plan", "promise", "agreement"


@dataclass(frozen=True, slots=True)
class Kind:
    """`best`: the strongest it can be; `source`: the article. `revives`: after expiry it begins a new period."""

    name: str
    best: str
    source: str
    revives: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind(DEMAND, STRONG, "8"),
        Kind(SENT, WEAK, "8"),
        Kind(STATEMENT, MEDIUM, "8"),
        Kind(AUDIT, WEAK, "8"),
        Kind(CALL, WEAK, "8"),
        Kind("public_notice", STRONG, "8"),
        Kind("suit", STRONG, "10"),
        Kind("payment_order", STRONG, "11"),
        Kind("bankruptcy_claim", STRONG, "11"),
        Kind("preservation", STRONG, "11"),
        Kind("enforcement", STRONG, "11"),
        Kind("set_off", STRONG, "11"),
        Kind("mediation", STRONG, "12"),
        Kind("police_report", STRONG, "13"),
        Kind(PAYMENT, STRONG, "14"),
        Kind(PLAN, STRONG, "14"),
        Kind(PROMISE, STRONG, "14"),
        Kind("security", STRONG, "14"),
        Kind("deferral", STRONG, "14"),
        Kind("joint_debtor", STRONG, "15"),
        Kind("assignment", STRONG, "17"),
        Kind(AGREEMENT, STRONG, "19", revives=True),
    )
}


def at_least(strength: str, least: str) -> bool:
    """Whether evidence is as strong as `least`."""
    return STRENGTHS.index(strength) <= STRENGTHS.index(least)


#: What kept the creditor from suing (Civil Code 194, items 1 to 5), by number of the item.
OTHER = "other"
CAUSES = {"force_majeure": 1, "no_representative": 2, "succession": 3, "controlled": 4, OTHER: 5}
