"""Bank money through the product itself, from files to answers: is what the domain promises what a user gets?

    python benchmarks/cash_path.py [FILE …] [--own SEED --lines 300] [--apply] [--without-remittance] [--wrong 10]

For each file of third-party problems (`matching_problems`), or one of the own generator (`memos`), in an installation
of its own: customers and invoices through `huikuan import`, the payments as a plain CSV through `huikuan bank import`,
the remittance lines through `huikuan bank remittance`, then `huikuan bank match --json` (dry unless --apply), whose
answer is scored like the domain's own, and compared with it line by line. With --apply a second run follows, and the
books are checked. Prints figures; asserts nothing but that the books hold.
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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import memos
from matching import ours
from matching_problems import CURRENCY, load, minor, scene_of
from matching_score import Score, pairs_of, score
from matching_tables import calibration, recognised, table
from memo_book import WEEK, Certainty, Scene

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.book import Answer, Claim, Difference, Part, Party, Payment, Proposal, Verdict

ACCOUNT = "6222020000000001"


def main() -> None:
    options = _options()
    if options.own:
        one(f"own generator, seed {options.own}", as_brought(memos.scene(options.own, options.lines)), options)
    elif len(options.files) == 1:
        one(options.files[0].name, scene_of(load(options.files[0])), options)
    for path in options.files if len(options.files) > 1 else ():
        # Each in a process of its own: an installation is set up once in a process.
        more = [argument for argument in sys.argv[1:] if Path(argument) not in options.files]
        subprocess.run([sys.executable, __file__, str(path), *more], check=True)


def one(name: str, scene: Scene, options: argparse.Namespace) -> None:
    """One problem, whole."""
    if options.without_remittance:
        scene = replace(scene, advices=())
    with tempfile.TemporaryDirectory(prefix="huikuan-bench-") as home:
        os.environ["HUIKUAN_HOME"] = home
        os.environ.pop("HUIKUAN_DATABASE_URL", None)
        with told(f"\n{name}: {len(scene.payments):,} lines, {len(scene.claims):,} claims; files in"):
            bring(scene, Path(home))
        with told("matched and applied in" if options.apply else "matched in"):
            answer = command("bank", "match", *([] if options.apply else ["--dry-run"]))
        said = answers(scene, answer["lines"])
        report(score(scene, said), options.wrong)
        print(f"as the domain alone says: {alike(said, ours(scene))} of {len(said)} lines")
        if options.apply:
            check_books(scene)


@contextlib.contextmanager
def told(what: str) -> Iterator[None]:
    """Print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what} {wall:.1f} s wall, {cpu:.1f} s CPU; load {os.getloadavg()[0]:.1f}", flush=True)


def alike(said: Sequence[Answer], domain: Sequence[Answer]) -> int:
    """How many lines have the same verdict and the same best proposal."""
    theirs = {answer.line_id: answer for answer in domain}
    return sum(
        one.verdict == theirs[one.line_id].verdict
        and [pairs_of(best) for best in one.proposals[:1]]
        == [pairs_of(best) for best in theirs[one.line_id].proposals[:1]]
        for one in said
    )


def check_books(scene: Scene) -> None:
    """A second run applies only what the first made certain, nothing wrongly, and the books hold."""
    again = [line for line in command("bank", "match")["lines"] if line["decision"] == "applied"]
    print(f"a second run: {len(again)} more applied, {len(score(scene, answers(scene, again)).wrong)} of them wrong")
    command("ledger", "check")
    print("the books hold")


def as_brought(scene: Scene) -> Scene:
    """What files can tell of a book: no accounts or mandates, which are learned, and no discounts, which no file has.

    A short payment is a part payment then, and a line known by its account alone is anybody's guess.
    """
    unlearned = {"account_only", "person_with_mandate"}
    return replace(
        scene,
        claims=tuple(replace(claim, discounts=()) for claim in scene.claims),
        parties=tuple(replace(party, accounts={}, payers={}) for party in scene.parties),
        truths=tuple(
            replace(
                truth,
                certainty=Certainty.LIKELY if truth.kind in unlearned else truth.certainty,
                differences=() if truth.kind == "discount_in_terms" else truth.differences,
            )
            for truth in scene.truths
        ),
        earlier=(),
    )


