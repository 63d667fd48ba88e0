"""Answers kept in memory: the same question about the same facts is answered once.

A key names the facts exactly (the mirror's files and the digest of the tail), so an answer never goes stale: a new
fact makes a new key, and what nobody asks for any more falls out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

#: Bytes kept by one process, and the largest single answer among them.
_BUDGET = 256 * 2**20
_LARGEST = _BUDGET // 2


class Answers:
    """The answers used last, within a budget of bytes. Shared by all threads of a process."""

    def __init__(self, budget: int = _BUDGET, largest: int = _LARGEST) -> None:
        self._budget, self._largest = budget, largest
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable, ask: Callable[[], Any], size_of: Callable[[Any], int]) -> Any:
        """The answer kept under `key`, else that of `ask`, kept when it is not too large (`size_of` in bytes)."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
        answer = ask()  # Without the lock: two asking at once both ask, and either answer is right.
        self._keep(key, answer, size_of(answer))
        return answer

    def _keep(self, key: Hashable, answer: Any, size: int) -> None:
        if size > self._largest:
            return
        with self._lock:
            if key in self._held:
                return
            self._held[key] = (answer, size)
            self._size += size
            while self._size > self._budget:
                _, (_, freed) = self._held.popitem(last=False)
                self._size -= freed

    def forget(self) -> None:
        """Drop everything, for whoever measures what a first answer costs."""
        with self._lock:
            self._held.clear()
            self._size = 0
