"""QR codes are read back by a reader of their own, which shares nothing with the writer but the standard."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.kernel.qr import Modules, qr_code

MASKS = [
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: (i * j) % 2 + (i * j) % 3 == 0,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2 == 0,
]
#: version → (error correction words per block, data words of each block), ISO/IEC 18004 table 9, level M.
LAYOUT = {1: (10, [16]), 2: (16, [28]), 3: (26, [44]), 4: (18, [32] * 2), 5: (24, [43] * 2), 6: (16, [27] * 4),
          7: (18, [31] * 4), 8: (22, [38] * 2 + [39] * 2), 9: (22, [36] * 3 + [37] * 2)}  # fmt: skip


def reserved(size: int, row: int, column: int) -> bool:
    """Whether a module is no data: finders with formats, timing, alignment, version."""
    version = (size - 17) // 4
    if row == 6 or column == 6:
        return True
    if (row < 9 and column < 9) or (row < 9 and column >= size - 8) or (row >= size - 8 and column < 9):
        return True
    if version >= 7 and ((row < 6 and column >= size - 11) or (column < 6 and row >= size - 11)):
        return True
    if version == 1:
        return False
    centres = [6, size - 7] if version < 7 else [6, (size - 7 + 6) // 2, size - 7]
    return any(
        abs(row - y) <= 2 and abs(column - x) <= 2
        for y in centres
        for x in centres
        if (y, x) not in {(6, 6), (6, size - 7), (size - 7, 6)}
    )


def read_back(modules: Modules) -> str:
    """The text of a code of version 1 to 9; fails where error correction would have to mend anything."""
    size = len(modules)
    version = (size - 17) // 4
    bits = [modules[8][column] for column in (0, 1, 2, 3, 4, 5, 7, 8)] + [
        modules[row][8] for row in (7, 5, 4, 3, 2, 1, 0)
    ]
    word = int("".join("1" if bit else "0" for bit in bits), 2) ^ 0b101010000010010
    level, mask = word >> 13, word >> 10 & 7
    assert level == 0
    read, column, upwards = [], size - 1, True
    while column > 0:
        column -= column == 6
        for row in range(size - 1, -1, -1) if upwards else range(size):
            free = [at for at in (column, column - 1) if not reserved(size, row, at)]
            read += [modules[row][at] ^ MASKS[mask](row, at) for at in free]
        column, upwards = column - 2, not upwards
    words = [int("".join("1" if bit else "0" for bit in read[n : n + 8]), 2) for n in range(0, len(read) - 7, 8)]
    correction, sizes = LAYOUT[version]
    blocks: list[list[int]] = [[] for _ in sizes]
    stream = iter(words)
    for place in range(max(sizes)):
        for block, length in zip(blocks, sizes, strict=True):
            if place < length:
                block.append(next(stream))
    data = [word for block in blocks for word in block]
    for _ in range(correction):
        for block in blocks:
            block.append(next(stream))
    assert all(value == 0 for block in blocks for value in syndromes(block, correction))
    text = "".join(f"{word:08b}" for word in data)
    assert text[:4] == "0100"
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()


def syndromes(block: list[int], count: int) -> list[int]:
    """The block's polynomial at 2⁰ … 2ⁿ⁻¹, by logarithms: zero throughout if nothing is damaged."""
    power, value = [], 1
    for _ in range(255):
        power.append(value)
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    logarithm = {value: exponent for exponent, value in enumerate(power)}
    found = []
    for exponent in range(count):
        total = 0
        for word in block:
            total = (power[(logarithm[total] + exponent) % 255] if total else 0) ^ word
        found.append(total)
    return found


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=45))
def test_what_was_written_is_read_back(text: str) -> None:
    assert read_back(qr_code(text)) == text


@pytest.mark.parametrize("length", [0, 14, 15, 26, 27, 42, 62, 84, 106, 122, 152, 180])
def test_the_smallest_version_that_holds_it(length: int) -> None:
    sizes = [14, 26, 42, 62, 84, 106, 122, 152, 180]
    modules = qr_code("x" * length)
    assert len(modules) == 17 + 4 * (1 + sum(length > size for size in sizes))
    assert read_back(modules) == "x" * length


def test_larger_ones_are_as_another_writer_makes_them() -> None:
    """Digests of the same text's code with the same mask, made by an encoder of other hands."""
    modules = qr_code("b" * 412)
    rows = "\n".join("".join("1" if module else "0" for module in row) for row in modules)
    assert len(modules) == 77
    assert (
        hashlib.sha256(rows.encode()).hexdigest() == "93c586cba0538cfa0b8b33485b1dfd0c27d2404b7925fa2f18fc19a67bf7e951"
    )
    with pytest.raises(ValueError, match="too many"):
        qr_code("b" * 413)
