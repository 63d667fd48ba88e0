"""How numbers stand in what payers write: runs of letters and digits, what joins them, what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
from huikuan.kernel.text import plain

_RUNS = re.compile(r"[A-Z]+|[0-9]+")
#: Money: a sign before, 元 or a currency behind, or two decimals.
_AMOUNT = re.compile(
    r"[¥$€£]\s*[0-9][0-9,]*(\.[0-9]+)?"
    r"|[0-9][0-9,]*(\.[0-9]+)?(?=\s*(元|万|CNY|RMB|USD|EUR))"
    r"|(?<![0-9.])[0-9][0-9,]*\.[0-9]{2}(?![0-9.])"
)
#: What may stand inside one number, between the ends of a range, between members of a list.
_JOINTS = frozenset(("", "-", "_", "/", ".", "#", "\\", " ", "- ", " -", " - ", " #"))
_RANGE = frozenset(("-", "~", "--", "—", "–", "至", "到", " - ", " ~ ", "TO"))
_LIST = frozenset(("/", "、", ",", ", ", "&", " & ", "和", "及", "与", "+", " + ", ";", "; ", " ", ".", "|"))
#: Letters that only say that a number follows.
_GENERIC = frozenset(("INV", "INVOICE", "INVOICES", "INVS", "NO", "NOS", "NR", "BILL", "DOC", "FP", "N", "FACT", "RE"))
_HINT = re.compile(
    r"(发票|票号|单号|编号|号码|尾号|末尾|后[四五六八4568]位|订单|合同|账单|#|NO\.?|№|N[O°º])\s*[:#为是]*\s*$"
)
_COUNTED = re.compile(r"\s*(年|月|日|天|期|元|万|%|台|件|吨|个|箱|次|周|点|时|分|秒|季|套|KG|PCS|ST |ND |TH |OF )")
_DAY = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])")
#: How many documents are paid: 等3张发票, 共三张, 3 invoices; 等 alone: more than the one named.
_HOW_MANY = re.compile(
    r"[等共计合]\s*([0-9]{1,3}|[一二两三四五六七八九十])\s*[张份单笔]|(?<![0-9])([0-9]{1,3})\s*(?:INVOICES|INVS)\b"
)
_AND_OTHERS = re.compile(r"[0-9]号?\s*等")
_NUMERALS = dict(zip("一二两三四五六七八九十", (1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_HINT_WITHIN = 12
_LONGEST_RANGE = 60
_MONEY = re.compile(r"\s*(元|万|圆|人民币|CNY|RMB|USD|EUR)")
#: So many digits are hardly an amount …
_TOO_LONG = 8
#: … and so many never are, without a point or commas.
_NO_AMOUNT = 12


@dataclass(frozen=True, slots=True)
class Run:
    """Letters, or digits, side by side; where they stand."""

    text: str
    start: int
    end: int

    @property
    def digits(self) -> bool:
        return self.text.isdigit()


def key_of(number: str) -> str:
    """A number without width, case and punctuation: 'ＩＮＶ-00 7' → 'INV007'."""
    return "".join(_RUNS.findall((number if number.isascii() else plain(number)).upper()))


def ending(key: str) -> tuple[str, str]:
    """The letters before the last digits, and those digits: 'INV007' → ('INV', '007'); '' where it ends otherwise."""
    runs: list[str] = _RUNS.findall(key)
    if not runs or not runs[-1].isdigit():
        return "", ""
    letters = next((run for run in reversed(runs[:-1]) if not run.isdigit()), "")
    return letters, runs[-1]


def generic(letters: str) -> bool:
    """They are no other kind of number's (PO-17, CK# 17)."""
    return not letters or letters in _GENERIC


@lru_cache(maxsize=1 << 12)
def amounts_in(text: str, currency: str) -> frozenset[int]:
    """Amounts told in a text, in minor units."""
    found = set()
    for said in _AMOUNT.finditer(plain(text).upper()):
        if _no_amount(said.group()):
            continue
        digits = "".join(character for character in said.group() if character.isdigit() or character == ".")
        try:
            found.add(to_minor(digits, currency))
        except Refusal:
            continue
    return frozenset(found)


