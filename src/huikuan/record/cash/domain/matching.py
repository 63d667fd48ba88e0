"""Matching: which customer a payment is from, which of its claims it pays, and whether that is sure enough.

The whole rule with worked numbers: docs/algorithms/matching.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Advice, Answer, Claim, Earlier, Learned, Party, Payment, Verdict
from huikuan.record.cash.domain.by_advice import picks_by_advice
from huikuan.record.cash.domain.by_amount import picks_by_amount
from huikuan.record.cash.domain.by_number import picks_by_number
from huikuan.record.cash.domain.deciding import Candidate, decide
from huikuan.record.cash.domain.names import Names
from huikuan.record.cash.domain.numbers import Mention, Numbers, Strength
from huikuan.record.cash.domain.payers import Payers
from huikuan.record.cash.domain.picks import Desk, Pick
from huikuan.record.cash.domain.pools import name_claims, pool_of
from huikuan.record.cash.domain.repeats import Repeats, in_turn
from huikuan.record.cash.domain.rules import Rules
from huikuan.record.cash.domain.writing import amounts_in

_MOST_CUSTOMERS = 12
_MOST_BY_AMOUNT = 4
_MOST_PROPOSALS = 5

Told = tuple[Mention, str, int | None]


class Matcher:
    """Claims, parties and advice, indexed once, to be asked about any number of runs."""

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
        self._owing: dict[tuple[str, int], set[int]] = defaultdict(set)
        for claim in self._claims.values():
            self._of[claim.customer_id].append(claim)
            if claim.open_amount:
                self._owing[claim.currency, claim.open_amount].add(claim.customer_id)
        parties = list(parties)
        self._numbers = Numbers(self._claims.values())
        self._payers = Payers(parties, Names(parties), self._learned)
        self._advice: dict[str, list[Advice]] = defaultdict(list)
        for advice in advices:
            self._advice[advice.bank_reference.strip()].append(advice)

    def match(self, payments: Iterable[Payment], earlier: Iterable[Earlier] = ()) -> list[Answer]:
        """One answer a payment, by day of booking and line.

        What a payment is applied to is not there for the others: first for those that name their claims, then for
        those sure without, last come the doubtful, and a claim suggested for one of them is told to the next.
        """
        return _Run(self, sorted(payments, key=_booked), Repeats(earlier, self._rules.duplicate_days)).answers()

    # --- what a run asks ---------------------------------------------------------------------------------------------

    def told(self, payment: Payment) -> list[Told]:
        """Every number the payment comes with: of its advice, of its memo and of the payer's reference."""
        told: list[Told] = [
            (self._numbers.named(line.document_number), evidence.ADVICE, line.amount) for line in self._lines(payment)
        ]
        known = {mention.key for mention, _, _ in told}
        for text in dict.fromkeys((payment.memo, payment.end_to_end)):
            mentions = self._numbers.read(text) if text else []
            told += [(mention, evidence.MEMO, None) for mention in mentions if mention.key not in known]
        return told

    def customers(self, payment: Payment, told: Sequence[Told]) -> list[int]:
        """Who may have paid: by name, account and memo; whose claims are named; who owes exactly this."""
        found = dict.fromkeys(self._payers.likely(payment))
        for mention, _, _ in told:
            resolved = self._numbers.anywhere(mention)
            if resolved and resolved[0] >= Strength.CORE:
                owners = dict.fromkeys(self._claims[item].customer_id for item in resolved[1])
                found.update(owners if len(owners) <= _MOST_BY_AMOUNT else {})
        owing = self._owing.get((payment.currency, abs(payment.amount)), set())
        if len(owing) <= _MOST_BY_AMOUNT:
            found.update(dict.fromkeys(sorted(owing)))
        return list(found)[:_MOST_CUSTOMERS]

    def candidate(self, payment: Payment, customer_id: int, told: Sequence[Told], left: dict[int, int]) -> Candidate:
        """What speaks for a customer as the payer, and the ways to apply the payment to what is `left` of it."""
        pool = pool_of(customer_id, self._of.get(customer_id, ()), left, payment)
        name_claims(pool, told, self._numbers)
        habit = self._learned.habits.get(customer_id)
        desk = Desk(payment, pool, self._rules, habit, self._amounts_told(payment))
        return Candidate(customer_id, self._payers.signs(payment, customer_id), _picks(desk))

    def settled(self, told: Sequence[Told], left: dict[int, int]) -> frozenset[int]:
        """Claims that are named and have nothing left."""
        found = (self._numbers.anywhere(mention) for mention, _, _ in told)
        return frozenset(item for one in found if one for item in one[1] if not left[item])

    def open_amounts(self) -> dict[int, int]:
        return {item: claim.open_amount for item, claim in self._claims.items()}

    def decide(
        self, payment: Payment, candidates: Sequence[Candidate], wanted: dict[int, int], repeated: Earlier | None
    ) -> Answer:
        return decide(
            payment, candidates, self._rules, self._learned, wanted=wanted, repeated=repeated, most=_MOST_PROPOSALS
        )

    def _lines(self, payment: Payment) -> list[Advice]:
        """The advice of a payment, by the bank's reference or the payer's own."""
        references = dict.fromkeys((payment.bank_reference.strip(), payment.end_to_end.strip()))
        return [line for reference in references if reference for line in self._advice.get(reference, ())]

    def _amounts_told(self, payment: Payment) -> frozenset[int]:
        """Amounts its texts tell: what was deducted is often said."""
        texts = [payment.memo, *(line.memo for line in self._lines(payment))]
        return frozenset(amount for text in texts if text for amount in amounts_in(text, payment.currency))


