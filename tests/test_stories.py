"""The stories of docs/stories, told on a fresh installation with a clock that goes by them."""

from __future__ import annotations

import io
import os
import re
from email.message import EmailMessage, Message
from itertools import count, islice
from pathlib import Path

import pytest
import time_machine

from huikuan.mechanisms.documents.tests.pdf_text import page_count, pdf_text
from huikuan.mechanisms.notices.tests.mail_server import MailServer
from huikuan.shell import cli
from tests.story import Command, fits, tell

STORIES = sorted((Path(__file__).parents[1] / "docs/stories").glob("*.md"))


def test_what_differs_from_run_to_run_is_left_open() -> None:
    assert fits("notice 17 queued", "notice … queued") == {}
    assert fits("request 4, digest ab12", "request ‹request›, digest ‹digest›") == {"request": "4", "digest": "ab12"}
    assert fits("notice 17 sent", "notice … queued") is None
    assert fits("1,000.00", "1.000.00") is None


def said_by(mail: EmailMessage) -> str:
    """A mail as its reader sees it."""
    body = mail.get_body(("plain",))
    text = body.get_content() if body else ""
    attached = [line for one in mail.iter_attachments() for line in enclosed(one)]
    return "\n".join((f"{mail['To']}: {mail['Subject']}", *text.splitlines(), *attached))


def enclosed(part: Message) -> list[str]:
    """A file that came with a mail: its name, and of a PDF the pages and what it says."""
    name, content = part.get_filename(), part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return [f"[{name}]", *read(content)] if content.startswith(b"%PDF") else [f"[{name}]"]


def read(content: bytes) -> list[str]:
    """A PDF's pages, and its words in the order they are drawn, a sentence a line."""
    words = pdf_text(content).replace("\u200b", "")
    return [f"（{page_count(content)} 页）", *re.sub(r"(?<=[。；])", "\n", words).splitlines()]


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_a_story_runs_as_it_is_written(
    story: Path, data_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(command: Command) -> str:
        if command.words == ("mail",):
            return next(map(said_by, islice(server.taken.mails(), next(opened), None)), "no mail")
        if command.words[0] == "read":
            return "\n".join(read((tmp_path / command.words[1]).read_bytes()))
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO(command.typed + "\n"))
        with time_machine.travel(command.at, tick=True):
            cli.main(list(command.words[1:]))
        said = capsys.readouterr()
        return said.out + said.err

    opened = count()
    with MailServer() as server:
        monkeypatch.setenv("HUIKUAN_SMTP_URL", server.url)
        monkeypatch.setenv("HUIKUAN_SMTP_FROM", "江临精工应收 <ar@jianglin.example>")
        assert tell(story, tmp_path, run, write=os.environ.get("HUIKUAN_STORY") == "write") == []
