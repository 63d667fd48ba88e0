"""Whether a template can be used: every fault with its place, none found twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from huikuan.mechanisms.notices.domain.template_codes import (
    KEYS,
    MAIL_ELEMENTS,
    OPTIONAL,
    SECTIONS,
    SHORT,
    SHORT_ELEMENTS,
    Code,
    Element,
)
from huikuan.mechanisms.notices.domain.templates import LONGEST_SECTION, names, paragraphs, stray

#: Blocks that a mail's plain text can show as lines.
IN_MAIL = frozenset({"items", "account", "segments", "bank_account", "assignee_account"})


@dataclass(frozen=True, slots=True)
class Fault:
    """`section`: zh.letter. `code`: what is wrong, `about`: the placeholder or element; `line`, `column` from 1, 0
    for the whole section; `fix`: what would do."""

    section: str
    code: str
    about: str = ""
    line: int = 0
    column: int = 0
    fix: str = ""


def faults(code: Code, document: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with a document {"zh": {"subject", "mail", "letter", "sms", "im"}, "en": …}."""
    return list(_faults(code, document))


def _faults(code: Code, document: Mapping[str, Any]) -> Iterator[Fault]:
    for stranger in document.keys() - set(KEYS.values()):
        yield Fault(str(stranger), "language_unknown", fix=", ".join(KEYS.values()))
    for key in KEYS.values():
        texts = document.get(key)
        if not isinstance(texts, Mapping):
            yield Fault(key, "section_missing")
            continue
        for stranger in texts.keys() - set(SECTIONS):
            yield Fault(f"{key}.{stranger}", "section_unknown", fix=", ".join(SECTIONS))
        for section in SECTIONS:
            yield from _section(code, key, section, texts.get(section, ""))


def _section(code: Code, key: str, section: str, text: Any) -> Iterator[Fault]:
    where = f"{key}.{section}"
    if not isinstance(text, str) or (not text.strip() and section not in OPTIONAL):
        yield Fault(where, "section_missing")
        return
    longest = SHORT.get(section, LONGEST_SECTION)
    if len(text) > longest:
        yield Fault(where, "section_too_long", fix=str(longest))
        return
    if not text.strip():
        return
    if section == "subject" and "\n" in text.strip():
        yield Fault(where, "subject_lines")
    yield from _placeholders(code, where, section, text)
    for element in _elements(code, section):
        if not says(element, key, text):
            yield Fault(where, "element_missing", element.name, fix=_fix(element, key))


def _placeholders(code: Code, where: str, section: str, text: str) -> Iterator[Fault]:
    opened = stray(text)
    if opened:
        yield Fault(where, "braces_open", line=opened[0], column=opened[1])
    lines = ["", *text.split("\n"), ""]
    for one in names(text):
        if one.name in code.names:
            continue
        if one.name not in code.blocks:
            yield Fault(where, "placeholder_unknown", one.name, one.line, one.column, _known(code))
        elif section not in ("mail", "letter") or (section == "mail" and one.name not in IN_MAIL):
            yield Fault(where, "block_misplaced", one.name, one.line, one.column)
        elif not _is_alone(one.name, *lines[one.line - 1 : one.line + 2]):
            yield Fault(where, "block_not_alone", one.name, one.line, one.column)


def _is_alone(name: str, before: str, line: str, after: str) -> bool:
    """Whether nothing but the block stands in its paragraph."""
    return line.strip().strip("{} ") == name and line.count("{{") == 1 and not before.strip() and not after.strip()


def _elements(code: Code, section: str) -> tuple[Element, ...]:
    if section == "letter":
        return code.elements
    return MAIL_ELEMENTS if section == "mail" else SHORT_ELEMENTS.get(section, ())


def says(element: Element, key: str, text: str) -> bool:
    """Whether the text shows the element; its words within one paragraph."""
    found = {one.name for one in names(text)}
    if element.told_by and element.told_by in found:
        return True
    if not found.issuperset(element.needs):
        return False
    flat = [re.sub(r"\s+", "" if key == "zh" else " ", one) for one in paragraphs(text)]
    return not element.words or any(re.search(element.words[key], one, re.IGNORECASE) for one in flat)


def _fix(element: Element, key: str) -> str:
    return element.fix.get(key) or " ".join("{{" + name + "}}" for name in element.needs)


def _known(code: Code) -> str:
    return ", ".join(sorted(code.names | code.blocks))
