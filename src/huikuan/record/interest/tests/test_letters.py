"""The computation sheet as a letter: it asks for what is open, and for nothing that was paid."""

from __future__ import annotations

import io

import docx
import pytest

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.queries.claims import claim
from huikuan.record.interest.tests.conftest import AT, WHO, Late, day, dear
from huikuan.record.interest.web.sheets import letter_of
from huikuan.record.receivables.operations.reversals import reverse_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(late: Late) -> int:
    return dear(late)


def claimed(item: int, until: str = "2026-02-28") -> int:
    return claim_interest(item_id=item, until=day(until), **WHO)[0]


def letter(number: int, language: str) -> str:
    written = letter_of(claim(number, scope=EVERYTHING, at=AT), language=language, at=AT)
    return "\n".join(one.text for one in docx.Document(io.BytesIO(written.docx)).paragraphs)


def says(number: int, *, due: str, principal: str, interest: str, interest_open: str, total: str) -> None:
    chinese, english = letter(number, "zh-hans"), letter(number, "en")
    for line in (
        f"原应付本金：CNY {due}",
        f"尚欠本金：CNY {principal}",
        f"利息合计 CNY {interest}，其中尚欠 CNY {interest_open}；尚欠本息合计 CNY {total}。",
    ):
        assert line in chinese
    for line in (
        f"Principal as it fell due: CNY {due}",
        f"Principal still owed: CNY {principal}",
        f"Interest comes to CNY {interest}, of which CNY {interest_open} is open;"
        f" principal and interest still owed come to CNY {total}.",
    ):
        assert line in english


def test_of_principal_paid_in_part_the_rest_is_asked_for(late: Late, item: int) -> None:
    late.pay(item, 40_000_00, "2026-01-11")
    says(
        claimed(item), due="100,000.00", principal="60,000.00", interest="1,940.00", interest_open="1,940.00",
        total="61,940.00",
    )  # fmt: skip


def test_of_principal_paid_late_the_interest_alone_is_asked_for(late: Late, item: int) -> None:
    late.pay(item, 100_000_00, "2026-01-11")
    says(claimed(item), due="100,000.00", principal="0.00", interest="500.00", interest_open="500.00", total="500.00")


def test_what_was_paid_after_the_last_day_is_not_asked_for_again(late: Late, item: int) -> None:
    number = claimed(item, "2026-02-01")
    # 31 × 50.00; then 70,000.00 of the principal and 550.00 of the interest are paid.
    late.pay(item, 70_000_00, "2026-02-20")
    late.pay(Claim.objects.get().interest_item_id, 550_00, "2026-03-01")
    says(
        number, due="100,000.00", principal="30,000.00", interest="1,550.00", interest_open="1,000.00",
        total="31,000.00",
    )  # fmt: skip


def test_what_was_claimed_too_much_is_not_asked_for(late: Late, item: int) -> None:
    """Before anybody puts the claim right, too: what it demands beyond its days is known."""
    number = claimed(item)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    says(
        number, due="100,000.00", principal="60,000.00", interest="2,900.00", interest_open="1,940.00",
        total="61,940.00",
    )  # fmt: skip


def test_a_claim_put_right_asks_for_what_is_right(late: Late, item: int) -> None:
    number = claimed(item)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    says(
        number, due="100,000.00", principal="60,000.00", interest="1,940.00", interest_open="1,940.00",
        total="61,940.00",
    )  # fmt: skip


def test_of_a_document_that_was_reversed_nothing_is_asked_for(late: Late, item: int) -> None:
    number = claimed(item)
    reverse_item(item_id=item, reason="never delivered", **WHO)
    correct_claim(claim_id=number, **WHO)
    says(number, due="0.00", principal="0.00", interest="0.00", interest_open="0.00", total="0.00")
