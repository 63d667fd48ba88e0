"""The customer answers while somebody here takes the invitation back or sends another link: one of the two is told
that the other came first. Without the invitation being held both are recorded."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from huikuan.record.receivables.tests.test_races import at_once, codes
from huikuan.see.confirmations.models import Reminder, Reply, Revocation
from huikuan.see.confirmations.operations import answering, inviting
from huikuan.see.confirmations.operations.answering import answer
from huikuan.see.confirmations.operations.inviting import remind, revoke
from huikuan.see.confirmations.tests.conftest import AT, GU, Portal

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show"),
]

#: What is done meanwhile, and the facts it leaves.
MEANWHILE = [
    (lambda invited: revoke(invitation_id=invited, reason="", actor="cli:test", at=AT), Revocation),
    (lambda invited: remind(invitation_id=invited, channel="copy", days=7, actor="cli:test", at=AT), Reminder),
]


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked how the invitation stands takes their time."""

    def slow(look: Callable[..., Any]) -> Callable[..., Any]:
        def looked(*args: Any) -> Any:
            found = look(*args)
            time.sleep(0.4)
            return found

        return looked

    monkeypatch.setattr(answering, "_require_waiting", slow(answering._require_waiting))
    monkeypatch.setattr(inviting, "_standing", slow(inviting._standing))


def answered_meanwhile(portal: Portal, deed: Callable[[int], Any]) -> list[str]:
    invited, token = portal.invite()
    guest = portal.enter(token)
    asked = {"guest": guest, "said": portal.all_correct(guest), "person": GU, "code": portal.code(guest), "at": AT}
    return codes(at_once(2, lambda turn: answer(**asked) if turn else deed(invited)))


@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize(("deed", "facts"), MEANWHILE, ids=("taken back", "reminded"))
def test_of_an_answer_and_what_ends_the_link_one_is_recorded(portal: Portal, deed: Any, facts: Any) -> None:
    told = answered_meanwhile(portal, deed)
    assert told in (["confirmation_answered", "done"], ["done", "portal_link_dead"])
    assert (Reply.objects.count(), facts.objects.count()) in ((1, 0), (0, 1))


@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize(("deed", "facts"), MEANWHILE, ids=("taken back", "reminded"))
def test_twin_without_the_invitation_held_both_are(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, deed: Any, facts: Any
) -> None:
    for where in (answering, inviting):
        monkeypatch.setattr(where, "hold_invitation", lambda _invitation_id: None)
    assert answered_meanwhile(portal, deed) == ["done", "done"]
    assert (Reply.objects.count(), facts.objects.count()) == (1, 1)
