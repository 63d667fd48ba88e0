"""`huikuan credit assess|grade|inform`: the contract, key by key, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huikuan.judge.rating.models import Assessment, Information
from huikuan.judge.rating.tests.conftest import EARLY
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.receivables.tests.ledgers import Book
from huikuan.shell.cli import main


def ask(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main(["credit", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_assess_is_the_contract(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(capsys, "assess", "--all", "--as-of", "2026-11-20")
    assert list(answer) == ["as_of", "policy", "rows"]
    assert (answer["as_of"], answer["policy"]) == ("2026-11-20", "scorecard 0")
    rows = answer["rows"]
    assert [(row["key"], row["score"], row["grade"]) for row in rows] == [
        (book.customers[0].code, 91, "A"),
        (book.customers[1].code, 28, "C"),
        (book.customers[2].code, 40, None),
    ]
    assert list(rows[0]) == ["key", "score", "grade", "reasons"]
    assert rows[0]["reasons"][0] == {
        "factor": "average_days_late", "value": "-2.0", "points": 28, "max": 30, "source": "own_ledger",
        "date": "2026-11-20",
    }  # fmt: skip
    assert rows[0]["reasons"][-1] == {
        "factor": "years_established", "value": None, "points": 2, "max": 5, "source": None, "date": None,
    }  # fmt: skip
    assert ask(capsys, "assess", book.customers[1].code, "--as-of", "2026-11-20")["rows"] == [rows[1]]
    assert not Assessment.objects.exists()


def test_a_past_day_is_scored_by_what_was_effective_then(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    def factor(day: str, name: str) -> str | None:
        (row,) = ask(capsys, "assess", book.customers[1].code, "--as-of", day)["rows"]
        return next((one["value"] for one in row["reasons"] if one["factor"] == name), None)

    assert factor("2026-11-20", "average_days_late") == "45.0"
    # The first claim fell due on 2026-02-23 and was paid 45 days later.
    assert factor("2026-03-05", "average_days_late") == "10.0"
    assert factor("2026-02-23", "average_days_late") is None


def test_recorded_it_is_the_grade_that_holds(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    ask(capsys, "assess", "--all", "--as-of", "2026-11-20", "--record")
    assert Assessment.objects.count() == 3
    answer = ask(capsys, "grade", book.customers[0].code, "--as-of", "2026-12-01")
    assert answer == {
        "key": book.customers[0].code, "as_of": "2026-12-01", "grade": "A", "score": 91, "review_on": "2027-11-20",
        "overridden": False, "due_because": [],
        "history": [{"as_of": "2026-11-20", "score": 91, "grade": "A", "card": "small_firms"}],
    }  # fmt: skip
    assert ask(capsys, "grade", book.customers[0].code, "--as-of", "2026-11-19")["grade"] is None


def test_another_version_and_another_card_can_be_tried_and_not_recorded(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = ask(capsys, "assess", book.customers[0].code, "--card", "key_accounts", "--policy", "0")["rows"]
    assert [one["factor"] for one in row["reasons"]][:2] == ["average_days_late", "paid_on_time_amount"]
    for tried in (["--card", "key_accounts"], ["--policy", "0"]):
        answer = ask(capsys, "assess", "--all", "--record", *tried, code=1)
        assert answer["error"]["code"] == "assess_record_in_force"
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["assess"], "assess_one_or_all"),
        (["assess", "K", "--all"], "assess_one_or_all"),
        (["assess", "nobody"], "customer_unknown"),
        (["assess", "--all", "--card", "vip"], "scorecard_card_unknown"),
        (["assess", "--all", "--policy", "99"], "policy_version_unknown"),
        (["assess", "--all", "--record", "--as-of", "2190-01-01"], "assessment_from_future"),
        (["grade", "nobody"], "customer_unknown"),
    ],
)
def test_wrong_questions_are_refused(
    book: Book, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    assert ask(capsys, *arguments, code=1)["error"]["code"] == code
    assert not Assessment.objects.exists()


def test_information_is_recorded_and_counts(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    own = book.customers[2].code
    given = ["--source", "registry", "--as-of", "2026-11-01", "--reliability", "3"]
    assert ask(capsys, "inform", own, "dishonest_debtor", "yes", *given)["information"]
    (row,) = ask(capsys, "assess", own, "--as-of", "2026-11-20")["rows"]
    assert (row["grade"], row["reasons"][-1]["factor"], row["reasons"][-1]["max"]) == ("C", "dishonest_debtor", 0)
    refused = ask(capsys, "inform", own, "debt_ratio", "much", *given, code=1)
    assert refused["error"]["code"] == "factor_value_unreadable"
    assert Information.objects.count() == 1


@pytest.mark.usefixtures("team")
def test_a_named_reader_sees_and_records_their_own_alone(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    refused = ask(capsys, "inform", book.customers[0].code, "debt_ratio", "1", "--source", "bank", "--actor", "nobody",
                  code=1)  # fmt: skip
    assert refused["error"]["code"] == "not_permitted"
    answer = ask(capsys, "assess", "--all", "--actor", "analyst", "--as-of", "2026-11-20", "--record")
    assert len(answer["rows"]) == 3
    assert set(Assessment.objects.values_list("actor", flat=True)) == {"cli:analyst"}


@pytest.mark.usefixtures("team")
def test_whoever_sees_more_than_they_may_assess_records_the_latter_alone(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create(username="branch")
    for role, reach in (("credit_analyst", "own"), ("treasurer", "all")):
        grant_role(username="branch", role=role, reach=reach, actor="cli:root", at=EARLY)
    asked = ("assess", "--all", "--actor", "branch", "--as-of", "2026-11-20")
    assert len(ask(capsys, *asked)["rows"]) == 3
    assert ask(capsys, *asked, "--record")["rows"] == []
    assert not Assessment.objects.exists()


def test_people_read_each_reason(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["credit", "assess", book.customers[0].code, "--as-of", "2026-11-20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{book.customers[0].code}  {book.customers[0].name}  91  A"
    assert "28/30" in lines[1]
    assert len(lines) == 11
