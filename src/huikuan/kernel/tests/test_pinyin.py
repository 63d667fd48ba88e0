"""How names read in letters."""

from __future__ import annotations

import pytest

from huikuan.kernel.pinyin import readings


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("海岳风电", ("hyfd", "haiyuefengdian")),
        ("鑫澜3号ABC", ("xl3habc", "xinlan3haoabc")),
        ("长江", ("cj", "changjiang")),
        ("长兴", ("cx", "zx", "changxing", "zhangxing")),
        ("绿铝（盐城）", ("llyc", "lvlvyancheng")),
        ("Haiyue Wind 7", ()),
        ("", ()),
        ("（）", ()),
    ],
)
def test_initials_and_whole_in_each_way_a_name_reads(text: str, read: tuple[str, ...]) -> None:
    assert readings(text) == read


def test_a_name_of_many_such_characters_keeps_the_commonest_ways() -> None:
    read = readings("重庆长行盛乐会")
    assert "cqcxslh" in read
    assert len(read) == 16
