"""QR codes (ISO/IEC 18004): a text's bytes as a square of dark and light modules, error correction level M.

Byte mode, versions 1 to 15 (412 bytes), which is more than an authenticator's address or a portal link needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

#: Per version: error correction codewords of a block, then (blocks, data codewords of each).
_BLOCKS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
    (30, ((1, 50), (4, 51))),
    (22, ((6, 36), (2, 37))),
    (22, ((8, 37), (1, 38))),
    (24, ((4, 40), (5, 41))),
    (24, ((5, 41), (5, 42))),
)
#: Where the centres of alignment patterns lie, per version.
_ALIGNED: tuple[tuple[int, ...], ...] = (
    (), (6, 18), (6, 22), (6, 26), (6, 30), (6, 34), (6, 22, 38), (6, 24, 42), (6, 26, 46), (6, 28, 50),
    (6, 30, 54), (6, 32, 58), (6, 34, 62), (6, 26, 46, 66), (6, 26, 48, 70),
)  # fmt: skip
_LEVEL_M = 0b00
_MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)

Modules = tuple[tuple[bool, ...], ...]
#: A square under construction: None where nothing is set yet.
_Square = list[list[bool | None]]


def qr_code(text: str) -> Modules:
    """The modules of the smallest code for `text` in UTF-8, True dark, without the quiet zone of four modules."""
    data = text.encode()
    version = _smallest(len(data))
    words = _interleaved(_codewords(data, version), version)
    fixed = _fixed(version)
    made = [_drawn(fixed, words, mask) for mask in range(len(_MASKS))]
    return min(made, key=_penalty)


def _smallest(length: int) -> int:
    for version in range(1, len(_BLOCKS) + 1):
        if length <= _capacity(version) - (2 if version < 10 else 3):
            return version
    raise ValueError(f"{length} bytes are too many for a QR code of version {len(_BLOCKS)}")


def _capacity(version: int) -> int:
    return sum(blocks * size for blocks, size in _BLOCKS[version - 1][1])


def _codewords(data: bytes, version: int) -> bytes:
    """Mode, length and data, padded to the version's capacity."""
    capacity = _capacity(version)
    bits = f"0100{len(data):0{8 if version < 10 else 16}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, capacity * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    words = [int(bits[place : place + 8], 2) for place in range(0, len(bits), 8)]
    padding = capacity - len(words)
    return bytes(words + [(0xEC, 0x11)[number % 2] for number in range(padding)])


def _interleaved(words: bytes, version: int) -> bytes:
    """The first word of every block, then the second …; then likewise the blocks' error correction."""
    correction, groups = _BLOCKS[version - 1]
    blocks, start = [], 0
    for count, size in groups:
        for _ in range(count):
            blocks.append(words[start : start + size])
            start += size
    checks = [_remainder(block, correction) for block in blocks]
    return bytes([*_by_turns(blocks), *_by_turns(checks)])


def _by_turns(blocks: list[bytes]) -> Iterator[int]:
    for place in range(max(len(block) for block in blocks)):
        yield from (block[place] for block in blocks if place < len(block))


def _remainder(block: bytes, degree: int) -> bytes:
    """Reed–Solomon: what is left of the block's polynomial divided by the generator of this degree."""
    generator, left = _generator(degree), [*block, *[0] * degree]
    for place in range(len(block)):
        factor = left[place]
        for offset, coefficient in enumerate(generator):
            left[place + offset] ^= _product(factor, coefficient)
    return bytes(left[len(block) :])


@cache
def _generator(degree: int) -> tuple[int, ...]:
    """∏ (x − 2ⁱ) for i < degree, the highest coefficient first."""
    polynomial, root = [1], 1
    for _ in range(degree):
        shifted = [*polynomial, 0]
        for place, coefficient in enumerate(polynomial):
            shifted[place + 1] ^= _product(coefficient, root)
        polynomial, root = shifted, _product(root, 2)
    return tuple(polynomial)


