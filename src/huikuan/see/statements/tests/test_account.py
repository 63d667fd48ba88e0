"""One account by hand: the worked numbers of docs/algorithms/statement.md, and each rule by itself."""

from __future__ import annotations

from datetime import date

from huikuan.record.receivables.domain.aging import AWAITING, NOT_DUE, Planned
from huikuan.see.statements.domain.account import Account, Cleared, Facts, Figures, Period, Posted, account_of

OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))
DAYS = [30, 60, 90]


def item(number: int, kind: str, amount: int, day: str, *, due: str | None = None, **more: object) -> Posted:
    side = "credit" if kind in ("receipt", "return", "credit_note", "write_off") else "debit"
    on = date.fromisoformat(day)
    given = {"side": side, "document_number": f"D{number}", "awaits": "", "reversal_of": None, **more}
    return Posted(
        item_id=number,
        kind=kind,
        amount=amount,
        document_date=on,
        posting_date=on,
        due_date=date.fromisoformat(due) if due else None,
        **given,
    )


def cleared(credit: Posted, debit: Posted, amount: int, day: str) -> list[Cleared]:
    """A settlement inside the account, once for each side."""
    on = date.fromisoformat(day)
    return [
        Cleared(1, own.item_id, amount, on, credit.kind, True, other.item_id)
        for own, other in ((credit, debit), (debit, credit))
    ]


def worked() -> Account:
    """The example of the algorithm page."""
    first = item(1, "invoice", 100_000_00, "2026-08-20", due="2026-09-19")
    second = item(2, "invoice", 60_000_00, "2026-10-08", due="2026-11-07")
    wrong = item(3, "invoice", 9_000_00, "2026-10-09", due="2026-11-08")
    mirror = item(4, "invoice", 9_000_00, "2026-10-10", side="credit", reversal_of=3)
    back = item(5, "return", 4_500_00, "2026-10-15")
    paid = item(6, "receipt", 70_000_00, "2026-10-20")
    interest = item(7, "interest", 350_00, "2026-10-31", due="2026-10-31")
    third = Cleared(9, 1, 5_000_00, date(2026, 10, 25), "receipt", False, 77, "RC-77", "宏朔钢构有限公司 CNY")
    settlements = [
        *cleared(paid, first, 70_000_00, "2026-10-20"),
        *cleared(mirror, wrong, 9_000_00, "2026-10-10"),
        third,
    ]
    return account_of(Facts([first, second, wrong, mirror, back, paid, interest], settlements), OCTOBER, DAYS)


def test_the_worked_example() -> None:
    account = worked()
    assert account.figures == Figures(
        opening=100_000_00, invoiced=60_000_00, returned=-4_500_00, paid=-75_000_00, other=350_00, closing=80_850_00
    )
    assert [(line.on.day, line.category, line.amount, line.balance) for line in account.movements] == [
        (8, "invoiced", 60_000_00, 160_000_00),
        (9, "invoiced", 9_000_00, 169_000_00),
        (10, "invoiced", -9_000_00, 160_000_00),
        (15, "returned", -4_500_00, 155_500_00),
        (20, "paid", -70_000_00, 85_500_00),
        (25, "paid", -5_000_00, 80_500_00),
        (31, "other", 350_00, 80_850_00),
    ]
    assert [line.is_reversal for line in account.movements] == [False, False, True, False, False, False, False]
    assert account.movements[5].settled_with == "宏朔钢构有限公司 CNY"
    assert [(line.item_id, line.open_amount, line.overdue_days, line.place) for line in account.open_lines] == [
        (1, 25_000_00, 42, 1),
        (7, 350_00, 0, NOT_DUE),
        (2, 60_000_00, 0, NOT_DUE),
        (5, -4_500_00, 0, None),
    ]
    aged = account.aged
    assert (aged.not_due, aged.awaiting, aged.credits) == (60_350_00, 0, 4_500_00)
    assert aged.buckets == ((1, 30, 0), (31, 60, 25_000_00), (61, 90, 0), (91, None, 0))
    assert aged.debits - aged.credits == account.figures.closing


