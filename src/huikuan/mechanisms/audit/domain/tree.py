"""The Merkle tree over leaves: the shapes of RFC 6962 section 2.1.

The hash of a leaf is SHA-256(0x00 ‖ leaf), of a node SHA-256(0x01 ‖ left ‖ right); a tree of n > 1
leaves splits at the largest power of two below n. The empty tree's root is SHA-256 of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import islice

#: Leaves taken into the tree at once.
_PERFECT = 1024

#: A stretch of leaves [start, end) whose root a proof needs.
Stretch = tuple[int, int]


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: list[bytes]) -> bytes:
    """The root of a perfect tree: as many leaves as a power of two."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """A growing tree, kept as the roots of its perfect subtrees, largest first: one per bit of `size`."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append leaf hashes: whole perfect subtrees level by level, what is left over one by one."""
        stream = iter(hashes)
        for one in islice(stream, -self.size % _PERFECT):
            self._add(one, 1)
        while len(part := list(islice(stream, _PERFECT))) == _PERFECT:
            self._add(perfect_root(part), _PERFECT)
        for one in part:
            self._add(one, 1)

    def _add(self, top: bytes, leaves: int) -> None:
        """Append the root of a perfect subtree of `leaves` leaves, a power of two that divides `size`."""
        sha256, peaks, bits = hashlib.sha256, self._peaks, self.size // leaves
        while bits & 1:
            top = sha256(b"\x01" + peaks.pop() + top).digest()
            bits >>= 1
        peaks.append(top)
        self.size += leaves

    def root(self) -> bytes:
        if not self._peaks:
            return hashlib.sha256().digest()
        folded = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            folded = node_hash(peak, folded)
        return folded

    def dump(self) -> bytes:
        """The peaks, one after the other."""
        return b"".join(self._peaks)

    @classmethod
    def load(cls, size: int, dumped: bytes) -> Frontier:
        """What `dump` gave for a tree of `size` leaves; a ValueError when it cannot be."""
        if len(dumped) != 32 * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(dumped) / 32:g}")
        frontier = cls()
        frontier.size = size
        frontier._peaks = [dumped[start : start + 32] for start in range(0, len(dumped), 32)]
        return frontier


def inclusion_stretches(index: int, size: int, start: int = 0) -> list[Stretch]:
    """The stretches whose roots prove that leaf `index` (from 0) is in the tree of `size`, leaf upwards."""
    if size == 1:
        return []
    split = _split(size)
    if index < split:
        return [*inclusion_stretches(index, split, start), (start + split, start + size)]
    return [*inclusion_stretches(index - split, size - split, start + split), (start, start + split)]


def consistency_stretches(old: int, size: int, start: int = 0, *, whole: bool = True) -> list[Stretch]:
    """The stretches whose roots prove that the tree of `old` leaves is a beginning of that of `size`."""
    if old == size:
        return [] if whole else [(start, start + size)]
    split = _split(size)
    if old <= split:
        return [*consistency_stretches(old, split, start, whole=whole), (start + split, start + size)]
    rest = consistency_stretches(old - split, size - split, start + split, whole=False)
    return [*rest, (start, start + split)]


def stretch_roots(stretches: Iterable[Stretch], hashes: Iterable[bytes]) -> dict[Stretch, bytes]:
    """The root of each of some disjoint stretches, out of all leaf hashes in order."""
    roots: dict[Stretch, bytes] = {}
    stream, position = iter(hashes), 0
    for start, end in sorted(stretches):
        for _ in range(position, start):
            next(stream)
        frontier = Frontier()
        frontier.extend(next(stream) for _ in range(start, end))
        roots[(start, end)] = frontier.root()
        position = end
    return roots


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
