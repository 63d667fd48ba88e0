"""Decisions in words and in JSON: reasons and ways out as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from huikuan.judge.credit.domain.deciding import HOLD, RANK
from huikuan.judge.credit.messages import GROUP_REASONS, REASONS, WAYS_OUT, WAYS_OUT_OF_A_GROUP
from huikuan.judge.credit.queries.judging import Judged
from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped, used_of


def judged_json(judged: Judged, company_currency: str) -> dict[str, Any]:
    """A decision's keys: amounts as decimal strings, utilisation as a fraction of the customer's own limit; null where
    a rate is missing."""
    own, content, used = judged.own, judged.content(), judged.utilisation_e4
    currency = own.limit.currency if own else company_currency
    return {
        "decision": judged.decision.decision,
        "exposure": to_text(own.after, currency) if own else None,
        "limit": to_text(own.limit.amount, currency) if own else None,
        "currency": currency,
        "utilisation": None if used is None else f"{used // 10_000}.{used % 10_000:04}",
        "reasons": [
            {"rule": one["rule"], "group": one["group"], "message": told_reason(one, content, company_currency)}
            for one in strictest_first(content)
        ],
        "ways_out": [{"way": one["way"], "message": told_way(one, content, currency)} for one in content["ways_out"]],
        "mode": judged.rules.mode,
        "policy": judged.policy.number,
    }


def strictest_first(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The kept reasons, those that hold before those that warn; otherwise as the rules are asked."""
    return sorted(content.get("reasons", ()), key=lambda one: -RANK[one["decision"]])


def told_reasons(content: Mapping[str, Any], company_currency: str) -> list[str]:
    """Every kept reason as a sentence, the strictest first."""
    return [told_reason(one, content, company_currency) for one in strictest_first(content)]


def told_reason(reason: Mapping[str, Any], content: Mapping[str, Any], company_currency: str) -> str:
    """A kept reason as a sentence; `content` is the decision's. What is overdue is in the company's currency."""
    node = next((one for one in content["nodes"] if one["group"] == reason["group"]), None)
    days = reason["rule"] in ("overdue_days", "review_overdue")
    currency = (
        node["currency"] if node and reason["rule"] not in ("overdue_days", "overdue_amount") else company_currency
    )
    value, threshold = int(reason["value"]), int(reason["threshold"])

    def said(minor: int) -> str:
        return f"{minor:,}" if days else _money(minor, currency)

    template = (GROUP_REASONS if reason["group"] else REASONS)[reason["rule"]]
    return gettext(template) % {
        "group": reason["group"],
        "value": said(value),
        "threshold": said(threshold),
        "over": said(value - threshold),
        "percent": used_of(value, threshold),
        "warn_over": content["warn_over"],
        "says": reason.get("says", ""),
    }


def told_way(way: Mapping[str, Any], content: Mapping[str, Any], currency: str) -> str:
    """A kept way out as a sentence; `content` is the decision's. What a group lacks is told to nobody: whoever asks
    may see one customer of it alone."""
    held_by_group = any(one["group"] and one["decision"] == HOLD for one in content["reasons"])
    amount = _money(int(way["amount"]), currency)
    templates = {**WAYS_OUT, **WAYS_OUT_OF_A_GROUP} if held_by_group else WAYS_OUT
    template = templates[way["way"]]
    return gettext(template) % {"amount": amount}


def _money(minor: int, currency: str) -> str:
    return f"{currency} {grouped(to_text(minor, currency))}"
