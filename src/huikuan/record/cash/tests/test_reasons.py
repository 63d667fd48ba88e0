"""Every reason matching can give has words, and no words are left without a reason that uses them."""

from __future__ import annotations

import re
from pathlib import Path

from huikuan.record.cash import domain
from huikuan.record.cash.domain.evidence import ADVICE, MEMO, references
from huikuan.record.cash.domain.numbers import Strength
from huikuan.record.cash.queries import holds
from huikuan.record.cash.reasons import MATCHING

SOURCES = [path.read_text() for path in (*Path(domain.__file__).parent.glob("*.py"), Path(holds.__file__))]


def _built() -> set[str]:
    """Codes put together from a kind of name or the strength of a number."""
    numbers = {sign.code for source in (ADVICE, MEMO) for one in Strength for sign in references([(one, source, "")])}
    names = re.findall(r'Likely\([^)]*?, "([a-z]+)"', "".join(SOURCES))
    return numbers | {f"payer_{kind}" for kind in names if kind != "named"}


def test_every_reason_has_words():
    said = set(re.findall(r'(?:Sign|Reason|_threshold)\(\s*"([a-z_]+)"', "".join(SOURCES)))
    holds = set(re.findall(r'holds(?:\.append\(|=\(|, )"([a-z_]+)"', "".join(SOURCES)))
    assert len(said) > 20
    assert (said | holds | _built()) - MATCHING.keys() == set()


def test_no_words_are_left_over():
    used = {code for code in MATCHING if any(f'"{code}"' in source for source in SOURCES)} | _built()
    assert MATCHING.keys() - used == set()


def test_words_fill_in_only_what_reasons_carry():
    told = {"name", "times", "line", "booked_on", "value", "threshold"}
    for words in MATCHING.values():
        assert set(re.findall(r"%\((\w+)\)", words)) <= told
        assert words % dict.fromkeys(told, "1")