def bring(scene: Scene, folder: Path) -> None:
    """The problem's files as a user would drop them in."""
    parties = {party.customer_id: party for party in scene.parties}
    bring_customers(scene.parties, folder)
    items = [_item(claim, parties[claim.customer_id]) for claim in scene.claims]
    command("import", "items", str(write(folder / "items.csv", items)))
    lines = [_line(payment) for payment in scene.payments]
    command("bank", "import", str(write(folder / "payments.csv", lines)))
    advices = [
        {"bank_reference": one.bank_reference, "document_no": one.document_number, "amount": plain(one.amount)}
        for one in scene.advices
    ]
    if advices:
        command("bank", "remittance", str(write(folder / "remittance.csv", advices)))


def bring_customers(parties: Sequence[Party], folder: Path) -> None:
    """Their names and groups: what a master data export tells. Accounts, aliases and mandates are learned later."""
    rows = [
        {
            "code": party.code, "name": party.names[0], "former_names": "；".join(party.names[1:]),
            "group_code": f"G{party.group_id}" if party.group_id else "",
            "group_name": f"第{party.group_id}集团" if party.group_id else "",
        }
        for party in parties
    ]  # fmt: skip
    command("import", "customers", str(write(folder / "customers.csv", rows)))


def _item(claim: Claim, party: Party) -> dict[str, str]:
    contract = [number for number in claim.numbers if number[:2] in ("HT", "XS")]
    order = [number for number in claim.numbers if number[:2] in ("PO", "SO")]
    return {
        "customer_code": party.code, "customer_name": party.names[0], "currency": claim.currency,
        "document_number": claim.document_number, "document_date": claim.document_date.isoformat(),
        "due_date": (claim.due_date or claim.document_date).isoformat(),
        "amount": plain(claim.amount if claim.side == "debit" else -claim.amount),
        "settled_on": "" if claim.open_amount else (WEEK - timedelta(days=7)).isoformat(),
        "contract_number": "".join(contract[:1]), "obligation": "".join(order[:1]),
    }  # fmt: skip


def _line(payment: Payment) -> dict[str, str]:
    return {
        "account": f"{ACCOUNT}{'' if payment.currency == CURRENCY else payment.currency}",
        "booked_on": payment.booked_on.isoformat(), "value_on": payment.booked_on.isoformat(),
        "amount": plain(payment.amount), "currency": payment.currency, "payer_name": payment.payer_name,
        "payer_account": payment.payer_account, "memo": payment.memo, "bank_reference": payment.bank_reference,
    }  # fmt: skip


def plain(amount: int | None) -> str:
    """Minor units of a currency of two decimals, as text."""
    return "" if amount is None else str(Decimal(amount) / 100)


def write(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A plain CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def answers(scene: Scene, lines: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """The command's answer as matching gives it, documents found again by their numbers."""
    by_number = {claim.document_number: claim.item_id for claim in scene.claims}
    by_code = {party.code: party.customer_id for party in scene.parties}
    by_reference = {payment.bank_reference: payment for payment in scene.payments}
    return [
        Answer(
            line_id=by_reference[line["bank_reference"]].line_id,
            verdict=Verdict(line["decision"]),
            proposals=tuple(_proposal(said, by_code, by_number) for said in line["proposals"]),
            reasons=tuple(Reason(sentence, True) for sentence in line["reasons"]),
        )
        for line in lines
    ]


def _proposal(said: Mapping[str, Any], by_code: Mapping[str, int], by_number: Mapping[str, int]) -> Proposal:
    return Proposal(
        customer_id=by_code[said["customer"]],
        parts=tuple(Part(by_number[one["document_no"]], minor(Decimal(one["amount"]))) for one in said["items"]),
        probability=float(said["probability"]),
        alternatives=int(said["alternatives"]),
        reasons=tuple(Reason(sentence, True) for sentence in said["reasons"]),
        rest=minor(Decimal(said["rest"])),
        differences=tuple(
            Difference(one["kind"], by_number[one["document_no"]], minor(Decimal(one["amount"])))
            for one in said["differences"]
        ),
    )


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
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--own", type=int, default=0, metavar="SEED")
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--apply", action="store_true")
    parser.add_argument("--without-remittance", action="store_true")
    parser.add_argument("--wrong", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
