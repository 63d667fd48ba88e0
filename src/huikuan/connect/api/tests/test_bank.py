"""Bank money for programs: read in once, matched, applied, taken back; seen for whole companies alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.mechanisms.identity.operations import add_company, grant_role
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, OpenLine
from huikuan.record.cash.models import AdviceLine, Application, Suggestion, Undoing
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell.tests.books import AT, Books

ACCOUNT = "6222010100000001"
HEAD = "account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference"
ROWS = (
    f"{ACCOUNT},2026-11-19,2026-11-19,86400.55,CNY,宏朔钢构有限公司,6228480001,货款 264377023311,R-1",
    f"{ACCOUNT},2026-11-18,2026-11-18,900.00,CNY,澜海重工有限公司,6228480002,货款,R-2",
    f"{ACCOUNT},2026-11-17,2026-11-17,-20.00,CNY,江临银行,,手续费,R-3",
)


def send_file(program: Program, address: str, content: str, *, key: str = "", **query: str) -> Any:
    asked = "&".join(f"{name}={quote(value)}" for name, value in {"company": "MAIN", "name": "a.csv", **query}.items())
    return program.post(f"{address}?{asked}", content.encode(), key=key, content_type="application/octet-stream")


def bring(program: Program, *rows: str, **more: str) -> Any:
    return send_file(program, "/bank/statements", "\n".join((HEAD, *(rows or ROWS))), **more)


def line_of(program: Program, reference: str) -> dict[str, Any]:
    return next(row for row in program.pages("/bank/lines") if row["bank_reference"] == reference)


def written() -> tuple[int, ...]:
    models = (BankAccount, BankStatement, BankLine, OpenLine, Item, Application, Undoing, AdviceLine)
    return tuple(model.objects.count() for model in models)


def open_of(program: Program, number: str) -> str:
    (row,) = program.pages(f"/items?document_number={number}")
    return str(row["open_amount"])


def apply(program: Program, line: int, *portions: dict[str, Any], key: str = "") -> Any:
    return program.post(f"/bank/lines/{line}/applications", {"portions": list(portions)}, key=key)


def test_a_file_is_read_in_once_and_its_lines_are_listed(program: Program) -> None:
    closed, before = bring(program), written()
    assert (closed.status_code, closed.json()["code"]) == (422, "bank_account_new")
    assert before == (0, 0, 0, 0, *before[4:])
    made = bring(program, open_account="true", key="day-1")
    (told,) = made.json()["statements"]
    assert (made.status_code, told["account"], told["account_opened"]) == (201, ACCOUNT, True)
    assert (told["new"], told["known"], told["money_in"], told["money_out"]) == (3, 0, "87300.55", "-20.00")
    after = written()
    again = bring(program, open_account="true", key="day-1")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (made.content, "true")
    (known,) = bring(program).json()["statements"]
    assert (known["new"], known["known"], written()) == (0, 3, after)
    wrong = bring(program, account="999")
    assert (wrong.status_code // 100, written()) == (4, after)
    broken = bring(program, ROWS[0].replace("86400.55", "x"))
    assert (broken.status_code, bool(broken.json()["where"]), written()) == (422, True, after)

    (account,) = program.pages("/bank/accounts?company=MAIN")
    assert (account["number"], account["lines"], account["open_lines"]) == (ACCOUNT, 3, 2)
    rows = program.pages("/bank/lines?limit=1")
    assert [(row["bank_reference"], row["amount"]) for row in rows] == [
        ("R-1", "86400.55"), ("R-2", "900.00"), ("R-3", "-20.00"),
    ]  # fmt: skip
    for asked, references in (
        ("state=open", ["R-1", "R-2"]), ("state=out", ["R-3"]), ("since=2026-11-18&until=2026-11-18", ["R-2"]),
        (f"account={ACCOUNT}&q=264377023311", ["R-1"]),
    ):  # fmt: skip
        assert [row["bank_reference"] for row in program.pages(f"/bank/lines?{asked}")] == references
    assert program.get("/bank/lines?account=7").json()["code"] == "bank_account_unknown"


def test_a_persons_account_is_shown_to_who_sees_people_of_that_company_alone(program: Program) -> None:
    bring(program, ROWS[0].replace("宏朔钢构有限公司", "陈志明"), open_account="true")
    add_company(code="OTHER", name="另一家", currency="CNY", time_zone="Asia/Shanghai")
    clerk = program_of("cashier", "integration", company="OTHER")
    grant_role(username="cashier", role="cash_clerk", company="MAIN", actor="cli:root", at=AT)
    assert line_of(program, "R-1")["payer_account"] == "6228480001"
    assert line_of(clerk, "R-1")["payer_account"] == "****"
    grant_role(username="cashier", role="collector", company="MAIN", actor="cli:root", at=AT)
    assert line_of(clerk, "R-1")["payer_account"] == "6228480001"


def test_a_table_of_an_unknown_layout_is_read_by_its_mapping(program: Program) -> None:
    sheet = "日子,钱,谁\n2026-11-19,10.00,澜海重工有限公司\n"
    said = {"account": ACCOUNT, "open_account": "true"}
    assert send_file(program, "/bank/statements", sheet, **said).status_code == 422
    for odd in ("{", "[]", "1", '{"\\ud800": 1}', '{"columns": {"x": "\\u0000"}}'):
        assert send_file(program, "/bank/statements", sheet, mapping=odd, **said).status_code == 422, odd
    assert not BankLine.objects.exists()


def test_matching_says_what_it_would_do_and_then_does_it(program: Program) -> None:
    bring(program, open_account="true")
    before = written()
    dry = program.post("/bank/match", {"company": "MAIN", "dry_run": True}).json()["lines"]
    assert (written(), Suggestion.objects.count()) == (before, 0)
    first = next(line for line in dry if line["bank_reference"] == "R-1")
    (best, *_) = first["proposals"]
    assert (best["customer"], best["items"]) == ("C0002", [{"document_no": "264377023311", "amount": "86400.55"}])
    assert (first["decision"], best["reasons"] != [], 0 < best["probability"] <= 1) == ("applied", True, True)
    done = program.post("/bank/match", {"company": "MAIN"}, key="run")
    (made,) = next(line for line in done.json()["lines"] if line["bank_reference"] == "R-1")["applications"]
    assert open_of(program, "264377023311") == "0.00"
    after = written()
    assert program.post("/bank/match", {"company": "MAIN"}, key="run").content == done.content
    program.post("/bank/match", {"company": "MAIN"})
    assert written() == after
    told = program.get(f"/bank/lines/{line_of(program, 'R-1')['id']}").json()
    assert ([one["id"] for one in told["applications"]], told["left"]) == ([made], "0.00")
    assert check_ledger() == []


def test_a_line_is_applied_to_several_customers_and_taken_back(program: Program) -> None:
    bring(program, open_account="true")
    line, before = line_of(program, "R-1")["id"], written()
    first = {"customer": "C0002", "amount": "80000.00", "items": [{"document_no": "264377023311", "amount": "80000"}]}
    second = {"customer": "C0003", "amount": "6400.55", "items": [], "rest_on_account": True}
    for spoilt, code in (
        ({**second, "rest_on_account": False}, "rest_not_said"),
        ({**second, "customer": "nobody"}, "customer_code_unknown"),
        ({**second, "amount": "6400.56"}, "more_than_left"),
        ({**second, "items": [{"document_no": "none"}]}, "claim_name_unknown"),
        ({**second, "items": [{"document_no": "#" + "9" * 50}]}, "claim_name_unknown"),
    ):
        refused = apply(program, line, first, spoilt)
        assert (refused.status_code // 100, refused.json()["code"], written()) == (4, code, before)
    made = apply(program, line, first, second, key="two")
    one, other = made.json()["applications"]
    assert (made.status_code, one["customer"], one["items"][0]["amount"], one["rest"]) == (
        201, "C0002", "80000.00", "0.00",
    )  # fmt: skip
    assert (other["customer"], other["items"], other["rest"]) == ("C0003", [], "6400.55")
    assert open_of(program, "264377023311") == "6400.55"
    after = written()
    assert apply(program, line, first, second, key="two").content == made.content
    late = apply(program, line, first, second)
    assert (late.status_code, late.json()["code"], written()) == (409, "line_not_open", after)

    address = f"/bank/applications/{one['id']}/undo"
    ahead = program.post(address, {"reason": "wrong", "on": "2026-11-21"})
    assert (ahead.json()["code"], written()) == ("undo_day_ahead", after)
    undone = program.post(address, {"reason": "wrong"}, key="back")
    assert (undone.status_code, undone.json()["undone"]) == (200, "wrong")
    assert program.post(address, {"reason": "wrong"}, key="back").content == undone.content
    assert program.post(address, {"reason": "wrong"}).json()["code"] == "application_undone"
    assert (open_of(program, "264377023311"), line_of(program, "R-1")["left"]) == ("86400.55", "80000.00")
    assert check_ledger() == []


def test_a_suggestion_is_accepted_as_it_was_shown(program: Program) -> None:
    bring(program, ROWS[0].replace("宏朔钢构有限公司", "澜海重工有限公司"), open_account="true")
    program.post("/bank/match", {"company": "MAIN", "dry_run": False})
    line = line_of(program, "R-1")["id"]
    (best, *_) = program.get(f"/bank/lines/{line}").json()["proposals"]
    before, address = written(), f"/bank/lines/{line}/acceptance"
    other = program.post(address, {"digest": "0" * 64})
    assert (other.status_code, other.json()["code"], written()) == (409, "proposal_unknown", before)
    made = program.post(address, {"digest": best["digest"]}, key="yes")
    (told,) = made.json()["applications"]
    assert (made.status_code, told["kind"], told["customer"], told["amount"]) == (
        201, "accepted", "C0002", "86400.55",
    )  # fmt: skip
    assert program.post(address, {"digest": best["digest"]}, key="yes").content == made.content
    assert program.post(address, {}).json()["code"] == "nothing_suggested"
    assert check_ledger() == []


def test_remittance_advice_is_taken_in_once(program: Program) -> None:
    sheet = "bank_reference,document_no,amount\nR-1,264377023311,86400.55\nR-1,X-1,5\n"
    made = send_file(program, "/bank/remittances", sheet, key="advice")
    assert (made.status_code, made.json()["new"]) == (201, 2)
    assert [(line["document_no"], line["payment"], line["document"]) for line in made.json()["lines"]] == [
        ("264377023311", "waits", "known"), ("X-1", "waits", "unknown"),
    ]  # fmt: skip
    after = written()
    assert send_file(program, "/bank/remittances", sheet, key="advice").content == made.content
    again = send_file(program, "/bank/remittances", sheet)
    assert (again.json()["sheet"], again.json()["known"], written()) == (None, 2, after)
    empty = send_file(program, "/bank/remittances", "thank you")
    assert (empty.json()["code"], written()) == ("advice_empty", after)


def test_bank_money_is_seen_and_moved_for_whole_companies_alone(program: Program, books: Books) -> None:
    bring(program, open_account="true")
    line = line_of(program, "R-1")["id"]
    add_company(code="EAST", name="东港精工", currency="CNY", time_zone="Asia/Shanghai")
    applied = apply(program, line, {"customer": "C0002"}).json()["applications"][0]["id"]
    before = written()
    strangers = (
        program_of("own", "integration", company="MAIN", reach="own"),
        program_of("east", "integration", company="EAST"),
        program_of("ledger", "integration", areas=("ledger:write",)),
    )
    for stranger in strangers:
        for listed in ("/bank/accounts", "/bank/lines"):
            answer = stranger.get(listed)
            assert answer.status_code == 403 or answer.json()["data"] == []
        assert stranger.get(f"/bank/lines/{line}").status_code in (403, 404)
        assert bring(stranger).status_code in (403, 422)
        assert apply(stranger, line, {"customer": "C0002"}).status_code == 404
        assert stranger.post(f"/bank/lines/{line}/acceptance", {}).status_code == 404
        matched = stranger.post("/bank/match", {"company": "MAIN"})
        assert (matched.status_code, matched.json()["code"]) == (422, "company_unknown")
        advised = send_file(stranger, "/bank/remittances", "bank_reference,document_no,amount\nR-1,X,1\n")
        assert (advised.status_code, advised.json()["code"]) == (422, "company_unknown")
    for stranger in strangers[:2]:
        assert stranger.post(f"/bank/applications/{applied}/undo", {"reason": "x"}).status_code == 404
    reads = program_of("reads", "integration", areas=("bank:read",))
    assert len(reads.pages("/bank/lines")) == 3
    seen = reads.get(f"/bank/lines/{line}").json()
    assert (seen["applications"], apply(reads, line, {"customer": "C0002"}).status_code) == ([], 403)
    assert written() == before
