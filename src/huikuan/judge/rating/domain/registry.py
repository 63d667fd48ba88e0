"""What a company register says of a company, and what of it a scorecard can read.

The register's words for a status are those of the national publicity system: 存续, 在业, 开业 (in business), 迁出
(moved to another register), 吊销 (licence revoked), 注销 (deregistered), often with more behind them:
存续（在营、开业、在册）.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

from huikuan.kernel.errors import Refusal

#: The register's word → the answer of the factor `registry_status`; the first that begins the text.
STATUSES = {
    "存续": "active", "在业": "active", "在营": "active", "开业": "active", "正常": "active",
    "迁出": "moved_out", "迁入": "active", "吊销": "revoked", "撤销": "revoked", "注销": "cancelled",
}  # fmt: skip
_BRACKETS = str.maketrans("（）", "()")


@dataclass(frozen=True, slots=True)
class Holder:
    """A shareholder and its share as the register writes it ('' where it says none)."""

    name: str
    share: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A company in the register. `capital` and `status` are the register's own words; a count that is None was not
    told."""

    name: str
    uscc: str
    legal_representative: str
    capital: str
    status: str
    established_on: date | None
    lawsuits: int | None
    dishonest: int | None
    holders: tuple[Holder, ...] = ()


class Registry(Protocol):
    """A register that can be asked."""

    def find(self, wanted: str) -> Entry:
        """The company with this USCC, or of exactly this name. Refuses what is not there or not understood."""
        ...


def require_same(entry: Entry, *, uscc: str, name: str) -> None:
    """Refuse an entry of somebody else: another USCC, or where we know none another name. Brackets of both widths are
    the same."""
    if uscc and entry.uscc != uscc:
        raise Refusal("registry_mismatch", ours=uscc, theirs=entry.uscc or "–")
    if not uscc and entry.name.translate(_BRACKETS) != name.translate(_BRACKETS):
        raise Refusal("registry_mismatch", ours=name, theirs=entry.name)


def readable(entry: Entry, today: date) -> dict[str, str]:
    """Factor → value, of what the entry tells; a status in words nobody knows tells nothing."""
    status = next((answer for word, answer in STATUSES.items() if entry.status.startswith(word)), None)
    said = {
        "registry_status": status,
        "years_established": _years(entry.established_on, today),
        "open_lawsuits": entry.lawsuits,
        "dishonest_debtor": None if entry.dishonest is None else ("yes" if entry.dishonest else "no"),
    }
    return {factor: str(value) for factor, value in said.items() if value is not None}


def _years(since: date | None, today: date) -> int | None:
    """Whole years; None: not told, or to come."""
    if since is None or since > today:
        return None
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def content_of(entry: Entry) -> str:
    """The entry as the text a fact keeps."""
    return json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True, default=str)


def entry_of(content: str) -> Entry:
    """The reverse of `content_of`."""
    row: dict[str, Any] = json.loads(content)
    row["established_on"] = date.fromisoformat(row["established_on"]) if row["established_on"] else None
    return Entry(**{**row, "holders": tuple(Holder(**one) for one in row["holders"])})


def read_answer(answer: Any) -> Entry:
    """An entry of the provider's JSON (`Result`: Name, CreditCode, OperName, RegistCapi, Status, StartDate, Partners,
    LawsuitCount, DishonestCount). Refuses what is not of this shape: of half an answer nothing is believed."""
    found = answer.get("Result") if isinstance(answer, Mapping) else None
    if not isinstance(found, Mapping):
        raise Refusal("registry_unreadable", field="Result")
    return Entry(
        name=_text(found, "Name", needed=True),
        uscc=_text(found, "CreditCode"),
        legal_representative=_text(found, "OperName"),
        capital=_text(found, "RegistCapi"),
        status=_text(found, "Status", needed=True),
        established_on=_day(found, "StartDate"),
        lawsuits=_count(found, "LawsuitCount"),
        dishonest=_count(found, "DishonestCount"),
        holders=_holders(found),
    )


def _text(found: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    value = found.get(name)
    if (value is None or value == "") and not needed:
        return ""
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise Refusal("registry_unreadable", field=name)
    return value.strip()


def _count(found: Mapping[str, Any], name: str) -> int | None:
    value = found.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1_000_000:
        raise Refusal("registry_unreadable", field=name)
    return value


def _day(found: Mapping[str, Any], name: str) -> date | None:
    text = _text(found, name)[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal("registry_unreadable", field=name) from None


def _holders(found: Mapping[str, Any]) -> tuple[Holder, ...]:
    rows = found.get("Partners") or []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise Refusal("registry_unreadable", field="Partners")
    return tuple(Holder(_text(row, "StockName", needed=True), _text(row, "StockPercent")) for row in rows[:200])
