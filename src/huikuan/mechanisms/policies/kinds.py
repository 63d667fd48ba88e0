"""The register of policy kinds. The mechanism knows documents and lifecycles; kinds live in contexts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from huikuan.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of policy: its name, its shipped default, and the check a document must pass.

    `check` raises Refusal with the places at fault; it is called on every draft. `check_in` likewise, with the
    currency of the company the draft is of, where it is one company's. `retired`: nothing goes by it any
    more; what was said in it stays readable.
    """

    name: str
    title: str
    default: Mapping[str, Any]
    check: Callable[[Mapping[str, Any]], None]
    retired: bool = False
    check_in: Callable[[Mapping[str, Any], str], None] | None = None


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make `kind` known; a context calls this once at import of its policies module."""
    _KINDS[kind.name] = kind
    return kind


def retire(name: str, title: str, *, instead: str) -> Kind:
    """Keep the versions of a kind readable that another has taken the place of; a new one is refused."""

    def refuse(_: Mapping[str, Any]) -> None:
        raise Refusal("policy_kind_retired", kind=name, instead=instead)

    return register(Kind(name, title, {}, refuse, retired=True))


def kind_named(name: str) -> Kind:
    """The kind of this name; refuses an unknown one."""
    if name not in _KINDS:
        raise Refusal("policy_kind_unknown", kind=name, known=", ".join(sorted(_KINDS)))
    return _KINDS[name]


def kinds() -> list[Kind]:
    """Those that are gone by."""
    return sorted((kind for kind in _KINDS.values() if not kind.retired), key=lambda kind: kind.name)
