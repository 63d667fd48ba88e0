"""The credit policy (信用政策) a company may set: per grade caps and terms, and how a limit is worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.credit.domain.methods import LEAST_NET_WORTH_SHARE, MOST_NET_WORTH_SHARE
from huikuan.judge.credit.domain.terms import (
    METHODS,
    PAYMENT_METHODS,
    POINTS,
    UNRATED,
    CreditPolicy,
    EarlyPayment,
    Terms,
)
from huikuan.judge.credit.policies.reading import check_amounts, is_amount, is_whole, minor_at_most, names
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.policies.kinds import Kind, register

_GRADE = (
    "cap", "factor_percent", "net_worth_percent", "term_days", "grace_days", "prepaid_percent", "early_payment",
    "payment_methods", "default_permille",
)  # fmt: skip
_WHOLE = {
    "factor_percent": (0, 100),
    "net_worth_percent": (int(LEAST_NET_WORTH_SHARE * 100), int(MOST_NET_WORTH_SHARE * 100)),
    "term_days": (0, 720),
    "grace_days": (0, 3_650),
    "prepaid_percent": (0, 100),
}
_OF_ALL = {
    "vat_percent": (0, 100),
    "tolerance_days": (0, 366),
    "peak_percent": (100, 1_000),
    "without_statements_percent": (0, 100),
    "statements_months": (1, 120),
    "valid_months": (1, 60),
}
_NAMES = ("review_on", "methods", *_OF_ALL, "points", "margin_percent", "grades", "group", "customs")
_LONGEST_NOTE = 200


def policy_of(document: Mapping[str, Any], currency: str) -> CreditPolicy:
    """The policy's document as the domain reads it; amounts are in the company's `currency`."""
    return CreditPolicy(
        grades={grade: _terms_of(grade, said, currency) for grade, said in document["grades"].items()},
        methods=tuple(document["methods"]),
        vat=Fraction(document["vat_percent"], 100),
        tolerance_days=document["tolerance_days"],
        peak=Fraction(document["peak_percent"], 100),
        without_statements=Fraction(document["without_statements_percent"], 100),
        statements_months=document["statements_months"],
        points=tuple((one["from"], minor_at_most(one["amount"], currency)) for one in document["points"]),
        valid_months=document["valid_months"],
        margin=_share(document["margin_percent"], 100),
        group_share=Fraction(document["group"]["percent_of_sum"], 100),
        group_cap=_minor(document["group"]["cap"], currency),
        review_on=parse_date(document["review_on"]) if document["review_on"] else None,
        customs=document["customs"],
    )


def check_policy(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks something, says too much, or says what cannot be; every place at once."""
    places = list(names(document, _NAMES, ""))
    if not places:
        places = [
            *_numbers(document, _OF_ALL, ""),
            *_methods(document),
            *_points(document["points"]),
            *_grades(document["grades"]),
            *_group(document["group"]),
            *_notes(document),
        ]
    if places:
        raise Refusal("policy_document_bad", where=places, kind="credit_policy")


def _terms_of(grade: str, said: Mapping[str, Any], currency: str) -> Terms:
    early = said["early_payment"]
    return Terms(
        grade=grade,
        cap=_minor(said["cap"], currency),
        factor=Fraction(said["factor_percent"], 100),
        net_worth_share=Fraction(said["net_worth_percent"], 100),
        term_days=said["term_days"],
        grace_days=said["grace_days"],
        prepaid_percent=said["prepaid_percent"],
        early_payment=EarlyPayment(Fraction(early["permille"], 1_000), early["days"]) if early else None,
        payment_methods=tuple(said["payment_methods"]),
        default_share=_share(said["default_permille"], 1_000),
    )


def _minor(said: str | None, currency: str) -> int | None:
    return None if said is None else minor_at_most(said, currency)


def _share(said: int | None, whole: int) -> Fraction | None:
    return None if said is None else Fraction(said, whole)


def _numbers(document: Mapping[str, Any], known: Mapping[str, tuple[int, int]], inside: str) -> Iterable[Place]:
    for name, (least, most) in known.items():
        if not is_whole(document[name], least, most):
            yield _not_whole(f"{inside}{name}", document[name], least, most)


def _not_whole(column: str, value: object, least: int, most: int) -> Place:
    reason = gettext_noop("A whole number goes here.")
    return Place(column=column, value=str(value), reason=reason, fix=f"{least} … {most}")


def _methods(document: Mapping[str, Any]) -> Iterable[Place]:
    yield from _chosen(document["methods"], METHODS, "methods")
    if POINTS in (document["methods"] or ()) and not document["points"]:
        yield Place(column="points", reason=gettext_noop("Say which score gives which amount."))


def _chosen(said: object, known: tuple[str, ...], column: str) -> Iterable[Place]:
    """One or more of what is known, none of them twice."""
    good = isinstance(said, list) and said and all(one in known for one in said) and len(set(said)) == len(said)
    if not good:
        yield Place(column=column, value=str(said), fix=", ".join(known))


