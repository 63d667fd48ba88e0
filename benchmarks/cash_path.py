"""Bank money through the product itself, from files to answers: is what the domain promises what a user gets?

    python benchmarks/cash_path.py FILE … [--apply] [--without-remittance] [--wrong 10]

For each file of third-party problems (`matching_problems`), in an installation of its own: the invoices through
`huikuan import`, the payments as a plain CSV through `huikuan bank import`, the remittance lines through `huikuan bank
remittance`, then `huikuan bank match --json` (dry unless --apply), whose answer is scored like the domain's own, and
compared with it line by line. With --apply the books are checked afterwards, and a second run has nothing left to
apply. Prints figures; asserts nothing but that the books hold.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from matching import ours
from matching_problems import CURRENCY, load, minor, scene_of
from matching_score import Score, pairs_of, score
from matching_tables import calibration, recognised, table
from memo_book import Scene

from huikuan.record.cash.domain.book import Answer, Part, Proposal, Verdict

ACCOUNT = "6222020000000001"


def main() -> None:
    options = _options()
    if options.one:
        return one(options.files[0], options)
    for path in options.files:
        # Each in a process of its own: an installation is set up once in a process.
        command_line = [sys.executable, __file__, "--one", str(path), "--wrong", str(options.wrong)]
        command_line += ["--apply"] * options.apply + ["--without-remittance"] * options.without_remittance
        subprocess.run(command_line, check=True)
    return None


def one(path: Path, options: argparse.Namespace) -> None:
    """One problem, whole."""
    problem = load(path)
    if options.without_remittance:
        problem["remittance_lines"] = []
    with tempfile.TemporaryDirectory(prefix="huikuan-bench-") as home:
        os.environ["HUIKUAN_HOME"] = home
        os.environ.pop("HUIKUAN_DATABASE_URL", None)
        wall = time.perf_counter()
        bring(problem, Path(home))
        print(f"\n{path.name}: files in {time.perf_counter() - wall:.1f} s", flush=True)
        wall = time.perf_counter()
        answer = command("bank", "match", *([] if options.apply else ["--dry-run"]))
        print(f"matched in {time.perf_counter() - wall:.1f} s; load {os.getloadavg()[0]:.1f}")
        scene = scene_of(problem)
        said = answers(scene, answer["lines"])
        report(score(scene, said), options.wrong)
        print(f"as the domain alone says: {alike(said, ours(scene))} of {len(said)} lines")
        if options.apply:
            check_books()


def alike(said: Sequence[Answer], domain: Sequence[Answer]) -> int:
    """How many lines have the same verdict and the same best proposal."""
    theirs = {answer.line_id: answer for answer in domain}
    return sum(
        one.verdict == theirs[one.line_id].verdict
        and [pairs_of(best) for best in one.proposals[:1]]
        == [pairs_of(best) for best in theirs[one.line_id].proposals[:1]]
        for one in said
    )


def check_books() -> None:
    """Nothing is applied a second time, and the books hold."""
    again = command("bank", "match")["lines"]
    print(f"again: {sum(line['decision'] == 'applied' for line in again)} applied of {len(again)} lines")
    command("ledger", "check")
    print("the books hold")


def bring(problem: Mapping[str, Any], folder: Path) -> None:
    """The problem's files as a user would drop them in."""
    invoices = [
        {
            "customer_code": row["customer_id"], "customer_name": row["customer_name"], "currency": CURRENCY,
            "document_number": row["invoice_id"], "document_date": row["invoice_date"], "due_date": row["due_date"],
            "amount": row["amount"], "text": row["description"],
        }
        for row in problem["invoices"]
    ]  # fmt: skip
    payments = [
        {
            "account": ACCOUNT, "booked_on": row["payment_date"], "value_on": row["payment_date"],
            "amount": row["amount"], "currency": CURRENCY, "payer_name": row["payer_name"], "payer_account": "",
            "memo": row["reference_info"], "bank_reference": row["payment_id"],
        }
        for row in problem["payments"]
    ]  # fmt: skip
    advices = [
        {"bank_reference": row["payment_id"], "document_no": row["invoice_ref"], "amount": row["amount"]}
        for row in problem["remittance_lines"]
    ]
    command("import", "items", str(write(folder / "invoices.csv", invoices)))
    command("bank", "import", str(write(folder / "payments.csv", payments)))
    if advices:
        command("bank", "remittance", str(write(folder / "remittance.csv", advices)))


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A plain CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def answers(scene: Scene, lines: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """The command's answer as matching gives it, documents found again by their numbers."""
    by_number = {claim.document_number: claim for claim in scene.claims}
    by_code = {party.code: party.customer_id for party in scene.parties}
    by_reference = {payment.bank_reference: payment for payment in scene.payments}
    return [
        Answer(
            by_reference[line["bank_reference"]].line_id,
            Verdict(line["decision"]),
            tuple(
                Proposal(
                    customer_id=by_code.get(said["customer"], 0),
                    parts=tuple(
                        Part(by_number[item["document_no"]].item_id, minor(Decimal(item["amount"])))
                        for item in said["items"]
                    ),
                    probability=float(said["probability"]),
                    alternatives=int(said["alternatives"] or 0),
                    reasons=(),
                )
                for said in line["proposals"]
            ),
        )
        for line in lines
    ]


def report(found: Score, wrong: int) -> None:
    """The figures of one problem."""
    table({"the product": found})
    recognised(found)
    calibration(found)
    for payment, truth, answer in found.wrong[:wrong]:
        print(f"  WRONG {truth.kind}: {payment}\n    truth {truth}\n    said {answer}")


def command(*arguments: str) -> dict[str, Any]:
    """A command's answer."""
    from huikuan.shell.cli import main as huikuan

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        code = huikuan([*arguments, "--json"])
    if code:
        raise SystemExit(f"{' '.join(arguments)}: {told.getvalue()}")
    answer: dict[str, Any] = json.loads(told.getvalue())
    return answer


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--without-remittance", action="store_true")
    parser.add_argument("--wrong", type=int, default=0)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
