"""How Chinese text reads in letters, for finding names by what is typed on a keyboard.

Readings come from the table of the package pypinyin. The package itself is not imported: it loads 47,000
phrases, and a search needs one reading a character, or both where two are alive in names (`_SEVERAL`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import islice, product
from pathlib import Path

#: Characters of company and place names of which two readings are alive, the commoner first; and those whose
#: first reading in the table is not the one that names use.
_SEVERAL = {
    "长": "chang zhang", "重": "zhong chong", "行": "xing hang", "厦": "xia sha", "盛": "sheng cheng",
    "乐": "le yue", "都": "du dou", "朝": "chao zhao", "藏": "zang cang", "弹": "dan tan", "传": "chuan zhuan",
    "调": "tiao diao", "泊": "bo po", "勒": "le", "佛": "fo", "贾": "jia", "单": "dan shan", "曾": "zeng ceng",
    "晟": "sheng cheng", "参": "can shen", "纤": "xian qian", "率": "lv shuai", "解": "jie xie", "会": "hui kuai",
    "蚌": "beng bang", "六": "liu lu", "尉": "wei yu", "车": "che ju", "阿": "a e", "薄": "bo", "卜": "bu",
    "降": "jiang xiang", "校": "xiao jiao", "卡": "ka qia", "系": "xi ji", "地": "di de", "广": "guang",
    "石": "shi dan", "合": "he", "大": "da dai", "万": "wan", "莞": "guan", "涌": "yong chong", "洗": "xi xian",
}  # fmt: skip
#: Words in which such a character reads in one way only.
_TOGETHER = {
    "重庆": "chong qing", "重工": "zhong gong", "重型": "zhong xing", "厦门": "xia men", "银行": "yin hang",
    "长江": "chang jiang", "长城": "chang cheng", "长春": "chang chun", "长沙": "chang sha", "长安": "chang an",
    "长虹": "chang hong", "长三角": "chang san jiao", "乐山": "le shan", "六安": "lu an", "成都": "cheng du",
    "首都": "shou du", "大连": "da lian", "西藏": "xi zang", "传动": "chuan dong", "朝阳": "chao yang",
    "调味": "tiao wei", "单县": "shan xian", "大厦": "da sha", "音乐": "yin yue", "弹簧": "tan huang",
    "车辆": "che liang", "汽车": "qi che", "石油": "shi you", "石化": "shi hua", "系统": "xi tong",
}  # fmt: skip
_PIECES = re.compile("|".join(sorted(_TOGETHER, key=len, reverse=True)) + "|.")
#: Of a name with many such characters so many readings are kept: the commonest first.
_MOST = 8


def readings(text: str) -> tuple[str, ...]:
    """Initials and whole reading, each of the ways `text` reads: 海岳 → ('hy', 'haiyue').

    Letters and digits stand for themselves, everything else is passed over; ü is written v. Text without a
    Chinese character reads in no other way than it is written: ().
    """
    if text.isascii() or not any(character in _table() for character in text):
        return ()
    ways = [way for piece in _PIECES.findall(text) for way in _spoken(piece)]
    spoken = [tuple(way) for way in islice(product(*ways), _MOST)]
    found = ["".join(part[0] for part in way) for way in spoken] + ["".join(way) for way in spoken]
    return tuple(dict.fromkeys(found))


@cache
def _spoken(piece: str) -> list[tuple[str, ...]]:
    if piece in _TOGETHER:
        return [(syllable,) for syllable in _TOGETHER[piece].split()]
    return [_ways(piece)] if _ways(piece) else []


@cache
def _ways(character: str) -> tuple[str, ...]:
    if character in _SEVERAL:
        return tuple(_SEVERAL[character].split())
    reading = _table().get(character, "")
    if reading:
        return (_toneless(reading.partition(",")[0]),)
    return (character.lower(),) if character.isascii() and character.isalnum() else ()


@cache
def _table() -> dict[str, str]:
    """Character → its readings with their tones, the commonest first."""
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pypinyin is not installed")
    stated = json.loads(Path(spec.origin).with_name("pinyin_dict.json").read_text(encoding="utf-8"))
    return {chr(int(code)): read for code, read in stated.items()}


def _toneless(reading: str) -> str:
    """'lǜ' → 'lv'."""
    plain = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in plain if letter.isascii())


def spoken_span(text: str, word: str) -> tuple[int, int] | None:
    """Where `text` reads like `word`, by initials or syllables: ('北方海岳', 'hyue') → (2, 4); None: nowhere."""
    for start in range(len(text)):
        end = _spoken_until(text, start, word)
        if end is not None:
            return start, end
    return None


def _spoken_until(text: str, start: int, word: str) -> int | None:
    if not word:
        return start
    if start == len(text):
        return None
    for way in _ways(text[start]):
        if way.startswith(word):
            return start + 1
        for part in (way, way[0]):
            if word.startswith(part):
                end = _spoken_until(text, start + 1, word[len(part) :])
                if end is not None:
                    return end
    return None
