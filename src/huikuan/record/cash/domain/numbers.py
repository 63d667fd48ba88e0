"""Document numbers in what payers write: unspaced Chinese, full-width digits, ranges, short forms.

A text is cut into runs of letters and of digits; runs side by side are joined as long as a known number comes out, and
what follows it may continue it ('1234-1236', '112/118/121'). What is no whole number may still name a claim by its
core (INV-7 for INV-00007) or its tail (尾号 4321), which says less and mostly within one customer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
from huikuan.kernel.text import plain
from huikuan.record.cash.domain.book import Claim

_RUNS = re.compile(r"[A-Z]+|[0-9]+")
_AMOUNT = re.compile(
    r"[¥$€£]\s*[0-9][0-9,]*(\.[0-9]+)?|[0-9][0-9,]*(\.[0-9]+)?(?=\s*(元|万|CNY|RMB|USD|EUR))|(?<![0-9.])[0-9][0-9,]*\.[0-9]{2}(?![0-9.])"
)
_JOINTS = frozenset(("", "-", "_", "/", ".", "#", "\\", " ", "- ", " -", " - ", " #"))
_RANGE = frozenset(("-", "~", "--", "—", "–", "至", "到", " - ", " ~ ", "TO"))
_LIST = frozenset(
    ("/", "、", ",", ", ", "&", " & ", "和", "及", "与", "+", " + ", ";", "; ", " ", ".", "|", "，", "／")
)
_GENERIC = frozenset(("INV", "INVOICE", "INVOICES", "INVS", "NO", "NOS", "NR", "BILL", "DOC", "FP", "N", "FACT", "RE"))
_HINT = re.compile(
    r"(发票|票号|单号|编号|号码|尾号|末尾|后[四五六八4568]位|订单|合同|账单|#|NO\.?|№|N[O°º])\s*[:：#为是]*\s*$"
)
_NOT_NUMBERS = re.compile(r"\s*(年|月|日|天|期|元|万|%|台|件|吨|个|箱|次|周|点|时|分|秒|季|套|KG|PCS|ST |ND |TH |OF )")
_DAY = re.compile(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])")
_MOST_JOINED = 9
_LONGEST_RANGE = 60
_SHORTEST_WHOLE = 4
_SHORTEST_BARE = 4
_SHORTEST_TAIL = 3
_GLOBAL_TAIL = 8


class Strength(IntEnum):
    """How surely a mention names what it is resolved to: weakest first."""

    NEAR = 0
    TAIL = 1
    CORE = 2
    SHORT = 3
    WHOLE = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A number as a payer wrote it. `key`: letters and digits alone; `letters` and `core` (digits without leading
    zeros) of its end; `hinted`: the text says that it is a number of a document. `whole`: claims of exactly this."""

    text: str
    key: str
    letters: str
    digits: str
    hinted: bool
    whole: tuple[int, ...] = ()

    @property
    def core(self) -> str:
        return self.digits.lstrip("0")


@dataclass(frozen=True, slots=True)
class _Run:
    text: str
    start: int
    end: int

    @property
    def digits(self) -> bool:
        return self.text.isdigit()


def key_of(number: str) -> str:
    """A number without width, case and punctuation: 'ＩＮＶ-00 7' → 'INV007'."""
    return "".join(_RUNS.findall(plain(number).upper()))


def amounts_in(text: str, currency: str) -> frozenset[int]:
    """Amounts told in a text, in minor units: those with two decimals, a sign of money before or 元 behind."""
    found = set()
    for said in _AMOUNT.finditer(plain(text).upper()):
        digits = "".join(character for character in said.group() if character.isdigit() or character == ".")
        try:
            found.add(to_minor(digits, currency))
        except Refusal:
            continue
    return frozenset(found)


def _ending(key: str) -> tuple[str, str]:
    """The letters before the last digits, and those digits: 'INV007' → ('INV', '007')."""
    runs: list[str] = _RUNS.findall(key)
    if not runs or not runs[-1].isdigit():
        return "", ""
    letters = next((run for run in reversed(runs[:-1]) if not run.isdigit()), "")
    return letters, runs[-1]


