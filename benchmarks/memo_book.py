"""A company's book for judging matching: customers with names, accounts and groups; claims with all their numbers.

What is made here is only the ground; the lines that pay it, with what each of them meant, come from `memos`.
Every name is put together by chance from rare characters and belongs to nobody. Amounts in minor units.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from huikuan.record.cash.domain.book import Advice, Claim, Difference, Earlier, Part, Party, Payment

#: The lines' days: the week from here on. Claims are older by at least `_YOUNGEST` days.
WEEK = date(2026, 9, 14)
_YOUNGEST, _OLDEST = 12, 160
_TERMS = (30, 45, 60, 90)
#: A customer is given new claims up to this many, so that all sets of its claims can be counted.
_MOST_CLAIMS = 14

_REGIONS = (
    "江苏",
    "苏州",
    "昆山",
    "无锡",
    "浙江",
    "宁波",
    "绍兴",
    "广东",
    "东莞",
    "佛山",
    "山东",
    "青岛",
    "湖北",
    "重庆",
)
_PLACES = ("苏州", "昆山", "太仓", "嘉兴", "中山", "惠州", "烟台", "襄阳")
_SYLLABLES = (
    "岚砚棠澄槿珩翊昶霁荻淮岑桓钰筠霖昕沅晟瀚榕曜蔚珂祺骁芷隽柏枫栩桐楷檀泓洛津浔淇溪漾灏煜熠璟琛瑾瑜璇璞"
    "碧禾秋穗竹笙篁素绮绫羽翎舒芸苇茗荣菁萱葵蓝薇藤虹衡裕谷跃迅逸遥郁铭铎锦镜阔陌隆雁霆韵颐飒驰骏鲲鹤麒黛"
)
_TRADES = (
    "机电设备",
    "精密机械",
    "电子科技",
    "新材料",
    "包装制品",
    "塑胶",
    "五金",
    "汽车零部件",
    "纺织",
    "建材",
    "自动化设备",
)
_LONG_TRADES = (
    "智能装备系统集成技术服务",
    "新能源动力电池材料研发",
    "轨道交通电气自动化工程",
    "环境保护水处理设备制造",
)
_FORMS = ("有限公司",) * 7 + ("股份有限公司", "有限责任公司", "实业有限公司")
_SURNAMES = "赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦许何吕施"
_GIVEN = "建明国强志华永康海波文斌立新玉兰秀英桂芳"


class Certainty(StrEnum):
    """How much the lines and the book tell of what a payment means."""

    CERTAIN = "certain"
    """They settle it: applying it is asked for."""
    LIKELY = "likely"
    """A careful clerk may go either way: abstaining is fine, applying must be right."""
    UNKNOWABLE = "unknowable"
    """Nobody could know, or a person has to allow it: applying is wrong, whatever it hits."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a line meant: Σ parts + rest = the payment. `customer_id` None: not a customer's money, or several's.

    `differences` None: the problem does not tell. `placed` False: the customer's money, but with no one right place.
    """

    line_id: int
    kind: str
    certainty: Certainty
    customer_id: int | None
    parts: tuple[Part, ...] = ()
    rest: int = 0
    differences: tuple[Difference, ...] | None = ()
    receivable: bool = True
    placed: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A problem whole: what matching is shown, and the truth of each payment in the same order."""

    claims: tuple[Claim, ...]
    parties: tuple[Party, ...]
    payments: tuple[Payment, ...]
    truths: tuple[Truth, ...]
    advices: tuple[Advice, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(eq=False)
class Customer:
    """A customer while the book is made. `known_account`: the book has it; the bank shows it either way."""

    id: int
    code: str
    legal: str
    stem: str
    short: str
    former: str
    account: str
    known_account: bool
    owner: str
    group_id: int | None = None
    mandates: dict[str, str] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)

    def party(self) -> Party:
        """As matching is shown it: the short name a third of them is not registered with is left out."""
        names = [self.legal, *([self.former] if self.former else []), *([self.short] if self.id % 3 else [])]
        accounts = {self.account: 1 + self.id % 5} if self.known_account else {}
        return Party(self.id, self.code, tuple(names), self.group_id, accounts=accounts, payers=dict(self.mandates))


