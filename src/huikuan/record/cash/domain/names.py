"""Who a payer's name may be: the same name, one without its legal form, an alias, a short form, initials, a likeness.

Names that can be meant are found by the rare pairs of characters they share, then compared one by one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import ratio

from huikuan.kernel.text import plain
from huikuan.record.cash.domain.book import Party

_FORMS = re.compile(
    r"股份有限公司|有限责任公司|集团有限公司|有限合伙|普通合伙|有限公司|股份公司|集团公司|总公司|分公司|公司|集团"
    r"|\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|llp|lp|plc|gmbh|ag|asa|as|sa|sarl|srl|spa|bv|nv|oy"
    r"|ab|pte|pty|pvt|kk|the|and|of)\b\.?"
)
_NOISE = re.compile(r"[\W_]+")
#: As a bank hides letters of a person's name: 陈*明. Nobody knows whether it is 陈小明 or 陈大明; 陈明 it is not.
_MASK = "*"
_NOISE_BUT_MASKS = re.compile(r"(?:(?!\*)[\W_])+")
_WORDS = re.compile(r"[a-z0-9]+")
_REGION = re.compile(
    r"^(中国|北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|深圳|广州|苏州|杭州|南京|宁波|无锡|青岛|厦门|成都|武汉"
    r"|东莞|佛山|大连|沈阳|长沙|西安|郑州|合肥|济南)(省|市|自治区|特别行政区)?"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
#: From this likeness on (0 to 100) a name may be meant.
_ALIKE = 80.0
#: … and from this one, where a reference points to the party.
_RESEMBLES = 66.0
_LONGEST_ACRONYM = 8
_MOST_COMPARED = 30
#: Names with the rarest pairs are looked at up to so many; a single pair of more than so many names says nothing.
_MOST_LOOKED_AT = 400
_MOST_ALIKE = 2_000
_SHORTEST = 2
_SHORTEST_WORD = 4
#: Banks cut names at twenty characters and more.
_SHORTEST_CUT = 14
_SHORTEST_CUT_LATIN = 20
_TELLS = 4
_MOST_INITIALS = 6
_FORM_WORDS = frozenset(("co", "corp", "inc", "ltd", "llc", "plc", "company", "limited"))


@dataclass(frozen=True, slots=True)
class Likely:
    """A customer a name may mean: how it is known (`kind`), which of its names, how alike (0 to 100)."""

    customer_id: int
    kind: str
    name: str
    likeness: float = 100.0


@lru_cache(maxsize=1 << 16)
def key(name: str) -> str:
    """A name without width, case, spaces and punctuation; its legal form stays, and what hides a letter."""
    kept = _NOISE_BUT_MASKS.sub("", plain(name).casefold())
    return kept if kept.strip(_MASK) else ""


def masked(name: str) -> bool:
    """Whether the bank hides a part of the name: many people may be meant."""
    return _MASK in key(name)


@lru_cache(maxsize=1 << 16)
def bare(name: str) -> str:
    """A name without its legal form either: '海岳（盐城）有限公司' → '海岳盐城'."""
    return _NOISE.sub("", _FORMS.sub(" ", plain(name).casefold()))


@lru_cache(maxsize=1 << 16)
def _words(name: str) -> tuple[str, ...]:
    """The Latin words of a name without those of its legal form."""
    return tuple(_WORDS.findall(_FORMS.sub(" ", plain(name).casefold())))


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


class Names:
    """All names of all parties, to be asked for those a payer's name may mean."""

    def __init__(self, parties: Iterable[Party]) -> None:
        exact: dict[str, dict[int, str]] = defaultdict(dict)
        bared: dict[str, dict[int, str]] = defaultdict(dict)
        aliases: dict[str, dict[int, int]] = defaultdict(dict)
        mandates: dict[str, dict[int, str]] = defaultdict(dict)
        initials: dict[str, set[tuple[int, str]]] = defaultdict(set)
        shared: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for party in parties:
            for name in party.names:
                exact[key(name)][party.customer_id] = name
                bared[bare(name)][party.customer_id] = name
                for short in _initials(name):
                    initials[short].add((party.customer_id, name))
                for pair in _pairs(bare(name)):
                    shared[pair].add((party.customer_id, name))
            for alias, times in party.aliases.items():
                aliases[key(alias)][party.customer_id] = times
            for payer, mandate in party.payers.items():
                mandates[key(payer)][party.customer_id] = mandate
        exact.pop("", None)
        bared.pop("", None)
        self._exact, self._bared, self._aliases, self._mandates = (
            dict(exact),
            dict(bared),
            dict(aliases),
            dict(mandates),
        )
        self._initials, self._shared = dict(initials), dict(shared)
        self._known: dict[str, tuple[Likely, ...]] = {}
        self._inside: dict[str, tuple[Likely, ...]] = {}

    def likely(self, name: str) -> tuple[Likely, ...]:
        """Who may be meant by `name`, each with its strongest reason, the surest first."""
        if name not in self._known:
            best: dict[int, Likely] = {}
            for one in self._all(name):
                best.setdefault(one.customer_id, one)
            self._known[name] = tuple(sorted(best.values(), key=lambda one: (-one.likeness, one.customer_id)))
        return self._known[name]

    def resembles(self, name: str, party: Party, *, generously: bool) -> Likely | None:
        """How a name is like that of one party; more `generously` where something else points to it."""
        for one in self.likely(name):
            if one.customer_id == party.customer_id:
                return one
        if not generously or not key(name) or masked(name):
            return None
        whole = _joined(name)
        for known in party.names:
            if _acronym(whole, known):
                return Likely(party.customer_id, "initials", known, 80.0)
            alike = max(ratio(bare(name), bare(known)), _spelt(bare(name), bare(known)))
            if alike >= _RESEMBLES and not _sisters(bare(name), bare(known)):
                return Likely(party.customer_id, "alike", known, min(alike, 79.0))
        return None

    def within(self, text: str) -> tuple[Likely, ...]:
        """Customers whose whole or bare name stands in a text."""
        if text not in self._inside:
            self._inside[text] = self._standing_in(text)
        return self._inside[text]

    def _standing_in(self, text: str) -> tuple[Likely, ...]:
        said = key(text)
        found: dict[int, Likely] = {}
        for customer_id, name in self._sharing(said):
            short = bare(name)
            long_enough = len(short) >= (4 if _CHINESE.search(short) else 6)
            if long_enough and (short in said or key(name) in said):
                found.setdefault(customer_id, Likely(customer_id, "named", name))
        return tuple(found[customer_id] for customer_id in sorted(found))

    def _all(self, name: str) -> Iterator[Likely]:
        whole, short = key(name), bare(name)
        if not whole:
            return
        for customer_id, known in sorted(self._exact.get(whole, {}).items()):
            yield Likely(customer_id, "same", known)
        for customer_id, times in sorted(self._aliases.get(whole, {}).items()):
            if times > 0:
                yield Likely(customer_id, "alias", name)
        for customer_id, mandate in sorted(self._mandates.get(whole, {}).items()):
            yield Likely(customer_id, "mandate", mandate)
        if masked(name):
            return
        for customer_id, known in sorted(self._bared.get(short, {}).items()):
            yield Likely(customer_id, "bare", known, 99.0)
        if len(short) < _SHORTEST:
            return
        for customer_id, known in sorted(self._initials.get(_joined(name), ())):
            yield Likely(customer_id, "initials", known, 82.0)
        alike = [
            likely for customer_id, known in self._sharing(short) if (likely := _compared(name, customer_id, known))
        ]
        yield from sorted(alike, key=lambda one: (-one.likeness, one.customer_id, one.name))

    def _sharing(self, text: str) -> list[tuple[int, str]]:
        """Names that share the rarest pairs of characters with `text`, those with most weight first."""
        named = sorted((self._shared[pair] for pair in _pairs(text) if pair in self._shared), key=len)
        weight: Counter[tuple[int, str]] = Counter()
        looked_at = 0
        for place, names in enumerate(named):
            looked_at += len(names)
            if looked_at > _MOST_LOOKED_AT and (place or len(names) > _MOST_ALIKE):
                break
            for one in names:
                weight[one] += 1_000 // len(names) + 1
        best = nlargest(_MOST_COMPARED, weight.items(), key=lambda entry: (entry[1], -entry[0][0], entry[0][1]))
        return [one for one, _ in best]


