"""The kind of request by which a piece of cover comes to count, or to count for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.cover.domain.pieces import INSURANCE, Whose, check_terms, identity, terms_from
from huikuan.record.cover.messages import KINDS
from huikuan.record.cover.operations.pieces import KIND, append_version, last_version, require_new, tell, write


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    """The document, if the piece is still as it was when it was drawn up; it must not be over either."""
    company, terms = _company(asked), terms_from(asked.shown)
    today = business_date(at, company.time_zone)
    check_terms(terms, today=today)
    number = asked.shown["number"]
    if number is None:
        require_new(company.pk, _whose(asked.shown), terms, today)
        return asked.shown
    last = last_version(number)
    if last.released:
        raise Refusal("cover_released_already", number=number)
    return {**asked.shown, "version": last.version}


def _count(asked: Asked, *, actor: str, at: datetime) -> None:
    """The piece counts as was shown, from today on; its number is the request's."""
    shown, terms = asked.shown, terms_from(asked.shown)
    company = _company(asked)
    today = business_date(at, company.time_zone)
    said = {**asdict(terms), "sha256": shown["sha256"], "file_name": shown["file_name"]}
    if shown["number"] is not None:
        last = last_version(shown["number"])
        append_version(last, said, today, actor=asked.maker, approved_by=actor, at=at)
        tell("cover.revalued", last, at)
        return
    whose = _whose(shown)
    row = {
        **said,
        "number": asked.id,
        "version": 1,
        "effective_on": today,
        "company_id": company.pk,
        "customer_id": whose.customer_id,
        "contract_number": whose.contract_number,
        "group_code": whose.group,
        "identity": identity(whose, terms),
        "actor": asked.maker,
        "approved_by": actor,
    }
    write(row, at=at)
    tell("cover.recorded", last_version(asked.id), at)


def _described(shown: Mapping[str, Any]) -> Described:
    terms = terms_from(shown)
    whose = shown["customer"] or f"{_('Group')} {shown['group']}"
    said = [
        (_("Covers"), f"{whose} {shown['contract_number']}".strip()),
        (_("Kind"), _(KINDS[terms.kind])),
        (_("Guarantor"), terms.provider),
        (_("Number of the paper"), terms.reference),
        (_("Amount"), f"{shown['currency']} {grouped(shown['amount'])}"),
        (_("Eligible"), f"{shown['eligible']} %"),
        (_("Valid from and until"), f"{shown['valid_from']} → {shown['valid_until'] or _('without end')}"),
        (_("Paper"), shown["file_name"] or _("none was handed in")),
    ]
    if terms.kind == INSURANCE:
        said.insert(6, (_("Insured part"), f"{shown['insured']} %"))
    if shown["number"] is not None:
        said.insert(0, (_("Piece of cover"), f"#{shown['number']}"))
    return said


def _address(asked: Asked) -> str:
    number = asked.shown["number"]
    return reverse("cover:piece", args=[number]) if number is not None else reverse("cover:pieces")


def _company(asked: Asked) -> Company:
    return Company.objects.get(code=asked.shown["company"])


def _whose(shown: Mapping[str, Any]) -> Whose:
    return Whose(shown["customer_id"], shown["contract_number"], shown["group"])


COVER = register(
    ApprovalKind(
        KIND,
        gettext_noop("piece of cover"),
        still_shown=_still_shown,
        execute=_count,
        describe=_described,
        address=_address,
    )
)
