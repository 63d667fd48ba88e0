"""A guest at the door: the link is opened, a session begins, a code proves the person.

Whatever is wrong with a link, the answer is the same: `portal_link_dead`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import GUEST
from huikuan.mechanisms.notices.channels import lacking
from huikuan.mechanisms.notices.domain.lifecycle import ARRIVING, QUEUED, SENDING, SENT
from huikuan.mechanisms.notices.queries import NoticeRow, of_step
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.queries.people import ContactRow
from huikuan.see.confirmations.domain.links import (
    CODE_AGAIN,
    CODE_DIGITS,
    CODE_LIVES,
    CODE_TRIES,
    CODES,
    COUNTED,
    TOKEN_BYTES,
    WRONG_CODES,
    WRONG_LINKS,
    Cap,
    hashed,
    same,
    sealed_code,
)
from huikuan.see.confirmations.domain.people import check_asked
from huikuan.see.confirmations.models import GuestSession, Invitation, Knock, Opening
from huikuan.see.confirmations.operations.sending import CODE, Message, send
from huikuan.see.confirmations.queries.guests import Guest, invitation_of, is_over, link_number
from huikuan.see.confirmations.queries.people import contact_asked, number_at
from huikuan.see.statements.operations.papers import django_language

#: Of a message with a code: it could not be sent, not yet or not at all.
UNSENT = "unsent"
#: How often a session's last use is written down.
_NOTED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has begun: what the cookie says, and the language the guest is spoken to in."""

    key: str
    language: str


def open_link(*, token: str, address: str, whence: str, at: datetime) -> Opened:
    """Begin a guest's session for the invitation whose link this is; the one before it ends. `address`: the client's,
    kept as evidence of the first opening; `whence`: its pseudonym, by which wrong links are counted.

    Refuses `portal_paused` after too many wrong links from there, and everything else alike as `portal_link_dead`.
    """
    check_rate(f"link:{whence}", WRONG_LINKS, at)
    invited = invitation_of(token, at=at)
    if invited is None:
        count(f"link:{whence}", at)
        raise Refusal("portal_link_dead")
    key = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        _note_opening(invited, address, at)
        # One guest at a time: who opens the link again goes on where the draft was left.
        draft = GuestSession.objects.filter(invitation_id=invited.pk).values_list("draft", flat=True).first()
        GuestSession.objects.filter(invitation_id=invited.pk).delete()
        GuestSession.objects.create(
            key_hash=hashed(key),
            invitation_id=invited.pk,
            language=invited.language,
            began_at=at,
            seen_at=at,
            draft=draft or {},
        )
    return Opened(key, invited.language)


def leave(*, session_id: int) -> None:
    """End the session. What was filled in stays for the next time the link is opened, for as long as it lives."""
    GuestSession.objects.filter(pk=session_id).update(key_hash=hashed(secrets.token_urlsafe(TOKEN_BYTES)))


def touch(*, guest: Guest, language: str, at: datetime) -> None:
    """The guest is still there, and is spoken to in this language; written down once a minute at most."""
    if at - guest.session.seen_at > _NOTED or language != guest.session.language:
        GuestSession.objects.filter(pk=guest.session.pk).update(seen_at=at, language=language)
        guest.session.language = language


