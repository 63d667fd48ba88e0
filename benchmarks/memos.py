"""A Chinese company's incoming bank lines with the truth of each: what matching is judged by.

    python benchmarks/memos.py [--lines 1000] [--claims 3000] [--seed 1] [--more]

Prints every kind of mess with its share, what is asked of it and an example. Everything follows from the seed.
Kinds and shares are set down in `memo_kinds` (what a careful clerk applies without asking) and `memo_doubts`
(what has to be held back, or may be), put together from the traps of Chinese bank exports: memos without spaces,
full-width digits, ranges and short continuations, names cut and masked, payers who are not the debtor, fees,
discounts, retentions, doubles. Nothing of the matching itself is used here.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

import memo_doubts
import memo_kinds
import memo_more
from memo_book import Book, Scene
from memo_week import KINDS, MORE, Week

#: Both fill the register; the names are used below only to say what they hold.
HELD = (memo_kinds.__doc__, memo_doubts.__doc__, memo_more.__doc__)


def scene(
    seed: int, lines: int = 1_000, claims: int | None = None, customers: int | None = None, *, more: bool = False
) -> Scene:
    """So many lines against so many open claims (by default three a line) of so many customers (one for three lines).

    `more`: with the kinds that came when matching already stood. Lines come in the shares of their kinds, shuffled by
    chance; their order here is the order of booking.
    """
    rng = random.Random(seed)  # noqa: S311 (a benchmark, not a secret)
    week = Week(Book(rng, customers or max(lines // 3, 24)))
    makers = [*KINDS.values(), *(MORE.values() if more else ())]
    for chosen in rng.choices(makers, weights=[one.share for one in makers], k=lines):
        chosen.make(week)
    week.book.fill(claims or 3 * lines)
    shown = list(week.book.claims.values())
    rng.shuffle(shown)
    parties = tuple(customer.party() for customer in week.book.customers)
    return Scene(
        tuple(shown), parties, tuple(week.payments), tuple(week.settled()), tuple(week.advices), tuple(week.earlier)
    )


def main() -> None:
    options = _options()
    made = scene(options.seed, options.lines, options.claims, more=options.more)
    kinds = KINDS | MORE if options.more else KINDS
    total = sum(one.share for one in kinds.values())
    counts = Counter((truth.kind, truth.certainty.value) for truth in made.truths)
    sizes = f"{len(made.payments):,} lines, {len(made.claims):,} claims, {len(made.parties):,} customers"
    print(f"{sizes}, {len(kinds)} kinds")
    for name in kinds:
        found = [at for at, truth in enumerate(made.truths) if truth.kind == name]
        if not found:
            continue
        asked = ", ".join(f"{count} {certainty}" for (of, certainty), count in sorted(counts.items()) if of == name)
        line = made.payments[found[0]]
        print(f"\n{name} {kinds[name].share / total:.1%} ({asked}) {kinds[name].says}")
        print(
            f"    {line.booked_on} {line.currency} {line.amount / 100:,.2f} | {line.payer_name or '–'} | {line.memo}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--claims", type=int, default=None)
    parser.add_argument("--more", action="store_true", help="with the kinds that came later")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
