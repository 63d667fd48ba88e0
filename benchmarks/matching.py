"""Does bank money find its invoices, and never the wrong ones? Ours beside two common ways, on problems with truth.

    python benchmarks/matching.py [--seeds 5] [--lines 1000] [--more] [--abroad SEEDS] [--files FILE …]
                                  [--kinds] [--wrong 10] [--plot FILE]
    python benchmarks/matching.py --time [--lines 10000] [--claims 100000] [--customers 10000]

Prints, for the own generator over several seeds (`memos`), a second one of other countries' habits (`abroad`) and
each file of third-party problems (`matching_problems`): precision of what is applied by itself (pairs of item and
amount), the share applied by itself on two bases (lines that are certain; all lines that are receivables), recall with
suggestions, what was recognised as no match, and whether probabilities come true. --time: one run's wall and CPU
seconds. Asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from abroad import problem
from matching_plot import svg
from matching_problems import load, scene_of
from matching_rivals import fuzzy_name, oldest_first
from matching_score import Score, merged, score
from matching_tables import by_kind, calibration, dots, recognised, table
from memo_book import Scene
from memos import scene

from huikuan.record.cash.domain.book import Answer
from huikuan.record.cash.domain.matching import Matcher
from huikuan.record.cash.domain.rules import Rules

Way = Callable[[Scene], list[Answer]]


def ours(book: Scene) -> list[Answer]:
    """The product's matching with its default policy and nothing learned."""
    matcher = Matcher(book.claims, book.parties, Rules(), book.advices)
    return matcher.match(book.payments, book.earlier)


WAYS: dict[str, Way] = {"ours": ours, "oldest first, digit tokens": oldest_first, "fuzzy name, 80": fuzzy_name}


def main() -> None:
    options = _options()
    if options.time:
        return timing(options.lines or 10_000, options.claims or 100_000, options.customers or 10_000)
    kept: dict[str, Score] = {}
    if options.seeds:
        sizes = (options.lines or 1_000, options.claims, options.customers)
        made = [scene(seed, *sizes, more=options.more) for seed in range(1, options.seeds + 1)]
        total = len(made[0].payments)
        print(
            f"Own generator: seeds 1 to {options.seeds}, about {total:,} lines and {len(made[0].claims):,} claims each"
        )
        kept["own generator"] = compare(made, kinds=options.kinds, wrong=options.wrong)
    if options.abroad:
        made = [scene_of(problem(seed, size)) for size in (10, 30, 100, 300) for seed in range(1, options.abroad + 1)]
        print(f"\nAbroad: seeds 1 to {options.abroad}, of 10, 30, 100 and 300 invoices each")
        kept["abroad"] = compare(made, kinds=options.kinds, wrong=options.wrong)
    for path in options.files:
        print(f"\n{path.name}")
        kept[path.stem] = compare([scene_of(load(path))], kinds=options.kinds, wrong=options.wrong)
    if options.plot:
        options.plot.write_text(svg({name: dots(one) for name, one in kept.items()}, "Calibration of matching"))
    return None


def compare(problems: Sequence[Scene], *, kinds: bool, wrong: int) -> Score:
    """Every way over the same problems; ours in detail."""
    found = {name: merged([score(one, way(one)) for one in problems]) for name, way in WAYS.items()}
    table(found)
    mine = found["ours"]
    recognised(mine)
    if kinds:
        by_kind(found)
    calibration(mine)
    for payment, truth, answer in mine.wrong[:wrong]:
        print(f"  WRONG {truth.kind}: {payment}\n    truth {truth}\n    said {answer}")
    return mine


def timing(lines: int, claims: int, customers: int) -> None:
    """One run of each way over a large book."""
    book = scene(1, lines, claims, customers)
    print(f"{len(book.payments):,} lines against {len(book.claims):,} claims of {len(book.parties):,} customers")
    for name, way in WAYS.items():
        wall, cpu = time.perf_counter(), time.process_time()
        answers = way(book)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        found = score(book, answers)
        print(
            f"  {name:28} {wall:7.2f} s wall {cpu:7.2f} s CPU; precision {found.all.precision:.4f},"
            f" automatic {found.asked().automatic:.1%}; load {os.getloadavg()[0]:.1f}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=None)
    parser.add_argument("--claims", type=int, default=None)
    parser.add_argument("--customers", type=int, default=None)
    parser.add_argument("--more", action="store_true", help="with the kinds that came later")
    parser.add_argument("--abroad", type=int, default=0, metavar="SEEDS")
    parser.add_argument("--files", type=Path, nargs="*", default=[])
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--plot", type=Path, default=None)
    parser.add_argument("--time", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