def _product(left: int, right: int) -> int:
    """In the field of 256 elements over x⁸ + x⁴ + x³ + x² + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
        right >>= 1
    return product


def _fixed(version: int) -> _Square:
    """What is the same whatever the text: finders, timing, alignment, version; places of the format left False."""
    size = 17 + 4 * version
    square: _Square = [[None] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        _finder(square, top, left)
    for place in range(8, size - 8):
        square[6][place] = square[place][6] = place % 2 == 0
    centres = _ALIGNED[version - 1]
    for row in centres:
        for column in centres:
            if (row, column) not in _corners(centres):
                _alignment(square, row, column)
    for row, column in _format_places(size):
        square[row][column] = False
    square[size - 8][8] = True
    if version >= 7:
        _state_version(square, version)
    return square


def _finder(square: _Square, top: int, left: int) -> None:
    """A finder with the light line around it, as far as it lies inside."""
    size = len(square)
    for row in range(max(top - 1, 0), min(top + 8, size)):
        for column in range(max(left - 1, 0), min(left + 8, size)):
            ring = max(abs(row - top - 3), abs(column - left - 3))
            square[row][column] = ring in (0, 1, 3)


def _corners(centres: tuple[int, ...]) -> set[tuple[int, int]]:
    first, last = centres[0], centres[-1]
    return {(first, first), (first, last), (last, first)}


def _alignment(square: _Square, middle_row: int, middle_column: int) -> None:
    for row in range(middle_row - 2, middle_row + 3):
        for column in range(middle_column - 2, middle_column + 3):
            square[row][column] = max(abs(row - middle_row), abs(column - middle_column)) != 1


def _state_version(square: _Square, version: int) -> None:
    word = version << 12 | _checked(version << 12, 0x1F25, 12)
    edge = len(square) - 11
    for place in range(18):
        dark = bool(word >> place & 1)
        square[place // 3][edge + place % 3] = square[edge + place % 3][place // 3] = dark


def _format_places(size: int) -> list[tuple[int, int]]:
    """Where the fifteen format bits stand, twice, the lowest bit first."""
    beside = [(row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, column) for column in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(8, size - 1 - place) for place in range(8)] + [(size - 7 + place, 8) for place in range(7)]
    return beside + apart


def _drawn(fixed: _Square, words: bytes, mask: int) -> Modules:
    square = [list(row) for row in fixed]
    size = len(square)
    bits = (bool(word >> place & 1) for word in words for place in range(7, -1, -1))
    for row, column in _zigzag(size):
        if fixed[row][column] is None:
            # What remains beyond the last word is light, and masked like the rest.
            square[row][column] = next(bits, False) ^ (_MASKS[mask](row, column) == 0)
    word = (_LEVEL_M << 13 | mask << 10 | _checked((_LEVEL_M << 3 | mask) << 10, 0x537, 10)) ^ 0x5412
    for place, (row, column) in enumerate(_format_places(size)):
        square[row][column] = bool(word >> place % 15 & 1)
    return tuple(tuple(bool(module) for module in row) for row in square)


def _zigzag(size: int) -> Iterator[tuple[int, int]]:
    """Columns by twos from the right, up and down by turns; the timing column is passed over."""
    upwards = True
    for right in [*range(size - 1, 6, -2), *range(5, 0, -2)]:
        for row in range(size - 1, -1, -1) if upwards else range(size):
            yield row, right
            yield row, right - 1
        upwards = not upwards


def _checked(value: int, divisor: int, degree: int) -> int:
    """The BCH remainder of `value`, already shifted by `degree` bits."""
    while value.bit_length() > degree:
        value ^= divisor << value.bit_length() - degree - 1
    return value


def _penalty(modules: Modules) -> int:
    """How hard the code is to read (ISO/IEC 18004, 7.8.3)."""
    columns = tuple(zip(*modules, strict=True))
    lines = ["".join("1" if module else "0" for module in line) for line in (*modules, *columns)]
    size = len(modules)
    runs = sum(_runs(line) for line in lines)
    squares = sum(
        3
        for row in range(size - 1)
        for column in range(size - 1)
        if len({*modules[row][column : column + 2], *modules[row + 1][column : column + 2]}) == 1
    )
    finders = 40 * sum(_count(line, shape) for line in lines for shape in ("10111010000", "00001011101"))
    dark = sum(map(sum, modules)) * 100 / size**2
    return runs + squares + finders + 10 * int(abs(dark - 50) // 5)


def _runs(line: str) -> int:
    found, length = 0, 1
    for before, after in zip(line, line[1:] + " ", strict=True):
        if before == after:
            length += 1
            continue
        found += length - 2 if length >= 5 else 0
        length = 1
    return found


def _count(line: str, shape: str) -> int:
    return sum(line.startswith(shape, place) for place in range(len(line)))
