"""waiting for the department → answered, to be decided → resolved; reopened it waits again.

A dispute never changes; its steps do, numbered from 1. Further evidence leaves it where it is, handing on makes it
wait for another department."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal

OTHER = "other"
REASONS = ("quality", "delivery", "price", "invoice", "return", "quantity", OTHER)
PORTAL = "portal"
SOURCES = ("call", PORTAL, "letter", "form", "api")
#: How it came in to whoever writes it down for the customer: what the customer types itself nobody says for it.
TOLD = tuple(one for one in SOURCES if one != PORTAL)

WAITING, ANSWERED, RESOLVED = STATES = ("waiting", "answered", "resolved")
#: A step, where it may be taken, and where it brings the dispute ('' : where it is).
ROUTE, HAND, ANSWER, EVIDENCE, RESOLVE, REOPEN = STEPS = (
    "routed", "handed", "answered", "evidence", "resolved", "reopened",
)  # fmt: skip
_WAYS: dict[str, tuple[tuple[str, ...], str]] = {
    ROUTE: (("",), WAITING),
    HAND: ((WAITING, ANSWERED), WAITING),
    ANSWER: ((WAITING,), ANSWERED),
    EVIDENCE: ((WAITING, ANSWERED), ""),
    RESOLVE: ((WAITING, ANSWERED), RESOLVED),
    REOPEN: ((RESOLVED,), WAITING),
}

CREDIT_NOTE, REJECTED, DISCOUNT, AGREED_OTHER, WITHDRAWN = OUTCOMES = (
    "credit_note", "rejected", "discount", "agreed_other", "withdrawn",
)  # fmt: skip
#: Outcomes that post a credit and clear the claim with it.
POSTING = (CREDIT_NOTE, DISCOUNT)
#: Outcomes by which nothing is granted.
NOTHING = (REJECTED, WITHDRAWN)


def follow(state: str, step: str) -> str:
    """The state after `step`; refuses a step that does not follow."""
    before, after = _WAYS[step]
    if state not in before:
        raise Refusal("dispute_over" if state == RESOLVED else "dispute_not_there", state=state, step=step)
    return after or state


def item_kind(outcome: str, reason: str) -> str:
    """The kind of item an outcome posts: goods that came back are a return, what is given to settle is a discount."""
    if outcome == DISCOUNT:
        return "discount"
    return "return" if reason == "return" else "credit_note"


def require_said(reason: str, note: str) -> None:
    """Refuse a form of which nobody chose why, and one that says another cause and not which: nobody could answer."""
    if not reason:
        raise Refusal("dispute_reason_missing")
    if reason == OTHER and not note.strip():
        raise Refusal("dispute_note_missing")


def require_known(value: str, known: tuple[str, ...], code: str) -> str:
    """`value`, or the refusal `code` that names what is known."""
    if value not in known:
        raise Refusal(code, value=value, known=", ".join(known))
    return value
