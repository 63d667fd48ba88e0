"""Fetching what came back from the mailbox: heard, recorded, and only then marked as read.

Killed in between, a message is unread still and is heard again, which changes nothing: each counts once by its
Message-ID. What is about none of ours stays unread, for people, and so does what cannot be heard: no mail keeps the
others from being heard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from huikuan.mechanisms.notices.channels.mailbox import Box, Mailbox, Unreachable, opened
from huikuan.mechanisms.notices.domain.hearing import named_in_subject
from huikuan.mechanisms.notices.operations.reporting import STRANGE, hear_mail, notice_of

#: So many unread messages are looked at in one turn, the newest.
MOST = 2_000
_IDS = re.compile(r"<[^<>\s]{3,250}>")

#: What was read whole and left unread is not read again for so long: a stranger's report may be megabytes.
LEFT_FOR = timedelta(days=1)

Fence = Callable[[], AbstractContextManager[object]]


@dataclass(slots=True)
class Fetched:
    """What one turn did: how many messages said something new of a notice, by what they were; how many were known,
    or told nothing; how many unread ones are not ours; how many could not be heard (`strange`). `closed`: why the
    mailbox could not be read, or not to its end."""

    heard: Counter[str] = field(default_factory=Counter)
    known: int = 0
    others: int = 0
    strange: int = 0
    closed: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            **self.heard,
            "known": self.known,
            "others": self.others,
            "strange": self.strange,
            "closed": self.closed,
        }


@dataclass(frozen=True, slots=True)
class _Left:
    """A message that was read at `at` and left unread: of somebody else, or not to be heard."""

    at: datetime
    strange: bool


#: (host, port, user, folder, numbering) → UID → what was left of it. A process that starts anew reads each once more.
_left: dict[tuple[str, int, str, str, bytes], dict[int, _Left]] = {}


def fetch(box: Box, *, clock: Callable[[], datetime], actor: str, fence: Fence = nullcontext) -> Fetched:
    """One turn: every unread message that may be about one of ours, the oldest first."""
    done = Fetched()
    try:
        with opened(box) as mailbox:
            uids = mailbox.unread(MOST)
            left = _left_lately(box, mailbox, uids, clock())
            asked = [uid for uid in uids if uid not in left]
            naming = mailbox.naming(asked)
            for uid in asked:
                if not _may_be_ours(naming.get(uid, b"")):
                    done.others += 1
                elif (strange := _heard(mailbox, uid, done, clock, actor, fence)) is not None:
                    left[uid] = _Left(clock(), strange)
            strange_ones = sum(one.strange for one in left.values())
            done.strange += strange_ones
            done.others += len(left) - strange_ones
    except Unreachable as error:
        done.closed = str(error)
    return done


def _left_lately(box: Box, mailbox: Mailbox, uids: Sequence[int], at: datetime) -> dict[int, _Left]:
    """What of the unread was read lately and left; what is read or gone since is forgotten."""
    key = (box.host, box.port, box.user, box.folder, mailbox.numbering)
    known = _left.get(key, {})
    _left[key] = {uid: known[uid] for uid in uids if uid in known and at - known[uid].at < LEFT_FOR}
    return _left[key]


def _heard(
    mailbox: Mailbox, uid: int, done: Fetched, clock: Callable[[], datetime], actor: str, fence: Fence
) -> bool | None:
    """Hear one message. Is it about one of ours, it is recorded, and read from now on: None. Else it is left, and the
    answer is whether it was strange."""
    content = mailbox.read(uid)
    if content is None:
        return False
    with fence():
        noted = hear_mail(content=content, actor=actor, at=clock())
    if noted.notice is None:
        return noted.what == STRANGE
    mailbox.mark(uid)
    if noted.new:
        done.heard[noted.what] += 1
    else:
        done.known += 1
    return None


def _may_be_ours(headers: bytes) -> bool:
    """Whether it names a notice of ours, or is a report, which names it inside."""
    said = headers.decode("ascii", "replace")
    named = [*_IDS.findall(said), *named_in_subject(headers)]
    return "multipart/report" in said.lower() or any(notice_of(one) is not None for one in named)
