"""Disputes for programs: raised once for a key, listed and shown as of any day, of the caller's own customers."""

from __future__ import annotations

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.record.disputes.models import Dispute
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.shell.tests.books import Books


def test_a_dispute_is_raised_listed_and_shown_to_who_sees_its_customer(program: Program, books: Books) -> None:
    claim = books.item("INV-7")
    half = open_of(claim).amount // 2
    said = {"amount": f"{half // 100}.{half % 100:02}", "reason": "price", "said_by": "王工", "note": "单价不符"}
    made = program.post(f"/items/{claim}/disputes", said, key="k-1")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["item"], row["amount"], row["standing"], row["source"], row["state"], row["role"]) == (
        claim, said["amount"], said["amount"], "api", "waiting", "sales_manager"
    )  # fmt: skip
    assert program.post(f"/items/{claim}/disputes", said, key="k-1").json()["id"] == row["id"]
    forged = program.post(f"/items/{claim}/disputes", {"reason": "quality", "source": "portal"})
    assert (forged.status_code, Dispute.objects.count()) == (400, 1)
    too_much = program.post(f"/items/{claim}/disputes", {"amount": "999999999.00", "reason": "price"})
    assert (too_much.status_code, too_much.json()["code"]) == (422, "dispute_more_than_open")
    assert Dispute.objects.count() == 1
    for asked, found in (
        ("", 1), ("show=resolved", 0), ("show=all&reason=price", 1), ("reason=quality", 0), ("as_of=2026-11-01", 0)
    ):  # fmt: skip
        assert len(program.pages(f"/disputes?{asked}")) == found, asked
    shown = program.get(f"/disputes/{row['id']}").json()
    assert [one["step"] for one in shown["steps"]] == ["routed"]
    own = program_of("own", "integration", company="MAIN", reach="own")
    assert (own.pages("/disputes"), own.get(f"/disputes/{row['id']}").status_code) == ([], 404)
    assert own.post(f"/items/{claim}/disputes", said).status_code == 403
    reader = program_of("reader", "finance_manager", areas=("ledger:read",))
    assert reader.post(f"/items/{claim}/disputes", said).json()["code"] == "token_area_missing"
