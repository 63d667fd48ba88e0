"""The workbench's form as it was sent: portions by customer, what was seen, what becomes of differences and rest."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.banking.queries.lines import LineRow
from huikuan.record.cash.domain.applying import Paid, Portion, Seen
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.web.asked import number
from huikuan.record.cash.web.words import LEAVE, SHORTS
from huikuan.record.customers.queries import customer
from huikuan.record.receivables.models import Item

_DEBIT = "debit"


def portions_typed(typed: QueryDict, line: LineRow, *, scope: Scope) -> tuple[Portion, ...]:
    """What the form says to do with the line. What no item takes stays on account of one customer, unless it is to
    stay on the line; refuses a form that says nothing at all."""
    codes = list(dict.fromkeys(typed.getlist("customer")))
    ids = {code: customer(code, scope=scope).id for code in codes}
    if typed.get("onto") == "account":
        return (_whole(typed, line, ids[_rest_of(typed, codes)]),)
    items = [one for text in typed.getlist("item") if (one := number(text)) is not None]
    sides = dict(Item.objects.filter(id__in=items).values_list("id", "side"))
    amounts = _amounts(typed, items, sides, line)
    left = line.left - sum(amounts.values())
    by_customer = {code: [item for item in amounts if typed.get(f"of-{item}") == code] for code in codes}
    stays = _rest_of(typed, codes) if left > 0 and typed.get("rest", "stays") == "stays" else ""
    portions = []
    for code, theirs in by_customer.items():
        if theirs or code == stays:
            taken = sum(amounts[item] for item in theirs) + (left if code == stays else 0)
            portions.append(_portion(typed, line, ids[code], theirs, amounts, sides, taken, code == stays))
    if not portions:
        raise Refusal("nothing_ticked")
    return tuple(portions)


def seen_typed(typed: QueryDict) -> Seen:
    """What was open when the page was shown: of the line, and of the ticked items."""
    items = [one for text in typed.getlist("item") if (one := number(text)) is not None]
    opened = {item: amount for item in items if (amount := number(typed.get(f"open-{item}", ""))) is not None}
    return Seen(left=number(typed.get("left", "")), claims=opened)


def _portion(
    typed: QueryDict,
    line: LineRow,
    customer_id: int,
    items: list[int],
    amounts: Mapping[int, int],
    sides: Mapping[int, str],
    taken: int,
    rest_stays: bool,
) -> Portion:
    # A claim is short only where the money is used up: while some is left, what is open of it simply stays open.
    short = {} if rest_stays else _short(typed, items, amounts, sides)
    choice = typed.get("short", LEAVE)
    closes = choice in SHORTS and choice != LEAVE
    why = "" if closes else typed.get("why", "")
    return Portion(
        customer_id=customer_id,
        amount=taken,
        parts=tuple(Paid(item, amounts[item], short=why if item in short else "") for item in items),
        differences=tuple(Difference(choice, item, by) for item, by in short.items()) if closes else (),
        rest_stays=rest_stays,
        contract_number=typed.get("contract", "").strip() if rest_stays else "",
        reason=typed.get("reason", ""),
    )


def _whole(typed: QueryDict, line: LineRow, customer_id: int) -> Portion:
    contract = typed.get("contract", "").strip()
    return Portion(customer_id=customer_id, amount=line.left, parts=(), rest_stays=True, contract_number=contract)


def _amounts(typed: QueryDict, items: list[int], sides: Mapping[int, str], line: LineRow) -> dict[int, int]:
    """Item → what it takes of the money, a credit's below zero. Ticked without an amount: all that is open, and of
    debts no more than there is money."""
    found: dict[int, int] = {}
    left = line.left
    for item in items:
        text = typed.get(f"amount-{item}", "").strip()
        opened = number(typed.get(f"open-{item}", "")) or 0
        debit = sides.get(item, _DEBIT) == _DEBIT
        amount = typed_minor(text, line.currency) if text else min(opened, max(left, 0)) if debit else opened
        found[item] = amount if debit else -amount
        left -= found[item]
    return {item: amount for item, amount in found.items() if amount}


def _short(typed: QueryDict, items: list[int], amounts: Mapping[int, int], sides: Mapping[int, str]) -> dict[int, int]:
    """Item → by how much its debt is not paid in full."""
    opened = {item: number(typed.get(f"open-{item}", "")) or 0 for item in items}
    debts = [item for item in items if sides.get(item) == _DEBIT]
    return {item: opened[item] - amounts[item] for item in debts if amounts[item] < opened[item]}


def _rest_of(typed: QueryDict, codes: list[str]) -> str:
    """Whose account the rest stays on."""
    if not codes:
        raise Refusal("nothing_ticked")
    wanted = typed.get("rest_of", "")
    return wanted if wanted in codes else codes[0]
