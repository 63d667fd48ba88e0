"""Letters that go with a notice: set when it goes out, kept, the same again, and proven."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import erase_personal
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.notices import queries
from huikuan.mechanisms.notices.letters import setting
from huikuan.mechanisms.notices.letters.writing import Writer
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations import claiming
from huikuan.mechanisms.notices.operations.posting import post_letter, printed_letters
from huikuan.mechanisms.notices.operations.sending import Turn, send_due
from huikuan.mechanisms.notices.queries.evidence import letters_of, mail_sent
from huikuan.mechanisms.notices.queries.rows import Letter
from huikuan.mechanisms.notices.tests.conftest import AT, Box, Office, known, steps
from huikuan.mechanisms.notices.tests.letter_samples import tables, values
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.mechanisms.store.folder import data_folder
from huikuan.mechanisms.work.queries.items import open_keys

MINUTE = timedelta(minutes=1)
NAME = "催款函-C1.pdf"


def demand(office: Office) -> tuple[Letter, ...]:
    writer = Writer(code="demand", company_id=office.company, at=AT)
    said = writer.said(language="zh-hans", values=values("zh-hans"), tables=tables("zh-hans"))
    return (Letter("reminder", None), Letter("demand", writer.version_id, NAME, said))


def turn(at: datetime = AT) -> Turn:
    return send_due(clock=lambda: at)


def test_a_mail_carries_its_letter_and_proves_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with MailServer() as server:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", server.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", "ar@jianglin.example")
        notice = office.queue(letters=demand(office))
        before = [one.content for one in letters_of(known(notice))]
        assert turn().done == {"sent": 1}
        [arrived] = server.taken.mails()
    [attached] = arrived.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (NAME, "application/pdf")
    assert [attached.get_content()] == before
    row = known(notice)
    assert [(one.code, one.version_id, one.name) for one in row.letters] == [
        ("reminder", None, ""), ("demand", None, NAME),
    ]  # fmt: skip
    [claimed, _sent] = queries.history(notice)
    assert [open_original(one.sha256).read_bytes() for one in claimed.files] == before
    assert mail_sent(notice, scope=EVERYTHING).proven
    assert [one.content for one in letters_of(row)] == before


def test_what_is_printed_is_what_is_kept_when_it_is_posted(office: Office) -> None:
    """All of it: a customer that owes in two currencies is sent two letters."""
    both = (*demand(office)[1:], replace(demand(office)[1], name="催款函-C1-USD.pdf"))
    notice = office.queue(channel="letter", purpose="demand", letters=both)
    printed = printed_letters(notice_id=notice, at=AT)
    assert [one.name for one in printed] == [NAME, "催款函-C1-USD.pdf"]
    assert printed == printed_letters(notice_id=notice, at=AT.replace(minute=59))
    post_letter(
        notice_id=notice, posted_on=AT.date(), carrier="EMS", tracking="EX 1", actor="system", at=AT.replace(hour=4)
    )
    assert steps(notice) == ["claimed", "sent"]
    kept = queries.history(notice)[0].files
    assert [open_original(one.sha256).read_bytes() for one in kept] == [one.content for one in printed]


def test_without_a_font_it_waits_and_whatever_has_no_letter_goes(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_font(*_: Any, **__: Any) -> bytes:
        raise Refusal("document_font_missing", folder="fonts")

    with monkeypatch.context() as patched:
        patched.setattr(setting, "pdf", no_font)
        notice = office.queue("item:2", purpose="internal", letters=demand(office))
        plain = office.queue("item:1", purpose="internal")
        told = turn()
    assert told.done == {"sent": 1}
    assert "document_font_missing" in told.closed["email"]
    assert (known(plain).state, known(notice).state, steps(notice)) == ("sent", "queued", [])
    assert (known(notice).waits, known(notice).due_at, known(notice).attempts) == ("unset", AT + 10 * MINUTE, 0)
    assert turn(AT + 10 * MINUTE).done == {"sent": 1}


def test_a_letter_that_cannot_be_set_puts_off_its_notice_alone_and_people_see_why(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> bytes:
        raise RuntimeError("dictionary does not contain key")

    monkeypatch.setattr(setting, "pdf", breaks)
    notice = office.queue("item:2", purpose="internal", letters=demand(office))
    plain = office.queue("item:1", purpose="internal")
    assert turn().done == {"put_off": 1, "sent": 1}
    assert (known(plain).state, known(notice).state, known(notice).waits) == ("sent", "queued", "unset")
    last = queries.history(notice)[-1]
    assert (last.step, last.reason, last.answer) == (
        "put_off", "unset", "RuntimeError: dictionary does not contain key",
    )  # fmt: skip
    for _ in range(7):
        turn(known(notice).due_at)
    assert (known(notice).state, queries.history(notice)[-1].reason) == ("refused", "unset")
    assert set(open_keys("notices.undelivered")) == {f"notice:{notice}"}
    assert len(box.taken) == 1, "it never went without its letter"


def test_what_is_put_off_leaves_no_letter_on_the_disk(office: Office, box: Box) -> None:
    """It would stay there under no name, and erasing would not find it."""
    notice = office.queue(letters=demand(office), purpose="demand")
    before = on_disk()
    night = AT + timedelta(hours=12)
    assert turn(night).done == {}
    assert (known(notice).waits, on_disk()) == ("quiet", before)
    assert turn(known(notice).due_at).done == {"sent": 1}
    assert len(on_disk() - before) == 1
    assert on_disk() - before <= set(StoredFile.objects.values_list("sha256", flat=True))


def test_without_room_on_the_disk_it_waits_and_whatever_has_no_letter_goes(
    office: Office, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> bytes:
        raise Refusal("file_not_stored", problem="No space left on device")

    monkeypatch.setattr(claiming, "store_file", full)
    notice = office.queue("item:2", purpose="internal", letters=demand(office))
    plain = office.queue("item:1", purpose="internal")
    assert turn().done == {"sent": 1}
    assert (known(plain).state, known(notice).waits, steps(notice)) == ("sent", "unset", [])


def on_disk() -> set[str]:
    return {path.parent.name + path.name for path in data_folder("files").glob("??/*")}


@pytest.mark.parametrize("sent", [False, True])
def test_the_letter_is_erased_with_its_addressee(office: Office, box: Box, sent: bool) -> None:
    notice = office.queue(letters=demand(office))
    assert not sent or turn().done == {"sent": 1}
    assert len(letters_of(known(notice))) == 1
    erase_personal(Notice, notice, reason="asked", actor="system", at=AT)
    assert letters_of(known(notice)) == []
