"""The text of a PDF as a reader's eyes meet it: by the maps from glyphs to characters that the file carries itself.

Enough for what this product sets (PDF 1.7 with cross-reference streams, fonts by glyph number); no general reader.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*?)\bendobj", re.S)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*?)\r?\n?endstream", re.S)
_FONT = re.compile(rb"/(\w+) (\d+) 0 R")
_TOKENS = re.compile(rb"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def page_count(content: bytes) -> int:
    return sum(1 for body in _objects(content).values() if _PAGE.search(body))


def pdf_text(content: bytes) -> str:
    """Every word of the file, page by page in the order it is drawn; what is set apart is not parted."""
    return "".join(page_texts(content))


def page_texts(content: bytes) -> list[str]:
    """The same, each page apart, in the order the file holds them."""
    objects = _objects(content)
    return [_page(objects, body) for body in objects.values() if _PAGE.search(body)]


def _page(objects: Mapping[int, bytes], body: bytes) -> str:
    stream = _stream(objects[int(_number(rb"/Contents (\d+) 0 R", body))]) or b""
    resources = objects.get(int(_number(rb"/Resources (\d+) 0 R", body)), body)
    return "".join(_shown(stream, {name: _map(objects, number) for name, number in _fonts(objects, resources)}))


def _objects(content: bytes) -> dict[int, bytes]:
    found = {int(one[1]): one[2] for one in _OBJECT.finditer(content)}
    for body in list(found.values()):
        if b"/ObjStm" in body:
            found |= _packed(body)
    return found


def _packed(body: bytes) -> Iterator[tuple[int, bytes]]:
    stream = _stream(body) or b""
    first = int(_number(rb"/First (\d+)", body))
    places = [int(one) for one in stream[:first].split()]
    ends = [*places[3::2], len(stream) - first]
    for number, start, end in zip(places[::2], places[1::2], ends, strict=True):
        yield number, stream[first + start : first + end]


def _number(pattern: bytes, body: bytes) -> bytes:
    found = re.search(pattern, body)
    return found[1] if found else b"0"


def _stream(body: bytes) -> bytes | None:
    found = _STREAM.match(body)
    if not found:
        return None
    try:
        return zlib.decompress(found[2]) if b"FlateDecode" in found[1] else found[2]
    except zlib.error:
        return None


def _fonts(objects: Mapping[int, bytes], resources: bytes) -> Iterator[tuple[bytes, int]]:
    """The fonts of a page, by the names its drawing calls them."""
    direct = re.search(rb"/Font\s*<<(.*?)>>", resources, re.S)
    named = direct[1] if direct else objects.get(int(_number(rb"/Font (\d+) 0 R", resources)), b"")
    yield from ((one[1], int(one[2])) for one in _FONT.finditer(named))


def _map(objects: Mapping[int, bytes], number: int) -> dict[int, str]:
    """Glyph → characters, of a font."""
    text = _stream(objects[int(_number(rb"/ToUnicode (\d+)", objects[number]))]) or b""
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", text, re.S):
        for glyph, said in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = _said(said)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", text, re.S):
        for low, high, said in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for at in range(int(low, 16), int(high, 16) + 1):
                found[at] = chr(ord(_said(said)) + at - int(low, 16))
    return found


def _said(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be")


def _shown(stream: bytes, maps: Mapping[bytes, Mapping[int, str]]) -> Iterator[str]:
    font: Mapping[int, str] = {}
    for found in _TOKENS.finditer(stream):
        if found[1]:
            font = maps.get(found[1], {})
        elif found[2] or found[3]:
            glyphs = bytes.fromhex(found[2].decode()) if found[2] else _ESCAPED.sub(_plain, found[3])
            yield "".join(font.get(int.from_bytes(glyphs[at : at + 2], "big"), "") for at in range(0, len(glyphs), 2))


def _plain(escaped: re.Match[bytes]) -> bytes:
    said = escaped[1]
    return bytes([int(said, 8)]) if said.isdigit() else _LETTERS.get(said, said)