def change_draft(*, session_id: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change what was filled in so far, as it stands now: two forms sent at once both count. No fact, and nobody else
    sees it."""
    with transaction.atomic():
        session = GuestSession.objects.select_for_update().filter(pk=session_id).first()
        if session is not None:
            GuestSession.objects.filter(pk=session_id).update(draft=change(session.draft))


def send_code(*, guest: Guest, at: datetime) -> str:
    """Send a fresh code to the address on file; answers the channel. The one before it is void.

    Refuses within a minute of the last one, more than a few an hour by one link, and whoever is not to be
    reached any more where they were asked: that the address is theirs is all a code proves.
    """
    session, invited = guest.session, guest.invitation
    if session.code_sent_at and at - session.code_sent_at < CODE_AGAIN:
        raise Refusal("portal_code_wait", seconds=int((CODE_AGAIN - (at - session.code_sent_at)).total_seconds()) + 1)
    about = f"codes:{_link_of(invited)}"
    check_rate(about, CODES, at)
    row, channel = _coded(invited)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        count(about, at)
        # Of two requests at once one sends: the other's code would void the first, and be sent to nobody.
        unsent = GuestSession.objects.filter(pk=session.pk, code_sent_at=session.code_sent_at)
        sends = unsent.update(
            code_hash=sealed_code(code, session.pk, _key()),
            code_by=channel,
            code_sent_at=at,
            tries=0,
            codes=F("codes") + 1,
        )
        if not sends:
            raise Refusal("portal_code_wait", seconds=int(CODE_AGAIN.total_seconds()))
        with translation.override(django_language(session.language)):
            values = {"code": code, "minutes": int(CODE_LIVES.total_seconds()) // 60}
            text = _(
                "Your code to confirm the account: %(code)s. It holds for %(minutes)s minutes. Nobody of us will ask"
                " you for it."
            )
            subject = _("Your code to confirm the account")
        message = Message(
            company_id=invited.company_id,
            customer_id=invited.customer_id,
            case=_case_of(session),
            step=_step_of(session.codes + 1),
            channel=channel,
            purpose=CODE,
            to=row.contact.phone if channel == "sms" else row.contact.email,
            language=django_language(session.language),
            subject=subject,
            text=text % values,
            contact=number_at(row, invited.customer_id),
        )
        send(message, actor=actor_of(guest), at=at)
    return channel


def code_stands(session: GuestSession) -> str:
    """What is known of the message with the code sent last: SENT it went out, SENDING it does so any moment, UNSENT it
    could not, not yet or not at all; why not is told to staff alone. '' where none was asked for."""
    found = _code_message(session)
    if found is None:
        return ""
    if found.state in ARRIVING:
        return SENT
    held_up = found.waits or lacking(found.channel)
    return UNSENT if held_up or found.state not in (QUEUED, SENDING) else SENDING


def _code_message(session: GuestSession) -> NoticeRow | None:
    company_id = Invitation.objects.values_list("company_id", flat=True).get(pk=session.invitation_id)
    return of_step(company_id=company_id, case=_case_of(session), step=_step_of(session.codes))


def _case_of(session: GuestSession) -> str:
    return f"portal:{session.pk}"


def _step_of(number: int) -> str:
    return f"code:{number}"


def code_channel(invited: Invitation, contact: Contact) -> str:
    """How codes go out: the way the link came, else the way there is."""
    return "sms" if invited.channel == "sms" or not contact.email else "email"


def _link_of(invited: Invitation) -> str:
    """What is counted of the link that was sent last; whoever holds one before it is not inside any more."""
    return f"{invited.pk}.{link_number(invited)}"


def _coded(invited: Invitation) -> tuple[ContactRow, str]:
    """To whom and how. Why not is told to staff alone."""
    try:
        asked = contact_asked(invited)
        channel = code_channel(invited, asked.then)
        check_asked(asked.now.contact, asked.then, channel)
    except Refusal as refusal:
        raise Refusal("portal_code_nobody") from refusal
    return asked.now, channel


def take_code(*, guest: Guest, code: str, at: datetime) -> str:
    """Whether this is the code that was sent last: how the person is proved by it ('code:email'). Each try counts,
    before it is compared, so that many at once are no more tries than one after the other; what is not compared with
    any code is no try.

    Refuses `portal_code_wrong` for a wrong, an old and an unsent one, `portal_code_waits` whatever is typed while the
    message with the code has not gone out (whoever knows it did not read it there), and `portal_code_paused` after too
    many wrong ones by this link. What could have hit no code is not one of them: who merely holds the link keeps
    nobody from answering by it.
    """
    about = f"wrong:{_link_of(guest.invitation)}"
    check_rate(about, WRONG_CODES, at, "portal_code_paused")
    session = GuestSession.objects.filter(pk=guest.session.pk).first()
    if session is None or not _waits_for_code(session, at):
        raise Refusal("portal_code_wrong")
    if code_stands(session) != SENT:
        raise Refusal("portal_code_waits")
    if not _count_try(session):
        raise Refusal("portal_code_wrong")
    if not same(bytes(session.code_hash), sealed_code(code.strip(), session.pk, _key())):
        count(about, at)
        raise Refusal("portal_code_wrong")
    return f"code:{session.code_by}"


def _waits_for_code(session: GuestSession, at: datetime) -> bool:
    """Whether a code was sent that still holds and was not used."""
    sent = session.code_sent_at
    return bool(session.code_hash) and sent is not None and at - sent < CODE_LIVES


def _count_try(session: GuestSession) -> bool:
    """Whether one more try of this code is left; it is used up. None of a code that was used or replaced meanwhile:
    the fresh one's tries are its own."""
    left = GuestSession.objects.filter(pk=session.pk, code_hash=session.code_hash, tries__lt=CODE_TRIES)
    return left.update(tries=F("tries") + 1) > 0


def void_code(session_id: int) -> None:
    """The code was used. In the transaction of what it was used for."""
    GuestSession.objects.filter(pk=session_id).update(code_hash=b"")


def actor_of(guest: Guest) -> str:
    """Under which name a guest's deeds are recorded: nobody's who works here."""
    return f"{GUEST}{guest.invitation.pk}"


def check_rate(about: str, cap: Cap, at: datetime, code: str = "portal_paused") -> None:
    """Refuse when this was counted too often lately."""
    if Knock.objects.filter(about=about, at__gt=at - cap.span).count() >= cap.most:
        raise Refusal(code, minutes=max(1, int(cap.span.total_seconds()) // 60))


def count(about: str, at: datetime) -> None:
    """Count it."""
    Knock.objects.create(about=about, at=at)


def tidy_doors(*, at: datetime) -> int:
    """Forget what is counted no longer, and sessions whose invitation is over; how many rows went."""
    gone = Knock.objects.filter(at__lt=at - COUNTED).delete()[0]
    dead = Invitation.objects.filter(pk__in=GuestSession.objects.values("invitation_id"))
    over = [one.pk for one in dead if is_over(one, at)]
    return gone + GuestSession.objects.filter(invitation_id__in=over).delete()[0]


def _note_opening(invited: Invitation, address: str, at: datetime) -> None:
    """The first opening is a fact; of two at once one is."""
    if Opening.objects.filter(invitation_id=invited.pk).exists():
        return
    try:
        with transaction.atomic():
            record(Opening, [{"invitation_id": invited.pk, "ip": address}], at=at)
    except IntegrityError:
        pass  # somebody opened it in the same moment


def _key() -> bytes:
    return settings.SECRET_KEY.encode()
