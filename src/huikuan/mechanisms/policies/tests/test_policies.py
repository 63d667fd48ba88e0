"""The life of a policy version: who may do what, and what governs when (catalogue 79, 80)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.policies import kinds, operations, queries
from huikuan.mechanisms.policies.domain import lifecycle
from huikuan.mechanisms.policies.domain.lifecycle import Step
from huikuan.mechanisms.policies.models import PolicyStep, PolicyVersion

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def _check(document: Mapping[str, Any]) -> None:
    if not isinstance(document.get("days"), int):
        raise Refusal("policy_document_bad", kind="test_terms")


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    kinds.register(kinds.Kind("test_terms", "terms", {"days": 30}, _check))
    yield
    kinds._KINDS.pop("test_terms")


def person(name: str, *roles: str) -> str:
    identity.add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
    for role in roles:
        identity.grant_role(username=name, role=role, actor="cli:root", at=AT)
    return name


@pytest.fixture
def zhou(db: None) -> str:
    return person("zhou", "finance_manager")


@pytest.fixture
def li(db: None) -> str:
    return person("li", "finance_manager")


def draft(days: int, actor: str, at: datetime = AT) -> int:
    return operations.draft(kind="test_terms", company_id=None, document={"days": days}, actor=actor, at=at)


def approve(version: int, actor: str, **more: str) -> None:
    operations.approve(version_id=version, digest=queries.version(version).digest, actor=actor, at=AT, **more)


def in_force(days: int, maker: str, checker: str, at: datetime, *, effective_at: datetime | None = None) -> int:
    version = draft(days, maker, at)
    approve(version, checker)
    operations.put_in_force(version_id=version, effective_at=effective_at or at, actor=maker, at=at)
    return version


def governing(at: datetime) -> tuple[int, int]:
    found = queries.in_force("test_terms", company_id=None, at=at)
    return found.number, found.document["days"]


def test_from_draft_to_retirement(zhou: str, li: str) -> None:
    assert governing(AT) == (0, 30)
    first = in_force(45, zhou, li, AT + HOUR)
    second = in_force(60, li, zhou, AT + 2 * HOUR, effective_at=AT + 4 * HOUR)
    operations.retire(version_id=second, effective_at=AT + 6 * HOUR, actor=zhou, at=AT + 5 * HOUR)
    assert [governing(AT + hours * HOUR) for hours in (0, 1, 3, 4, 5, 6)] == [
        (0, 30), (1, 45), (1, 45), (2, 60), (2, 60), (0, 30),
    ]  # fmt: skip
    assert [step.step for step in queries.history(second)] == ["approved", "in_force", "retired"]
    assert queries.diff(first, second) == ["@@ -1,3 +1,3 @@", " {", '-  "days": 45', '+  "days": 60', " }"]


def test_a_companys_own_version_goes_before_everybodys(zhou: str, li: str) -> None:
    in_force(45, zhou, li, AT)
    own = operations.draft(kind="test_terms", company_id=7, document={"days": 90}, actor=zhou, at=AT)
    approve(own, li)
    operations.put_in_force(version_id=own, effective_at=AT, actor=zhou, at=AT)
    assert queries.in_force("test_terms", company_id=7, at=AT).document == {"days": 90}
    assert queries.in_force("test_terms", company_id=8, at=AT).document == {"days": 45}


def test_a_bad_document_is_refused_and_nothing_is_kept(zhou: str) -> None:
    with pytest.raises(Refusal, match="policy_document_bad"):
        operations.draft(kind="test_terms", company_id=None, document={}, actor=zhou, at=AT)
    assert not PolicyVersion.objects.exists()


def test_the_maker_does_not_approve_even_by_another_door(zhou: str) -> None:
    for actor in (zhou, f"cli:{zhou}"):
        version = draft(45, actor)
        with pytest.raises(Refusal, match="policy_own_approval"):
            approve(version, zhou)
    with pytest.raises(Refusal, match="not_permitted"):
        approve(draft(45, zhou), "cli:somebody")
    assert not PolicyStep.objects.exists()


def test_an_administrator_becomes_no_approver_and_approves_nothing(zhou: str) -> None:
    with pytest.raises(Refusal, match="duties_conflict"):
        person("boss", "administrator", "finance_manager")
    with pytest.raises(Refusal, match="not_permitted"):
        approve(draft(45, zhou), "boss")


def test_a_small_firm_lets_the_maker_approve_and_marks_it(zhou: str) -> None:
    operations.choose_small_firm(actor="cli:root", at=AT)
    version = draft(45, zhou)
    with pytest.raises(Refusal, match="policy_reason_missing"):
        approve(version, zhou)
    approve(version, zhou, comment="老板同意")
    assert [(step.own, step.comment) for step in queries.history(version)] == [(True, "老板同意")]
    with pytest.raises(Refusal, match="approvals_already_decided"):
        operations.choose_small_firm(actor="cli:root", at=AT)


def test_never_backwards(zhou: str, li: str) -> None:
    version = draft(45, zhou)
    approve(version, li)
    with pytest.raises(Refusal, match="policy_backwards"):
        operations.put_in_force(version_id=version, effective_at=AT - HOUR, actor=zhou, at=AT)
    operations.put_in_force(version_id=version, effective_at=AT + 5 * HOUR, actor=zhou, at=AT)
    later = draft(60, zhou)
    approve(later, li)
    with pytest.raises(Refusal, match="policy_backwards"):
        operations.put_in_force(version_id=later, effective_at=AT + HOUR, actor=zhou, at=AT)
    assert governing(AT + HOUR) == (0, 30)


def test_an_approval_is_void_when_what_was_shown_has_changed(zhou: str, li: str) -> None:
    seen = draft(45, zhou)
    digest = queries.version(seen).digest
    approve(seen, li)
    in_force(60, zhou, li, AT)
    with pytest.raises(Refusal, match="policy_approval_void"):
        operations.put_in_force(version_id=seen, effective_at=AT, actor=zhou, at=AT)
    other = draft(90, zhou)
    with pytest.raises(Refusal, match="policy_shown_has_changed"):
        operations.approve(version_id=other, digest=digest, actor=li, at=AT)
    assert governing(AT) == (2, 60)


def test_without_the_digest_the_stale_approval_would_be_carried_out(
    zhou: str, li: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a digest that sees nothing lets the approved, outdated version replace another."""
    monkeypatch.setattr(lifecycle, "shown_digest", lambda **_: "same")
    seen = draft(45, zhou)
    approve(seen, li)
    in_force(60, zhou, li, AT)
    operations.put_in_force(version_id=seen, effective_at=AT, actor=zhou, at=AT)
    assert governing(AT) == (1, 45)


