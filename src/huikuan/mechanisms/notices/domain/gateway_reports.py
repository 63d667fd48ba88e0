"""What a short message gateway tells: reports of arrival, and what people wrote back, many in one call.

The form is that of Alibaba Cloud's SmsReport and SmsUp, pushed by HTTP: a JSON list of flat objects. Nothing in it is
believed but what can be matched with a message that went out.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from huikuan.kernel.errors import Refusal

#: In bytes; a provider sends some hundred entries at a time.
LARGEST = 1_000_000
MOST = 1_000
LONGEST = 1_000
_KEY = re.compile(r"notice-([1-9]\d{0,17})")
#: Alone in a message, it wants no more.
_STOP = frozenset({"td", "t", "退订", "tui", "stop", "unsubscribe", "停止", "停止发送", "不要再发", "拒收"})
_AROUND = " \t\r\n.。!！,，:：“”\"'"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report on a message of ours. `notice_id` None: it names none; `reference`: the provider's; `arrived` or not;
    `words`: code and sentence; `sha256`: of the entry."""

    phone: str
    notice_id: int | None
    reference: str
    arrived: bool
    code: str
    words: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """Somebody wrote back. `stop`: that they want no more."""

    phone: str
    words: str
    stop: bool
    sha256: str


def entries(content: bytes) -> list[Arrival | Wrote]:
    """The entries of one call in their order; refuses a body that is none."""
    if len(content) > LARGEST:
        raise Refusal("gateway_report_bad")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refusal("gateway_report_bad") from error
    if not isinstance(found, list) or len(found) > MOST or not all(isinstance(one, dict) for one in found):
        raise Refusal("gateway_report_bad")
    return [_entry(one) for one in found]


def wants_no_more(text: str) -> bool:
    """TD, 退订, STOP and the like, alone."""
    return text.strip(_AROUND).casefold() in _STOP


def _entry(one: dict[str, Any]) -> Arrival | Wrote:
    phone = _text(one, "phone_number")
    written = json.dumps(one, sort_keys=True, ensure_ascii=True).encode()
    digest = hashlib.sha256(written).hexdigest()
    if not phone or ("success" not in one and "content" not in one):
        raise Refusal("gateway_report_bad")
    if "success" not in one:
        words = _text(one, "content")
        return Wrote(phone, words, wants_no_more(words), digest)
    named = _KEY.fullmatch(_text(one, "out_id"))
    code = _text(one, "err_code")[:60]
    words = f"{code} {_text(one, 'err_msg')}".strip()
    return Arrival(
        phone, int(named[1]) if named else None, _text(one, "biz_id"), one["success"] is True, code, words, digest
    )


def _text(one: dict[str, Any], name: str) -> str:
    value = one.get(name, "")
    return value[:LONGEST] if isinstance(value, str) else str(value)[:LONGEST] if isinstance(value, int) else ""
