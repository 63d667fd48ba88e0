"""A notice's life: queued → sending → sent → delivered or bounced, replied to; or refused, in doubt, cancelled.

A notice never changes; what became of it are steps, numbered from 1. Sending is said before it is done (claimed): what
died in between is in doubt, and a person says whether it went out. So none is sent twice by itself, and none is lost
unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

from huikuan.kernel.errors import Refusal

#: What a notice can be.
QUEUED, SENDING, SENT, DELIVERED, REPLIED = "queued", "sending", "sent", "delivered", "replied"
BOUNCED, REFUSED, IN_DOUBT, CANCELLED = "bounced", "refused", "in_doubt", "cancelled"
STATES = (QUEUED, SENDING, SENT, DELIVERED, REPLIED, BOUNCED, REFUSED, IN_DOUBT, CANCELLED)
#: It went out, whatever came of it then.
GONE_OUT = (SENT, DELIVERED, REPLIED, BOUNCED)
#: It went out, and it did not come back.
ARRIVING = (SENT, DELIVERED, REPLIED)
#: Nothing more will be done with it by itself.
OVER = (*GONE_OUT, REFUSED, CANCELLED)

#: Steps; the others are called as the state they bring about. `put_off`: not taken now, tried again later;
#: `again`: a person had one in doubt, refused or bounced sent again.
CLAIMED, PUT_OFF, AGAIN = "claimed", "put_off", "again"
STEPS = (CLAIMED, PUT_OFF, AGAIN, SENT, DELIVERED, REPLIED, BOUNCED, REFUSED, IN_DOUBT, CANCELLED)

#: Why a person took a step, where there is no other reason.
BY_HAND = "by_hand"

#: What the addressee, or whoever carries it to them, says of it once it went out.
HEARD = (DELIVERED, REPLIED, BOUNCED)

_AFTER = {CLAIMED: SENDING, PUT_OFF: QUEUED, AGAIN: QUEUED}
#: From which states each step leads on. A sender that was taken for dead may still say what came of it.
_FROM: dict[str, tuple[str, ...]] = {
    # A letter was posted, and is cancelled before anybody says so; nothing else that was cancelled is claimed.
    CLAIMED: (QUEUED, CANCELLED),
    SENT: (SENDING, IN_DOUBT),
    PUT_OFF: (SENDING, IN_DOUBT),
    REFUSED: (SENDING, IN_DOUBT),
    IN_DOUBT: (SENDING,),
    AGAIN: (IN_DOUBT, REFUSED, BOUNCED),
    CANCELLED: (QUEUED, IN_DOUBT),
    # What is heard from outside proves that it went out.
    DELIVERED: (SENDING, IN_DOUBT, SENT, DELIVERED, REPLIED),
    REPLIED: (SENDING, IN_DOUBT, SENT, DELIVERED, REPLIED, BOUNCED),
    BOUNCED: (SENDING, IN_DOUBT, SENT, DELIVERED, REPLIED, BOUNCED),
}
_HEARD = (SENT, DELIVERED, REPLIED, BOUNCED)


def state_after(state: str, step: str) -> str:
    """Where a step leads. What arrived and was answered stays answered; what came back came back."""
    if state in _HEARD and step in _HEARD:
        return max(state, step, key=_HEARD.index)
    return _AFTER.get(step, step)


def state_of(steps: Sequence[str]) -> str:
    """Where steps, in their order, have brought a notice."""
    state = QUEUED
    for step in steps:
        state = state_after(state, step)
    return state


def leads_on(state: str, step: str) -> bool:
    """Whether the step can be taken in this state."""
    return state in _FROM[step]


def require(state: str, step: str, *, notice: int) -> None:
    """Refuse a step that does not follow."""
    if not leads_on(state, step):
        raise Refusal("notice_not_so", notice=notice, state=state, step=step)
