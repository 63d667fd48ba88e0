"""Rules of credit a company may set: how orders are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.credit.domain.deciding import ENFORCE, EXPOSURE, HOLD, OBSERVE, OPEN_DEBT, WARN, Blocking, Rules
from huikuan.judge.credit.domain.terms import UNRATED
from huikuan.judge.credit.policies.reading import check_amounts, is_amount, is_whole, minor_at_most, names
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register, retire

_MOST_PERCENT, _MOST_DAYS = 1_000, 3_650
_DOCUMENTS = ("order", "delivery")
_BLOCKING = ("overdue_days", "overdue_amount", "missing_contract")
#: What older versions do not say, and what that means.
#: Nobody was frozen before there were freezes, and whoever is was frozen on purpose: unsaid, it holds.
_SINCE: Mapping[str, Any] = {"review_days": None, "review_decision": WARN, "flagged": False, "frozen": True}
_RULES = ("mode", "basis", "warn_over", "block_over", "rearm_under", *_DOCUMENTS)
_TYPES = "business_types"


def rules_of(document: Mapping[str, Any], currency: str) -> Rules:
    """The policy's document as the domain reads it; amounts are in the company's `currency`."""
    return Rules(
        mode=document["mode"],
        basis=document["basis"],
        warn_over=document["warn_over"],
        block_over=document["block_over"],
        rearm_under=document["rearm_under"],
        order=_blocking(document["order"], currency),
        delivery=_blocking(document["delivery"], currency),
        types={
            business_type: {name: _blocking({**document[name], **own}, currency) for name, own in owns.items()}
            for business_type, owns in document.get(_TYPES, {}).items()
        },
    )


def own_grace(document: Mapping[str, Any], grade: str) -> int | None:
    """The grace days an older version of the order checks says itself, which hold while it is in force; None: the
    credit policy says them, as for every version drafted since there is one."""
    grades = document.get("grades")
    return int(grades.get(grade or UNRATED, grades[UNRATED])["grace_days"]) if grades else None


def check_rules(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks something, says too much, or whose thresholds do not rise."""
    places = list(names({_TYPES: {}, **document}, (*_RULES, _TYPES), ""))
    if not places:
        places = [*_choices(document), *_thresholds(document)]
        for name in _DOCUMENTS:
            places += _blocks(document[name], name)
    if not places:
        places = list(_types(document.get(_TYPES, {}), document))
    if places:
        raise Refusal("policy_document_bad", where=places, kind="credit_rules")


def _blocking(document: Mapping[str, Any], currency: str) -> Blocking:
    amount = document["overdue_amount"]
    return Blocking(
        document["overdue_days"],
        None if amount is None else minor_at_most(amount, currency),
        document["missing_contract"],
        *(document.get(name, unsaid) for name, unsaid in _SINCE.items()),
    )


def _choices(document: Mapping[str, Any]) -> Iterable[Place]:
    for name, choices in (("mode", (OBSERVE, ENFORCE)), ("basis", (EXPOSURE, OPEN_DEBT))):
        if document[name] not in choices:
            yield Place(column=name, value=str(document[name]), fix=" | ".join(choices))


def _thresholds(document: Mapping[str, Any]) -> Iterable[Place]:
    thresholds = ("rearm_under", "warn_over", "block_over")
    wrong = [name for name in thresholds if not is_whole(document[name], 1, _MOST_PERCENT)]
    for name in wrong:
        yield Place(column=name, value=str(document[name]), reason=gettext_noop("A whole percentage goes here."))
    if not wrong and not document["rearm_under"] <= document["warn_over"] <= document["block_over"]:
        yield Place(
            column="warn_over",
            value=str(document["warn_over"]),
            reason=gettext_noop("The thresholds must rise: rearm_under, warn_over, block_over."),
            fix="75, 80, 100",
        )


def _blocks(document: object, name: str) -> Iterable[Place]:
    said = {**_SINCE, **document} if isinstance(document, dict) else document
    unknown = list(names(said, (*_BLOCKING, *_SINCE), f"{name}."))
    yield from unknown
    if unknown or not isinstance(document, dict) or not isinstance(said, dict):
        return
    days, amount, contract = (document[one] for one in _BLOCKING)
    if days is not None and not is_whole(days, 0, _MOST_DAYS):
        yield Place(column=f"{name}.overdue_days", value=str(days), reason=gettext_noop("A whole number goes here."))
    if amount is not None and not is_amount(amount):
        yield Place(column=f"{name}.overdue_amount", value=str(amount), fix='"10000.00"')
    if not isinstance(contract, bool):
        yield Place(column=f"{name}.missing_contract", value=str(contract), fix="true | false")
    yield from _doubts(said, name)


def _doubts(said: Mapping[str, Any], name: str) -> Iterable[Place]:
    if said["review_days"] is not None and not is_whole(said["review_days"], 0, _MOST_DAYS):
        reason = gettext_noop("A whole number goes here.")
        yield Place(column=f"{name}.review_days", value=str(said["review_days"]), reason=reason)
    if said["review_decision"] not in (WARN, HOLD):
        yield Place(column=f"{name}.review_decision", value=str(said["review_decision"]), fix=f"{WARN} | {HOLD}")
    for rule in ("flagged", "frozen"):
        if not isinstance(said[rule], bool):
            yield Place(column=f"{name}.{rule}", value=str(said[rule]), fix="true | false")


def _types(types: object, document: Mapping[str, Any]) -> Iterable[Place]:
    """Each business type says of a document only what is different there."""
    if not isinstance(types, dict):
        yield Place(column=_TYPES, value=str(types), reason=gettext_noop("This has to be an object."))
        return
    for business_type, owns in types.items():
        inside = f"{_TYPES}.{business_type}"
        if not isinstance(owns, dict) or not owns.keys() <= set(_DOCUMENTS):
            yield Place(column=inside, value=str(owns), fix=", ".join(_DOCUMENTS))
            continue
        for name, own in owns.items():
            yield from _blocks({**document[name], **own} if isinstance(own, dict) else own, f"{inside}.{name}")


CREDIT_RULES = register(
    Kind(
        name="credit_rules",
        title=gettext_noop("Order checks"),
        default={
            "mode": OBSERVE,
            "basis": EXPOSURE,
            "warn_over": 80,
            "block_over": 100,
            "rearm_under": 75,
            "order": {
                "overdue_days": 30,
                "overdue_amount": None,
                "missing_contract": False,
                "review_days": 30,
                "review_decision": WARN,
                "flagged": True,
                "frozen": True,
            },
            "delivery": {
                "overdue_days": 60,
                "overdue_amount": None,
                "missing_contract": False,
                "review_days": None,
                "review_decision": WARN,
                "flagged": True,
                "frozen": True,
            },
            "business_types": {},
        },
        check=check_rules,
        check_in=partial(check_amounts, kind="credit_rules"),
    )
)

#: Who granted how much until limits went through approvals, whose matrix has it now.
retire("credit_authority", gettext_noop("Who grants limits"), instead="authority")
