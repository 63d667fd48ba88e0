"""Promises for programs: written down once for a key, listed and shown as of any day, of the caller's customers."""

from __future__ import annotations

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.record.promises.models import Promise
from huikuan.shell.tests.books import Books


def test_a_promise_is_written_down_listed_and_shown_to_who_sees_its_customer(program: Program, books: Books) -> None:
    claim = books.item("INV-7")
    said = {"parts": [{"item": claim, "amount": "10.00"}], "by": "2026-12-01", "said_by": "王经理", "source": "phone"}
    made = program.post("/promises", said, key="k-1")
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["amount"], row["awaited"], row["state"], row["source"]) == ("10.00", "10.00", "open", "phone")
    assert program.post("/promises", said, key="k-1").json()["id"] == row["id"]
    assert program.post("/promises", said).json()["code"] == "promise_said_already"
    # What the customer's own page says proves more: a program cannot say it in its name.
    forged = program.post("/promises", {**said, "source": "portal"})
    assert (forged.status_code, Promise.objects.count()) == (400, 1)
    much = {**said, "parts": [{"item": claim, "amount": "999999999.00"}]}
    refused = [program.post("/promises", body).status_code for body in (much, {**said, "parts": []})]
    assert refused == [422, 422]
    assert Promise.objects.count() == 1
    for asked, found in (
        ("", 1), ("state=open", 1), ("state=kept", 0), ("since=2026-12-02", 0), ("until=2026-12-01", 1),
        ("as_of=2026-01-01", 0),
    ):  # fmt: skip
        assert len(program.pages(f"/promises?{asked}")) == found, asked
    assert program.get(f"/promises/{row['id']}").json()["parts"][0]["item"] == claim
    own = program_of("own", "integration", company="MAIN", reach="own")
    assert (own.pages("/promises"), own.get(f"/promises/{row['id']}").status_code) == ([], 404)
    assert own.post("/promises", said).status_code == 403
    reader = program_of("reader", "finance_manager", areas=("ledger:read",))
    assert reader.post("/promises", said).json()["code"] == "token_area_missing"