class _Run:
    """One run over payments: what is left of each claim as the answers are given."""

    def __init__(self, matcher: Matcher, payments: list[Payment], repeats: Repeats) -> None:
        self._matcher, self._payments, self._repeats = matcher, payments, repeats
        self._left = matcher.open_amounts()
        self._wanted: dict[int, int] = {}
        self._told: dict[int, list[Told]] = {}
        self._customers: dict[int, list[int]] = {}
        #: How often a customer's claims were taken from; what was found at that count holds as long as it does.
        self._taken: dict[int, int] = defaultdict(int)
        self._found: dict[tuple[int, int], tuple[int, Candidate]] = {}

    def answers(self) -> list[Answer]:
        given: dict[int, Answer] = {}
        first: dict[int, Answer] = {}
        waiting = self._payments
        for keeps in (_named_and_applied, _applied, _any):
            again = []
            for payment in waiting:
                answer = self._answer(payment)
                first.setdefault(payment.line_id, answer)
                if keeps(answer):
                    given[payment.line_id] = answer
                    self._keep(payment, answer)
                else:
                    again.append(payment)
            waiting = again
        turned = in_turn(self._payments, given, first)
        return [turned[payment.line_id] for payment in self._payments]

    def _answer(self, payment: Payment) -> Answer:
        line = payment.line_id
        if line not in self._told:
            self._told[line] = self._matcher.told(payment)
            self._customers[line] = self._matcher.customers(payment, self._told[line])
        told = self._told[line]
        candidates = [self._candidate(payment, customer_id, told) for customer_id in self._customers[line]]
        payers = {one.customer_id: one.who.score for one in candidates}
        repeated = self._repeats.of(payment, payers, self._matcher.settled(told, self._left))
        return self._matcher.decide(payment, candidates, self._wanted, repeated)

    def _candidate(self, payment: Payment, customer_id: int, told: list[Told]) -> Candidate:
        key, taken = (payment.line_id, customer_id), self._taken[customer_id]
        if key not in self._found or self._found[key][0] != taken:
            self._found[key] = (taken, self._matcher.candidate(payment, customer_id, told, self._left))
        return self._found[key][1]

    def _keep(self, payment: Payment, answer: Answer) -> None:
        """Take what an answer applies or suggests from what is open."""
        if answer.verdict == Verdict.LEFT:
            self._repeats.add(Earlier(payment))
            return
        best = answer.proposals[0]
        taken = {part.item_id: abs(part.amount) for part in best.parts}
        for difference in best.differences:
            taken[difference.item_id] += difference.amount
        for item, amount in taken.items():
            self._left[item] -= amount
            if answer.verdict == Verdict.SUGGESTED:
                self._wanted[item] = payment.line_id
        self._taken[best.customer_id] += 1
        self._repeats.add(Earlier(payment, best.customer_id, frozenset(taken)))


def _booked(payment: Payment) -> tuple[date, int]:
    return payment.booked_on, payment.line_id


def _named_and_applied(answer: Answer) -> bool:
    """Applied, and a number says to what: nobody else can mean these claims."""
    named = ("named_whole", "named_short", "advised_whole", "advised_short")
    return _applied(answer) and any(reason.code in named for reason in answer.proposals[0].reasons)


def _applied(answer: Answer) -> bool:
    return answer.verdict == Verdict.APPLIED


def _any(_: Answer) -> bool:
    return True


def _picks(desk: Desk) -> tuple[Pick, ...]:
    """The ways a payment may fall on a pool, each set of parts once, with the first of its grounds."""
    best: dict[tuple[tuple[int, int], ...], Pick] = {}
    for pick in (*picks_by_advice(desk), *picks_by_number(desk), *picks_by_amount(desk)):
        best.setdefault(tuple(sorted(pick.paid)), pick)
    return tuple(best.values())
