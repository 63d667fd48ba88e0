"""What customers and contacts are called: the register of customers stands above and tells it at start-up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Called:
    """A customer's code and name, and the names it had before."""

    code: str
    name: str
    former: tuple[str, ...] = ()


Name = Callable[[Collection[int]], Mapping[int, Called]]

_name: list[Name] = []


def name_with(name: Name) -> None:
    """Have customers named by `name`. Called once at start-up."""
    _name[:] = [name]


def called(customer_ids: Collection[int]) -> Mapping[int, Called]:
    """Customer → code and name."""
    return _name[0](customer_ids) if _name and customer_ids else {}
