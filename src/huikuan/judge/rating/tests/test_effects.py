"""What a draft would change, measured as a job: it goes on where it was, and a draft that changes ends it."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest

from huikuan.judge.rating import jobs
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.models import Assessment, DraftEffect, ScorecardDraft
from huikuan.judge.rating.operations import effects
from huikuan.judge.rating.operations.assessing import assess_customer
from huikuan.judge.rating.operations.drafts import begin_draft, change_draft, hand_in_draft
from huikuan.judge.rating.queries.assessing import compared, scorecard_on, scorecard_version
from huikuan.judge.rating.queries.drafts import draft_with_id, migration_of
from huikuan.judge.rating.tests.conftest import AT, DAY, put_in_force
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.record.receivables.tests.ledgers import Book

WHO: dict[str, Any] = {"actor": "analyst", "at": AT}
GRADES = ["A", "B", "C"]
pytestmark = pytest.mark.usefixtures("team")


@pytest.fixture
def draft(book: Book, monkeypatch: pytest.MonkeyPatch) -> int:
    """One in which an A takes 96 points, measured by a job, a customer a step."""
    monkeypatch.setattr(effects, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "STEP", 1)
    number = begin_draft(base=0, **WHO)
    stricter = copy.deepcopy(DOCUMENT)
    stricter["grades"][0]["from"], stricter["grades"][1]["to"] = 96, 95
    change_draft(draft_id=number, edition=1, document=stricter, **WHO)
    assert effects.ask_effect(draft_id=number, as_of=DAY, **WHO)
    return number


def work(after: int = 1) -> None:
    handlers = {effects.MEASURE: Handler(jobs.measure_effect, attempts=3)}
    Worker(handlers, clock=lambda: AT + timedelta(hours=after)).turn()


def moves(draft: int) -> dict[tuple[str, str], int]:
    table = migration_of(draft_with_id(draft), GRADES, scope=EVERYTHING)
    return {key: cell.customers for key, cell in table.cells.items()}


def test_a_job_measures_what_one_look_says(book: Book, draft: int) -> None:
    work()
    row = draft_with_id(draft)
    assert (row.measured, row.measured_on) == (True, DAY)
    assert moves(draft) == {("A", "B"): 1, ("C", "C"): 1, ("", ""): 1}
    whole = compared(as_of=DAY, before=scorecard_on(DAY), after=row.document)
    assert sorted(DraftEffect.objects.values_list("customer_id", "before", "after", "score_after", "open_amount")) == [
        (one.customer_id, one.before.grade, one.after.grade, one.after.score, one.open_amount)
        for one in sorted(whole, key=lambda one: one.customer_id)
    ]
    assert migration_of(row, GRADES, scope=NOTHING).customers == 0


def test_a_run_that_failed_half_way_goes_on_where_it_was(
    book: Book, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, told = effects.keep_effects, []

    def failing(*given: Any, **more: Any) -> bool:
        told.append(given)
        if len(told) == 2:
            raise RuntimeError("the power failed")
        return whole(*given, **more)

    monkeypatch.setattr(jobs, "keep_effects", failing)
    work()
    assert (DraftEffect.objects.count(), draft_with_id(draft).measured) == (1, False)
    assert Job.objects.get(kind=effects.MEASURE).state == "queued"
    work(after=2)
    assert len(told) == 4, "the second customer was tried again, the first was not"
    assert DraftEffect.objects.count() == 3
    assert draft_with_id(draft).measured


def test_a_draft_that_changes_meanwhile_is_not_measured_by_what_it_was(
    book: Book, draft: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = effects.keep_effects

    def changing(*given: Any, **more: Any) -> bool:
        kept = whole(*given, **more)
        ScorecardDraft.objects.update(edition=9)
        return kept

    monkeypatch.setattr(jobs, "keep_effects", changing)
    work()
    assert Job.objects.get(kind=effects.MEASURE).state == "done"
    assert not draft_with_id(draft).measured
    assert DraftEffect.objects.count() == 1


def test_a_draft_is_handed_in_by_who_may_draft_and_only_whole(book: Book, draft: int) -> None:
    with pytest.raises(Refusal, match="not_permitted"):
        hand_in_draft(draft_id=draft, edition=2, actor="nobody", at=AT)
    change_draft(draft_id=draft, edition=2, document={}, **WHO)
    with pytest.raises(Refusal, match="scorecard_invalid"):
        hand_in_draft(draft_id=draft, edition=3, **WHO)
    with pytest.raises(Refusal, match="scorecard_draft_changed"):
        hand_in_draft(draft_id=draft, edition=2, **WHO)
    with pytest.raises(Refusal, match="scorecard_draft_unknown"):
        change_draft(draft_id=999, edition=1, document={}, **WHO)
    assert not PolicyVersion.objects.filter(kind="scorecard").exists()


def test_a_rollback_of_the_scorecards_changes_no_assessment_there_is(book: Book) -> None:
    stricter = copy.deepcopy(DOCUMENT)
    stricter["grades"][0]["from"], stricter["grades"][1]["to"] = 96, 95
    first = put_in_force(DOCUMENT, AT - timedelta(days=2))
    second = put_in_force(stricter, AT - timedelta(days=1))
    one = assess_customer(customer_id=book.customers[0].id, as_of=DAY, **WHO)
    back = policies.roll_back(to_version_id=first, note="too strict", actor="zhou", at=AT)
    row = Assessment.objects.get(pk=one)
    assert (row.scorecard_id, row.scorecard_number, row.grade) == (second, 2, "B")
    assert (scorecard_version(back).document, scorecard_on(DAY).version_id) == (DOCUMENT, second)
