"""A letter that had left the house before anything spoke against it is written down as posted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.notices.models import NoticeStep
from huikuan.mechanisms.notices.operations import cancel_notice, send_again
from huikuan.mechanisms.notices.operations.posting import deliver_letter, printed_letters
from huikuan.mechanisms.notices.operations.sweeping import cancel_unwanted_letters
from huikuan.mechanisms.notices.queries import history
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, Office, known, steps
from huikuan.mechanisms.notices.tests.test_enclosing import demand
from huikuan.mechanisms.notices.tests.test_posting import ON, TO, chinese, letter, post, unwanted

__all__ = ["chinese", "letter", "unwanted"]

TOMORROW = AT + DAY


def posted(number: int, **more: Any) -> None:
    post(number, at=TOMORROW, **more)


def refused(number: int, code: str, **more: Any) -> None:
    before = steps(number)
    with pytest.raises(Refusal, match=code):
        post(number, **more)
    assert steps(number) == before


def test_what_became_known_since_does_not_matter(letter: int, unwanted: None) -> None:
    refused(letter, "letter_not_wanted", at=AT)
    posted(letter)
    assert (known(letter).state, steps(letter)) == ("sent", ["claimed", "sent"])


def test_what_was_written_at_this_very_moment_is_not_asked_about(office: Office, letter: int, unwanted: None) -> None:
    assert cancel_unwanted_letters(company_id=office.company, actor="system", at=AT) == 0
    assert (known(letter).state, steps(letter)) == ("queued", [])


def test_nor_that_it_was_cancelled_since(office: Office, letter: int, unwanted: None) -> None:
    assert cancel_unwanted_letters(company_id=office.company, actor="system", at=TOMORROW) == 1
    refused(letter, "letter_not_posted_so", at=TOMORROW + DAY, posted_on=ON + timedelta(days=2))
    posted(letter)
    assert steps(letter) == ["cancelled", "claimed", "sent"]
    assert NoticeStep.objects.get(notice_id=letter, step="sent").note == f"posted {ON}"
    assert deliver_letter(notice_id=letter, on=ON + timedelta(days=1), arrived=True, actor="cli:test", at=TOMORROW)
    refused(letter, "letter_not_posted_so", at=TOMORROW)


def test_what_was_posted_before_it_was_cancelled_that_day_is_written_down_at_once(letter: int) -> None:
    cancel_notice(notice_id=letter, actor="cli:test", at=AT)
    refused(letter, "letter_not_posted_so", at=TOMORROW, posted_on=ON + timedelta(days=1))
    post(letter, at=AT)
    assert steps(letter) == ["cancelled", "claimed", "sent"]


def test_nobody_dates_a_letter_back_to_a_day_on_which_it_was_not_written(letter: int, unwanted: None) -> None:
    refused(letter, "letter_posted_early", at=TOMORROW, posted_on=ON - timedelta(days=1))


def test_one_that_came_back_is_not_dated_back_to_before_it_was_to_be_sent_again(letter: int) -> None:
    post(letter)
    later = AT + 5 * DAY
    deliver_letter(notice_id=letter, on=ON, arrived=False, actor="cli:test", at=AT)
    send_again(notice_id=letter, actor="cli:test", at=later)
    cancel_notice(notice_id=letter, actor="cli:test", at=later + 2 * DAY)
    refused(letter, "letter_not_posted_so", at=later + 2 * DAY, posted_on=ON + timedelta(days=4))
    post(letter, at=later + 2 * DAY, posted_on=ON + timedelta(days=5))
    assert steps(letter)[-3:] == ["cancelled", "claimed", "sent"]


def test_what_was_printed_is_kept_of_it(office: Office) -> None:
    number = office.queue(channel="letter", to=TO, purpose="demand", letters=demand(office))
    printed = [one.content for one in printed_letters(notice_id=number, at=AT)]
    cancel_notice(notice_id=number, actor="cli:test", at=TOMORROW)
    posted(number)
    [claimed] = (one for one in history(number) if one.step == "claimed")
    assert [open_original(one.sha256).read_bytes() for one in claimed.files] == printed


def test_the_desk_offers_it_with_the_last_day_it_may_have_left_on(office: Office, letter: int, client: Client) -> None:
    """And not what was taken out as soon as it was written, nor what was taken out long ago."""
    other = letter_of(office, "item:2")
    cancel_notice(notice_id=other, actor="cli:test", at=AT)
    cancel_notice(notice_id=letter, actor="cli:test", at=AT + 2 * DAY)
    user = User.objects.create(username="legal", language="en")
    grant_role(username="legal", role="legal", actor="cli:root", at=AT - DAY)
    with time_machine.travel(AT + 2 * DAY, tick=False):
        client.force_login(user)
        page = client.get("/notices/post/").content.decode()
        assert re.findall(r'data-notice="(\d+)"', page) == [str(letter)]
        assert f'name="on" value="{ON + 2 * DAY}"' in page
        said = {"deed": "post", "on": f"{ON}", "carrier": "EMS", "tracking": "EX1"}
        client.post(f"/notices/post/{letter}/say", said)
    assert steps(letter) == ["cancelled", "claimed", "sent"]
    assert known(letter).sent_at == datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai on the day
    with time_machine.travel(AT + 20 * DAY, tick=False):
        client.force_login(user)
        assert "data-notice" not in client.get("/notices/post/").content.decode().split('id="posted-title"')[0]


def letter_of(office: Office, case: str) -> int:
    return office.queue(case, channel="letter", to=TO, purpose="demand", text="第一段")
