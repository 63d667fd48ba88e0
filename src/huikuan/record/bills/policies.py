"""Rules of bills a company may set: how acceptors weigh in exposure, the days of law, which banks are large."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register
from huikuan.record.bills.domain.classes import CLASSES
from huikuan.record.bills.domain.life import Rules

_DAYS = {"present_days": 31, "recourse_days": 1_000, "longest_months": 24}
_LONGEST_NAME = 60


def check_bill_rules(document: Mapping[str, Any]) -> None:
    """Percents from 0 to 100 for each class, whole days, and names of banks."""
    percents, banks = document.get("exposure_percent"), document.get("large_banks")
    said = percents if isinstance(percents, Mapping) else {}
    places = [
        Place(column=f"exposure_percent.{name}", value=str(said.get(name)), fix="0–100")
        for name in CLASSES
        if not _whole(said.get(name), 100)
    ]
    places += [Place(column=f"exposure_percent.{name}", value=name) for name in said if name not in CLASSES]
    places += [
        Place(column=name, value=str(document.get(name)), fix=f"0–{most}")
        for name, most in _DAYS.items()
        if not _whole(document.get(name), most)
    ]
    if not isinstance(banks, list) or not all(isinstance(one, str) and 0 < len(one) <= _LONGEST_NAME for one in banks):
        places.append(Place(column="large_banks", value=str(banks)))
    places += [Place(column=name) for name in document if name not in BILL_RULES.default]
    if places:
        raise Refusal("bill_rules_invalid", where=places)


def rules_of(document: Mapping[str, Any]) -> Rules:
    """The days of a document that passed the check."""
    return Rules(**{name: document[name] for name in _DAYS})


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


#: The six banks of the state and nine joint-stock banks whose bills practice takes off the books when they are passed
#: on; 190 days: the presenting and the six months of recourse after it (Negotiable Instruments Law 17).
BILL_RULES = register(
    Kind(
        name="bills.rules",
        title=gettext_noop("Bills"),
        default={
            "exposure_percent": {"large_bank": 0, "other_bank": 50, "commercial": 100},
            "present_days": 10,
            "recourse_days": 190,
            "longest_months": 6,
            "large_banks": [
                "中国工商银行", "中国农业银行", "中国银行", "中国建设银行", "交通银行", "中国邮政储蓄银行",
                "招商银行", "浦东发展银行", "中信银行", "兴业银行", "平安银行", "光大银行", "华夏银行", "民生银行",
                "浙商银行",
            ],
        },
        check=check_bill_rules,
    )
)  # fmt: skip
