"""Instant messages by the robots of group chats: 企业微信, 钉钉, 飞书, each by its published form of webhook.

HUIKUAN_IM_ROBOTS names a TOML file with a table for each robot, readable by the service alone:

    [ar-team]
    kind = "dingtalk"                   # wecom | dingtalk | feishu
    url = "https://oapi.dingtalk.com/robot/send?access_token=…"
    secret = "SEC…"                     # dingtalk and feishu, where signing is switched on

A notice's address is a robot's name (`ar-team`), so no token stands in the ledger. A robot takes twenty messages a
minute at most; what it refuses for that is tried again later.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.channels import Closed, Message, Receipt, Refused, register
from huikuan.mechanisms.notices.channels.asking import answered, asked
from huikuan.mechanisms.notices.domain.wanted import IM

#: In bytes of UTF-8: what a text message of a robot takes at most.
LONGEST = {"wecom": 2_048, "dingtalk": 20_000, "feishu": 20_000}


@dataclass(frozen=True, slots=True)
class Robot:
    """Where a group listens. `secret` '': it is not signed."""

    name: str
    kind: str
    url: str
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A call as it goes out."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind is spoken to. `code`: where its answer says what became of the message; `later`: codes after which
    it is worth trying again: too much at once, or the robot lets us in no more until somebody mends it."""

    posted: Callable[[Robot, str, datetime], Posted]
    code: str
    later: frozenset[int]


def set_up() -> None:
    """Make instant messages known; what the environment says is read when they are opened."""
    register(IM, opened, needs=("HUIKUAN_IM_ROBOTS",))


def opened() -> Robots | None:
    """The robots of the file; None while none is named. Raises Closed for a file that cannot be read."""
    file = os.environ.get("HUIKUAN_IM_ROBOTS", "")
    if not file:
        return None
    try:
        return Robots(robots_of(tomllib.loads(Path(file).read_text(encoding="utf-8"))))
    except (OSError, ValueError, Refusal) as error:
        raise Closed(f"{type(error).__name__}: {error}") from error


def robots_of(said: Mapping[str, Any]) -> dict[str, Robot]:
    """The robots a file names; refuses what is none."""
    found = {}
    for name, one in said.items():
        known = isinstance(one, dict) and one.get("kind") in FORMS and not one.keys() - {"kind", "url", "secret"}
        if not known or not all(isinstance(value, str) for value in one.values()) or not one.get("url"):
            raise Refusal("robot_bad", name=name, known=" | ".join(FORMS))
        found[name] = Robot(name, one["kind"], one["url"], one.get("secret", ""))
    return found


class Robots:
    """Every robot of this installation."""

    def __init__(self, robots: Mapping[str, Robot]) -> None:
        self._robots = robots

    def send(self, message: Message) -> Receipt:
        """Hand one message to its robot."""
        robot = self._robots.get(message.to)
        if robot is None:
            raise Refused(f"no robot {message.to}", permanent=True)
        if len(message.text.encode()) > LONGEST[robot.kind]:
            raise Refused(f"longer than {LONGEST[robot.kind]} bytes", permanent=True)
        form = FORMS[robot.kind]
        posted = form.posted(robot, message.text, message.at)
        answer = _answer(posted)
        told = json.dumps(answer, ensure_ascii=False)[:300]
        code = answer.get(form.code, answer.get("StatusCode"))
        if code != 0:
            raise Refused(told, permanent=code not in form.later)
        return Receipt(answer=told, sha256=hashlib.sha256(posted.body).hexdigest(), sender=robot.name)

    def close(self) -> None:
        """Nothing is held open."""


def _answer(posted: Posted) -> dict[str, Any]:
    """What the robot says; one that cannot be reached holds up no other: its message is tried again later."""
    try:
        return answered(asked("POST", posted.url, {"Content-Type": "application/json; charset=utf-8"}, posted.body))
    except Closed as closed:
        raise Refused(closed.answer, permanent=False) from closed


def dingtalk_sign(secret: str, milliseconds: int) -> str:
    """钉钉 加签: HMAC-SHA256 over `timestamp\\nsecret`, keyed by the secret."""
    text = f"{milliseconds}\n{secret}"
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), hashlib.sha256)).decode()


def feishu_sign(secret: str, seconds: int) -> str:
    """飞书 签名校验: HMAC-SHA256 over nothing, keyed by `timestamp\\nsecret`."""
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def _wecom(robot: Robot, text: str, _at: datetime) -> Posted:
    return Posted(robot.url, _json({"msgtype": "text", "text": {"content": text}}))


def _dingtalk(robot: Robot, text: str, at: datetime) -> Posted:
    url = robot.url
    if robot.secret:
        now = int(at.timestamp() * 1000)
        url += "&" + urlencode({"timestamp": now, "sign": dingtalk_sign(robot.secret, now)})
    return Posted(url, _json({"msgtype": "text", "text": {"content": text}}))


def _feishu(robot: Robot, text: str, at: datetime) -> Posted:
    said: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if robot.secret:
        now = int(at.timestamp())
        said = {"timestamp": str(now), "sign": feishu_sign(robot.secret, now), **said}
    return Posted(robot.url, _json(said))


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


#: The codes are those the providers publish for their robots.
FORMS = {
    "wecom": Form(_wecom, "errcode", frozenset({-1, 45009, 45033, 93000, 40001, 40014, 42001})),
    "dingtalk": Form(_dingtalk, "errcode", frozenset({-1, 130101, 410100, 310000, 300001})),
    "feishu": Form(_feishu, "code", frozenset({11232, 19001, 19021, 19022})),
}
