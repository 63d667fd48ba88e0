"""Matching: which customer a payment is from, which of its claims it pays, and whether that is sure enough.

The whole rule with worked numbers: docs/algorithms/matching.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Advice, Answer, Claim, Earlier, Learned, Party, Payment, Verdict
from huikuan.record.cash.domain.by_advice import picks_by_advice
from huikuan.record.cash.domain.by_amount import picks_by_amount
from huikuan.record.cash.domain.by_number import picks_by_number
from huikuan.record.cash.domain.deciding import Way, decide
from huikuan.record.cash.domain.names import Names
from huikuan.record.cash.domain.numbers import Mention, Numbers, Strength, amounts_in
from huikuan.record.cash.domain.payers import Payers
from huikuan.record.cash.domain.picks import Desk, Pick
from huikuan.record.cash.domain.pools import name_claims, pool_of
from huikuan.record.cash.domain.repeats import Repeats
from huikuan.record.cash.domain.rules import Rules

_MOST_CUSTOMERS = 12
_MOST_BY_AMOUNT = 4
_MOST_PROPOSALS = 5

Told = tuple[Mention, str, int | None]


class Matcher:
    """Claims, parties and advice, indexed once; `match` then answers payment after payment, the earliest first."""

    def __init__(
        self,
        claims: Iterable[Claim],
        parties: Iterable[Party],
        policy: Rules | None = None,
        advices: Iterable[Advice] = (),
        learned: Learned | None = None,
    ) -> None:
        self._rules = policy or Rules()
        self._learned = learned or Learned()
        self._claims = {claim.item_id: claim for claim in claims}
        self._of: dict[int, list[Claim]] = defaultdict(list)
        self._by_amount: dict[tuple[str, int], set[int]] = defaultdict(set)
        for claim in self._claims.values():
            self._of[claim.customer_id].append(claim)
            if claim.open_amount:
                self._by_amount[claim.currency, claim.open_amount].add(claim.customer_id)
        self._parties = {party.customer_id: party for party in parties}
        self._numbers = Numbers(self._claims.values())
        self._payers = Payers(self._parties.values(), Names(self._parties.values()), self._learned)
        self._advice: dict[str, list[Advice]] = defaultdict(list)
        for advice in advices:
            self._advice[advice.bank_reference.strip()].append(advice)
        self._left: dict[int, int] = {}

    def match(self, payments: Iterable[Payment], earlier: Iterable[Earlier] = ()) -> list[Answer]:
        """One answer a payment, in the order of the bank: by day and line. What an earlier one was applied to, or
        would be if its suggestion were taken, is not there for a later one."""
        self._left = {item: claim.open_amount for item, claim in self._claims.items()}
        repeats = Repeats(earlier, self._rules.duplicate_days)
        wanted: dict[int, int] = {}
        answers = []
        for payment in sorted(payments, key=lambda one: (one.booked_on, one.line_id)):
            answer = self._answer(payment, repeats, wanted)
            answers.append(answer)
            self._keep(payment, answer, repeats, wanted)
        return answers

    def _keep(self, payment: Payment, answer: Answer, repeats: Repeats, wanted: dict[int, int]) -> None:
        """Take what an answer applies from what is open; remember what it only suggests."""
        if answer.verdict == Verdict.LEFT or not answer.proposals:
            repeats.add(Earlier(payment))
            return
        best = answer.proposals[0]
        taken = {part.item_id: abs(part.amount) for part in best.parts}
        for difference in best.differences:
            taken[difference.item_id] += difference.amount
        for item, amount in taken.items():
            self._left[item] -= amount
            if answer.verdict == Verdict.SUGGESTED:
                wanted[item] = payment.line_id
        repeats.add(Earlier(payment, best.customer_id, frozenset(taken)))

    def _answer(self, payment: Payment, repeats: Repeats, wanted: Mapping[int, int]) -> Answer:
        told = self._told(payment)
        ways = [
            way for customer_id in self._customers(payment, told) for way in self._ways(payment, customer_id, told)
        ]
        settled = frozenset(item for mention, _, _ in told for item in self._settled(mention))
        repeated = repeats.of(payment, {way.customer_id: way.payer_score for way in ways}, settled)
        return decide(
            payment, ways, self._rules, self._learned, wanted=wanted, repeated=repeated, most=_MOST_PROPOSALS
        )

    def _told(self, payment: Payment) -> list[Told]:
        """Every number the payment comes with: of its advice, of its memo and of the payer's reference."""
        told: list[Told] = [
            (self._numbers.named(line.document_number), evidence.ADVICE, line.amount) for line in self._lines(payment)
        ]
        known = {mention.key for mention, _, _ in told}
        for text in (payment.memo, payment.end_to_end):
            if text:
                told += [
                    (mention, evidence.MEMO, None) for mention in self._numbers.read(text) if mention.key not in known
                ]
        return told

    def _lines(self, payment: Payment) -> list[Advice]:
        """The advice of a payment, by the bank's reference or the payer's own."""
        references = dict.fromkeys((payment.bank_reference.strip(), payment.end_to_end.strip()))
        return [line for reference in references if reference for line in self._advice.get(reference, ())]

    def _settled(self, mention: Mention) -> list[int]:
        found = self._numbers.anywhere(mention)
        return [item for item in found[1] if not self._left[item]] if found else []

    def _customers(self, payment: Payment, told: Sequence[Told]) -> list[int]:
        """Who may have paid: by name, account and memo; whose claims are named; who owes exactly this."""
        found = dict.fromkeys(self._payers.likely(payment))
        for mention, _, _ in told:
            resolved = self._numbers.anywhere(mention)
            if resolved and resolved[0] >= Strength.CORE:
                owners = dict.fromkeys(self._claims[item].customer_id for item in resolved[1])
                if len(owners) <= _MOST_BY_AMOUNT:
                    found.update(owners)
        owing = self._by_amount.get((payment.currency, abs(payment.amount)), set())
        if len(owing) <= _MOST_BY_AMOUNT:
            found.update(dict.fromkeys(sorted(owing)))
        return list(found)[:_MOST_CUSTOMERS]

    def _ways(self, payment: Payment, customer_id: int, told: Sequence[Told]) -> list[Way]:
        """The ways to apply the payment to one customer, with who paid and what is paid weighed together."""
        claims = self._of.get(customer_id, ())
        pool = pool_of(customer_id, claims, self._left, payment)
        name_claims(pool, told, self._numbers)
        who = self._payers.signs(payment, customer_id)
        habit = self._learned.habits.get(customer_id)
        desk = Desk(payment, pool, self._rules, habit, self._amounts(payment))
        return [Way(customer_id, who, pick) for pick in _picks(desk)]

    def _amounts(self, payment: Payment) -> frozenset[int]:
        """Amounts its texts tell: what was deducted is often said."""
        texts = [payment.memo, *(line.memo for line in self._lines(payment))]
        return frozenset(amount for text in texts if text for amount in amounts_in(text, payment.currency))


def _picks(desk: Desk) -> list[Pick]:
    """The ways a payment may fall on a pool, each set of parts once, with its best grounds."""
    best: dict[tuple[tuple[int, int], ...], Pick] = {}
    for pick in (*picks_by_advice(desk), *picks_by_number(desk), *picks_by_amount(desk)):
        same = tuple(sorted(pick.paid))
        if same not in best or pick.score > best[same].score:
            best[same] = pick
    return list(best.values())
