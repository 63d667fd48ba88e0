"""Which way the money went: the signs of a table's amounts, chosen by what the bank's own balances prove.

Banks print the same movement in several ways: 100 or -100 in the debit column, a reversal in red letters (negative)
or with a mark beside a positive amount. Every way that makes sense is tried; the one the running balances or opening
and closing prove is taken, and where nothing can prove it, the usual one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from huikuan.record.banking.domain.chains import Chain, chain_of
from huikuan.record.banking.domain.entries import Entry


@dataclass(frozen=True, slots=True)
class Signing:
    """The amounts of entries (+ in, - out), how they hang together, and whether that proves them.

    `proven` None: the file has nothing to prove them by.
    """

    amounts: tuple[int, ...]
    chain: Chain | None
    proven: bool | None


@dataclass(frozen=True, slots=True)
class _Way:
    """`printed`: a minus in front of an amount that goes out is only the sign of going out, no reversal;
    `flags_turn`: a mark of reversal turns a positive amount."""

    printed: bool
    flags_turn: bool


def sign(entries: Sequence[Entry], opening: int | None, closing: int | None, *, inverse: bool = False) -> Signing:
    """The signed amounts of the entries of one account and currency."""
    tried: list[Signing] = []
    for way in _ways(entries):
        amounts = tuple(_signed(entry, way, inverse=inverse) for entry in entries)
        signing = _prove(amounts, entries, opening, closing)
        if signing.proven:
            return signing
        tried.append(signing)
    return tried[0]


def _ways(entries: Sequence[Entry]) -> list[_Way]:
    """The ways to read the signs, the usual one first."""
    outgoing = [value for entry in entries if (value := _outgoing(entry))]
    mixed = any(value > 0 for value in outgoing) and any(value < 0 for value in outgoing)
    usual = bool(outgoing) and not mixed and outgoing[0] < 0
    flags = (True, False) if any(entry.flagged for entry in entries) else (True,)
    printed = (usual, not usual) if _any_negative(entries) else (usual,)
    return [_Way(*way) for way in product(printed, flags)]


def _outgoing(entry: Entry) -> int | None:
    """The amount as printed where the entry says by itself that it goes out."""
    return entry.debit or (entry.amount if entry.direction == -1 else None)


def _any_negative(entries: Sequence[Entry]) -> bool:
    return any((value or 0) < 0 for entry in entries for value in (entry.amount, entry.credit, entry.debit))


def _signed(entry: Entry, way: _Way, *, inverse: bool) -> int:
    if entry.credit or entry.debit:
        credit, debit = entry.credit or 0, entry.debit or 0
        amount = abs(credit) - abs(debit) if way.printed else credit - debit
    else:
        printed = entry.amount or 0
        if entry.direction is None:
            amount = -printed if inverse else printed
        else:
            amount = entry.direction * (abs(printed) if way.printed else printed)
    positive = max(entry.credit or 0, entry.debit or 0, entry.amount or 0) > 0
    return -amount if entry.flagged and way.flags_turn and positive else amount


def _prove(amounts: tuple[int, ...], entries: Sequence[Entry], opening: int | None, closing: int | None) -> Signing:
    chain = chain_of(amounts, [entry.balance for entry in entries], [entry.booked_on for entry in entries])
    evidence = []
    if chain and chain.links:
        evidence.append(chain.whole)
    if chain and chain.whole and opening is not None:
        evidence.append(chain.opening == opening)
    if opening is not None and closing is not None:
        evidence.append(opening + sum(amounts) == closing)
    return Signing(amounts, chain, all(evidence) if evidence else None)
