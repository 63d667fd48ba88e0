"""Scores as tables in Markdown, as they stand in the documents."""

from __future__ import annotations

from collections.abc import Callable

from matching_plot import Dot
from matching_score import EDGES, Score, Tally
from memo_book import Certainty
from memo_week import KINDS, MORE


def table(found: dict[str, Score]) -> None:
    """The figures of every way, one column each."""
    print("| | " + " | ".join(found) + " |\n|---|" + "---|" * len(found))
    rows: list[tuple[str, Callable[[Score], str]]] = [
        ("precision of pairs applied", lambda one: f"{one.all.precision:.4f}"),
        ("applied pairs, wrong ones", lambda one: _wrong_of(one.all)),
        ("lines applied wholly right", lambda one: f"{one.all.line_precision:.4f}"),
        ("automatic, of certain lines", lambda one: f"{one.asked().automatic:.1%} of {one.asked().lines:,}"),
        ("automatic, of all receivables", lambda one: f"{one.receivable.automatic:.1%} of {one.receivable.lines:,}"),
        ("recall, best (certain lines)", lambda one: f"{one.asked().recall:.4f}"),
        ("recall, best three (certain lines)", lambda one: f"{one.asked().recall3:.4f}"),
        ("recall, best (all receivables)", lambda one: f"{one.receivable.recall:.4f}"),
        ("recall, best three (all receivables)", lambda one: f"{one.receivable.recall3:.4f}"),
        ("applied though unknowable", lambda one: _applied_of(one, Certainty.UNKNOWABLE)),
    ]
    for name, value in rows:
        print(f"| {name} | " + " | ".join(value(one) for one in found.values()) + " |")


def _wrong_of(tally: Tally) -> str:
    return f"{tally.applied_pairs:,}, {tally.applied_pairs - tally.applied_pairs_right:,}"


def _applied_of(one: Score, certainty: Certainty) -> str:
    tally = one.by_certainty[certainty]
    return f"{tally.applied - tally.applied_right:,} of {tally.lines:,}"


def recognised(mine: Score) -> None:
    """Lines that pay nothing: are they left alone, or told as doubles?"""
    for name in ("second_of_the_same", "paid_last_week_already", "unmatched"):
        if name in mine.by_kind:
            tally = mine.by_kind[name]
            print(f"{name}: {tally.lines} lines, {tally.applied} applied, {mine.told_double[name]} told as doubles")
    nothing = mine.no_receivable
    if nothing.lines:
        print(
            f"no receivable: {nothing.lines} lines, {nothing.applied} applied, {nothing.left} left without suggestion"
        )


def by_kind(found: dict[str, Score]) -> None:
    """The first way kind by kind; of the others lines applied right / wrong."""
    mine, *rivals = found.values()
    print(
        "\n| kind | lines | applied right | wrong | suggested | recall best, three | "
        + " | ".join(list(found)[1:])
        + " |"
    )
    print("|---|---|---|---|---|---|" + "---|" * len(rivals))
    for name in (*KINDS, *MORE, *sorted(set(mine.by_kind) - set(KINDS) - set(MORE))):
        if name in mine.by_kind:
            tally = mine.by_kind[name]
            others = [f"{one.by_kind[name].applied_right} / {_wrong_lines(one.by_kind[name])}" for one in rivals]
            cells = [
                name, str(tally.lines), str(tally.applied_right), str(_wrong_lines(tally)), str(tally.suggested),
                f"{tally.recall:.2f}, {tally.recall3:.2f}" if tally.pairs else "–", *others,
            ]  # fmt: skip
            print("| " + " | ".join(cells) + " |")


def _wrong_lines(tally: Tally) -> int:
    return tally.applied - tally.applied_right


def dots(mine: Score) -> list[Dot]:
    """The bins with anything in them."""
    filled = [(mine.expected[edge], *mine.bins[edge]) for edge in EDGES if mine.bins[edge][0]]
    return [Dot(said / lines, true / lines, int(lines)) for said, lines, true in filled]


def calibration(mine: Score) -> None:
    """What was said beside what came true."""
    print("\n| probability said, mean | came true | lines |\n|---|---|---|")
    for dot in dots(mine):
        print(f"| {dot.said:.4f} | {dot.true:.4f} | {dot.lines:,} |")
