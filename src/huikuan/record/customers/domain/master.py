"""Master data of a customer: what is stated about a legal entity, and how statements add up."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

PROSPECT, CUSTOMER = "prospect", "customer"

#: Fields that a statement may leave empty, meaning "not said": what is known stays.
_PLAIN = ("name", "short_name", "english_name", "uscc", "uscc_override_reason", "industry", "parent_code")


#: The most characters of each text.
LONGEST = {
    "code": 40,
    "name": 200,
    "short_name": 100,
    "english_name": 200,
    "uscc": 18,
    "uscc_override_reason": 200,
    "industry": 100,
}


@dataclass(frozen=True, slots=True)
class Master:
    """The whole master data of one customer; `parent_code` is the code of its parent company."""

    code: str
    name: str
    short_name: str = ""
    english_name: str = ""
    former_names: tuple[str, ...] = ()
    uscc: str = ""
    uscc_override_reason: str = ""
    status: str = CUSTOMER
    parent_code: str = ""
    industry: str = ""


_SORTED = sorted(field.name for field in fields(Master))


def content_of(master: Master) -> str:
    """The canonical JSON text that a CustomerVersion fact keeps."""
    return json.dumps({name: getattr(master, name) for name in _SORTED}, ensure_ascii=False, separators=(",", ":"))


def master_from(content: str) -> Master:
    stated = json.loads(content)
    return Master(**{**stated, "former_names": tuple(stated["former_names"])})


def restated(known: Master, stated: Master) -> Master:
    """`known` with everything `stated` says; what it leaves empty stays as it was.

    A new name makes the old one a former name, so that payments under it are still recognised.
    A customer never falls back to prospect by being named in a file again.
    """
    said = {name: getattr(stated, name) or getattr(known, name) for name in _PLAIN}
    if stated.uscc and stated.uscc != known.uscc:
        said["uscc_override_reason"] = stated.uscc_override_reason
    renamed = [known.name] if said["name"] != known.name else []
    former = _distinct([*known.former_names, *renamed, *stated.former_names], but=said["name"])
    status = CUSTOMER if CUSTOMER in (known.status, stated.status) else PROSPECT
    return replace(known, **said, former_names=former, status=status)


def _distinct(names: Iterable[str], *, but: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and name != but))
