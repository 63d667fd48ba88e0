"""Two ways matching is commonly done, written from their description: what ours is measured beside.

*Oldest first*: the items whose numbers are, or end with, a digit token of the memo; where there is none, all open ones
of the payer. The oldest is paid first until the money is gone. *Fuzzy name*: the customer whose name is most like the
payer's, if at least 80 of 100 and by itself; then the item of that very amount, the oldest where several are. Both
apply what they find.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from memo_book import Scene
from rapidfuzz import fuzz, process, utils

from huikuan.record.cash.domain.book import Answer, Claim, Part, Payment, Proposal, Verdict

_CUT_OFF = 80
_TOKEN = re.compile(r"\d{4,}")


def oldest_first(scene: Scene) -> list[Answer]:
    """Greedy, by digit tokens and the payer's exact name or account."""
    by_customer = _open_debits(scene)
    whose = {name: party.customer_id for party in scene.parties for name in (*party.names, *party.aliases)}
    whose |= {account: party.customer_id for party in scene.parties for account in party.accounts}
    by_token: dict[str, list[Claim]] = defaultdict(list)
    for claims in by_customer.values():
        for claim in claims:
            for number in (claim.document_number, *claim.numbers):
                for token in {digits[-size:] for digits in _TOKEN.findall(number) for size in (0, 8, 6)}:
                    by_token[token].append(claim)
    left = {claim.item_id: claim.open_amount for claim in scene.claims}
    answers = []
    for payment in sorted(scene.payments, key=lambda one: (one.booked_on, one.line_id)):
        customer = whose.get(payment.payer_name) or whose.get(payment.payer_account)
        named = [claim for token in _TOKEN.findall(payment.memo) for claim in by_token.get(token, ())]
        if customer is not None:
            named = [claim for claim in named if claim.customer_id == customer]
        if not named and customer is not None:
            named = by_customer[customer]
        answers.append(_spend(payment, named, left))
    return answers


def _spend(payment: Payment, claims: Sequence[Claim], left: dict[int, int]) -> Answer:
    """The oldest first, as long as there is money; the rest stays on the customer."""
    money, parts = payment.amount, []
    for claim in sorted(dict.fromkeys(claims), key=_age):
        paid = min(money, left[claim.item_id]) if claim.currency == payment.currency else 0
        if paid:
            parts.append(Part(claim.item_id, paid))
            left[claim.item_id] -= paid
            money -= paid
    if not parts:
        return Answer(payment.line_id, Verdict.LEFT, ())
    customer = next(claim.customer_id for claim in claims if claim.item_id == parts[0].item_id)
    return _applied(payment, customer, parts, money)


def fuzzy_name(scene: Scene) -> list[Answer]:
    """The best name of at least 80, then the very amount."""
    by_customer = _open_debits(scene)
    names = [(name, party.customer_id) for party in scene.parties for name in party.names]
    keys = [utils.default_process(name) for name, _ in names]
    known: dict[str, int | None] = {}
    paid: set[int] = set()
    answers = []
    for payment in sorted(scene.payments, key=lambda one: (one.booked_on, one.line_id)):
        payer = payment.payer_name
        if payer not in known:
            known[payer] = _best(payer, keys, [customer for _, customer in names])
        fitting = [
            claim
            for claim in sorted(by_customer.get(known[payer] or 0, ()), key=_age)
            if claim.open_amount == payment.amount and claim.currency == payment.currency and claim.item_id not in paid
        ]
        if fitting:
            paid.add(fitting[0].item_id)
            part = Part(fitting[0].item_id, payment.amount)
            answers.append(_applied(payment, fitting[0].customer_id, [part], 0))
        else:
            answers.append(Answer(payment.line_id, Verdict.LEFT, ()))
    return answers


def _best(payer: str, keys: Sequence[str], customers: Sequence[int]) -> int | None:
    """The customer of the name most alike; none below the cut-off, nor when two customers' names are equally so."""
    found = process.extract(utils.default_process(payer), keys, scorer=fuzz.ratio, score_cutoff=_CUT_OFF, limit=2)
    best = {customers[at] for _, alike, at in found if alike == found[0][1]}
    return best.pop() if len(best) == 1 else None


def _open_debits(scene: Scene) -> dict[int, list[Claim]]:
    by_customer: dict[int, list[Claim]] = defaultdict(list)
    for claim in scene.claims:
        if claim.side == "debit":
            by_customer[claim.customer_id].append(claim)
    return by_customer


def _age(claim: Claim) -> tuple[object, ...]:
    return claim.due_date or claim.document_date, claim.item_id


def _applied(payment: Payment, customer: int, parts: Sequence[Part], rest: int) -> Answer:
    return Answer(payment.line_id, Verdict.APPLIED, (Proposal(customer, tuple(parts), 1.0, 0, (), rest),))
