"""The register of bills for programs: as of any day, of the caller's own customers."""

from __future__ import annotations

from datetime import date

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.record.bills.operations.moving import Move, endorse_bill
from huikuan.record.bills.operations.receiving import receive_bill
from huikuan.record.bills.tests.conftest import NUMBER, TRADE, paper
from huikuan.shell.tests.books import AT, Books


def test_bills_are_listed_and_shown_as_of_any_day_to_who_sees_their_customer(program: Program, books: Books) -> None:
    def receive(code: str, number: str, matures_on: str) -> int:
        said = paper(number=number, kind="bank" if number == NUMBER else "commercial",
                     matures_on=date.fromisoformat(matures_on), issued_on=date(2026, 9, 1))  # fmt: skip
        return receive_bill(
            company=books.company, customer_id=books.customer(code), paper=said, received_on=date(2026, 9, 10),
            claims=None, actor="cli:root", at=AT,
        )  # fmt: skip

    later, first = receive("C0001", NUMBER, "2027-02-01"), receive("C0002", TRADE, "2026-12-01")
    endorse_bill(Move(later, date(2026, 10, 1), "cli:root", AT), to="昭明轴承有限公司", recourse=True)
    assert [row["id"] for row in program.pages("/bills?limit=1")] == [first, later]
    for asked, ids in (
        ("state=passed_on", [later]), ("state=held", [first]), ("state=held&as_of=2026-09-30", [first, later]),
        ("customer=C0001", [later]), ("kind=commercial", [first]), ("since=2027-01-01", [later]),
        ("until=2026-12-01", [first]), ("as_of=2026-09-09", []),
    ):  # fmt: skip
        assert [row["id"] for row in program.pages(f"/bills?{asked}")] == ids, asked
    shown = program.get(f"/bills/{later}").json()
    assert (shown["amount"], shown["state"], shown["counterparty"]) == ("100000.00", "endorsed", "昭明轴承有限公司")
    assert [one["move"] for one in shown["moves"]] == ["receive", "endorse"]
    assert program.get(f"/bills/{later}?as_of=2026-09-09").status_code == 404
    own = program_of("own", "integration", company="MAIN", reach="own")
    assert (own.pages("/bills"), own.get(f"/bills/{later}").status_code) == ([], 404)
    other = program_of("other", "integration", areas=("customers:read",))
    assert other.get("/bills").json()["code"] == "token_area_missing"