class Book:
    """Makes customers and claims, each by chance from one seed."""

    def __init__(self, rng: random.Random, customers: int) -> None:
        self.rng = rng
        self.customers: list[Customer] = []
        self.claims: dict[int, Claim] = {}
        self.issued: set[str] = set()
        self._sequence = rng.randrange(12_300_000_000, 98_700_000_000)
        self._contract = rng.randrange(100, 400)
        self._stems: set[str] = set()
        for _ in range(customers):
            self._add_customer()
        self._make_groups()

    # -- customers

    def _add_customer(self) -> None:
        rng, number = self.rng, len(self.customers) + 1
        sibling = self.customers[rng.randrange(len(self.customers))] if number > 20 and rng.random() < 0.05 else None
        stem = sibling.stem if sibling else self._stem()
        trade = rng.choice(_LONG_TRADES if rng.random() < 0.2 else _TRADES)
        form = rng.choice(_FORMS)
        if rng.random() < 0.3:
            legal = f"{stem}（{rng.choice(_PLACES)}）{trade}{form}"
        else:
            legal = f"{rng.choice(_REGIONS)}{stem}{trade}{form}"
        former = f"{rng.choice(_REGIONS)}{self._stem()}{trade}厂" if rng.random() < 0.15 else ""
        account = f"{rng.choice(('6222', '1102', '3200', '4405'))}{rng.randrange(10**14):014}"
        owner = self.person()
        short = f"{stem}{trade[:2]}"
        known = rng.random() < 0.55
        one = Customer(number, f"K{number:05}", legal, stem, short, former, account, known, owner)
        self.customers.append(one)

    def person(self) -> str:
        """The name of a natural person."""
        return self.rng.choice(_SURNAMES) + "".join(self.rng.sample(_GIVEN, 2))

    def _stem(self) -> str:
        while True:
            stem = "".join(self.rng.sample(_SYLLABLES, 2 if self.rng.random() < 0.6 else 3))
            if stem not in self._stems:
                self._stems.add(stem)
                return stem

    def _make_groups(self) -> None:
        """One customer in eight belongs to a group of two to four."""
        loose = self.rng.sample(self.customers, len(self.customers) // 8)
        group = 0
        while len(loose) >= 2:
            group += 1
            for _ in range(min(len(loose), self.rng.randint(2, 4))):
                loose.pop().group_id = group

    def customer(self, *, long: bool = False, known: bool | None = None, former: bool = False) -> Customer:
        """One by chance that still has room for claims; with a long or a former name, (un)known by its account."""
        for _ in range(400):
            one = self.rng.choice(self.customers)
            if (
                len(one.claims) < _MOST_CLAIMS
                and (not long or len(one.legal) > 20)
                and (known is None or one.known_account == known)
                and (not former or one.former)
            ):
                return one
        raise ValueError("the book is too small for so many lines")

    def siblings(self) -> tuple[Customer, Customer] | None:
        """Two members of one group, if there is a group."""
        grouped = [one for one in self.customers if one.group_id is not None and len(one.claims) < _MOST_CLAIMS]
        if not grouped:
            return None
        first = self.rng.choice(grouped)
        others = [one for one in self.customers if one.group_id == first.group_id and one is not first]
        return first, self.rng.choice(others)

    def shares_its_stem(self, customer: Customer) -> bool:
        return sum(one.stem == customer.stem for one in self.customers) > 1

    # -- numbers

    def invoice_number(self, step: int | None = None) -> str:
        """A number of a fully digital invoice: year, region, channel, then fifteen digits that only grow."""
        self._sequence += step or self.rng.randint(2, 900)
        return self._issue(self._sequence)

    def _issue(self, sequence: int) -> str:
        number = f"26322{sequence:015}"
        self.issued.add(number)
        return number

    def invoice_block(self, size: int) -> list[str]:
        """Numbers that differ in their last three digits only."""
        self._sequence += 1000 - self._sequence % 1000
        lasts = sorted(self.rng.sample(range(100, 1000), size))
        numbers = [self._issue(self._sequence + last) for last in lasts]
        self._sequence += 1000
        return numbers

    def contract_number(self) -> str:
        self._contract += 1
        shape = self.rng.choice(("HT2026-{:04}", "XS-2026-{:04}", "HT2026{:05}"))
        return shape.format(self._contract)

    def order_number(self) -> str:
        self._contract += 1
        day = WEEK - timedelta(days=self.rng.randint(40, 200))
        return f"{self.rng.choice(('PO', 'SO'))}{day:%Y%m%d}{self._contract:04}"

    # -- claims

    def amount(self) -> int:
        """Many to the cent, some rounded to the hundred or the thousand, as contracts and unit prices make them."""
        yuan = min(max(self.rng.lognormvariate(10.2, 1.1), 300.0), 3_000_000.0)
        shape = self.rng.random()
        if shape < 0.2:
            return max(int(yuan) // 100, 3) * 100_00
        if shape < 0.28:
            return max(int(yuan) // 1000, 1) * 1000_00
        return int(yuan * 100) + self.rng.randrange(100)

    def claim(
        self,
        customer: Customer,
        *,
        amount: int | None = None,
        number: str | None = None,
        side: str = "debit",
        currency: str = "CNY",
        numbers: tuple[str, ...] | None = None,
        document_date: date | None = None,
    ) -> Claim:
        """One more claim (or credit note) of the customer; with its contract and order, unless told which."""
        rng = self.rng
        if numbers is None:
            numbers = tuple(
                number
                for number, chance in ((self.contract_number(), 0.5), (self.order_number(), 0.4))
                if rng.random() < chance
            )
        on = document_date or WEEK - timedelta(days=rng.randint(_YOUNGEST, _OLDEST))
        value = amount or self.amount()
        one = Claim(
            item_id=len(self.claims) + 1,
            customer_id=customer.id,
            document_number=number or self.invoice_number(),
            side=side,
            currency=currency,
            open_amount=value,
            amount=value,
            document_date=on,
            due_date=on + timedelta(days=rng.choice(_TERMS)) if side == "debit" else None,
            kind="invoice" if side == "debit" else "credit_note",
            numbers=numbers,
        )
        self.keep(customer, one)
        return one

    def keep(self, customer: Customer, claim: Claim) -> None:
        self.claims[claim.item_id] = claim
        customer.claims[:] = [one for one in customer.claims if one.item_id != claim.item_id] + [claim]

    def discounted(self, customer: Customer, last_day: date) -> Claim:
        """A claim whose terms give 2 % until the day."""
        one = self.claim(customer)
        one = replace(one, discounts=((last_day, one.amount * 2 // 100),))
        self.keep(customer, one)
        return one

    def settled(self, customer: Customer) -> Claim:
        """A claim that was paid last week: nothing of it is open."""
        one = replace(self.claim(customer), open_amount=0)
        self.keep(customer, one)
        return one

    def fill(self, claims: int) -> None:
        """Others' and older claims nobody pays this week, until there are that many."""
        while len(self.claims) < claims:
            customer = self.rng.choice(self.customers)
            self.claim(customer, side="credit" if self.rng.random() < 0.04 else "debit")