def test_the_approvers_right_is_checked_again_when_it_is_carried_out(zhou: str, li: str) -> None:
    version = draft(45, zhou)
    approve(version, li)
    identity.revoke_role(username=li, role="finance_manager", actor="cli:root", at=AT)
    with pytest.raises(Refusal, match="policy_approver_lost_right"):
        operations.put_in_force(version_id=version, effective_at=AT, actor=zhou, at=AT)
    assert governing(AT) == (0, 30)


def test_a_returned_version_goes_no_further(zhou: str, li: str) -> None:
    version = draft(45, zhou)
    operations.submit(version_id=version, actor=zhou, at=AT)
    operations.return_to_maker(version_id=version, comment="too long", actor=li, at=AT)
    with pytest.raises(Refusal, match="policy_step_out_of_turn"):
        approve(version, li)


def test_a_rollback_is_a_new_version_and_changes_no_past_decision(zhou: str, li: str) -> None:
    first = in_force(45, zhou, li, AT)
    in_force(60, zhou, li, AT + HOUR)
    decided = queries.in_force("test_terms", company_id=None, at=AT + HOUR)
    back = operations.roll_back(to_version_id=first, note="", actor=zhou, at=AT + 2 * HOUR)
    approve(back, li)
    operations.put_in_force(version_id=back, effective_at=AT + 2 * HOUR, actor=zhou, at=AT + 2 * HOUR)
    assert governing(AT + 2 * HOUR) == (3, 45)
    assert governing(AT + HOUR) == (2, 60)
    assert queries.decided_under(decided.version_id, kind="test_terms") == decided


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=12), st.integers(0, 40), st.integers(0, 40))
def test_whatever_is_decided_later_leaves_what_governed_before(
    gaps: list[tuple[int, int]], asked: int, cut: int
) -> None:
    """Steps only ever take effect forwards, so a step recorded after an instant cannot reach behind it."""
    timeline, recorded_at, effective = [], [], AT
    now = AT
    for number, (pause, ahead) in enumerate(gaps):
        now += pause * HOUR
        effective = max(effective, now) + (ahead // 10) * HOUR
        kind = lifecycle.RETIRED if ahead % 5 == 4 and number else lifecycle.IN_FORCE
        timeline.append(Step(number, kind, "", effective, "zhou"))
        recorded_at.append(now)
    at, known = AT + min(asked, cut) * HOUR, AT + cut * HOUR
    then = [step for step, when in zip(timeline, recorded_at, strict=True) if when <= known]
    assert lifecycle.governing(timeline, at - timedelta(seconds=1)) == lifecycle.governing(
        then, at - timedelta(seconds=1)
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_versions_approved_against_the_same_rule_one_comes_into_force() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("concurrency is claimed on PostgreSQL only")
    zhou, li = person("zhou", "finance_manager"), person("li", "finance_manager")
    drafted = [draft(45, zhou), draft(60, zhou)]
    for version in drafted:
        approve(version, li)
    barrier = threading.Barrier(2)
    outcomes = []

    def force(version: int) -> None:
        barrier.wait()
        try:
            operations.put_in_force(version_id=version, effective_at=AT, actor=zhou, at=AT)
            outcomes.append("in force")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=force, args=[version]) for version in drafted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("in force") == 1
    assert set(outcomes) <= {"in force", "policy_busy", "policy_approval_void"}
    assert PolicyStep.objects.filter(step="in_force").count() == 1


def test_a_rolled_back_decision_leaves_no_step(zhou: str, li: str) -> None:
    version = draft(45, zhou)
    with transaction.atomic():
        approve(version, li)
        transaction.set_rollback(True)
    assert queries.version(version).state == "draft"
