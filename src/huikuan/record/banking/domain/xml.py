"""XML from outside, read without trust: no document type, no entities, no inclusions; depth, size and count capped.

A document type is the door to entity bombs and to files of this machine, so any is refused at once, before a single
entity could be expanded (OWASP ASVS 1.5.1). Namespaces are cut off: publications of the same message differ by them
alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from huikuan.kernel.errors import Refusal

_DEEPEST = 60
_MOST_AT_ONCE = 2_000_000
_LONGEST_TEXT = 100_000
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_BETWEEN = "\n"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
#: Encodings of more than one byte, which the parser does not know itself.
_CHINESE = frozenset(("gbk", "gb2312", "gb18030", "big5"))


@dataclass(slots=True)
class Node:
    """An element: its name without namespace, its text, where it stands (line of the file, from 1)."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self, path: str) -> list[Node]:
        """The descendants at a path of names: 'NtryDtls/TxDtls'."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, *paths: str) -> Node | None:
        """The first descendant at the first path that has one."""
        return next((node for path in paths for node in self.all(path)), None)

    def said(self, *paths: str) -> str:
        """The text at the first path that says anything; ''."""
        return next((node.text for path in paths for node in self.all(path) if node.text), "")

    def leaves(self, before: str = "") -> Iterator[tuple[str, str]]:
        """(path, text) of everything said below."""
        for child in self.children:
            path = f"{before}/{child.name}" if before else child.name
            if child.text:
                yield path, child.text
            yield from child.leaves(path)


def looks_like_xml(data: bytes) -> bool:
    """Whether the first thing in the file is a tag."""
    start = data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.startswith(b"<")


def walk_xml(data: bytes, taken: Collection[str], take: Callable[[Node, Sequence[Node]], None]) -> Node:
    """The root of the document. Elements named in `taken` are handed over as soon as they end, with the elements
    around them from the root on, and are not kept: a file of a hundred thousand entries needs the memory of one."""
    builder = _Builder(frozenset(taken), take)
    try:
        return builder.read(data)
    except expat.ExpatError as error:
        raise Refusal("statement_xml_broken", row=error.lineno, problem=expat.errors.messages[error.code]) from error
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Refusal("encoding_unknown") from error


class _Builder:
    """Keeps the open elements; everything forbidden raises at once."""

    def __init__(self, taken: frozenset[str], take: Callable[[Node, Sequence[Node]], None]) -> None:
        self._taken, self._take = taken, take
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []
        self._alive = 0
        self._root: Node | None = None

    def read(self, data: bytes) -> Node:
        declared = _DECLARED.match(data[:200])
        if declared and declared[1].decode().lower() in _CHINESE:
            data = data.decode(declared[1].decode()).encode()
            parser = expat.ParserCreate("utf-8", namespace_separator=_BETWEEN)
        else:
            parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        self._parser = parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._forbidden
        parser.EntityDeclHandler = self._forbidden
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(data, True)
        if self._root is None:
            raise Refusal("statement_unreadable")
        return self._root

    def _forbidden(self, *_declared: object) -> None:
        raise Refusal("statement_xml_doctype", row=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(_BETWEEN)
        if space == _XINCLUDE:
            raise Refusal("statement_xml_doctype", row=self._parser.CurrentLineNumber)
        self._alive += 1
        if len(self._open) >= _DEEPEST or self._alive > _MOST_AT_ONCE:
            raise Refusal("statement_xml_too_large", row=self._parser.CurrentLineNumber)
        plain = {key.rpartition(_BETWEEN)[2]: value for key, value in attributes.items()}
        self._open.append(Node(local, self._parser.CurrentLineNumber, plain))
        self._texts.append([])
        self._lengths.append(0)

    def _characters(self, text: str) -> None:
        self._lengths[-1] += len(text)
        if self._lengths[-1] > _LONGEST_TEXT:
            raise Refusal("statement_xml_too_large", row=self._parser.CurrentLineNumber)
        self._texts[-1].append(text)

    def _end(self, _name: str) -> None:
        node = self._open.pop()
        self._lengths.pop()
        node.text = " ".join("".join(self._texts.pop()).split())
        if not self._open:
            self._root = node
        elif node.name in self._taken:
            self._take(node, self._open)
            self._alive -= 1 + sum(1 for _ in _below(node))
        else:
            self._open[-1].children.append(node)


def _below(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _below(child)
