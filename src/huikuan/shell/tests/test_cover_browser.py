"""Cover in a real browser: proposed in the form, nobody shut out, nothing wider than a phone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.record.cover.domain.pieces import Terms, Whose
from huikuan.record.cover.operations.pieces import Paper, propose_cover
from huikuan.shell.tests.books import AS_OF, NAME, Books
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_access import signed_in

pytestmark = pytest.mark.browser


def approved(at: datetime) -> int:
    """What was asked for last, approved by another; answers the piece's number."""
    signed_in("approver", "management")
    asked = ApprovalRequest.objects.latest("pk")
    approve_request(request_id=asked.pk, digest=asked.digest, actor="approver", at=at)
    return asked.pk


def stands(books: Books, code: str, guarantor: str) -> int:
    """A guarantee of one customer for another, with a long name and paper, that ends soon."""
    propose_cover(
        company=books.company,
        whose=Whose(books.customer(code)),
        terms=Terms(
            "guarantee", "", f"最高额保证合同-（2026）江临字第000{code}号", "CNY", 300_000_000_00, AS_OF,
            date(2026, 12, 10), 8_000, provider_id=books.customer(guarantor),
        ),
        paper=Paper(b"%PDF-1.4", "保证合同.pdf"),
        actor=NAME,
        at=timezone.now(),
    )  # fmt: skip
    return approved(timezone.now())


def test_a_piece_is_proposed_in_the_form(page: Any, books: Books) -> None:
    page.goto("/cover/new?customer=C0001")
    page.fill("#f-provider", "麓合控股")
    page.fill("#f-reference", "保字-1")
    page.fill("#f-amount", "300,000")
    page.fill("#f-eligible", "120")
    page.click("button[data-commit]")
    assert "120" in page.inner_text("#problems")
    assert page.input_value("#f-amount") == "300,000"
    page.faults.clear()  # the refused form
    page.fill("#f-eligible", "80")
    page.click("button[data-commit]")
    page.wait_for_url("**/cover/?customer=C0001*")
    number = approved(timezone.now())
    page.reload()
    page.click(f"[data-piece='{number}'] a[data-row]")
    assert page.inner_text("[data-figure=worth]").startswith("24")


def test_no_page_of_cover_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    first = stands(books, "C0001", "C0002")
    stands(books, "C0002", "C0001")
    for path in ("/cover/", "/cover/?state=ended", "/cover/new", f"/cover/{first}"):
        for size, theme in ((DESK, "light"), (PHONE, "dark")):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            page.goto(path)
            stays_in_its_width(page)
            shuts_nobody_out(page)
