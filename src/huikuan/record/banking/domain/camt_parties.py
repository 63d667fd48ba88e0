"""Who is who in a payment of a camt message, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.kernel.text import tidy
from huikuan.record.banking.domain.xml import Node


@dataclass(frozen=True, slots=True)
class Own:
    """How the report calls its account and who holds it."""

    account: str
    name: str

    def is_it(self, side: tuple[str, str, str]) -> bool:
        """Whether a side of a payment is ourselves: by the account, else by the name."""
        name, account, _ = side
        return account == self.account if account and self.account else bool(name) and name == self.name


def own_of(report: Node) -> Own:
    account = report.said("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id")
    return Own("".join(account.split()), tidy(report.said("Acct/Ownr/Nm", "Acct/Ownr/Pty/Nm", "Acct/Nm")))


def counterparty_of(payment: Node, amount: int, own: Own, *, reversal: bool) -> tuple[str, str, str]:
    """(name, account, bank) of the other side: the debtor of what comes in, the creditor of what goes out.

    Of what is taken back it is the side of the first booking, which some banks swap and some leave out: the first
    side that says anything and is not ourselves.
    """
    debtor, creditor = _side(payment, "Dbtr"), _side(payment, "Cdtr")
    first, second = (debtor, creditor) if (amount > 0) != reversal else (creditor, debtor)
    if own.is_it(first) or (reversal and not any(first)):
        first = ("", "", "") if own.is_it(second) else second
    return first


def _side(payment: Node, side: str) -> tuple[str, str, str]:
    names = [f"RltdPties/{party}/{path}" for party in (side, f"Ultmt{side}") for path in ("Nm", "Pty/Nm")]
    account = payment.said(f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id")
    bank = payment.said(*(f"RltdAgts/{side}Agt/FinInstnId/{name}" for name in ("Nm", "BICFI", "BIC")))
    return tidy(payment.said(*names)), "".join(account.split()), tidy(bank)


def memo_of(entry: Node, payment: Node, name: str) -> str:
    """What the payment is for: free text, document numbers and references, for whom it is paid, the bank's words."""
    parts = [node.text for node in payment.all("RmtInf/Ustrd")]
    for path in ("RfrdDocInf/Nb", "CdtrRefInf/Ref", "AddtlRmtInf"):
        parts += [node.text for node in payment.all(f"RmtInf/Strd/{path}")]
    ultimate = [
        payment.said(f"RltdPties/Ultmt{side}/Nm", f"RltdPties/Ultmt{side}/Pty/Nm") for side in ("Dbtr", "Cdtr")
    ]
    parts += [party for party in ultimate if party != name]
    parts += [payment.said("AddtlTxInf"), entry.said("AddtlNtryInf")]
    return "; ".join(dict.fromkeys(tidy(part) for part in parts if part))
