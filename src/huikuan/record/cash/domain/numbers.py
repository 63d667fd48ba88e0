"""Document numbers in what payers write: unspaced Chinese, full-width digits, ranges, short forms.

Runs of letters and digits side by side are joined as long as a known number comes out, and what follows it may
continue it ('1234-1236', '112/118/121'). What is no whole number may still name a claim by its core (INV-7 for
INV-00007) or its tail (尾号 4321), which says less and mostly within one customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA

from huikuan.record.cash.domain.book import Claim
from huikuan.record.cash.domain.writing import Writing, ending, from_to, generic, key_of

_MOST_JOINED = 9
#: Digits alone say enough, in this many, where they stand free …
_SHORTEST_WHOLE = 4
#: … are as good as a number with letters …
_SHORTEST_SURE = 6
#: … name a claim wherever they stand.
_SHORTEST_ANYWHERE = 8
_SHORTEST_TAIL = 3
#: Digits in groups with spaces between are one number from this many on.
_SHORTEST_GROUPED = 12
_SHORTEST_SHAPE = 5


class Strength(IntEnum):
    """How surely a mention names what it is resolved to, the weakest first: one slip of the pen away; the last digits;
    the digits without zeros; those with the letters, or eight and more last digits; the whole number."""

    NEAR = 0
    TAIL = 1
    CORE = 2
    SHORT = 3
    WHOLE = 4


@dataclass(frozen=True, slots=True)
class Mention:
    """A number as a payer wrote it. `key`: letters and digits alone; `letters`, `digits`: of its end; `hinted`: the
    text says that it is a number of a document; `whole`: claims called exactly this."""

    text: str
    key: str
    letters: str
    digits: str
    hinted: bool
    whole: tuple[int, ...] = ()

    @property
    def core(self) -> str:
        return self.digits.lstrip("0")


class Numbers:
    """Every number claims go by, and what a text says of them."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._short: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._core: dict[str, list[int]] = defaultdict(list)
        self._tail: dict[str, list[int]] = defaultdict(list)
        self._endings: dict[int, tuple[str, ...]] = {}
        self._keys: dict[int, tuple[str, ...]] = {}
        self._shapes: set[tuple[str, int, str]] = set()
        for claim in claims:
            self._add(claim)
        #: Numbers of digits alone may stand side by side with nothing between.
        self._widths = {len(key) for key in self._whole if key.isdigit() and len(key) >= _SHORTEST_ANYWHERE}
        self._longest = max(map(len, self._whole), default=0)

    def _add(self, claim: Claim) -> None:
        if shape := _shape(key_of(claim.document_number)):
            self._shapes.add(shape)
        endings = []
        keys = [key for key in dict.fromkeys(map(key_of, (claim.document_number, *claim.numbers))) if key]
        for key in keys:
            self._whole[key].append(claim.item_id)
            letters, digits = ending(key)
            if not digits:
                continue
            endings.append(digits)
            self._short[letters, digits.lstrip("0")].append(claim.item_id)
            self._core[digits.lstrip("0")].append(claim.item_id)
            if len(digits) > _SHORTEST_ANYWHERE:
                self._tail[digits[-_SHORTEST_ANYWHERE:]].append(claim.item_id)
        self._endings[claim.item_id] = tuple(endings)
        self._keys[claim.item_id] = tuple(keys)

    # --- reading -----------------------------------------------------------------------------------------------------

    def read(self, text: str) -> list[Mention]:
        """What `text` may name, in its order, each once."""
        writing = Writing(text, self._whole.__contains__)
        mentions: dict[str, Mention] = {}
        at = 0
        while at < len(writing.runs):
            found, after = self._next(writing, at)
            for mention in found:
                mentions.setdefault(mention.key, mention)
            at = after
        return list(mentions.values())

    def named(self, number: str) -> Mention:
        """One number told as such, in its own column."""
        return self._mention(key_of(number), hinted=True, text=number)

    def _mention(self, key: str, *, hinted: bool, text: str = "") -> Mention:
        letters, digits = ending(key)
        return Mention(text or key, key, letters, digits, hinted, tuple(self._whole.get(key, ())))

    def _next(self, writing: Writing, at: int) -> tuple[list[Mention], int]:
        """The mentions that begin with run `at` (one, or a number with its continuations), and the run after them."""
        if count := self._longest_known(writing, at):
            key = "".join(run.text for run in writing.runs[at : at + count])
            return self._continued(writing, at + count, self._mention(key, hinted=True))
        run = writing.runs[at]
        if run.digits and (side_by_side := self._side_by_side(run.text)):
            return side_by_side, at + 1
        letters, glued = writing.letters_before(at)
        if not run.digits or glued or writing.counted(at):
            return [], at + 1
        hinted = writing.hinted(at) or (bool(letters) and generic(letters))
        return self._continued(writing, at + 1, self._mention(letters + run.text, hinted=hinted))

    def _longest_known(self, writing: Writing, at: int) -> int:
        """How many runs from `at` on make up a known number; 0: none do."""
        best, key, spaced = 0, "", False
        for count, run in enumerate(writing.runs[at : at + _MOST_JOINED], start=1):
            if count > 1 and not writing.one_number(at + count - 1):
                break
            spaced = spaced or (count > 1 and writing.spaced(at + count - 1))
            key += run.text
            if len(key) > self._longest:
                break
            long_enough = not spaced or len(key) >= _SHORTEST_GROUPED
            if long_enough and key in self._whole and self._says_enough(writing, at, at + count - 1, key):
                best = count
        return best

    def _says_enough(self, writing: Writing, first: int, last: int, key: str) -> bool:
        """A number of a few digits is a number only where it stands free and is not counted with."""
        if not key.isdigit():
            return any(character.isdigit() for character in key)
        if len(key) >= _SHORTEST_ANYWHERE:
            return True
        letters, glued = writing.letters_before(first)
        if glued or writing.counted(last) or not generic(letters):
            return False
        return len(key) >= _SHORTEST_WHOLE or writing.hinted(first)

    def _side_by_side(self, digits: str) -> list[Mention]:
        """Known numbers written one after the other with nothing between."""
        for width in sorted(self._widths):
            if len(digits) > width and len(digits) % width == 0:
                keys = [digits[start : start + width] for start in range(0, len(digits), width)]
                if all(key in self._whole for key in keys):
                    return [self._mention(key, hinted=True) for key in keys]
        return []

    def _continued(self, writing: Writing, at: int, first: Mention) -> tuple[list[Mention], int]:
        """`first`, and the shorter numbers that go on from it: a range to its end, or a list."""
        mentions = [first]
        while first.digits and at < len(writing.runs):
            run = writing.runs[at]
            if not run.digits or len(run.text) > len(first.digits) or not (writing.ranges(at) or writing.lists(at)):
                break
            if (writing.counted(at) and not writing.before_money(at)) or self._longest_known(writing, at) > 1:
                break
            last = first.digits[: len(first.digits) - len(run.text)] + run.text
            numbers = list(from_to(mentions[-1].digits, last)) if writing.ranges(at) else [last]
            stem = first.key[: len(first.key) - len(first.digits)]
            going_on = [self._mention(stem + digits, hinted=first.hinted) for digits in numbers]
            if not going_on or (first.whole and not going_on[-1].whole):
                break
            mentions += going_on
            at += 1
        return mentions, at

    # --- resolving ---------------------------------------------------------------------------------------------------

    def anywhere(self, mention: Mention) -> tuple[Strength, tuple[int, ...]] | None:
        """The claims it names whoever pays: only what says enough by itself."""
        if mention.whole:
            few_digits = mention.key.isdigit() and len(mention.key) < _SHORTEST_SURE
            return (Strength.CORE if few_digits else Strength.WHOLE), mention.whole
        if mention.core and mention.letters and (found := self._short.get((mention.letters, mention.core))):
            return Strength.SHORT, tuple(found)
        if len(mention.digits) >= _SHORTEST_ANYWHERE and not mention.letters:
            tail = self._tail.get(mention.digits[-_SHORTEST_ANYWHERE:], ())
            if own := tuple(item for item in tail if self._ends(item, mention.digits)):
                return Strength.SHORT, own
        if mention.core and mention.hinted and generic(mention.letters) and (found := self._core.get(mention.core)):
            return Strength.CORE, tuple(found)
        return None

    def among(self, mention: Mention, claims: frozenset[int]) -> tuple[Strength, tuple[int, ...]] | None:
        """The claims it names, where they must be of these: also by core and tail."""
        if found := self.anywhere(mention):
            own = tuple(item for item in found[1] if item in claims)
            return (found[0], own) if own else None
        if not mention.core or not generic(mention.letters):
            return None
        if len(mention.digits) < (_SHORTEST_TAIL if mention.hinted else _SHORTEST_WHOLE):
            return None
        if own := tuple(item for item in self._core.get(mention.core, ()) if item in claims):
            return Strength.CORE, own
        own = tuple(sorted(item for item in claims if self._ends(item, mention.digits)))
        return (Strength.TAIL, own) if own else None

    def nearly(self, mention: Mention, items: Iterable[int]) -> tuple[int, ...]:
        """Of these claims those one of whose numbers is one slip of the pen away: a digit wrong, missing, doubled, or
        two changed round."""
        return tuple(
            item
            for item in items
            if any(OSA.distance(mention.key, key, score_cutoff=1) == 1 for key in self._keys.get(item, ()))
        )

    def like_ours(self, mention: Mention) -> bool:
        """It has the shape of the numbers documents have here, whether or not one is called so."""
        return _shape(mention.key) in self._shapes

    def _ends(self, item: int, digits: str) -> bool:
        return any(one.endswith(digits) for one in self._endings.get(item, ()))


def _shape(key: str) -> tuple[str, int, str] | None:
    """What stands before the last digits, how many these are, and the first two of many; None: too short for one."""
    _, digits = ending(key)
    if len(digits) < _SHORTEST_SHAPE:
        return None
    return key[: len(key) - len(digits)], len(digits), digits[:2] if len(digits) > _SHORTEST_ANYWHERE else ""