def how_many(text: str) -> int:
    """How many documents a text says are paid, at least; 1 where it does not say."""
    text = plain(text).upper()
    told = [one or other for one, other in _HOW_MANY.findall(text)]
    return max([_NUMERALS.get(one) or int(one) for one in told], default=2 if _AND_OTHERS.search(text) else 1)


def _no_amount(said: str) -> bool:
    """It is a number of a document, whatever is said behind it: '26322000000012345678元'."""
    return said.isdigit() and len(said) >= _NO_AMOUNT


def from_to(first: str, last: str) -> Iterator[str]:
    """The numbers after `first` up to `last`, as wide as `first`; none where that is no range."""
    low, high = int(first), int(last)
    if low < high <= low + _LONGEST_RANGE:
        for number in range(low + 1, high + 1):
            yield str(number).zfill(len(first))


class Writing:
    """A text cut into runs. Amounts are blanked out, unless `known` says that a document is called so."""

    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self._known = known
        self._said = _AMOUNT.sub(self._unless_known, plain(text).upper())
        self.runs = [Run(found.group(), found.start(), found.end()) for found in _RUNS.finditer(self._said)]

    def joint(self, at: int) -> str:
        """What stands between a run and the one before."""
        return self._said[self.runs[at - 1].end : self.runs[at].start]

    def one_number(self, at: int) -> bool:
        """Run `at` may be of one number with the run before."""
        return self.joint(at) in _JOINTS

    def spaced(self, at: int) -> bool:
        """Digits, a space and digits: rather two numbers, unless a long one stands in groups."""
        return self.joint(at).isspace() and self.runs[at - 1].digits and self.runs[at].digits

    def ranges(self, at: int) -> bool:
        return self.joint(at) in _RANGE

    def lists(self, at: int) -> bool:
        return self.joint(at) in _LIST

    def counted(self, at: int) -> bool:
        """The digits count something, are a date, or the beginning of a word: no number of a document."""
        run = self.runs[at]
        if _no_amount(run.text) and _MONEY.match(self._said, run.end):
            return False
        after = self._said[run.end : run.end + 1]
        return bool(
            _COUNTED.match(self._said, run.end) or _DAY.fullmatch(run.text) or (after.isascii() and after.isalpha())
        )

    def before_money(self, at: int) -> bool:
        """元 follows: the end of a list is no amount for that (…/118/121元)."""
        return self._said[self.runs[at].end : self.runs[at].end + 1] == "元"

    def hinted(self, at: int) -> bool:
        """The text says that a number of a document follows."""
        start = self.runs[at].start
        return bool(_HINT.search(self._said[max(0, start - _HINT_WITHIN) : start]))

    def letters_before(self, at: int) -> tuple[str, bool]:
        """The letters a run of digits goes with ('INV-7', 'CK# 1005', 'INVOICE #20'), and whether it is inside a
        longer word of letters and digits, which says nothing."""
        if at == 0:
            return "", False
        before, joint = self.runs[at - 1], self.joint(at)
        if joint not in _JOINTS and joint.strip(" .:#-"):
            return "", False
        if before.digits:
            return "", joint == "" or not (self.lists(at) or self.ranges(at))
        return before.text, at > 1 and self.runs[at - 2].digits and self.runs[at - 2].end == before.start

    def _unless_known(self, amount: re.Match[str]) -> str:
        """Blanks for an amount, but not for what goes on from a number (…112/118/121元), nor for a long or dotted
        number of a document, nor for what is too long for an amount."""
        said = amount.group()
        goes_on = amount.start() > 0 and amount.string[amount.start() - 1] in "/、-~" and "." not in said
        if _no_amount(said):
            return said
        called_so = said[0].isdigit() and ("." in said or len(said) >= _TOO_LONG) and self._known(key_of(said))
        return said if goes_on or called_so else " " * len(said)
