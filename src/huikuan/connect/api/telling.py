"""A refusal's sentence in the caller's language; the list of sentences is written down in the shell and handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext

from huikuan.connect.api.domain.fields import Fault
from huikuan.connect.api.messages import FAULTS
from huikuan.kernel.errors import Place

Sentence = Callable[[str, Mapping[str, object]], str]

_speakers: list[Sentence] = []


def speak_with(sentence: Sentence) -> None:
    """Have refusals told by `sentence`. Called once at start-up."""
    _speakers[:] = [sentence]


def told(code: str, params: Mapping[str, object]) -> str:
    """What to say about a refusal."""
    return _speakers[0](code, params)


def place_of_fault(fault: Fault) -> Place:
    """A value that is not as described, as a place a refusal lists."""
    return Place(column=fault.path, value=fault.value, reason=gettext(FAULTS[fault.code]) % fault.params)
