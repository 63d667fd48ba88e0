"""Text as people type it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.text import plain, spellings, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("  海岳　风电 \t（盐城）\n", "海岳 风电 (盐城)"),
        ("91350100\u200bM000\ufeff100Y43", "91350100M000100Y43"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\x00b", "ab"),
        ("", ""),
    ],
)
def test_plain(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_tidy_keeps_the_registered_width() -> None:
    assert tidy(" 海岳风电设备（盐城）\u200b有限公司 ") == "海岳风电设备（盐城）有限公司"


def test_either_bracket_finds_the_name() -> None:
    assert "海岳（盐城）" in spellings("海岳(盐城)")
    assert "海岳(盐城)" in spellings("海岳（盐城）")
    assert spellings(" \t") == []


@given(st.text(max_size=60))
def test_plain_and_tidy_are_stable(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert plain(plain(text)) == plain(text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from(" \t\u3000\u200b（）aA1海"))))
def test_tidy_is_its_rule_also_where_it_takes_the_short_way(text: str) -> None:
    blanks = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(one for one in blanks if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co"))
    assert tidy(text) == " ".join(kept.split())
