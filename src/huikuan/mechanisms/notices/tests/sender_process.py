"""Senders to be killed: `python -m …sender_process`; each line read on stdin starts one, which dies where it says.

A line is `point nth after`: the sender kills itself (SIGKILL) when it comes to the point for the nth time (`-`:
nowhere), or is killed after so many seconds (0: it is not). It is forked, so that starting one costs no imports.
Answers how it ended: `-9` killed, `0` nothing was left to send.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()

from huikuan.mechanisms.notices.channels import mail
from huikuan.mechanisms.notices.operations import claiming, sending

#: Where a sender can die, in the order in which it comes there.
POINTS = ("claiming", "claimed", "addressed", "half_said", "said", "answered", "marking")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Doom:
    """Dies when asked for the nth time."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def near(self) -> bool:
        self._left -= 1
        return self._left < 0


def arm(point: str, nth: int) -> None:
    """Have this process die at the point."""
    doom = Doom(nth)
    if point == "claiming":
        _after(claiming, "take_step", doom)
    elif point == "claimed":
        _before(mail.Mail, "send", doom)
    elif point == "addressed":
        _before(mail, "_taken", doom)
    elif point in ("half_said", "said"):
        share = 0.5 if point == "half_said" else 1.0
        real = mail._dotted

        def said(content: bytes) -> bytes:
            return Last(real(content), share) if doom.near() else real(content)

        mail._dotted = said  # type: ignore[assignment]
        smtplib.SMTP.send = _dying_send(smtplib.SMTP.send)  # type: ignore[method-assign]
    elif point == "answered":
        _before(sending, "settle", doom)
    elif point == "marking":
        _after(sending, "take_step", doom)


class Last(bytes):
    """Words of which so much is said before death."""

    share: float

    def __new__(cls, content: bytes, share: float) -> Last:
        made = super().__new__(cls, content)
        made.share = share
        return made


def _dying_send(real: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    def send(line: Any, said: Any) -> None:
        if isinstance(said, Last):
            real(line, bytes(said)[: int(len(said) * said.share)])
            die()
        real(line, said)

    return send


def _before(where: Any, name: str, doom: Doom) -> None:
    real = getattr(where, name)

    def armed(*given: Any, **named: Any) -> Any:
        if doom.near():
            die()
        return real(*given, **named)

    setattr(where, name, armed)


def _after(where: Any, name: str, doom: Doom) -> None:
    real = getattr(where, name)

    def armed(*given: Any, **named: Any) -> Any:
        answer = real(*given, **named)
        if doom.near():
            die()
        return answer

    setattr(where, name, armed)


def run(point: str, nth: int) -> None:
    """Send until nothing is due, or until death."""
    if point != "-":
        arm(point, nth)
    while sending.send_due().more:
        pass


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        point, nth, after = line.split()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                run(point, int(nth))
                code = 0
            finally:
                os._exit(code)
        if float(after):
            time.sleep(float(after))
            os.kill(child, signal.SIGKILL)  # not waited for yet, so the number is still its own
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
