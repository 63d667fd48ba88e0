"""Who may be asked to confirm an account."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal
from huikuan.record.customers.domain.contacts import Contact


def check_asked(now: Contact, then: Contact, channel: str) -> None:
    """Refuse to turn again to who was asked `then`, as they are `now`: gone, refusing, out of reach, or with another
    address for the channel than they were asked at, to which nobody decided that the account may go."""
    check_reachable(now, channel)
    name = {"email": "email", "sms": "phone"}.get(channel)
    if name is None:
        return
    before, after = ("".join(getattr(one, name).split()).casefold() for one in (then, now))
    if before not in ("", after):
        raise Refusal("confirmation_contact_changed")


def check_reachable(contact: Contact, channel: str) -> None:
    """Refuse a contact that is gone, refused to be written to, cannot be reached by the channel, or could not be sent
    a code to prove who they are."""
    if not contact.active:
        raise Refusal("confirmation_contact_gone")
    if contact.consent == "refused" and channel != "copy":
        raise Refusal("confirmation_contact_refused")
    wanted = {"email": contact.email, "sms": contact.phone, "copy": contact.email or contact.phone}[channel]
    if not wanted:
        raise Refusal("confirmation_contact_unreachable", channel=channel)
