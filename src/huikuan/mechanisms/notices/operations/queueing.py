"""Queueing notices, and cancelling those that wait: what contexts and their jobs do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import aware
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.lifecycle import CANCELLED, IN_DOUBT, QUEUED
from huikuan.mechanisms.notices.domain.wanted import LONGEST_SUBJECT, address_of, require_known
from huikuan.mechanisms.notices.models import Notice, NoticeStand
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.rows import Attachment, Letter
from huikuan.mechanisms.store.transactions import retrying

#: One message to one address is one row; so many are written at once.
_AT_ONCE = 500
_Key = tuple[int, str, str, str]
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One message to one address. `case`, `step` and `channel` together are sent at most once for a company.

    `case`: what it is about ("item:17", "statement:5"); `to`: the address in the channel's form; `person_id`: the
    number of the contact at this customer, under which their wishes are kept; None where the register knows them as
    another's; `items`: those it speaks of, for the frequency cap and the guard; `not_before`: it waits until then.
    `letters`: the house's texts it is written by; those with a name go with it, set as PDF when it goes out.
    """

    company_id: int
    customer_id: int | None
    case: str
    step: str
    channel: str
    purpose: str
    to: str
    language: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    person_id: int | None = None
    items: tuple[int, ...] = ()
    not_before: datetime | None = None
    letters: tuple[Letter, ...] = ()

    @property
    def key(self) -> _Key:
        return self.company_id, self.case, self.step, self.channel


def queue_notice(*, wanted: Wanted, actor: str, at: datetime) -> int:
    """Queue a notice; its id. Asked again for the same (company, case, step, channel) it is the same one, and nothing
    is queued twice. Refuses an address the channel does not take and an attachment that is not kept here."""
    return queue_notices(wanted=[wanted], actor=actor, at=at)[0]


def queue_notices(*, wanted: Sequence[Wanted], actor: str, at: datetime) -> list[int]:
    """The same for many, all or none; the ids in their order. A few statements for each some hundred."""
    at = aware(at)
    rows = {one.key: _row(one, actor) for one in wanted}
    _require_kept(one for row in wanted for one in row.attachments)

    def work() -> list[int]:
        known = _known(rows)
        missing = {key: row for key, row in rows.items() if key not in known}
        for part in _parts(list(missing.values())):
            with transaction.atomic():
                ids = record(Notice, part, at=at)
                NoticeStand.objects.bulk_create(
                    [_stand(number, row, at) for number, row in zip(ids, part, strict=True)]
                )
        known |= _known(missing)
        return [known[one.key] for one in wanted]

    try:
        return retrying(work)
    except IntegrityError:
        # Somebody queued one of them at this very moment: theirs is the one.
        return retrying(work)


def cancel_notices(*, case: str, company_id: int, reason: str, actor: str, at: datetime) -> int:
    """Cancel what of a case has not gone out yet, since what it was about has vanished; answers how many. What is
    being sent at this moment goes out. `reason`: a code."""

    def work() -> int:
        waiting = Notice.objects.filter(company_id=company_id, case=case, stand__state__in=[QUEUED, IN_DOUBT])
        done = 0
        for number in waiting.order_by("pk").values_list("pk", flat=True):
            stand = stand_held(number)
            if stand.state == QUEUED:
                take_step(stand, CANCELLED, reason=reason, actor=actor, at=aware(at))
                done += 1
        return done

    return retrying(work)


def _row(wanted: Wanted, actor: str) -> dict[str, Any]:
    require_known(wanted.channel, wanted.purpose, wanted.language)
    if not wanted.case or not wanted.step:
        raise Refusal("notice_nameless")
    to = address_of(wanted.channel, wanted.to)
    same = ("company_id", "customer_id", "case", "step", "channel", "purpose", "language", "person_id")
    return {
        **{name: getattr(wanted, name) for name in same},
        "items": sorted(set(wanted.items)),
        "attachments": [{"name": clean_name(one.name), "sha256": one.sha256} for one in wanted.attachments],
        "not_before": aware(wanted.not_before) if wanted.not_before else None,
        "address_digest": digest_of(wanted.channel, to),
        "actor": actor,
        "to": to,
        # One line: nothing of it ever begins another header.
        "subject": tidy(wanted.subject)[:LONGEST_SUBJECT],
        "text": wanted.text,
        "letters": [_letter(one) for one in wanted.letters] or None,
        "said": [dict(one.said) for one in wanted.letters if one.name],
    }


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "code": letter.code, "version": letter.version_id, "name": clean_name(letter.name) if letter.name else "",
    }  # fmt: skip


def _stand(number: int, row: Mapping[str, Any], at: datetime) -> NoticeStand:
    same = ("company_id", "customer_id", "channel", "purpose", "address_digest")
    not_before = row["not_before"]
    due = max(at, not_before) if not_before else at
    return NoticeStand(notice_id=number, due_at=due, changed_at=at, **{name: row[name] for name in same})


def _known(keys: Iterable[_Key]) -> dict[_Key, int]:
    """Those of the keys that are queued, with their notices."""
    wanted = set(keys)
    found: dict[_Key, int] = {}
    for part in _parts(sorted(wanted)):
        rows = Notice.objects.filter(
            company_id__in={key[0] for key in part},
            case__in={key[1] for key in part},
            step__in={key[2] for key in part},
        ).values_list("company_id", "case", "step", "channel", "pk")
        found |= {(company, case, step, channel): number for company, case, step, channel, number in rows}
    return {key: number for key, number in found.items() if key in wanted}


def _require_kept(attachments: Iterable[Attachment]) -> None:
    hashes = {one.sha256: one.name for one in attachments}
    for part in _parts(sorted(hashes)):
        kept = set(StoredFile.objects.filter(sha256__in=part).values_list("sha256", flat=True))
        if missing := [sha256 for sha256 in part if sha256 not in kept]:
            where = [Place(column="attachments", value=hashes[sha256]) for sha256 in missing]
            raise Refusal("notice_attachment_unknown", where=where)


def _parts(rows: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
