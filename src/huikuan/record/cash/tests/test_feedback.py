"""How often matching proved right, and the threshold that supports."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.policies.queries import version
from huikuan.record.cash.domain import feedback
from huikuan.record.cash.domain.feedback import Class, Proved, classes, supported_threshold
from huikuan.record.cash.operations.accepting import accept_proposal, reject_proposal
from huikuan.record.cash.operations.calibrating import draft_threshold
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.feedback import proved
from huikuan.record.cash.tests.conftest import AT, WHO, Till
from huikuan.record.cash.tests.test_accepting import proposal, suggest


def some(probability: int, right: int, wrong: int = 0) -> list[Proved]:
    return [Proved(probability, True)] * right + [Proved(probability, False)] * wrong


def test_what_was_decided_is_counted_by_how_sure_it_was() -> None:
    found = classes([*some(999_500, 3), *some(995_000, 2, 1), *some(910_000, 0, 1)])
    assert found[:4] == [Class(999_000, 3, 3), Class(995_000, 3, 2), Class(990_000, 0, 0), Class(950_000, 0, 0)]
    assert [one.share_e4 for one in found[:3]] == [10_000, 6_666, None]
    assert found[4] == Class(900_000, 1, 0)


def test_the_lowest_threshold_that_holds_is_supported() -> None:
    known = [*some(999_900, 1_000), *some(960_000, 999, 1), *some(930_000, 50, 2)]
    assert supported_threshold(known, wanted_e6=999_000) == 931_000
    assert supported_threshold([*known, *some(960_000, 0, 2)], wanted_e6=999_000) == 961_000
    assert supported_threshold(some(999_900, 199), wanted_e6=999_000) is None
    assert supported_threshold(some(999_900, 300, 1), wanted_e6=999_000) is None
    assert supported_threshold(some(800_000, 300), wanted_e6=999_000) is None


def test_applied_and_left_so_is_right_undone_and_turned_down_is_wrong(till: Till) -> None:
    lines = [till.line(100_00) for _ in range(3)]
    for line in lines:
        suggest(till, line, 100_00, proposal(till, (till.invoice(100_00), 100_00)))
    accept_proposal(company=till.company, line_id=lines[0], **WHO)
    (wrong,) = accept_proposal(company=till.company, line_id=lines[1], **WHO)
    undo_application(application_id=wrong, reason="wrong", **WHO)
    reject_proposal(company=till.company, line_id=lines[2], **WHO)
    till.apply(till.line(5_00))
    told = proved(frozenset({till.company.pk}))
    assert told == [
        Proved(910_000, True),
        Proved(910_000, False),
        Proved(910_000, False),
    ]


def test_a_threshold_is_drafted_and_not_set(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    add_user(username="li", password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username="li", role="finance_manager", actor="cli:root", at=AT)
    with pytest.raises(Refusal, match="feedback_too_little"):
        draft_threshold(company=till.company, actor="li", at=AT)
    monkeypatch.setattr(feedback, "ENOUGH", 1)
    line = till.line(100_00)
    suggest(till, line, 100_00, proposal(till, (till.invoice(100_00), 100_00)))
    accept_proposal(company=till.company, line_id=line, **WHO)
    drafted = version(draft_threshold(company=till.company, actor="li", at=AT))
    assert (drafted.state, drafted.document["automatic"], drafted.company_id) == ("draft", "0.900", till.company.pk)
