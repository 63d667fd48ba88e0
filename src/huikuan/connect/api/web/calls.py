"""What an endpoint is, what it is called with, and what it answers."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from huikuan.connect.api.callers import Caller
from huikuan.connect.api.domain.fields import Kind, Listed, Maybe, Part, Record, Text, Whole, answered
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission

Answer = TypeVar("Answer")

NOTHING = Record({})
#: How many rows a page has unless asked otherwise, and at most.
USUAL, MOST = 50, 500
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent as the body, and its digest."""

    held: IO[bytes]
    sha256: str

    def pieces(self) -> Iterator[bytes]:
        """Its bytes from the beginning, piece by piece."""
        self.held.seek(0)
        while piece := self.held.read(_PIECE):
            yield piece

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """A file of its own on the disk, while it is read."""
        with tempfile.NamedTemporaryFile(prefix="upload-") as file:
            file.writelines(self.pieces())
            file.flush()
            yield Path(file.name)


@dataclass(frozen=True, slots=True)
class Download:
    """A stored file that is sent as the answer."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and allowed. `place`: the key a page goes on after, None for the first one. `ready`: what
    was worked out beforehand, or the refusal that ended it."""

    caller: Caller
    at: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    upload: Upload | None = None
    if_match: str = ""
    place: list[str | int] | None = None
    language: str = ""
    ready: Any = None

    @property
    def after(self) -> str:
        """The last row before this page, where its key is one value; '' on the first."""
        return str(self.place[0]) if self.place else ""

    @property
    def limit(self) -> int:
        return int(self.query["limit"])


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. `next`: the key of a page's last row, None at the end. `file`: sent instead of the body."""

    body: Mapping[str, Any]
    etag: str = ""
    next: Sequence[str | int] | None = None
    file: Download | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one address: what it takes and answers, and the permission it needs.

    `paged`: the answer is a page of `answer` rows. `file`: the body is a file's bytes. `versioned`: If-Match says
    which version is changed. `permission` None: any token. `beforehand`: works out, before anything is locked,
    what takes a moment; `run` finds it in `ready`. `sends`: the media type of the file it answers with.
    """

    name: str
    method: str
    path: str
    about: str
    permission: Permission | None
    run: Callable[[Call], Reply]
    answer: Record
    status: int = 200
    params: Mapping[str, Kind] = field(default_factory=dict)
    query: Record = NOTHING
    body: Record | None = None
    paged: bool = False
    file: bool = False
    versioned: bool = False
    beforehand: Callable[[Call], Any] | None = None
    sends: str = ""

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def tag(self) -> str:
        """The first word of the address."""
        return self.path.split("/")[1]

    def asked(self) -> Record:
        """The whole query, with what every page takes."""
        return Record({**self.query.parts, **_PAGING}) if self.paged else self.query

    def answers(self) -> Record:
        """The whole answer."""
        return answered(data=Listed(self.answer, MOST), next=Maybe(Text(500))) if self.paged else self.answer


_PAGING = {
    "limit": Part(Whole(1, MOST), "", otherwise=USUAL),
    "cursor": Part(Text(500), "", otherwise=""),
}


def found(look: Callable[[], Answer]) -> Answer:
    """What the address names; what is unknown, or not the caller's to see, is simply not there."""
    try:
        return look()
    except Refusal as refusal:
        if not refusal.code.endswith("_unknown"):
            raise
        raise Refusal("not_found") from None
