"""kill -9 of whoever sends, anywhere: nothing goes out twice, nothing is lost unseen (catalogue 28).

What a dead sender had in hand is in doubt: it may be with the addressee or not, and a person says which.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.domain.lifecycle import state_of
from huikuan.mechanisms.notices.models import NoticeStand, NoticeStep
from huikuan.mechanisms.notices.operations import queue_notices
from huikuan.mechanisms.notices.operations.claiming import doubt_lost
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries import Chosen
from huikuan.mechanisms.notices.tests.conftest import Office
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.mechanisms.notices.tests.sender_process import POINTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sealed]

#: Deaths at each named point, and at moments nobody chose.
EACH, ANYWHERE = (20, 100) if os.environ.get("HUIKUAN_PROVE") == "1" else (1, 3)
_AHEAD = 12
FROM = "ar@jianglin.example"


class Senders:
    """The process that starts senders."""

    def __init__(self, url: str) -> None:
        settings = {**environment(), "HUIKUAN_SMTP_URL": url, "HUIKUAN_SMTP_FROM": FROM}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "huikuan.mechanisms.notices.tests.sender_process"],
            env=settings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._hears() == "ready"

    def dies(self, point: str, nth: int = 0, *, after: float = 0.0) -> bool:
        """Start one; whether it was killed: by itself at the point, or `after` so many seconds."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{point} {nth} {after}\n")
        self._process.stdin.flush()
        return int(self._hears()) == -signal.SIGKILL

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _hears(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer() as found:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", found.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", FROM)
        yield found


@pytest.fixture
def senders(server: MailServer) -> Iterator[Senders]:
    found = Senders(server.url)
    yield found
    found.end()


@pytest.fixture
def office(transactional_db: None) -> Office:
    return Office()


class Queue:
    """Keeps some notices waiting."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.count = 0

    def fill(self) -> None:
        missing = _AHEAD - NoticeStand.objects.filter(state="queued").count()
        if missing <= 0:
            return
        numbers = range(self.count, self.count + missing)
        wanted = [self._office.wanted(f"item:{number}", items=(number,), purpose="internal") for number in numbers]
        queue_notices(wanted=wanted, actor="system", at=datetime.now(UTC) - timedelta(seconds=1))
        self.count += missing


def arrived(server: MailServer) -> Counter[int]:
    """How often each notice was taken: by the number in its Message-ID, whoever sent it."""
    return Counter(
        int(str(mail["Message-ID"]).split(".")[0].removeprefix("<notice-")) for mail in server.taken.mails()
    )


def settled() -> None:
    """The dead are known to be dead, and the rest goes out."""
    doubt_lost(at=datetime.now(UTC) + timedelta(seconds=1), after=timedelta(0))
    while send_due().more:
        pass


def test_killed_anywhere_nothing_goes_out_twice_and_nothing_is_lost(
    office: Office, server: MailServer, senders: Senders
) -> None:
    queue, dice = Queue(office), random.Random(28)
    doomed = [(point, dice.randrange(3), 0.0) for point in POINTS for _ in range(EACH)]
    doomed += [("-", 0, 0.005 + dice.random() * 0.25) for _ in range(ANYWHERE)]
    dice.shuffle(doomed)
    kills: Counter[str] = Counter()
    for point, nth, after in doomed:
        queue.fill()
        kills["anywhere" if after else point] += senders.dies(point, nth, after=after)
    settled()
    taken = arrived(server)
    rows = list(queries.every_notice(Chosen(), EVERYTHING))
    doubted = {row.id for row in rows if row.state == "in_doubt"}
    sent = {row.id for row in rows if row.state == "sent"}
    assert all(kills[point] == EACH for point in POINTS)
    assert len(rows) == queue.count == len(doubted) + len(sent)
    twice = {number for number, times in taken.items() if times > 1}
    lost = sent - set(taken)
    unseen = set(taken) - sent - doubted
    assert (twice, lost, unseen) == (set(), set(), set())
    # Where each stands is what its steps say.
    assert all(state_of([one.step for one in queries.history(row.id)]) == row.state for row in rows)
    # What died between the claim and the mark is in doubt, and nothing else is.
    named = sum(kills[point] for point in POINTS if point != "claiming")
    assert named <= len(doubted) <= named + kills["anywhere"]
    assert NoticeStep.objects.filter(step="claimed").count() == queue.count
    print(
        f"senders killed: {kills.total()} ({kills['anywhere']} anywhere, {EACH} at each of {len(POINTS)} points);"
        f" notices: {queue.count}; sent twice: {len(twice)}; lost unseen: {len(lost)};"
        f" in doubt: {len(doubted)}, of which {len(doubted & set(taken))} had arrived"
    )


def test_a_sweep_that_sends_again_by_itself_sends_twice(office: Office, server: MailServer, senders: Senders) -> None:
    """The twin: what a dead sender had in hand is queued again instead of being put in doubt."""
    Queue(office).fill()
    assert senders.dies("answered")
    NoticeStand.objects.filter(state="sending").update(state="queued")
    settled()
    assert max(arrived(server).values()) == 2