def test_the_first_and_the_last_day_belong_to_the_period_and_the_eve_does_not() -> None:
    facts = Facts([item(n, "invoice", 10**n, f"2026-{day}", due="2026-12-31") for n, day in enumerate(
        ["09-30", "10-01", "10-31"], 1)])  # fmt: skip
    figures = account_of(facts, OCTOBER, DAYS).figures
    assert (figures.opening, figures.invoiced, figures.closing) == (10, 1100, 1110)
    assert OCTOBER.eve == date(2026, 9, 30)


def test_an_item_awaiting_an_event_is_apart_and_instalments_pay_the_earliest_first() -> None:
    retention = item(1, "retention", 500, "2026-10-01", awaits="warranty_end")
    big = item(2, "invoice", 1000, "2026-07-01", due="2026-07-31")
    paid = item(3, "receipt", 400, "2026-10-02")
    plan = [
        Planned(2, 1, 1, date(2026, 7, 1), date(2026, 7, 31), 300, 1),
        Planned(2, 1, 2, date(2026, 7, 1), date(2026, 10, 31), 700, 1),
    ]
    account = account_of(Facts([retention, big, paid], cleared(paid, big, 400, "2026-10-02"), plan), OCTOBER, DAYS)
    assert [(line.item_id, line.open_amount, line.place) for line in account.open_lines] == [
        (2, 600, NOT_DUE),
        (1, 500, AWAITING),
    ]
    assert (account.aged.not_due, account.aged.awaiting, account.aged.credits) == (600, 500, 0)


def test_a_document_has_one_due_date_among_movements_and_open_lines() -> None:
    """What became due by its event, or was given another day, is said so in both; of instalments each has its own."""
    came_due = item(1, "invoice", 900, "2026-10-01", awaits="acceptance")
    waiting = item(2, "invoice", 500, "2026-10-01", awaits="end_of_warranty")
    later = item(3, "invoice", 700, "2026-10-02", due="2026-10-10")
    plan = [
        Planned(1, 1, 1, date(2026, 10, 10), date(2026, 11, 9), 900, 1),
        Planned(3, 1, 1, date(2026, 10, 20), date(2026, 11, 30), 700, 2),
    ]
    account = account_of(Facts([came_due, waiting, later], [], plan), OCTOBER, DAYS)
    due = {1: date(2026, 11, 9), 2: None, 3: date(2026, 11, 30)}
    assert {line.item_id: line.due_date for line in account.movements} == due
    assert {line.item_id: line.due_date for line in account.open_lines} == due


def test_a_credit_on_account_means_that_we_owe() -> None:
    account = account_of(Facts([item(1, "receipt", 300, "2026-10-05")]), OCTOBER, DAYS)
    assert account.figures == Figures(0, 0, 0, -300, 0, -300)
    assert [(line.open_amount, line.place) for line in account.open_lines] == [(-300, None)]
    assert account.aged.credits == 300


def test_a_settlement_taken_back_gives_the_other_account_its_money_again() -> None:
    debit = item(1, "invoice", 1000, "2026-09-01", due="2026-09-30")
    facts = Facts(
        [debit],
        [
            Cleared(5, 1, 400, date(2026, 9, 15), "receipt", False, 88, "RC-88", "别家 CNY"),
            Cleared(6, 1, -400, date(2026, 10, 15), "receipt", False, 88, "RC-88", "别家 CNY"),
        ],
    )
    account = account_of(facts, OCTOBER, DAYS)
    assert account.figures == Figures(600, 0, 0, 400, 0, 1000)
    assert [(line.amount, line.is_reversal, line.document_number) for line in account.movements] == [
        (400, True, "RC-88")
    ]


def test_nothing_at_all() -> None:
    account = account_of(Facts(), OCTOBER, DAYS)
    assert account.figures == Figures(0, 0, 0, 0, 0, 0)
    assert (account.movements, account.open_lines) == ((), ())
