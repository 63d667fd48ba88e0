"""What a customer says of an account, line by line: whether it is whole, and what it comes to.

Amounts are minor units with the sign of the account: positive owed to us. A line is what is open of an item, or of one
instalment, on the day of the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.errors import Place, Refusal

CORRECT, DISPUTED = "correct", "disputed"
#: Why a line is disputed, as the customer may choose.
REASONS = ("quality", "quantity", "delivery", "price", "invoice", "return", "paid", "other")
LONGEST_NOTE = 1_000
MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was shown. `key` names it in the form; it is made here and never taken from outside."""

    item_id: int
    kind: str
    side: str
    document_number: str
    document_date: date
    due_date: date | None
    open_amount: int
    overdue_days: int

    @property
    def key(self) -> str:
        return f"{self.item_id}.{self.due_date.isoformat() if self.due_date else ''}"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of a line. `accepted`: the amount agreed to, of a disputed one; `files`: hashes of what was sent
    along, `names` what the customer calls them, in the same order; `promised_on`: the day by which what is accepted
    will be paid."""

    said: str = ""
    reason: str = ""
    accepted: int | None = None
    note: str = ""
    files: tuple[str, ...] = ()
    promised_on: date | None = None
    names: tuple[str, ...] = ()

    @property
    def papers(self) -> tuple[tuple[str, str], ...]:
        """Hash and name of each file; one without a name goes by its hash."""
        return tuple(zip(self.files, (*self.names, *self.files[len(self.names) :]), strict=True))


@dataclass(frozen=True, slots=True)
class PromiseDays:
    """Between which days, both counted, a payment may be promised: `last` as far ahead as the company's policy of
    promises says."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Answered:
    """A line with what was said of it: accepted + disputed = open."""

    line: Line
    said: Said
    accepted: int
    disputed: int


@dataclass(frozen=True, slots=True)
class Sums:
    """shown = accepted + disputed + unanswered; `left`: how many lines nothing was said of."""

    shown: int
    accepted: int
    disputed: int
    unanswered: int
    left: int


def sums(lines: Sequence[Line], said: Mapping[str, Said]) -> Sums:
    """Where the answer stands, also while it is half given; what cannot be read counts as unanswered."""
    answered = [_answered(line, said[line.key]) for line in lines if line.key in said and not _problem(line, said)]
    shown = sum(line.open_amount for line in lines)
    accepted, disputed = sum(one.accepted for one in answered), sum(one.disputed for one in answered)
    return Sums(shown, accepted, disputed, shown - accepted - disputed, len(lines) - len(answered))


def problems(lines: Sequence[Line], said: Mapping[str, Said], days: PromiseDays) -> dict[str, str]:
    """What keeps each line from being answered: its key → a code of messages.SENTENCES."""
    found = {line.key: _problem(line, said) or _promise_problem(line, said.get(line.key), days) for line in lines}
    return {key: code for key, code in found.items() if code}


def check_answer(lines: Sequence[Line], said: Mapping[str, Said], days: PromiseDays) -> tuple[Answered, ...]:
    """Every line with its answer. Refuses an answer to what was not shown, and the whole of one with a line that is
    missing or cannot be taken; the places name the lines by key."""
    strange = said.keys() - {line.key for line in lines}
    if strange:
        raise Refusal("confirmation_line_unknown", where=[Place(column=key) for key in sorted(strange)])
    wrong = problems(lines, said, days)
    if wrong:
        raise Refusal(
            "confirmation_incomplete",
            where=[Place(column=key, reason=code) for key, code in wrong.items()],
            count=len(wrong),
        )
    return tuple(_answered(line, said[line.key]) for line in lines)


def _answered(line: Line, said: Said) -> Answered:
    accepted = line.open_amount if said.said == CORRECT or said.accepted is None else said.accepted
    return Answered(line, said, accepted, line.open_amount - accepted)


def _problem(line: Line, all_said: Mapping[str, Said]) -> str:
    said = all_said.get(line.key, Said())
    if said.said == CORRECT:
        return ""
    return _dispute_problem(line, said) if said.said == DISPUTED else "confirmation_line_unanswered"


def _dispute_problem(line: Line, said: Said) -> str:
    if said.reason not in REASONS:
        return "confirmation_reason_missing"
    if said.accepted is None:
        return "confirmation_accepted_missing"
    low, high = min(line.open_amount, 0), max(line.open_amount, 0)
    if not low <= said.accepted <= high or said.accepted == line.open_amount:
        return "confirmation_accepted_range"
    if not said.note or len(said.note) > LONGEST_NOTE:
        return "confirmation_note_missing"
    return "confirmation_files_many" if len(said.files) > MOST_FILES else ""


def _promise_problem(line: Line, said: Said | None, days: PromiseDays) -> str:
    if said is None or said.promised_on is None:
        return ""
    if line.side != "debit" or _answered(line, said).accepted <= 0:
        return "confirmation_promise_nothing"
    return "" if days.first <= said.promised_on <= days.last else "confirmation_promise_day"
