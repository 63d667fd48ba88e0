"""Message catalogues: compiled from the hand-written .po files, and checked against the sources.

`python -m huikuan.shell.catalogs` compiles every context's catalogue (quick; skips what is fresh).
English is the language of the sources, so only Chinese has catalogues.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"

#: Function names and which arguments are msgids: (message, plural) or (context, message).
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

_TRANSLATE = re.compile(
    r"""\{%\s*trans(?:late)?\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?:\s+context\s+["']([^"']*)["'])?[^%]*%\}"""
)
_CALL = re.compile(r"""\b_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\)""")
_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(?P<options>(?:[^%]|%(?!\}))*)%\}(?P<body>.*?)\{%\s*endblocktrans(?:late)?\s*%\}",
    re.DOTALL,
)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdif]")


@dataclass(frozen=True, slots=True)
class Source:
    """One message as the sources use it."""

    msgid: str
    plural: str
    context: str
    file: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.context, self.msgid)


def main() -> int:
    for path in catalogues():
        compile_catalogue(path)
    return 0


def catalogues() -> list[Path]:
    """Every context's .po file."""
    return sorted(PACKAGE.glob(f"**/locale/{LOCALE}/LC_MESSAGES/django.po"))


def compile_catalogue(path: Path) -> None:
    target = path.with_suffix(".mo")
    if target.is_file() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return
    draft = target.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, load(path))
    draft.replace(target)


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def messages() -> Iterator[Source]:
    """Every message of every source file outside the tests."""
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        yield from _in_python(path) if path.suffix == ".py" else _in_template(path)


def problems() -> list[str]:
    """What is missing, doubtful or wrong in the Chinese catalogues, one line each."""
    known: dict[tuple[str, str], Message] = {}
    found = []
    for path in catalogues():
        where = path.relative_to(PACKAGE).parts[:-4]
        for message in load(path):
            if not message.id:
                continue
            singular = _ids(message)[0]
            key = (message.context or "", singular)
            if key in known and _strings(known[key]) != _strings(message):
                found.append(f"{'/'.join(where)}: said otherwise in another catalogue: {singular!r}")
            known[key] = message
            found += [f"{'/'.join(where)}: {fault}: {singular!r}" for fault in _faults(message)]
    for source in messages():
        translated = known.get(source.key)
        if translated is None or not all(_strings(translated)):
            found.append(f"{source.file}: no Chinese for {source.msgid!r}")
        elif source.plural and len(_ids(translated)) == 1:
            found.append(f"{source.file}: the plural of {source.msgid!r} is not in the catalogue")
    return sorted(set(found))


def _faults(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    offered = set().union(*(placeholders(text) for text in _ids(message)))
    for text in _strings(message):
        if text and not placeholders(text) <= offered:
            yield "placeholder unknown to the English"
        if text and len(_ids(message)) == 1 and placeholders(text) != offered:
            yield "placeholders differ"


def placeholders(text: str) -> set[str]:
    return {match.group(0) for match in _PLACEHOLDER.finditer(text.replace("%%", ""))}


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (str(message.id),)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string or ""),)


def _in_python(path: Path) -> Iterator[Source]:
    for _line, found, _comments, context in extract_from_file("python", path, keywords=KEYWORDS):
        parts = found if isinstance(found, tuple) else (found,)
        if parts[0]:
            yield Source(parts[0], parts[1] if len(parts) > 1 else "", context or "", _name(path))


def _in_template(path: Path) -> Iterator[Source]:
    text = path.read_text(encoding="utf-8")
    for match in _TRANSLATE.finditer(text):
        yield Source(_escaped(match.group(1) or match.group(2)), "", match.group(3) or "", _name(path))
    for match in _CALL.finditer(text):
        yield Source(match.group(1) or match.group(2), "", "", _name(path))
    for match in _BLOCK.finditer(text):
        singular, *plural = _PLURAL.split(match.group("body"))
        yield Source(_block(singular), _block(plural[0]) if plural else "", "", _name(path))


def _block(text: str) -> str:
    """The msgid Django makes of a block: variables as %(name)s, a percent sign doubled."""
    return _VARIABLE.sub(r"%(\1)s", text.replace("%", "%%"))


def _escaped(text: str) -> str:
    """Django doubles the percent sign of a translate tag's text, too."""
    return text.replace("%", "%%")


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


if __name__ == "__main__":
    sys.exit(main())
