"""Printed letters: printed, posted with a tracking number, delivered on a day; the proof of delivery is kept.

No channel sends them by itself: a notice by letter waits in the outbox until a person says it was posted. What would
stop an e-mail (paid meanwhile, wants no more) stops a letter when it is printed and again when it is posted. What
would put an e-mail off to another day (queued for later, written to often enough) puts off the printing alone: what
was printed may be posted.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.dates import aware, business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.notices.domain.lifecycle import AGAIN, BOUNCED, CANCELLED, CLAIMED, DELIVERED, QUEUED, SENT
from huikuan.mechanisms.notices.domain.posted import posted_note
from huikuan.mechanisms.notices.domain.wanted import CONFIRMATION, DEMAND, LETTER, REMINDER, STATEMENT
from huikuan.mechanisms.notices.letters.messages import TITLES
from huikuan.mechanisms.notices.letters.setting import Sheet, sheets, sheets_to_send
from huikuan.mechanisms.notices.letters.writing import plain_letter
from huikuan.mechanisms.notices.models import Notice, NoticeStand, NoticeStep
from huikuan.mechanisms.notices.operations.claiming import against, keep_sheets
from huikuan.mechanisms.notices.operations.reporting import report
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.rows import Words, row_of, words
from huikuan.mechanisms.notices.queries.timing import CAP, when

_LONGEST = 100
#: What a letter is called by its purpose; others by their subject.
_CODES = {REMINDER: "reminder", STATEMENT: "statement", CONFIRMATION: "account_confirmation", DEMAND: "demand"}


def printed_letters(*, notice_id: int, at: datetime) -> list[Sheet]:
    """The PDFs to print, all of them: the letters it is, the files that go with it, or its words on the company's
    letterhead. Refuses a notice that is no letter, is erased, is not wanted any more, or waits for another day."""
    stand = NoticeStand.objects.filter(pk=notice_id, channel=LETTER).first()
    if stand is None:
        raise Refusal("letter_not_posted_so", notice=notice_id)
    notice = row_of(Notice.objects.select_related("stand").get(pk=notice_id))
    if stand.state == QUEUED:
        _require_wanted(stand, aware(at))
        _require_its_day(stand, aware(at))
    said = words([notice_id]).get(notice_id)
    if said is None:
        raise Refusal("letter_not_posted_so", notice=notice_id)
    files = [one for one in notice.attachments if one.name.lower().endswith(".pdf")]
    kept = [Sheet(one.name, open_original(one.sha256).read_bytes()) for one in files]
    if found := [*sheets(notice, said), *kept]:
        return found
    with translation.override(notice.language):
        plain = plain_letter(
            company=Company.objects.get(pk=notice.company_id), title=_title(notice.purpose, said.subject), to=said.to,
            text=said.text,
            number=notice.key, language=notice.language, at=at,
        )  # fmt: skip
    return [Sheet(f"{notice.key}.pdf", plain)]


def post_letter(*, notice_id: int, posted_on: date, carrier: str, tracking: str, actor: str, at: datetime) -> None:
    """Say that a letter was posted; what was printed is kept. One that left the house on an earlier day is judged by
    nothing that was known or done since: neither a payment nor its cancelling brings it back. Else refuses one that
    does not wait or is not wanted any more; and always a day to come, one before it was drawn up, and one without the
    carrier's number: nothing would prove it."""
    waiting = Notice.objects.select_related("stand").filter(stand__state__in=(QUEUED, CANCELLED))
    letter = waiting.filter(pk=notice_id).first()
    printed = sheets_to_send(row_of(letter)) if letter else []
    with transaction.atomic():
        stand = _theirs(notice_id, actor, at)
        if not tidy(tracking) or posted_on > _today(stand, at):
            raise Refusal("letter_posting_bad")
        _require_written(stand, posted_on)
        if not _had_left(stand, posted_on, at):
            if stand.state != QUEUED:
                raise Refusal("letter_not_posted_so", notice=notice_id)
            _require_wanted(stand, aware(at))
        files = keep_sheets(printed, actor=actor, at=aware(at))
        take_step(stand, CLAIMED, files=files, actor=actor, at=aware(at))
        said: dict[str, Any] = {"reference": tidy(tracking)[:_LONGEST], "sender": tidy(carrier)[:_LONGEST]}
        take_step(stand, SENT, note=posted_note(posted_on), actor=actor, on=posted_on, at=aware(at), **said)


