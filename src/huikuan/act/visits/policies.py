"""What a company has its people say on the telephone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.act.visits.domain.scripts import LANGUAGES, LONGEST, THREATENS, unknown_placeholders
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

KIND = "call_scripts"
_NAMES = {"grades", "from_days", "until_days", *LANGUAGES}
_MOST_DAYS = 3_650


def check_scripts(document: Mapping[str, Any]) -> None:
    """Refuse a document without scripts, a script that lacks a language, days that are none, and a placeholder
    nobody fills in."""
    scripts = document.get("scripts")
    if set(document) != {"scripts"} or not isinstance(scripts, list) or not scripts:
        places = [Place(column="scripts", value=str(scripts)[:80], reason=gettext_noop("Scripts are needed."))]
    else:
        places = [place for number, one in enumerate(scripts) for place in _wrong(f"scripts[{number}]", one)]
    if places:
        raise Refusal("policy_document_bad", where=places, kind=KIND)


def _wrong(at: str, one: object) -> Iterator[Place]:
    if not isinstance(one, dict) or set(one) - {THREATENS} != _NAMES:
        yield Place(column=at, value=str(one)[:80], fix=", ".join(sorted(_NAMES)))
        return
    days = one["from_days"], one["until_days"]
    if not all(isinstance(day, int) and not isinstance(day, bool) for day in days) or not 0 <= days[0] <= days[1]:
        yield Place(column=f"{at}.from_days", value=str(days), fix=f"0–{_MOST_DAYS}")
    if not isinstance(one["grades"], list) or not all(isinstance(grade, str) for grade in one["grades"]):
        yield Place(column=f"{at}.grades", value=str(one["grades"]))
    if not isinstance(one.get(THREATENS, False), bool):
        yield Place(column=f"{at}.{THREATENS}", value=str(one[THREATENS])[:80], fix="true, false")
    for language in LANGUAGES:
        text = one[language]
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            yield Place(column=f"{at}.{language}", value=str(text)[:80], fix=f"1–{LONGEST}")
        elif unknown := unknown_placeholders(text):
            yield Place(column=f"{at}.{language}", value=", ".join(unknown), reason=gettext_noop("Nobody knows this."))


def _script(grades: list[str], since: int, until: int, chinese: str, english: str) -> dict[str, Any]:
    return {"grades": grades, "from_days": since, "until_days": until, "zh-hans": chinese, "en": english}


def _threatening(grades: list[str], since: int, until: int, chinese: str, english: str) -> dict[str, Any]:
    """Passed over where supply is frozen; the next that fits is said."""
    return {**_script(grades, since, until, chinese, english), THREATENS: True}


SCRIPTS = register(
    Kind(
        name=KIND,
        title=gettext_noop("Call scripts"),
        default={
            "scripts": [
                _script(
                    ["A", "B"], 0, 30,
                    "{contact}您好，我是{company}的。{document}这笔 {amount}，{due} 到期，"
                    "想跟您核对一下付款安排，这周方便付吗？",
                    "Hello {contact}, this is {company}. {document} over {amount} fell due on {due}; may I ask when"
                    " you plan to pay it? Would this week suit you?",
                ),
                _script(
                    ["A", "B"], 31, 60,
                    "{contact}您好，{document}这笔 {amount} 是 {due} 到期的，已过 {days} 天。"
                    "想请您今天给个付款日，我这边好按这个日子跟进。",
                    "Hello {contact}, {document} over {amount} fell due on {due}, {days} days ago. Could you give me a"
                    " day today, so that I can note it down?",
                ),
                _script(
                    [], 0, 60,
                    "{contact}您好，到今天请付的逾期款一共 {count} 笔，合计 {total}；"
                    "最早的是{document}，{amount}，已逾期 {days} 天。"
                    "是货有问题，还是资金安排？如果没有异议，请今天定下付款日和金额。",
                    "Hello {contact}, of what is overdue by today we ask you for {total}, items: {count}. The oldest,"
                    " {document} over {amount}, is {days} days late. Is something wrong with the goods, or is it a"
                    " matter of cash? If not, let us agree on day and amount today.",
                ),
                _threatening(
                    [], 61, 3_650,
                    "{contact}您好，到今天请付的逾期款一共 {count} 笔，合计 {total}；"
                    "最早的是{document}，{amount}，已逾期 {days} 天。"
                    "再拖下去我们只能停止供货并交法务处理。请告诉我本周能付多少，余款如何分期。",
                    "Hello {contact}, of what is overdue by today we ask you for {total}, items: {count}. The oldest,"
                    " {document} over {amount}, is {days} days late. We should have to stop supply and hand this"
                    " to our lawyers. How much can you pay this week, and in which instalments the rest?",
                ),
                _script(
                    [], 61, 3_650,
                    "{contact}您好，到今天请付的逾期款一共 {count} 笔，合计 {total}；"
                    "最早的是{document}，{amount}，已逾期 {days} 天。"
                    "货已经停发，再拖下去我们只能交法务处理。请告诉我本周能付多少，余款如何分期，付了我们再谈恢复发货。",
                    "Hello {contact}, of what is overdue by today we ask you for {total}, items: {count}. The oldest,"
                    " {document} over {amount}, is {days} days late. Supply is stopped; the next step would be our"
                    " lawyers. How much can you pay this week, and in which instalments the rest? Once it is paid we"
                    " talk about supply.",
                ),
            ]
        },
        check=check_scripts,
    )
)  # fmt: skip