def _points(said: object) -> Iterable[Place]:
    """Scores and amounts rise from line to line: a better score never gets less."""
    if not isinstance(said, list):
        yield Place(column="points", value=str(said), fix='[{"from": 60, "amount": "100000.00"}]')
        return
    before = (-1, -1)
    for number, one in enumerate(said):
        inside = f"points[{number}]."
        unknown = list(names(one, ("from", "amount"), inside))
        yield from unknown
        if unknown:
            continue
        if not is_whole(one["from"], 0, 100):
            yield _not_whole(f"{inside}from", one["from"], 0, 100)
        elif not is_amount(one["amount"]):
            yield Place(column=f"{inside}amount", value=str(one["amount"]), fix='"100000.00"')
        else:
            line = (one["from"], to_minor(one["amount"], "CNY"))
            if line[0] <= before[0] or line[1] < before[1]:
                yield Place(
                    column=f"{inside}from", value=str(one["from"]), reason=gettext_noop("The lines must rise.")
                )
            before = line


def _grades(grades: object) -> Iterable[Place]:
    if not isinstance(grades, dict) or UNRATED not in grades:
        yield Place(column="grades", reason=gettext_noop("Say what holds for customers without a grade."), fix=UNRATED)
        return
    for grade, said in grades.items():
        inside = f"grades.{grade}."
        unknown = list(names(said, _GRADE, inside))
        yield from unknown or [
            *_numbers(said, _WHOLE, inside),
            *_cap(said["cap"], f"{inside}cap"),
            *_early(said["early_payment"], f"{inside}early_payment"),
            *_chosen(said["payment_methods"], PAYMENT_METHODS, f"{inside}payment_methods"),
            *_or_none(said["default_permille"], 1_000, f"{inside}default_permille"),
        ]


def _cap(said: object, column: str) -> Iterable[Place]:
    if said is not None and not is_amount(said):
        yield Place(column=column, value=str(said), fix='"500000.00" | null')


def _early(said: object, column: str) -> Iterable[Place]:
    if said is None:
        return
    unknown = list(names(said, ("permille", "days"), f"{column}."))
    yield from unknown
    if not unknown and isinstance(said, dict):
        yield from _numbers(said, {"permille": (1, 200), "days": (1, 366)}, f"{column}.")


def _or_none(said: object, most: int, column: str) -> Iterable[Place]:
    if said is not None and not is_whole(said, 0, most):
        yield _not_whole(column, said, 0, most)


def _group(said: object) -> Iterable[Place]:
    unknown = list(names(said, ("percent_of_sum", "cap"), "group."))
    yield from unknown
    if not unknown and isinstance(said, dict):
        yield from _numbers(said, {"percent_of_sum": (1, 100)}, "group.")
        yield from _cap(said["cap"], "group.cap")


def _notes(document: Mapping[str, Any]) -> Iterable[Place]:
    yield from _or_none(document["margin_percent"], 100, "margin_percent")
    if document["review_on"] is not None and not _is_day(document["review_on"]):
        yield Place(column="review_on", value=str(document["review_on"]), fix='"2027-06-30" | null')
    customs = document["customs"]
    if not isinstance(customs, dict) or not all(
        isinstance(note, str) and 0 < len(note) <= _LONGEST_NOTE for note in customs.values()
    ):
        yield Place(column="customs", value=str(customs), fix='{"机械": "60–90 天"}')


def _is_day(said: object) -> bool:
    try:
        return isinstance(said, str) and bool(parse_date(said))
    except Refusal:
        return False


def _grade(factor: int, term: int, grace: int, prepaid: int, *payment_methods: str) -> dict[str, Any]:
    return {
        "cap": None,
        "factor_percent": factor,
        "net_worth_percent": 10,
        "term_days": term,
        "grace_days": grace,
        "prepaid_percent": prepaid,
        "early_payment": None,
        "payment_methods": ["transfer", *payment_methods],
        "default_permille": None,
    }


CREDIT_POLICY = register(
    Kind(
        name="credit_policy",
        title=gettext_noop("Credit policy"),
        default={
            "review_on": None,
            "methods": ["sales_based", "net_worth"],
            "vat_percent": 13,
            "tolerance_days": 15,
            "peak_percent": 120,
            "without_statements_percent": 50,
            "statements_months": 24,
            "points": [],
            "valid_months": 12,
            "margin_percent": None,
            "grades": {
                "A": _grade(100, 60, 5, 0, "bank_bill", "commercial_bill"),
                "B": _grade(60, 30, 0, 0, "bank_bill"),
                "C": _grade(20, 15, 0, 30),
                UNRATED: _grade(0, 0, 0, 100),
            },
            "group": {"percent_of_sum": 100, "cap": None},
            "customs": {},
        },
        check=check_policy,
        check_in=partial(check_amounts, kind="credit_policy"),
    )
)
