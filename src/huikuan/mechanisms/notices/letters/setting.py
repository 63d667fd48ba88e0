"""The letters that go with a notice, set as PDF when it goes out: of what it said when it was queued."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huikuan.mechanisms.documents.typesetting import pdf
from huikuan.mechanisms.notices.queries.rows import NoticeRow, Words, words_queued

TEMPLATE = Path(__file__).parent.parent / "templates" / "letter.typ"
PDF_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter as PDF, and the name of its file."""

    name: str
    content: bytes


def sheets(notice: NoticeRow, said: Words) -> list[Sheet]:
    """The letters that go with the notice: set again, with the same fonts, they are the same bytes. Refuses where no
    Chinese font is there."""
    names = [one.name for one in notice.letters if one.name]
    return [Sheet(name, pdf(TEMPLATE, one, at=notice.queued_at)) for name, one in zip(names, said.said, strict=False)]


def sheets_to_send(notice: NoticeRow) -> list[Sheet]:
    """The same, before the transaction in which they are said to go out; none where it has none, or was erased."""
    if not any(one.name for one in notice.letters):
        return []
    return sheets(notice, words_queued([notice.id]).get(notice.id, Words()))
