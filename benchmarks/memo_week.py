"""A week's incoming lines while they are made, and the register of the kinds of mess they come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from memo_book import WEEK, Book, Certainty, Customer, Truth

from huikuan.record.cash.domain.book import Advice, Claim, Difference, Earlier, Part, Payment

_WORDS = ("货款", "支付货款", "付货款", "材料款", "往来款", "货款结算", "支付材料款", "购货款", "采购款", "付款")
_BEFORE = (
    "付", "支付", "货款", "材料款 ", "付款：", "转账 货款", "0915付", "2026年8月货款", "网银转账/", "第3批货款",
    "30天账期", "对公付款-", "【货款】", "", "", "",
)  # fmt: skip
_AFTER = ("", "", "", "", "货款", "元", "款项", "-尾款", "/谢谢", " 30天账期", "(9月)", "，请查收", " 联系人1386")

#: All sets of so many claims are counted in a moment; of more, nobody is held to know that one fits alone.
_COUNTABLE = 28


@dataclass
class Week:
    """The lines so far. A line made `alone` is certain only if no other set of its customer's claims fits it."""

    book: Book
    payments: list[Payment] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    alone: set[int] = field(default_factory=set)

    def pay(
        self,
        kind: str,
        customer: Customer | None,
        paid: Sequence[tuple[Claim, int]],
        memo: str,
        *,
        rest: int = 0,
        payer: str | None = None,
        account: str | None = None,
        on: date | None = None,
        certainty: Certainty = Certainty.CERTAIN,
        alone: bool = False,
        differences: tuple[Difference, ...] = (),
        currency: str = "CNY",
        receivable: bool = True,
        placed: bool = True,
    ) -> Payment:
        """One line. Payer and account are the customer's own unless told; one bank in five shows no account."""
        rng = self.book.rng
        parts = tuple(Part(claim.item_id, amount) for claim, amount in paid)
        if account is None:
            account = customer.account if customer and rng.random() < 0.8 else ""
        line = Payment(
            line_id=len(self.payments) + 1,
            booked_on=on or WEEK + timedelta(days=rng.randrange(5)),
            amount=sum(part.amount for part in parts) + rest,
            currency=currency,
            payer_name=payer if payer is not None else customer.legal if customer else "",
            payer_account=account,
            memo=memo,
            bank_reference=f"B{len(self.payments) + 1:08}",
        )
        self.payments.append(line)
        whose = customer.id if customer else None
        truth = Truth(line.line_id, kind, certainty, whose, parts, rest, differences, receivable, placed)
        self.truths.append(truth)
        if alone:
            self.alone.add(line.line_id)
        return line

    def word(self) -> str:
        return self.book.rng.choice(_WORDS)

    def around(self, numbers: str) -> str:
        """The numbers as they stand in a memo: words, dates and counts before and behind."""
        rng = self.book.rng
        return rng.choice(_BEFORE) + numbers + rng.choice(_AFTER)

    def settled(self) -> list[Truth]:
        """The truths, those made alone judged by all claims there are now."""
        meant = Counter(part.item_id for truth in self.truths for part in truth.parts)
        return [self._judged(truth, meant) if truth.line_id in self.alone else truth for truth in self.truths]

    def _judged(self, truth: Truth, meant: Counter[int]) -> Truth:
        """Another set that fits makes it unknowable; but no more than likely, if other lines pay the claims of it."""
        line = self.payments[truth.line_id - 1]
        customer = self.book.customers[(truth.customer_id or 0) - 1]
        own = {part.item_id for part in truth.parts}
        claims = [one for one in customer.claims if one.currency == line.currency]
        if truth.certainty is Certainty.UNKNOWABLE:
            return truth
        if len(claims) > _COUNTABLE:
            return replace(truth, certainty=Certainty.LIKELY)
        if sets_of(claims, line.amount) == 1:
            return truth
        unpaid = [one for one in claims if one.item_id in own or not meant[one.item_id]]
        likely = sets_of(unpaid, line.amount) == 1
        return replace(truth, certainty=Certainty.LIKELY if likely else Certainty.UNKNOWABLE)


def sets_of(claims: Sequence[Claim], amount: int) -> int:
    """How many sets of the claims, credits taken off, come to the amount: counted from both halves."""
    signed = [one.open_amount if one.side == "debit" else -one.open_amount for one in claims if one.open_amount]
    middle = len(signed) // 2
    left, right = _sums(signed[:middle]), _sums(signed[middle:])
    return sum(count * right[amount - value] for value, count in left.items() if amount - value in right)


def _sums(values: Sequence[int]) -> Counter[int]:
    sums = Counter([0])
    for value in values:
        sums.update(Counter({total + value: count for total, count in sums.items()}))
    return sums


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of line: its share in thousandths of all, how one is made, and what it is."""

    name: str
    share: int
    make: Callable[[Week], None]
    says: str


#: In the order of their definition. `MORE` came when matching already stood, and are used on demand only.
KINDS: dict[str, Kind] = {}
MORE: dict[str, Kind] = {}

Make = Callable[[Week], None]


def kind(share: int) -> Callable[[Make], Make]:
    """Registers a maker under its own name; its docstring says what it is."""
    return _registering(KINDS, share)


def more(share: int) -> Callable[[Make], Make]:
    """Registers a maker among those that came later."""
    return _registering(MORE, share)


def _registering(register: dict[str, Kind], share: int) -> Callable[[Make], Make]:
    def put(make: Make) -> Make:
        register[make.__name__] = Kind(make.__name__, share, make, (make.__doc__ or "").strip().split("\n")[0])
        return make

    return put
