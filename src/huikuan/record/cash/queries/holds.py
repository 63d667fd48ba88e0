"""What stands against applying a line without a person, whatever matching thinks of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from huikuan.kernel.reasons import Reason
from huikuan.record.banking.models import BankLine, OpenLine
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.cash.domain.names import bare
from huikuan.record.cash.models import Application, Rejection, Undoing


def held_back(company_id: int, lines: Mapping[int, LineRow]) -> dict[int, Reason]:
    """Line → why people decide about it: the bank takes something back with it or takes it back, or somebody undid
    what was applied of it or turned a suggestion down."""
    found = {line_id: Reason("turned_down", met=False) for line_id in _turned_down(company_id)}
    found |= {line_id: Reason("undone_before", met=False) for line_id in _undone(company_id)}
    found |= {
        line_id: Reason("taken_back", met=False, value=str(by)) for line_id, by in _taken_back(company_id, lines)
    }
    found |= {line.id: Reason("reversal", met=False) for line in lines.values() if line.reversal}
    return {line_id: reason for line_id, reason in found.items() if line_id in lines}


def turned_down(company_id: int) -> frozenset[str]:
    """Digests of the proposals somebody turned down."""
    return frozenset(Rejection.objects.filter(company_id=company_id).values_list("digest", flat=True))


def _turned_down(company_id: int) -> Collection[int]:
    return Rejection.objects.filter(company_id=company_id).values_list("line_id", flat=True)


def _undone(company_id: int) -> Collection[int]:
    undone = Undoing.objects.filter(company_id=company_id).values("application_id")
    lines = Application.objects.filter(id__in=undone, line_id__isnull=False).values_list("line_id", flat=True)
    return [line_id for line_id in lines if line_id is not None]


def _taken_back(company_id: int, lines: Mapping[int, LineRow]) -> list[tuple[int, int]]:
    """(line, the one that takes it back): as much went out of its account on its day or later, by a reversal of the
    bank's or to whom it came from."""
    came_in: dict[tuple[int, int], list[LineRow]] = defaultdict(list)
    for line in lines.values():
        came_in[line.account_id, line.amount].append(line)
    going = OpenLine.objects.filter(company_id=company_id, left__lt=0).values_list("line_id", "account_id", "left")
    like = [line_id for line_id, account_id, left in going if (account_id, -left) in came_in]
    return [
        (line.id, out.id)
        for out in BankLine.objects.defer("raw").filter(id__in=like).order_by("id")
        for line in came_in[out.account_id, -out.amount]
        if line.booked_on <= out.booked_on and (out.reversal or _same_payer(line, out))
    ]


def _same_payer(line: LineRow, out: BankLine) -> bool:
    if line.counterparty_account and line.counterparty_account == out.counterparty_account:
        return True
    name = bare(line.counterparty_name)
    return bool(name) and name == bare(out.counterparty_name)
