"""A refusal's sentence in the reader's language; the list of sentences is written down in the shell and handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from huikuan.kernel.errors import Refusal

Sentence = Callable[[str, Mapping[str, object]], str]

_speakers: list[Sentence] = []


def speak_with(sentence: Sentence) -> None:
    """Have refusals told by `sentence`. Called once at start-up."""
    _speakers[:] = [sentence]


def told(code: str, params: Mapping[str, object]) -> str:
    """What to say about a refusal."""
    return _speakers[0](code, params)


def said(refusal: Refusal) -> str:
    """The same of the refusal itself."""
    return told(refusal.code, refusal.params)