class Numbers:
    """Every number claims go by, and what a text says of them."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        whole: dict[str, list[int]] = defaultdict(list)
        short: dict[tuple[str, str], list[int]] = defaultdict(list)
        core: dict[str, list[int]] = defaultdict(list)
        tail: dict[str, list[int]] = defaultdict(list)
        self._tails_of: dict[int, tuple[str, ...]] = {}
        for claim in claims:
            keys = dict.fromkeys(key_of(number) for number in (claim.document_number, *claim.numbers) if number)
            endings = []
            for key in keys:
                if not key:
                    continue
                whole[key].append(claim.item_id)
                letters, digits = _ending(key)
                if not digits:
                    continue
                endings.append(digits)
                short[letters, digits.lstrip("0")].append(claim.item_id)
                core[digits.lstrip("0")].append(claim.item_id)
                if len(digits) > _GLOBAL_TAIL:
                    tail[digits[-_GLOBAL_TAIL:]].append(claim.item_id)
            self._tails_of[claim.item_id] = tuple(endings)
        self._whole, self._short, self._core, self._tail = dict(whole), dict(short), dict(core), dict(tail)
        self._longest = max(map(len, self._whole), default=0)

    def read(self, text: str) -> list[Mention]:
        """What `text` may name, in its order, each once."""
        said = _AMOUNT.sub(self._unless_known, plain(text).upper())
        runs = [_Run(found.group(), found.start(), found.end()) for found in _RUNS.finditer(said)]
        mentions: dict[str, Mention] = {}
        at = 0
        while at < len(runs):
            found, after = self._next(said, runs, at)
            for mention in found:
                mentions.setdefault(mention.key, mention)
            at = after
        return list(mentions.values())

    def named(self, number: str) -> Mention:
        """One number told as such, in its own column."""
        key = key_of(number)
        letters, digits = _ending(key)
        return Mention(number, key, letters, digits, hinted=True, whole=tuple(self._whole.get(key, ())))

    def anywhere(self, mention: Mention) -> tuple[Strength, tuple[int, ...]] | None:
        """The claims it names whoever pays: only what says enough by itself."""
        if mention.whole:
            plain_digits = mention.key.isdigit() and len(mention.key) < _SHORTEST_WHOLE + 2
            return (Strength.CORE if plain_digits else Strength.WHOLE), mention.whole
        if mention.core and mention.letters and (found := self._short.get((mention.letters, mention.core))):
            return Strength.SHORT, tuple(found)
        if len(mention.digits) >= _GLOBAL_TAIL and not mention.letters:
            tail = self._tail.get(mention.digits[-_GLOBAL_TAIL:], ())
            if ending := tuple(item for item in tail if self._ends(item, mention.digits)):
                return Strength.SHORT, ending
        if mention.core and mention.hinted and self._plainly(mention) and (found := self._core.get(mention.core)):
            return Strength.CORE, tuple(found)
        return None

    def among(self, mention: Mention, claims: frozenset[int]) -> tuple[Strength, tuple[int, ...]] | None:
        """The claims it names, where they must be of these: also by core and tail."""
        if found := self.anywhere(mention):
            own = tuple(item for item in found[1] if item in claims)
            return (found[0], own) if own else None
        bare = mention.digits and self._plainly(mention)
        if not bare or (not mention.hinted and len(mention.digits) < _SHORTEST_BARE):
            return None
        if own := tuple(item for item in self._core.get(mention.core, ()) if item in claims):
            return Strength.CORE, own
        ending = sorted(item for item in claims if self._ends(item, mention.digits))
        return (Strength.TAIL, tuple(ending)) if ending and len(mention.digits) >= _SHORTEST_TAIL else None

    def _ends(self, item: int, digits: str) -> bool:
        return any(ending.endswith(digits) for ending in self._tails_of.get(item, ()))

    def _plainly(self, mention: Mention) -> bool:
        """Its letters are no other kind of number's (PO-17, CK# 17)."""
        return not mention.letters or mention.letters in _GENERIC

    def _unless_known(self, amount: re.Match[str]) -> str:
        """An amount is no number of a document, unless a document is called so."""
        return amount.group() if key_of(amount.group()) in self._whole else " " * len(amount.group())

    def _next(self, said: str, runs: list[_Run], at: int) -> tuple[list[Mention], int]:
        """The mentions that begin with run `at` (one, or a number with its continuations), and the run after them."""
        count = self._longest_known(said, runs, at)
        if count:
            part = runs[at : at + count]
            key = "".join(run.text for run in part)
            letters, digits = _ending(key)
            first = Mention(key, key, letters, digits, hinted=True, whole=tuple(self._whole[key]))
            return self._continued(said, runs, at + count, first)
        run = runs[at]
        if not run.digits or self._is_noise(said, runs, at):
            return [], at + 1
        letters, glued = self._before(said, runs, at)
        hinted = bool(_HINT.search(said[max(0, run.start - 12) : run.start])) or letters in _GENERIC
        if glued:
            return [], at + 1
        first = Mention(letters + run.text, letters + run.text, letters, run.text, hinted=hinted)
        return self._continued(said, runs, at + 1, first)

    def _longest_known(self, said: str, runs: list[_Run], at: int) -> int:
        """How many runs from `at` on make up a known number; 0: none do."""
        best, key = 0, ""
        for count, run in enumerate(runs[at : at + _MOST_JOINED], start=1):
            if count > 1:
                before = runs[at + count - 2]
                joint = said[before.end : run.start]
                if joint not in _JOINTS or (joint.isspace() and before.digits and run.digits):
                    break
            key += run.text
            if len(key) > self._longest:
                break
            if key in self._whole and self._says_enough(said, runs, at, count, key):
                best = count
        return best

    def _says_enough(self, said: str, runs: list[_Run], at: int, count: int, key: str) -> bool:
        """A number of a few digits is a number only where it stands free and is not counted with."""
        if not key.isdigit():
            return any(character.isdigit() for character in key)
        if len(key) >= _GLOBAL_TAIL:
            return True
        last = runs[at + count - 1]
        letters, glued = self._before(said, runs, at)
        if letters and letters not in _GENERIC:
            return False
        return (
            not glued
            and not _NOT_NUMBERS.match(said, last.end)
            and (len(key) >= _SHORTEST_WHOLE or bool(_HINT.search(said[max(0, runs[at].start - 12) : runs[at].start])))
        )

    def _is_noise(self, said: str, runs: list[_Run], at: int) -> bool:
        run = runs[at]
        if _NOT_NUMBERS.match(said, run.end) or _DAY.fullmatch(run.text):
            return True
        after = said[run.end : run.end + 1]
        return after.isascii() and after.isalpha()

    def _before(self, said: str, runs: list[_Run], at: int) -> tuple[str, bool]:
        """The letters a run of digits goes with ('INV-7', 'CK# 1005', 'INVOICE #20'), and whether it is inside a
        longer word of letters and digits, which says nothing."""
        if at == 0:
            return "", False
        before = runs[at - 1]
        joint = said[before.end : runs[at].start]
        if joint not in _JOINTS and joint.strip(" .:#-：") != "":
            return "", False
        if before.digits:
            return "", joint == "" or (joint != " " and joint not in _LIST and joint not in _RANGE)
        glued = at > 1 and runs[at - 2].digits and runs[at - 2].end == before.start
        return before.text, glued

    def _continued(self, said: str, runs: list[_Run], at: int, first: Mention) -> tuple[list[Mention], int]:
        """`first`, and the shorter numbers that go on from it: a range to its end, or a list."""
        mentions = [first]
        while first.digits and at < len(runs):
            run, joint = runs[at], said[runs[at - 1].end : runs[at].start]
            if not run.digits or len(run.text) > len(first.digits) or self._is_noise(said, runs, at):
                break
            ranged = joint in _RANGE
            if not ranged and joint not in _LIST:
                break
            if self._longest_known(said, runs, at) > 1:
                break
            last = first.digits[: len(first.digits) - len(run.text)] + run.text
            between = list(_from_to(mentions[-1].digits, last)) if ranged else [last]
            going_on = [self._like(first, digits) for digits in between]
            if not going_on or not (going_on[-1].whole or not first.whole):
                break
            mentions += going_on
            at += 1
        return mentions, at

    def _like(self, first: Mention, digits: str) -> Mention:
        key = first.key[: len(first.key) - len(first.digits)] + digits
        return Mention(key, key, first.letters, digits, first.hinted, tuple(self._whole.get(key, ())))


def _from_to(first: str, last: str) -> Iterator[str]:
    """The numbers after `first` up to `last`, as wide as `first`; none where that is no range."""
    low, high = int(first), int(last)
    if low < high <= low + _LONGEST_RANGE:
        for number in range(low + 1, high + 1):
            yield str(number).zfill(len(first))