def _had_left(stand: NoticeStand, posted_on: date, at: datetime) -> bool:
    """Whether it waited to be posted on that day, which is over; or on it until it was cancelled: whoever says that it
    had been posted by then knows better than its cancelling."""
    if stand.state not in (QUEUED, CANCELLED):
        return False
    again = NoticeStep.objects.filter(notice_id=stand.pk, step=AGAIN).order_by("-number").first()
    since = (again or Notice.objects.get(pk=stand.pk)).recorded_at
    if stand.state == CANCELLED:
        return _today(stand, since) <= posted_on <= _today(stand, stand.changed_at)
    return _today(stand, since) <= posted_on < _today(stand, at)


def deliver_letter(
    *,
    notice_id: int,
    on: date,
    arrived: bool,
    note: str = "",
    proof: bytes = b"",
    proof_name: str = "",
    actor: str,
    at: datetime,
) -> bool:
    """Say when a posted letter arrived, or came back; `proof`: the carrier's slip, kept as an original. False: it was
    said already. Refuses one that was not posted, a day to come, and one before it was posted: what arrived interrupts
    limitation on its day."""
    stand = NoticeStand.objects.filter(pk=notice_id, channel=LETTER).first()
    if stand is None:
        raise Refusal("notice_unknown", notice=notice_id)
    require(actor, Permission.SEND_NOTICES, company_id=stand.company_id, at=at)
    posted = NoticeStep.objects.filter(notice_id=notice_id, step=SENT).order_by("-number").first()
    if posted is None:
        raise Refusal("letter_not_posted_yet", notice=notice_id)
    _require_past(on, _today(stand, at))
    _require_posted(stand, on)
    kept = store_file(proof, proof_name or "proof", actor=actor, at=at).sha256 if proof else ""
    return report(
        notice_id=notice_id,
        step=DELIVERED if arrived else BOUNCED,
        reason="" if arrived else "bounced",
        reference=posted.reference,
        sha256=kept,
        note=" ".join(filter(None, (on.isoformat(), tidy(note))))[:500],
        on=on,
        actor=actor,
        at=aware(at),
    )


def _theirs(notice_id: int, actor: str, at: datetime) -> NoticeStand:
    stand = stand_held(notice_id)
    require(actor, Permission.SEND_NOTICES, company_id=stand.company_id, at=at)
    if stand.channel != LETTER:
        raise Refusal("letter_not_posted_so", notice=notice_id)
    return stand


def _title(purpose: str, subject: str) -> str:
    return _(TITLES[_CODES[purpose]]) if purpose in _CODES else subject


def _today(stand: NoticeStand, at: datetime) -> date:
    return business_date(at, Company.objects.get(pk=stand.company_id).time_zone)


def _require_written(stand: NoticeStand, posted_on: date) -> None:
    """Refuse a day on which the letter did not exist yet, in the company's zone."""
    written = _today(stand, Notice.objects.get(pk=stand.pk).recorded_at)
    if posted_on < written:
        raise Refusal("letter_posted_early", posted=posted_on, written=written)


def _require_past(day: date, today: date) -> None:
    """Refuse a day to come: nobody knows yet that it will arrive."""
    if day > today:
        raise Refusal("letter_arrival_ahead", day=day, today=today)


def _require_posted(stand: NoticeStand, day: date) -> None:
    """Refuse a day before it went out, the last time it did: `sent_at` is on the day it was posted on."""
    posted = _today(stand, stand.sent_at) if stand.sent_at else None
    if posted is not None and day < posted:
        raise Refusal("letter_arrived_early", day=day, posted=posted)


def _require_its_day(stand: NoticeStand, at: datetime) -> None:
    """Refuse a letter that waits for another day, with that day. Hours do not matter: paper wakes nobody."""
    same = ("company_id", "customer_id", "address_digest", "purpose", "channel")
    found = when(**{name: getattr(stand, name) for name in same}, at=max(stand.due_at, at))
    until = _today(stand, found.at if found.waits == CAP else stand.due_at)
    if until > _today(stand, at):
        raise Refusal("letter_waits", notice=stand.pk, until=until)


def _require_wanted(stand: NoticeStand, at: datetime) -> None:
    notice = row_of(Notice.objects.select_related("stand").get(pk=stand.pk))
    if reason := against(notice, words([stand.pk]).get(stand.pk, Words()), at):
        raise Refusal("letter_not_wanted", notice=stand.pk, reason=reason)
