"""Rules of collecting a company may set: the strategy, and what may be offered to those who pay in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.act.collection.domain.priority import BUCKETS, Rates
from huikuan.act.collection.domain.strategy import CHANNELS, LETTERS, MESSAGES, PURPOSES, STOPS
from huikuan.act.collection.presets import DEFAULT
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

KIND, GOODWILL_KIND, WORKLIST_KIND = "collection_strategy", "goodwill_catalogue", "collection_worklist"

_SEGMENT = ("grades", "tiers", "value_classes", "business_types", "reasons")
_STEP_NEEDED = ("code", "day", "channel", "template", "purpose")
_STEP_MORE = ("wait", "stops", "approve", "otherwise", "attach", "goodwill")
_EARLIEST, _LATEST, _LONGEST_CODE = -365, 3_650, 40
#: Figure of the worklist's rule → how many, the least, the most, an example.
_RATES = (
    ("ends", BUCKETS - 1, 1, _LATEST, "[30, 60, 90]"),
    ("comes", BUCKETS, 0, 95, "[35, 25, 15, 6]"),
    ("lifts", BUCKETS, 0, 66, "[12, 18, 15, 6]"),
)
_OFFER = ("code", "title", "text", "until_days")

#: What may be offered with a reminder before the due date (MISSION F2); each is a person's to keep.
GOODWILL: dict[str, Any] = {
    "offers": [
        {
            "code": "warranty",
            "title": "质保延长 / Longer warranty",
            "text": "按期付款的，本批货物质保期延长三个月。 / Paid in time, its warranty is three months longer.",
            "until_days": 0,
        },
        {
            "code": "priority",
            "title": "优先排产 / Priority production",
            "text": "按期付款的，下一订单优先排产。 / Paid in time, your next order is produced first.",
            "until_days": 0,
        },
    ]
}


def check_strategy(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks something, says too much, or whose steps are in each other's way."""
    _refuse(KIND, list(_names("", document, DEFAULT)) or [*_figures(document), *_segments(document["segments"])])


def check_goodwill(document: Mapping[str, Any]) -> None:
    """Refuse a catalogue with an offer that lacks something or a code said twice."""
    places = list(_names("", document, GOODWILL)) or list(_offers(document["offers"]))
    _refuse(GOODWILL_KIND, places)


def _refuse(kind: str, places: Sequence[Place]) -> None:
    if places:
        raise Refusal("policy_document_bad", where=places, kind=kind)


def _figures(document: Mapping[str, Any]) -> Iterator[Place]:
    for name, least, most in (("control_percent", 0, 50), ("control_until", _EARLIEST, _LATEST)):
        if not _whole(document[name], least, most):
            yield _bad(
                name, document[name], gettext_noop("A whole number in its bounds is needed."), f"{least} … {most}"
            )
    if document["insured_after"] is not None and not _whole(document["insured_after"], 0, _LATEST):
        yield _bad("insured_after", document["insured_after"], gettext_noop("Days late, or null, are needed."), "60")
    if not isinstance(document["control_seed"], str):
        yield _bad("control_seed", document["control_seed"], gettext_noop("A text is needed."), "2026")
    if not _amount(document["small_cash"]):
        yield _bad("small_cash", document["small_cash"], gettext_noop("An amount in quotes is needed."), "100.00")


def _segments(segments: Any) -> Iterator[Place]:
    if not isinstance(segments, list) or not segments:
        yield _bad("segments", segments, gettext_noop("A list with an entry at least is needed."), "")
        return
    for place, segment in enumerate(segments):
        at = f"segments[{place}]"
        if not isinstance(segment, Mapping):
            yield _bad(at, segment, gettext_noop("An entry with names is needed."), "")
            continue
        yield from _names(f"{at}.", segment, ("name", "steps"), (*_SEGMENT, "overdue_from"))
        yield from _conditions(at, segment)
        yield from _steps(f"{at}.steps", segment.get("steps", []))
    yield from _twice("segments", [one.get("name") for one in segments if isinstance(one, Mapping)])


def _conditions(at: str, segment: Mapping[str, Any]) -> Iterator[Place]:
    for name in _SEGMENT:
        some = segment.get(name, [])
        if not isinstance(some, list) or not all(isinstance(one, str) for one in some):
            yield _bad(f"{at}.{name}", some, gettext_noop("A list of texts is needed."), "[]")
    if not _amount(segment.get("overdue_from", "0")):
        yield _bad(f"{at}.overdue_from", segment["overdue_from"], gettext_noop("An amount in quotes is needed."), "0")


def _steps(at: str, steps: Any) -> Iterator[Place]:
    if not isinstance(steps, list) or not all(isinstance(one, Mapping) for one in steps):
        yield _bad(at, steps, gettext_noop("A list of steps is needed."), "[]")
        return
    for place, step in enumerate(steps):
        missing = list(_names(f"{at}[{place}].", step, _STEP_NEEDED, _STEP_MORE))
        yield from missing or _step(f"{at}[{place}]", step)
    yield from _twice(at, [step.get("code") for step in steps])
    yield from _twice(at, [step.get("day") for step in steps])