def _joined(name: str) -> str:
    return "".join(_WORDS.findall(plain(name).casefold()))


def _initials(name: str) -> set[str]:
    """How a Latin name is shortened to its first letters: with and without its legal form ('PAC', 'PACCO', 'PA')."""
    every = _WORDS.findall(plain(name).casefold())
    core = list(_words(name))
    shorts = {"".join(word[0] for word in every), "".join(word[0] for word in core)}
    forms = {short + form for short in shorts for form in _FORM_WORDS}
    return {short for short in shorts | forms if len(short) > 1} if 1 < len(core) <= _MOST_INITIALS else set()


def _acronym(short: str, known: str) -> bool:
    """Letters of a name in order, the first of every word among them: 'ibicorp' of 'Ironbridge Industrial'."""
    words = _words(known)
    letters = next((short[: -len(form)] for form in sorted(_FORM_WORDS) if short.endswith(form)), short)
    if len(words) < 2 or not len(words) <= len(letters) <= _LONGEST_ACRONYM:
        return False
    joined = "".join(words)
    in_order = Indel.distance(letters, joined) == len(joined) - len(letters) and letters[0] == joined[0]
    return in_order and Indel.distance("".join(word[0] for word in words), letters) == len(letters) - len(words)


def _compared(name: str, customer_id: int, known: str) -> Likely | None:
    """How `name` is like a known one, if it is: a short form of it, cut off, or written almost the same."""
    payer, party = bare(name), bare(known)
    alike = ratio(payer, party)
    if len(key(name)) >= (_SHORTEST_CUT if _is_chinese(party) else _SHORTEST_CUT_LATIN) and key(known).startswith(
        key(name)
    ):
        return Likely(customer_id, "cut", known, 97.0)
    if _is_chinese(party):
        if _shortens(payer, party):
            return Likely(customer_id, "short", known, max(88.0, alike))
    else:
        share = _abbreviates(_words(name), _words(known))
        if share:
            return Likely(customer_id, "short", known, max(82.0 + 10 * share, alike))
        alike = max(alike, _spelt(payer, party))
    if alike >= _ALIKE and not _sisters(payer, party):
        return Likely(customer_id, "alike", known, min(alike, 98.0))
    return None


