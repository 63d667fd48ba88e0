"""How the demo's customers were reminded: the strategy in force, its days, and what became of the messages.

No mail leaves the house: the demo says itself what a mail server would have said. All invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any

from huikuan.act.collection.models import Hold
from huikuan.act.collection.operations.holding import hold, say_cause
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.policies import KIND
from huikuan.act.collection.presets import DEFAULT
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, IN_DOUBT, QUEUED, REPLIED, SENT
from huikuan.mechanisms.notices.models import NoticeStand
from huikuan.mechanisms.notices.operations.claiming import Claimed, claim, due
from huikuan.mechanisms.notices.operations.posting import deliver_letter, post_letter
from huikuan.mechanisms.notices.operations.reporting import report
from huikuan.mechanisms.notices.operations.sending import settle
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import in_force, version
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.shell.demo.cast import COLLECTOR, DIRECTOR, HEAD
from huikuan.shell.demo.days import Days, hired

#: Workdays ago, the earliest first: on each of them the strategy was run.
RUNS = (4, 1, 0)
#: One in ten is left to itself for the first days, so that the page of effects has somebody to compare with.
_STRATEGY: dict[str, Any] = {**DEFAULT, "control_percent": 10}
_TAKEN = {"answer": "250 2.0.0 Ok: queued (demo)"}
_CUT_OFF = {"reason": "broke_off", "answer": "ConnectionResetError: after the message, before the answer (demo)"}
_NO_SUCH = "550 5.1.1 mailbox unavailable (demo)"
_ANSWER = "收到，付款申请已经提交，预计周五付款。（演示）"
#: Letters that were posted, and how many of them have arrived.
_POSTED, _ARRIVED = 4, 2


def follow_a_strategy(*, today: date, actor: str, at: datetime) -> None:
    """What is shipped is an example: the demo's company has said that it collects so."""
    since = hired(today, at)
    if in_force(KIND, company_id=None, at=at).version_id is not None:
        return
    number = policies.draft(kind=KIND, company_id=None, document=_STRATEGY, actor=actor, at=since)
    policies.approve(version_id=number, digest=version(number).digest, actor=DIRECTOR, at=since)
    policies.put_in_force(version_id=number, effective_at=since, actor=actor, at=since)


def write_reminders(*, today: date, at: datetime) -> None:
    """Who is left alone and why people pay late, then the days of the strategy; a day that was run stays as it is."""
    days = Days.of(today, at)
    _left_alone(days)
    for back in RUNS:
        morning = days.morning(back, time(9, 20))
        for company in Company.objects.order_by("pk"):
            run_day(company=company, on=days.back(back), actor=SYSTEM, at=morning)
        if back:
            _send(days, back)


def _left_alone(days: Days) -> None:
    if Hold.objects.exists():
        return
    company, since = Company.objects.get(code=HEAD), days.morning(5)
    ids = ids_by_code({"C10004", "C10015", "C10031"})
    whose: dict[str, Any] = {"company": company, "actor": COLLECTOR, "at": since}
    hold(customer_id=ids["C10015"], reason="董事长出面谈年度框架，谈完再催", until=days.ahead(9), **whose)
    say_cause(customer_id=ids["C10031"], cause="cash_strain", note="在建项目回款慢，工资优先", **whose)
    say_cause(customer_id=ids["C10004"], cause="paperwork", note="付款须集团共享中心排期，每月 25 日", **whose)


def _send(days: Days, back: int) -> None:
    """What was due that morning by mail went out; the last time one was cut off, one came back, one was answered."""
    for number, taken in enumerate(_claims(days.morning(back, time(10)))):
        cut_off = back == RUNS[-2] and number == 0
        settle(taken, IN_DOUBT if cut_off else SENT, _CUT_OFF if cut_off else _TAKEN, at=days.morning(back, time(10)))
    mailed = list(_standing("email", SENT))
    if back == RUNS[-2] and not NoticeStand.objects.filter(state=BOUNCED).exists() and len(mailed) > 1:
        heard = days.morning(back, time(10, 40))
        report(notice_id=mailed[0], step=BOUNCED, reason="bounced", answer=_NO_SUCH, actor=SYSTEM, at=heard)
        report(notice_id=mailed[1], step=REPLIED, answer=_ANSWER, actor=SYSTEM, at=heard)
    if back == RUNS[0]:
        _post(days, back)


def _claims(at: datetime) -> Iterator[Claimed]:
    """What is due by mail, claimed one after the other, until nothing is left."""
    seen: list[tuple[int, str]] = []
    while (found := due(("email",), at=at)) != seen:
        seen = found
        for number, _ in found:
            if taken := claim(number, at=at):
                yield taken


def _standing(channel: str, state: str) -> Iterator[int]:
    rows = NoticeStand.objects.filter(channel=channel, state=state)
    yield from rows.order_by("-pk").values_list("pk", flat=True)


def _post(days: Days, back: int) -> None:
    """Some letters were printed and posted, others wait to be."""
    if NoticeStand.objects.filter(channel="letter", sent_at__isnull=False).exists():
        return
    posted: list[int] = []
    for number in sorted(_standing("letter", QUEUED)):
        with suppress(Refusal):  # of what was disputed or paid since, nothing is posted
            tracking = f"DEMO{len(posted) + 1:08}"
            post_letter(
                notice_id=number, posted_on=days.back(back), carrier="示例快递", tracking=tracking, actor=COLLECTOR,
                at=days.morning(back, time(16)),
            )  # fmt: skip
            posted.append(number)
        if len(posted) == _POSTED:
            break
    for number in posted[:_ARRIVED]:
        deliver_letter(
            notice_id=number, on=days.back(1), arrived=True, note="前台签收（演示）", actor=COLLECTOR,
            at=days.morning(1, time(15)),
        )  # fmt: skip
