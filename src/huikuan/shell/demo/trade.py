"""How an ordinary customer buys and pays: invoices by contract, and payments by habit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.kernel.money import share
from huikuan.shell.demo.dice import Dice
from huikuan.shell.demo.journal import Agreement, Entry, Journal

START = -1095  # three years
_WARRANTY_DAYS = (365, 545, 730)

#: Habit → days after the due date, from and to; what they mean is in docs/demo.md.
HABITS = {
    "prompt": (-4, 3),
    "month_end": (-14, -4),
    "slipping": (3, 24),
    "slow": (18, 62),
    "very_slow": (50, 150),
    "failing": (5, 20),
}

GOODS = {
    "设备": ("减速机箱体", "压滤机", "主轴总成", "数控钻床", "输送机", "反应釜封头"),
    "锻件": ("主轴锻件", "法兰锻件", "轮箍", "齿轮箱体", "曲轴锻件"),
    "毛坯": ("机架铸件", "转向节毛坯", "阀体毛坯", "泵壳毛坯"),
    "备件": ("衬板", "筛网总成", "轴承座", "密封件", "刀具"),
    "工程": ("水轮机转轮", "闸门启闭机", "起重机安装", "产线改造"),
}


@dataclass(frozen=True, slots=True)
class Buyer:
    """What the trade needs to know of a customer. `typical` is a usual invoice in minor units."""

    code: str
    seller: str
    prefix: str
    currency: str
    terms: int
    habit: str
    business_type: str
    typical: int
    a_month: int  # invoices in a hundred months
    pays_monthly: bool


def trade(journal: Journal, buyer: Buyer, dice: Dice) -> None:
    """Three years of business with one customer, up to the journal's day."""
    owed: list[tuple[Entry, date]] = []
    for month in range(36):
        count = buyer.a_month // 100 + dice.chance(buyer.a_month % 100)
        for _ in range(count):
            offset = START + month * 365 // 12 + dice.between(0, 29)
            if offset < 0:
                owed += _deliver(journal, buyer, weekday(journal.day(offset)), dice)
    _pay(journal, owed, dice)
    _leave_unapplied(journal, buyer, dice)


def weekday(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def month_end_payday(day: date) -> date:
    """The first 25th on or after the day."""
    if day.day <= 25:
        return day.replace(day=25)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=25)


def _deliver(journal: Journal, buyer: Buyer, day: date, dice: Dice) -> list[tuple[Entry, date]]:
    """Invoice a delivery; answers what is owed and when it will be paid if nothing changes."""
    age = (journal.today - day).days
    amount = dice.skewed(buyer.typical) * (10_000 + 2 * (1095 - age)) // 10_000
    amount = max(100_00, amount - (amount % 100_00 if dice.chance(60) else amount % 10))
    entry = Entry(
        buyer.seller, buyer.code, "invoice", "debit", buyer.currency, amount, day,
        due_date=day + timedelta(days=buyer.terms),
        contract=f"{buyer.prefix}-{day.year}-{dice.between(1, 240):03}",
        business_type=buyer.business_type,
        text=dice.one_of(GOODS[buyer.business_type]),
    )  # fmt: skip
    large = amount > 120_000_00 and buyer.business_type in ("设备", "工程")
    entries = _by_contract(journal, entry, dice) if large else [journal.post(entry)]
    _credit(journal, entries[0], dice)
    return [(one, _paid_on(one.falls_due, buyer, dice)) for one in entries if one.falls_due and one.left]


def _by_contract(journal: Journal, whole: Entry, dice: Dice) -> list[Entry]:
    """Larger contracts: three instalments, 10 % retention, or 30 % in advance."""
    form = dice.weighted((("plain", 6), ("instalments", 3), ("retention", 3), ("advance", 2)))
    if form == "instalments":
        _agree(journal, whole, "签订 30% 15天；验收 50% 15天；稳定运行 150 天 20% 15天", whole.document_date)
        return _instalments(journal, whole, dice)
    if form == "retention":
        days = (whole.due_date - whole.document_date).days if whole.due_date else 0
        _agree(journal, whole, f"交货 90% {days}天；质保期满 10% 30天", whole.document_date - timedelta(days=30))
        body, held = _split(journal, whole, (90, 10), dice)
        journal.agreements[whole.seller, whole.contract].happened["delivery"] = whole.document_date
        _hold(journal, held, dice)
        return [body]
    journal.post(whole)
    if form == "advance":
        paid = max(whole.document_date - timedelta(days=dice.between(20, 60)), journal.day(START))
        days = (whole.due_date - whole.document_date).days if whole.due_date else 0
        agreement = _agree(journal, whole, f"预付款 30%；交货 70% {days}天", paid)
        agreement.happened |= {"signing": paid, "delivery": whole.document_date}
        share_of_it = whole.amount * 30 // 100
        credit = Entry(
            whole.seller, whole.customer, "advance", "credit", whole.currency, share_of_it, paid,
            contract=whole.contract, business_type=whole.business_type, text="预付款 30%",
        )  # fmt: skip
        journal.settle(journal.post(credit), whole, share_of_it, "advance_applied")
    return [whole]


