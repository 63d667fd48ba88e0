"""Short ways to say a claim, a party and a payment, and to ask the matcher about them. Amounts in fen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from typing import Any

from huikuan.record.cash.domain.book import Advice, Answer, Claim, Party, Payment
from huikuan.record.cash.domain.matching import Matcher

DAY = date(2026, 9, 15)
HAIYUE = Party(1, "C001", ("海岳风电设备（盐城）有限公司",))
LANQIAO = Party(2, "C002", ("蓝桥精密机械股份有限公司",))
_lines = count(9_001)


def claim(item_id: int, amount: int, customer_id: int = 1, number: str = "", **more: Any) -> Claim:
    """An open invoice; `amount` < 0: a credit note."""
    more.setdefault("due_date", DAY - timedelta(days=5))
    return Claim(
        item_id,
        customer_id,
        number or f"XS2026{item_id:04}",
        "debit" if amount > 0 else "credit",
        more.pop("currency", "CNY"),
        abs(more.pop("open_amount", amount)),
        abs(amount),
        more.pop("document_date", DAY - timedelta(days=35)),
        **more,
    )


def payment(amount: int, payer: str = HAIYUE.names[0], memo: str = "货款", **more: Any) -> Payment:
    more.setdefault("booked_on", DAY)
    more.setdefault("currency", "CNY")
    more.setdefault("line_id", next(_lines))
    return Payment(amount=amount, payer_name=payer, memo=memo, **more)


def ask(
    paid: Payment, claims: Iterable[Claim], parties: Iterable[Party] = (HAIYUE, LANQIAO), *advices: Advice, **more: Any
) -> Answer:
    earlier = more.pop("earlier", ())
    [answer] = Matcher(claims, parties, advices=advices, **more).match([paid], earlier)
    return answer


def parts(answer: Answer) -> dict[int, int]:
    """What the best proposal pays of each item."""
    return {part.item_id: part.amount for part in answer.proposals[0].parts}


def codes(answer: Answer) -> set[str]:
    """Codes of all reasons, of the answer and of its best proposal."""
    best = answer.proposals[0].reasons if answer.proposals else ()
    return {reason.code for reason in (*answer.reasons, *best)}
