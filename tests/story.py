"""A story is a document that runs: a page of docs/stories whose commands are given one after the other.

A heading that begins with a day and an hour sets the clock (in the company's zone). A block ```console holds commands
(`$ huikuan …`; a line that ends in a backslash goes on, `<<< text` is typed in; `$ mail` opens the next mail that
came with its files, `$ read FILE` a PDF) and what each answers; a block ```csv NAME or ```json NAME is a file the next
commands may read. In an answer `…` stands for what differs from run to run, and ‹name› for something that a later
command says again. With HUIKUAN_STORY=write the answers are written anew, to be judged.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_CLOCK = re.compile(r"#+ (\d{4}-\d\d-\d\d \d\d:\d\d)")
_FENCE = re.compile(r"```(\w+)(?: (\S+))?$")
_OPEN = re.compile(r"…|‹(\w+)›")
_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Command:
    """Words given at an instant and what they should answer, which stands in the page's lines (first, beyond last)."""

    at: datetime
    words: tuple[str, ...]
    typed: str
    answer: tuple[str, ...]
    lines: tuple[int, int]


@dataclass(frozen=True, slots=True)
class File:
    """A file that stands in the page."""

    name: str
    text: str


def steps(page: str) -> Iterator[Command | File]:
    """What the page says to do, in its order."""
    lines = page.splitlines()
    clock: datetime | None = None
    at = 0
    while at < len(lines):
        if found := _CLOCK.match(lines[at]):
            clock = datetime.fromisoformat(found.group(1)).replace(tzinfo=ZONE)
        fence = _FENCE.match(lines[at])
        at += 1
        if not fence:
            continue
        end = lines.index("```", at)
        kind, name = fence.groups()
        if name:
            yield File(name, "\n".join(lines[at:end]) + "\n")
        elif kind == "console":
            assert clock, f"line {at}: no day is set before the first command"
            yield from _commands(lines, at, end, clock)
        at = end + 1


def _commands(lines: list[str], at: int, end: int, clock: datetime) -> Iterator[Command]:
    while at < end:
        assert lines[at].startswith(_PROMPT), f"line {at + 1}: {lines[at]}"
        said = lines[at]
        while said.endswith("\\"):
            at += 1
            said = said[:-1] + lines[at].strip()
        words, _, typed = said.removeprefix(_PROMPT).partition(" <<< ")
        first = at = at + 1
        while at < end and not lines[at].startswith("$ "):
            at += 1
        yield Command(clock, tuple(shlex.split(words)), typed, tuple(lines[first:at]), (first, at))


def fits(answer: str, said: str) -> dict[str, str] | None:
    """What a line holds of what the story leaves open, by name; None where it says something else."""
    pattern, at = "", 0
    for gap in _OPEN.finditer(said):
        pattern += re.escape(said[at : gap.start()]) + (f"(?P<{gap.group(1)}>.+?)" if gap.group(1) else ".*")
        at = gap.end()
    found = re.fullmatch(pattern + re.escape(said[at:]), answer)
    return found.groupdict() if found else None


def _filled(word: str, held: dict[str, str]) -> str:
    return _OPEN.sub(lambda gap: held.get(gap.group(1), gap.group()), word)


def tell(path: Path, folder: Path, run: Callable[[Command], str], *, write: bool) -> list[str]:
    """Do what the story says, in `folder`: the answers that differ from it, until the first that does; or, when it is
    written anew, none."""
    page = path.read_text()
    held: dict[str, str] = {}
    written: list[tuple[tuple[int, int], list[str]]] = []
    for step in steps(page):
        if isinstance(step, File):
            (folder / step.name).write_text(step.text)
            continue
        words = tuple(_filled(word, held) for word in step.words)
        answer = [line.rstrip() for line in run(replace(step, words=words)).strip().splitlines()]
        told = [fits(one, said) for one, said in zip(answer, step.answer, strict=False)]
        if len(answer) == len(step.answer) and None not in told:
            for one in told:
                held |= one or {}
        elif write:
            written.append((step.lines, answer))
        else:
            return [f"{path.name}:{step.lines[0]}: {' '.join(words)}", *answer]
    lines = page.splitlines()
    for (first, beyond), answer in reversed(written):
        lines[first:beyond] = answer
    if written:
        path.write_text("\n".join(lines) + "\n")
    return []
