"""Proposals in words and in JSON, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from huikuan.judge.credit.domain.calculation import AMOUNT, UNITS, text_of
from huikuan.judge.credit.domain.methods import Step
from huikuan.judge.credit.domain.proposing import Figure, GroupProposal, Proposal, Worked
from huikuan.judge.credit.messages import FIGURES, METHODS, PAYMENT_METHODS, SENTENCES, SOURCES
from huikuan.judge.credit.queries.proposals import ByPolicy, GroupByPolicy
from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped


def proposal_json(found: ByPolicy) -> dict[str, Any]:
    """A proposal's keys: amounts as decimal strings, null where nothing can be worked out."""
    one, currency = found.proposal, found.proposal.currency
    early, traded = one.terms.early_payment, one.known.traded
    return {
        **_whole(found.policy.number, one),
        "grade": one.known.grade or None,
        "term_days": one.term_days,
        "grace_days": one.terms.grace_days,
        "prepaid_percent": one.prepaid_percent,
        "early_payment": {"percent": text_of("share", early.share, "")[:-2], "days": early.days} if early else None,
        "payment_methods": list(one.terms.payment_methods),
        "methods": [_method(worked, currency) for worked in one.methods],
        "beside": {
            "sold": to_text(traded.sold, currency),
            "paid": to_text(traded.paid, currency),
            "overdue": to_text(traded.overdue, currency),
            "worst_days_late": traded.worst_days_late,
            "margin": _text(one.margin, currency),
            "expected_loss": _text(one.loss, currency),
            "custom": one.custom or None,
        },
    }


def group_json(found: GroupByPolicy, codes: dict[int, str]) -> dict[str, Any]:
    """The same of a group; `codes`: of its members."""
    one = found.proposal
    members = [
        {"customer": codes[customer_id], "amount": _text(each.amount, one.currency)}
        for customer_id, each in one.members
    ]
    return {**_whole(found.policy.number, one), "members": members}


def told_steps(steps: Sequence[Step], currency: str) -> list[tuple[str, str]]:
    """(name, value) of each step, as text with thousands apart."""
    return [(told_name(step.name), _shown(step.name, step.value, currency)) for step in steps]


def told_figure(figure: Figure, currency: str) -> tuple[str, str, str]:
    """(name, value, where from) of a figure, as text."""
    return (
        gettext(FIGURES[figure.name]),
        _shown(figure.name, Fraction(figure.value), currency),
        gettext(SOURCES[figure.source]),
    )


def told_name(name: str) -> str:
    """A step's name; the first of an outcome is that of a method, which a figure may be called, too."""
    return gettext(METHODS.get(name) or FIGURES[name])


def told_missing(worked: Worked) -> str:
    """Why a method cannot be worked out."""
    if not worked.missing:
        return ""
    return gettext(SENTENCES[worked.missing]) % {"figure": gettext(FIGURES[worked.lacking]) if worked.lacking else ""}


def told_payment_methods(proposal: Proposal) -> str:
    return gettext(", ").join(gettext(PAYMENT_METHODS[one]) for one in proposal.terms.payment_methods)


def _shown(name: str, value: Fraction, currency: str) -> str:
    text = text_of(name, value, currency)
    return grouped(text) if UNITS.get(name, AMOUNT) == AMOUNT else text


def _whole(policy: int, one: Proposal | GroupProposal) -> dict[str, Any]:
    return {
        "as_of": one.day.isoformat(),
        "policy": policy,
        "amount": _text(one.amount, one.currency),
        "currency": one.currency,
        "until": one.until_on.isoformat(),
        "steps": [_step(step, one.currency) for step in one.steps],
    }


def _method(one: Worked, currency: str) -> dict[str, Any]:
    return {
        "method": one.method,
        "amount": _text(one.amount, currency),
        "missing": one.missing or None,
        "message": told_missing(one) or None,
        "figures": [
            {
                "name": figure.name,
                "value": text_of(figure.name, Fraction(figure.value), currency),
                "source": figure.source,
                "on": figure.on.isoformat(),
            }
            for figure in one.figures
        ],
        "steps": [_step(step, currency) for step in one.steps],
    }


def _step(step: Step, currency: str) -> dict[str, str]:
    return {
        "name": step.name,
        "value": text_of(step.name, step.value, currency),
        "unit": UNITS.get(step.name, AMOUNT),
    }


def _text(amount: int | None, currency: str) -> str | None:
    return None if amount is None else to_text(amount, currency)
