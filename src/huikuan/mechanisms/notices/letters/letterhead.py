"""What a company says of itself in its letters: the policy “letterhead” that statements print too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force

LETTERHEAD = "letterhead"


@dataclass(frozen=True, slots=True)
class Head:
    """`values`: placeholders company_… and reply_address. `lines`: under the name. `accounts`: to pay to, as (field,
    value) with the fields holder, bank, number, swift."""

    name: str
    lines: tuple[str, ...]
    values: Mapping[str, str]
    accounts: tuple[Mapping[str, str], ...]


def head_of(company: Company, *, language: str, currency: str, at: datetime) -> Head:
    """The letterhead in force, in `language`; '' where it is silent."""
    said: Mapping[str, Any] = in_force(LETTERHEAD, company_id=company.pk, at=at).document
    english = language == "en"

    def text(name: str) -> str:
        return tidy((english and said.get(f"english_{name}")) or said.get(name) or "")

    name = text("name") or company.name
    fields = ("address", "phone", "email", "department")
    values = {f"company_{field}": text(field) for field in fields}
    contact = [text("phone"), text("email")]
    where = [name, *([] if english else [text("department")]), text("address"), *contact]
    return Head(
        name=name,
        lines=tuple(line for line in (text("address"), " · ".join(filter(None, contact))) if line),
        values={
            **values,
            "company_name": name,
            "company_uscc": text("uscc"),
            "reply_address": " · ".join(filter(None, where)),
        },
        accounts=tuple(_account(one, name) for one in _accounts(said, currency)),
    )


def _accounts(said: Mapping[str, Any], currency: str) -> list[Mapping[str, str]]:
    every = said.get("bank_accounts", [])
    own = [one for one in every if one.get("currency") == currency]
    return own or [one for one in every if not one.get("currency")]


def _account(one: Mapping[str, str], name: str) -> dict[str, str]:
    return {
        **{field: tidy(one.get(field, "")) for field in ("bank", "number", "swift")},
        "holder": one.get("holder") or name,
    }
