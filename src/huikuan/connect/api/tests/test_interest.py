"""Late-payment interest for programs: borne, claimed once for a key, given back, taken back, waived by another."""

from __future__ import annotations

from datetime import timedelta

from huikuan.connect.api.tests.conftest import program_of
from huikuan.record.interest.models import Claim
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.shell.tests.books import AS_OF, AT, Books


def posted(books: Books, kind: str, days: int, **more: object) -> int:
    """365,000.00 of a customer, so many days before the books' day."""
    return post_item(
        company=books.company, customer_id=books.customer("C0003"), kind=kind, amount=365_000_00, currency="CNY",
        document_date=AS_OF - timedelta(days=days), posting_date=AS_OF - timedelta(days=days), actor="min", at=AT,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_interest_is_claimed_given_back_taken_back_and_waived(books: Books) -> None:
    item = posted(books, "invoice", 120, due_date=AS_OF - timedelta(days=101), document_number="LATE-1")
    caller = program_of("fin", "finance_manager")
    borne = caller.get(f"/items/{item}/interest?until={AS_OF}").json()
    # LPR 3.00 % × 1.3 for 100 days.
    assert (borne["amount"], borne["at_most"], borne["rule"], borne["segments"][0]["days"]) == (
        "3900.00", "4500.00", "lpr*1.3", 100
    )  # fmt: skip
    made = caller.post(f"/items/{item}/interest-claims", {"until": str(AS_OF)}, key="k-1")
    assert made.status_code == 201, made.content
    (row,) = made.json()["data"]
    assert (row["amount"], row["over_claimed"], row["document_no"], row["state"]) == (
        "3900.00", "0.00", "LATE-1", "open"
    )  # fmt: skip
    assert caller.post(f"/items/{item}/interest-claims", {"until": str(AS_OF)}, key="k-1").json()["data"] == [row]
    number = row["id"]
    right = caller.post(f"/interest-claims/{number}/correct")
    assert (right.status_code, right.json()["code"]) == (422, "interest_claim_right")
    receipt = posted(books, "receipt", 52)
    settle(
        credit_id=receipt, debit_id=item, credit_amount=365_000_00, effective_on=AS_OF, reason="manual", actor="min",
        at=AT,
    )  # fmt: skip
    assert [one["over_claimed"] for one in caller.pages("/interest-claims?state=over")] == ["2028.00"]
    assert caller.post(f"/interest-claims/{number}/correct").json()["corrected"] == "2028.00"
    asked = caller.post(f"/interest-claims/{number}/waiver", {"amount": "100.00", "reason": "长期合作"})
    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    settled = caller.post(f"/interest-claims/{number}/withdraw", {"reason": "算错了"})
    assert (settled.status_code, settled.json()["code"]) == (409, "item_has_settlements")
    # Who may not claim claims nothing; who does not see the customer sees no claim.
    clerk = program_of("clerk", "integration")
    assert clerk.post(f"/items/{item}/interest-claims", {"until": str(AS_OF)}).status_code == 403
    own = program_of("own", "integration", company="MAIN", reach="own")
    assert (own.pages("/interest-claims"), own.get(f"/interest-claims/{number}").status_code) == ([], 404)
    assert Claim.objects.count() == 1