def _agree(journal: Journal, whole: Entry, milestones: str, signed_on: date) -> Agreement:
    """The contract behind a large invoice, under a number of its own."""
    agreement = journal.agree(
        Agreement(
            whole.seller, whole.customer, f"{whole.contract}-{whole.customer[1:]}", whole.text, whole.currency,
            whole.amount, signed_on, "按付款节点", milestones,
        )
    )  # fmt: skip
    whole.contract = agreement.number
    return agreement


def _instalments(journal: Journal, whole: Entry, dice: Dice) -> list[Entry]:
    """30 at the signing, 50 after acceptance, 20 after 150 days in operation."""
    parts = _split(journal, whole, (30, 50, 20), dice)
    for part, (event, after) in zip(parts, (("signing", 0), ("acceptance", 60), ("other-1", 150)), strict=True):
        journal.await_event(part, event, whole.document_date + timedelta(days=after), 15)
    return parts


def _split(journal: Journal, whole: Entry, weights: Sequence[int], dice: Dice) -> list[Entry]:
    """Parts of one obligation, each due with the whole."""
    obligation = dice.between(1, 999)
    parts = []
    for number, amount in enumerate(share(whole.amount, list(weights)), 1):
        part = Entry(
            whole.seller, whole.customer, "invoice", "debit", whole.currency, amount, whole.document_date,
            due_date=whole.due_date, contract=whole.contract, business_type=whole.business_type,
            text=f"{whole.text} 第 {number} 期 {weights[number - 1]}%", obligation=obligation,
        )  # fmt: skip
        parts.append(journal.post(part))
    return parts


def _hold(journal: Journal, held: Entry, dice: Dice) -> None:
    """Retention awaits the end of warranty; when that is reached it falls due 30 days later."""
    held.kind, held.text = "retention", "质保金 10%"
    reached = held.document_date + timedelta(days=dice.one_of(_WARRANTY_DAYS))
    journal.await_event(held, "end_of_warranty", reached, 30)
    if reached > journal.today or held.falls_due is None:
        return
    paid = held.falls_due + timedelta(days=dice.between(0, 25))
    if paid < journal.today:
        receipt = journal.post(_receipt(held, weekday(paid), held.left))
        journal.settle(receipt, held, held.left)


def _credit(journal: Journal, invoice: Entry, dice: Dice) -> None:
    """Now and then goods come back or a price is corrected."""
    if not dice.chance(2.2):
        return
    day = invoice.document_date + timedelta(days=dice.between(8, 40))
    if day > journal.today:
        return
    kind, text = dice.one_of((("return", "退货"), ("credit_note", "折让")))
    amount = max(100, invoice.amount * dice.between(2, 12) // 100)
    credit = Entry(
        invoice.seller, invoice.customer, kind, "credit", invoice.currency, amount, day,
        contract=invoice.contract, business_type=invoice.business_type, text=f"红字：{invoice.text}{text}",
    )  # fmt: skip
    journal.post(credit)
    if dice.chance(92):
        journal.settle(credit, invoice, amount, kind)


def _paid_on(due: date, buyer: Buyer, dice: Dice) -> date:
    low, high = HABITS[buyer.habit]
    day = due + timedelta(days=dice.between(low, high))
    return month_end_payday(day) if buyer.pays_monthly else weekday(day)


def _pay(journal: Journal, owed: Sequence[tuple[Entry, date]], dice: Dice) -> None:
    """One receipt a day for all that is paid that day; a few invoices in two goes."""
    payments: dict[date, list[tuple[Entry, int]]] = defaultdict(list)
    for entry, day in owed:
        paid_on = max(day, entry.document_date)
        if dice.chance(6):
            first = entry.left * dice.between(3, 7) // 10
            later = paid_on + timedelta(days=dice.between(15, 45))
            payments[paid_on].append((entry, first))
            payments[weekday(later)].append((entry, entry.left - first))
        else:
            payments[paid_on].append((entry, entry.left))
    for day in sorted(payments):
        if day >= journal.today:
            continue
        parts = [(entry, amount) for entry, amount in payments[day] if amount > 0]
        receipt = journal.post(_receipt(parts[0][0], day, sum(amount for _, amount in parts)))
        for entry, amount in parts:
            journal.settle(receipt, entry, amount)


def _leave_unapplied(journal: Journal, buyer: Buyer, dice: Dice) -> None:
    """Some money has come in and nobody has applied it yet."""
    if not dice.chance(15):
        return
    amount = max(1_000_00, dice.skewed(buyer.typical) // 2)
    credit = Entry(
        buyer.seller, buyer.code, "receipt", "credit", buyer.currency, amount,
        weekday(journal.day(-dice.between(1, 20))), text=dice.one_of(("待核销", "付款未注明发票", "多付款")),
    )  # fmt: skip
    journal.post(credit)


def _receipt(entry: Entry, day: date, amount: int) -> Entry:
    return Entry(entry.seller, entry.customer, "receipt", "credit", entry.currency, amount, day, text="银行收款")
