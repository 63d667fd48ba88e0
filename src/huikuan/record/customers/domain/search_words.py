"""What a customer is found by: code, registration, every name, and how the Chinese ones read.

One word a line, each begun by a line break, so that "begins with" is a question of the same text as "contains".
"""

from __future__ import annotations

import re
import unicodedata

from huikuan.kernel.pinyin import readings
from huikuan.record.customers.domain.master import Master

#: Stands before every word.
BEGIN = "\n"
#: What nearly every name ends with: typed in full it is found, by its letters it would find everybody.
_LEGAL_FORM = re.compile(r"(股份有限公司|有限责任公司|集团有限公司|有限公司|公司)$")


def search_words(master: Master) -> str:
    """The text kept with the customer; `typed` text is looked for in it. What begins another word is not repeated."""
    names = [folded(name) for name in (master.name, master.short_name, master.english_name, *master.former_names)]
    words = [folded(master.code), folded(master.uscc), *names]
    words += [reading for name in dict.fromkeys(names) for reading in readings(_LEGAL_FORM.sub("", name))]
    kept: list[str] = []
    for word in sorted(dict.fromkeys(words), key=len, reverse=True):
        if word and not any(longer.startswith(word) for longer in kept):
            kept.append(word)
    return "".join(f"{BEGIN}{word}" for word in kept)


def folded(text: str) -> str:
    """As both sides of the search are written: half-width, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def typed(text: str) -> list[str]:
    """The words somebody typed, each of which must be found."""
    return folded(text).split()
