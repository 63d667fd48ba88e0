"""What the demo's companies print on their statements: drafted by one, approved by another, as everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huikuan.kernel.identifiers import organisation_check_character, uscc_check_character
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies import operations
from huikuan.mechanisms.policies.queries import in_force, version
from huikuan.shell.demo.cast import PEOPLE, SELLERS, Seller

KIND = "letterhead"
_ENGLISH = ("", "(East) ")


def put_letterheads_in_force(*, actor: str, at: datetime) -> None:
    """Each company's letterhead; where one is in force nothing changes."""
    approver = next(person.username for person in PEOPLE if "finance_manager" in person.roles)
    for place, seller in enumerate(SELLERS):
        company = Company.objects.get(code=seller.code)
        if in_force(KIND, company_id=company.pk, at=at).number:
            continue
        drafted = operations.draft(
            kind=KIND, company_id=company.pk, document=_document(seller, place), actor=actor, at=at
        )
        operations.approve(version_id=drafted, digest=version(drafted).digest, actor=approver, at=at)
        operations.put_in_force(version_id=drafted, effective_at=at, actor=actor, at=at)


def _document(seller: Seller, place: int) -> dict[str, Any]:
    """Invented; the code's check characters are right, its region is none of this country's."""
    organisation = f"MADEM0{place}0"
    body = f"91999000{organisation}{organisation_check_character(organisation)}"
    bank = {"holder": seller.name, "bank": "示例银行江临分行"}
    return {
        "name": seller.name,
        "english_name": f"Jianglin Precision Equipment {_ENGLISH[place]}Co., Ltd.",
        "uscc": body + uscc_check_character(body),
        "address": "江临市示范区样本路 88 号",
        "english_address": "88 Yangben Road, Shifan District, Jianglin",
        "department": "财务部应收组",
        "phone": "000-8800 1234",
        "email": "receivables@example.com",
        "bank_accounts": [
            {**bank, "currency": "CNY", "number": "6200 0000 1234 5678"},
            {**bank, "currency": "", "number": "6200 0000 9876 5432", "swift": "EXAMCNB1"},
        ],
    }