def tells(short: str) -> bool:
    """A Chinese short name long enough to tell companies apart: brand and trade."""
    return len(bare(short)) >= _TELLS and _is_chinese(bare(short))


def _is_chinese(text: str) -> bool:
    return bool(_CHINESE.search(text))


def _shortens(payer: str, party: str) -> bool:
    """A Chinese short name: the brand (region left out or not) and what follows it, in order, a part of the whole."""
    brand = _REGION.sub("", party)
    said = _REGION.sub("", payer)
    if not (_SHORTEST <= len(said) < len(party)) or not said or not brand:
        return False
    if said[:2] != brand[:2]:
        return False
    return len(said) >= min(3, len(brand)) and Indel.distance(said, brand) == len(brand) - len(said)


def _abbreviates(payer: tuple[str, ...], party: tuple[str, ...]) -> float:
    """0 to 1: how much of a Latin name is said, where every word said shortens one of its words, in order."""
    if not payer or len(payer) > len(party) or (len(payer) == 1 and len(payer[0]) < _SHORTEST_WORD):
        return 0.0
    at, said = 0, 0
    for word in payer:
        while at < len(party) and not _shortens_word(word, party[at]):
            at += 1
        if at == len(party):
            return 0.0
        said += len(word)
        at += 1
    return min(1.0, said / sum(map(len, party))) if payer[0][0] == party[0][0] else 0.0


def _shortens_word(short: str, word: str) -> bool:
    """'ind' and 'industrial', 'mfg' and 'manufacturing', 'n' and 'northern'; digits must be the same."""
    if short == word:
        return True
    if short.isdigit() or word.isdigit() or short[0] != word[0] or len(short) > len(word):
        return False
    return Indel.distance(short, word) == len(word) - len(short)


def _spelt(payer: str, party: str) -> float:
    """Likeness of names run together, the longer cut to the shorter: 'ironbridgeind' of 'iron bridge industrial'."""
    length = min(len(payer), len(party))
    return ratio(payer[:length], party[:length]) - 6.0 if length >= 6 else 0.0


def _sisters(payer: str, party: str) -> bool:
    """Names that differ in digits are two (Division 31, 32; 一厂, 二厂 need a reference or an amount to be told)."""
    return re.findall(r"[0-9]+", payer) != re.findall(r"[0-9]+", party)