def _step(at: str, step: Mapping[str, Any]) -> Iterator[Place]:
    if not _code(step["code"]):
        yield _bad(f"{at}.code", step["code"], gettext_noop("A short code is needed."), "dun:7")
    if not _whole(step["day"], _EARLIEST, _LATEST):
        yield _bad(f"{at}.day", step["day"], gettext_noop("A whole number in its bounds is needed."), "-365 … 3650")
    if not _whole(step.get("wait", 0), 0, _LATEST):
        yield _bad(f"{at}.wait", step["wait"], gettext_noop("A whole number of days is needed."), "2")
    if not isinstance(step.get("goodwill", False), bool):
        yield _bad(f"{at}.goodwill", step["goodwill"], gettext_noop("true or false is needed."), "false")
    for name in ("template", "approve", "attach"):
        if not isinstance(step.get(name, ""), str):
            yield _bad(f"{at}.{name}", step[name], gettext_noop("A text is needed."), "")
    yield from _choices(at, step)


def _choices(at: str, step: Mapping[str, Any]) -> Iterator[Place]:
    asked = (
        ("channel", CHANNELS), ("purpose", PURPOSES), ("otherwise", ("", *MESSAGES)),
        ("template", ("", *LETTERS)), ("attach", ("", *LETTERS)),
    )  # fmt: skip
    for name, known in asked:
        if step.get(name, "") not in known:
            yield _bad(f"{at}.{name}", step[name], gettext_noop("This is none of those there are."), ", ".join(known))
    stops = step.get("stops", [])
    if not isinstance(stops, list) or not set(map(str, stops)) <= set(STOPS):
        yield _bad(f"{at}.stops", stops, gettext_noop("This is none of those there are."), ", ".join(STOPS))
    if step["channel"] in MESSAGES and not step["template"]:
        yield _bad(f"{at}.template", step["template"], gettext_noop("A message needs a template."), "reminder")


def _offers(offers: Any) -> Iterator[Place]:
    if not isinstance(offers, list) or not all(isinstance(one, Mapping) for one in offers):
        yield _bad("offers", offers, gettext_noop("A list of offers is needed."), "[]")
        return
    for place, offer in enumerate(offers):
        yield from _names(f"offers[{place}].", offer, _OFFER)
        for name in ("code", "title", "text"):
            if not isinstance(offer.get(name, ""), str):
                yield _bad(f"offers[{place}].{name}", offer[name], gettext_noop("A text is needed."), "")
        if not _whole(offer.get("until_days", 0), _EARLIEST, _LATEST):
            said = offer["until_days"]
            yield _bad(f"offers[{place}].until_days", said, gettext_noop("A whole number of days is needed."), "0")
    yield from _twice("offers", [one.get("code") for one in offers])


def _names(at: str, said: Mapping[str, Any], needed: Iterable[str], more: Sequence[str] = ()) -> Iterator[Place]:
    known = [*needed, *more]
    for name in needed:
        if name not in said:
            yield Place(column=f"{at}{name}", reason=gettext_noop("This is missing."))
    for name in said:
        if name not in known:
            yield Place(column=f"{at}{name}", reason=gettext_noop("Nobody knows this."), fix=", ".join(known))


def _twice(at: str, values: Sequence[object]) -> Iterator[Place]:
    for value in sorted({str(one) for one in values if values.count(one) > 1}):
        yield _bad(at, value, gettext_noop("This is said twice."), "")


def _bad(at: str, value: object, reason: str, fix: str) -> Place:
    return Place(column=at, value=str(value), reason=reason, fix=fix)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _code(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CODE and value.isprintable() and " " not in value


def _amount(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    return number.is_finite() and number >= 0


def check_worklist(document: Mapping[str, Any]) -> None:
    """Refuse figures that are not three rising ends of buckets and a share of each of the four: what comes alone at
    most 95 per cent, and what a contact brings of the rest at most 66, so that nobody is expected to pay more than is
    owed however well it keeps its word."""
    places = list(_names("", document, asdict(Rates()))) or [
        _bad(name, document[name], gettext_noop("Whole numbers in their bounds are needed, one for each bucket."), fix)
        for name, many, least, most, fix in _RATES
        if not _numbers(document[name], many, least, most)
    ]
    ends = document.get("ends")
    if not places and ends != sorted(set(ends or [])):
        places = [_bad("ends", ends, gettext_noop("The ends of the buckets have to rise."), "[30, 60, 90]")]
    _refuse(WORKLIST_KIND, places)


def _numbers(some: object, many: int, least: int, most: int) -> bool:
    return isinstance(some, list) and len(some) == many and all(_whole(one, least, most) for one in some)


STRATEGY = register(Kind(KIND, gettext_noop("Collection strategy"), DEFAULT, check_strategy))
GOODWILL_CATALOGUE = register(Kind(GOODWILL_KIND, gettext_noop("Goodwill catalogue"), GOODWILL, check_goodwill))
#: 示例: judgement, not learned from data (docs/algorithms/worklist.md).
WORKLIST = register(
    Kind(
        WORKLIST_KIND,
        gettext_noop("Order of the worklist"),
        {name: list(figures) for name, figures in asdict(Rates()).items()},
        check_worklist,
    )
)
