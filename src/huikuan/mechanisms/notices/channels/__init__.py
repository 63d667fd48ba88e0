"""Ways out of the house. A channel hands one message to somebody else's server and says what came of it.

A channel is registered once, at start-up, by its name:

    register("sms", opened)      # opened() → a Channel, or None while it is not set up: its notices wait

It is opened for a turn in which something is due, and may raise `Closed` then: nothing is claimed. `Channel.send` ends
in exactly one of these ways:

- it returns a `Receipt`: the other side said it has it;
- it raises `Refused`: the other side certainly does not have it; `permanent` says whether trying again is of any use;
- it raises `Closed`: the other side cannot be reached or lets us in no more, whatever the message: nothing was handed
  over, the turn by this channel is over, and the attempt does not count;
- it raises `Unsure`, or anything else: nobody knows. The notice is in doubt, and nothing sends it again by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Enclosed:
    """An attachment with its bytes, whose hash was checked as they were read."""

    name: str
    sha256: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be handed over. `key` is the same for every attempt at this notice and no other's: servers that know
    keys take it once. `at`: the instant of the claim, so that the same attempt is made of the same bytes again."""

    key: str
    notice_id: int
    company_id: int
    purpose: str
    to: str
    language: str
    subject: str
    text: str
    attachments: tuple[Enclosed, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has it. `answer`: its words; `reference`: what it is called there (what reports and replies will
    name); `sha256`: of the bytes handed over; `sender`: from whom."""

    answer: str
    reference: str = ""
    sha256: str = ""
    sender: str = ""


class Refused(Exception):
    """The other side does not have it. `permanent`: it never will (no such number, blocked template); else it is
    tried again later. `answer`: its words."""

    def __init__(self, answer: str, *, permanent: bool) -> None:
        super().__init__(answer)
        self.answer = answer
        self.permanent = permanent


class Closed(Exception):
    """There is no way to the other side now: no connection, a wrong password. `answer`: its words."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class Unsure(Exception):
    """It may have it. `answer`: what was heard last."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class Channel(Protocol):
    """One way out, open for the length of a job's turn."""

    def send(self, message: Message) -> Receipt:
        """Hand over one message; raises Refused, Closed or Unsure."""
        ...

    def close(self) -> None:
        """Let go of what was held open; no error."""
        ...


@dataclass(frozen=True, slots=True)
class _Way:
    opened: Callable[[], Channel | None]
    needs: tuple[str, ...]


_openers: dict[str, _Way] = {}


def register(name: str, opened: Callable[[], Channel | None], *, needs: tuple[str, ...] = ()) -> None:
    """Make a channel known by its name (domain.wanted.CHANNELS). `opened`: None while it is not set up; `needs`: what
    the environment has to say before it is."""
    _openers[name] = _Way(opened, needs)


def withdraw(name: str) -> None:
    """Forget a channel (tests)."""
    _openers.pop(name, None)


def open_channel(name: str) -> Channel | None:
    """The channel, ready to send; None: not set up here, so its notices wait. Raises Closed."""
    return _openers[name].opened() if name in _openers else None


def lacking(name: str) -> tuple[str, ...]:
    """What the environment does not say yet that the channel needs; asked without opening it."""
    return tuple(one for one in _openers[name].needs if not os.environ.get(one)) if name in _openers else ()


def known_channels() -> tuple[str, ...]:
    return tuple(sorted(_openers))
