"""Does the score tell who will pay late? On a real file of paid invoices, judged by what came after.

    python benchmarks/later_payers.py PATH/hr_cleared….csv [--as-of 2019-07-01] [--until 2019-10-01] [--late 15]

Builds the ledger of the file through the product's own import, scores every customer as of the day from facts
effective by it (`huikuan credit assess --all`), and looks at the invoices due from the day to before --until: the AUC
of score and of grade against “paid more than --late days late”, beside the AUC of what one would look at without a
score: the share of the customer's past invoices paid late, by any day and by more than --late days. Both rivals are
reckoned from the file alone, from invoices due before the day, those open on it as late as they were by then. An AUC
of 0.5 is a coin; of 1, every later payer stands behind every other. Prints figures; asserts nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

#: Grades from good to bad; without one a customer stands between B and C.
_ORDER = {"A": 0, "B": 1, None: 2, "C": 3}


@dataclass(frozen=True)
class Invoice:
    """A row of the file."""

    customer: str
    due: date
    paid: date

    def days_late(self, by: date) -> int:
        """As known on the day `by`: what is open then is late until then."""
        return (min(self.paid, by) - self.due).days


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="huikuan-bench-") as home:
        os.environ["HUIKUAN_HOME"] = home
        os.environ.pop("HUIKUAN_DATABASE_URL", None)
        command("import", "items", str(options.file), "--preset", "hr-cleared")
        invoices = read(options.file)
        for day, until in (*options.also, (options.as_of, options.until)):
            report(invoices, day, until, options.late)


def report(invoices: Sequence[Invoice], day: date, until: date, late: int) -> None:
    """One window's figures."""
    rows = {row["key"]: row for row in command("credit", "assess", "--all", "--as-of", day.isoformat())["rows"]}
    past: dict[str, list[int]] = defaultdict(list)
    for one in invoices:
        if one.due < day:
            past[one.customer].append(one.days_late(day))
    coming = [one for one in invoices if day <= one.due < until]
    known = [one for one in coming if past[one.customer]]
    print(f"\nScored as of {day}, invoices due before {until}, later payers over {late} days")
    for name, chosen in (("all invoices", coming), ("of customers with a past", known)):
        outcomes = [one.days_late(date.max) > late for one in chosen]
        print(f"  {name}: {len(chosen):,}, {sum(outcomes) / len(chosen):.1%} paid late")
        for what, value in (
            ("score", [-rows[one.customer]["score"] for one in chosen]),
            ("grade alone", [_ORDER[rows[one.customer]["grade"]] for one in chosen]),
            (f"past share over {late} days late", [share(past[one.customer], late) for one in chosen]),
            ("past share late by any day", [share(past[one.customer], 0) for one in chosen]),
        ):
            print(f"    AUC {auc(value, outcomes):.3f}  {what}")
    for grade in _ORDER:
        own = [one for one in coming if rows[one.customer]["grade"] == grade]
        if own:
            share_late = sum(one.days_late(date.max) > late for one in own) / len(own)
            customers = len({one.customer for one in own})
            print(f"  {grade or '–'}: {len(own):,} invoices of {customers} customers, {share_late:.1%} paid late")


def share(days: Sequence[int], late: int) -> float:
    """The share later than that; nothing known: none."""
    return sum(one > late for one in days) / len(days) if days else 0.0


def auc(values: Sequence[float], outcomes: Sequence[bool]) -> float:
    """How often a case has a higher value than a non-case; equal values count half."""
    counts: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for value, outcome in zip(values, outcomes, strict=True):
        counts[value][outcome] += 1
    below = won = 0.0
    for _, (others, cases) in sorted(counts.items()):
        won += cases * (below + others / 2)
        below += others
    cases = sum(outcomes)
    return won / (cases * (len(outcomes) - cases))


def read(path: Path) -> list[Invoice]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Invoice(row["cust_number"], date.fromisoformat(row["due_date"]), date.fromisoformat(row["clear_date"]))
            for row in csv.DictReader(file)
        ]


def command(*arguments: str) -> dict[str, Any]:
    """A command's answer."""
    from huikuan.shell.cli import main as huikuan

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = huikuan([*arguments, "--json"])
    if code:
        raise SystemExit(told.getvalue())
    answer: dict[str, Any] = json.loads(told.getvalue())
    return answer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2019, 7, 1))
    parser.add_argument("--until", type=date.fromisoformat, default=date(2019, 10, 1))
    parser.add_argument("--late", type=int, default=15)
    options = parser.parse_args()
    #: The quarter before: what the shipped card was looked at with.
    options.also = [(date(2019, 4, 1), date(2019, 7, 1))]
    return options


if __name__ == "__main__":
    main()
