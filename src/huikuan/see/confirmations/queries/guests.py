"""Who stands at the door: the session a cookie names, and the invitation a link opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huikuan.mechanisms.notices.queries import of_step
from huikuan.mechanisms.notices.queries.rows import arrived, readdressed
from huikuan.see.confirmations.domain.links import SESSION_IDLE, SESSION_WHOLE, hashed
from huikuan.see.confirmations.models import GuestSession, Invitation, Reminder, Reply, Revocation

#: No token or key of ours is longer; what is longer is not looked for.
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Guest:
    """A guest within their hours. `reply_id`: what they answered; None: not yet."""

    session: GuestSession
    invitation: Invitation
    reply_id: int | None


def guest_of(key: str, *, at: datetime) -> Guest | None:
    """The guest whose cookie says `key`; None when there is none, its hours are over, or the invitation was taken back
    or ran out. Who has answered reads on until the hours are over."""
    if not key or len(key) > _LONGEST:
        return None
    session = GuestSession.objects.filter(key_hash=hashed(key)).first()
    if session is None or at - session.seen_at > SESSION_IDLE or at - session.began_at > SESSION_WHOLE:
        return None
    invited = Invitation.objects.get(pk=session.invitation_id)
    reply = Reply.objects.filter(invitation_id=invited.pk).values_list("pk", flat=True).first()
    if Revocation.objects.filter(invitation_id=invited.pk).exists():
        return None
    if reply is None and link_ends(invited) <= at:
        return None
    return Guest(session, invited, reply)


def invitation_of(token: str, *, at: datetime) -> Invitation | None:
    """The invitation this link opens; None for a wrong, a replaced, an expired, a used and a revoked one alike."""
    if len(token) > _LONGEST:
        return None
    digest = hashed(token)
    reminder = Reminder.objects.filter(token_hash=digest).first()
    found = Invitation.objects.filter(pk=reminder.invitation_id) if reminder else Invitation.objects.filter(
        token_hash=digest
    )  # fmt: skip
    invited = found.first()
    if invited is None or is_over(invited, at):
        return None
    last = _last_reminder(invited)
    holds = last.token_hash if last else invited.token_hash
    return invited if bytes(holds) == digest else None


def is_over(invited: Invitation, at: datetime) -> bool:
    """Whether no link of the invitation opens anything any more: answered, taken back or run out."""
    about = {"invitation_id": invited.pk}
    return (
        Reply.objects.filter(**about).exists()
        or Revocation.objects.filter(**about).exists()
        or link_ends(invited) <= at
    )


def link_ends(invited: Invitation) -> datetime:
    """When the link that was sent last ends."""
    last = _last_reminder(invited)
    return last.expires_at if last else invited.expires_at


def link_number(invited: Invitation) -> int:
    """Which link holds: that of the reminder with this number; 0: the first."""
    last = _last_reminder(invited)
    return last.number if last else 0


def link_channel(invited: Invitation) -> str:
    """How the link that holds came to whoever has it, as known now: by 'email' or 'sms' to the address on file, if its
    message arrived at that and went to no other; else 'copy': somebody here could read it and pass it on, and who got
    it nobody knows. What a reply recorded (queries.replies) does not follow what is heard later."""
    sent = of_step(company_id=invited.company_id, case=case_of(invited.pk), step=link_step(link_number(invited)))
    return sent.channel if sent is not None and arrived(sent) and not readdressed(sent) else "copy"


def case_of(invitation_id: int) -> str:
    """What the messages with the links of an invitation are about."""
    return f"confirmation:{invitation_id}"


def link_step(number: int) -> str:
    """The step of the message with a link: that of the reminder with this number; 0: the first."""
    return f"remind:{number}" if number else "invite"


def _last_reminder(invited: Invitation) -> Reminder | None:
    return Reminder.objects.filter(invitation_id=invited.pk).order_by("-number").first()
