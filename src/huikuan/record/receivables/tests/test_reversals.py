"""Reversing: a mirror undoes an item, a negative row undoes a settlement, each once."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.receivables.models import Item, OpenItem, Settlement
from huikuan.record.receivables.operations.periods import lock_period, unlock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.record.receivables.tests.conftest import WHO, Books


def cache() -> list[dict[str, object]]:
    return list(OpenItem.objects.order_by("item_id").values())


def test_an_item_is_undone_by_its_mirror_on_its_own_day(books: Books) -> None:
    books.rate("USD", "2026-01-01", 712_345_000)
    invoice = books.post("invoice", 10_000, "2026-01-05", currency="USD")
    done = reverse_item(item_id=invoice, reason="wrong customer", **WHO)
    mirror = Item.objects.get(id=done.mirror_id)
    assert (mirror.side, mirror.amount, mirror.book_amount) == ("credit", 10_000, 71_235)
    assert (mirror.posting_date, mirror.reversal_of) == (date(2026, 1, 5), invoice)
    settlement = Settlement.objects.get(id=done.settlement_id)
    assert (settlement.credit_id, settlement.debit_id, settlement.fx_amount) == (done.mirror_id, invoice, 0)
    assert cache() == []


def test_a_credit_is_undone_by_a_debit(books: Books) -> None:
    receipt = books.post("receipt", 700)
    done = reverse_item(item_id=receipt, reason="bounced", **WHO)
    settlement = Settlement.objects.get(id=done.settlement_id)
    assert (settlement.credit_id, settlement.debit_id) == (receipt, done.mirror_id)


def test_settle_then_reverse_is_the_initial_state(books: Books) -> None:
    books.rate("USD", "2026-01-01", 712_345_000)
    invoice, receipt = (books.post(kind, 10_000, currency="USD") for kind in ("invoice", "receipt"))
    before = cache()
    for part in (3_333, 10_000):
        settlement = books.settle(receipt, invoice, part)
        reverse_settlement(settlement_id=settlement, reason="wrong invoice", **WHO)
        assert cache() == before


def test_what_fell_away_on_a_day_held_until_then(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    first, second = books.settle(receipt, invoice, 60), books.settle(receipt, invoice, 40)
    reverse_settlement(settlement_id=first, reason="bounced", on=date(2026, 3, 10), **WHO)
    # Never before its own day.
    reverse_settlement(settlement_id=second, reason="bounced", on=date(2026, 1, 10), **WHO)
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 9), date(2026, 3, 10)]
    assert [open_of(invoice, as_of=day).amount for day in days] == [100, 40, 40, 100]


def test_an_item_with_settlements_is_refused_with_their_list(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    first, second = books.settle(receipt, invoice, 30), books.settle(receipt, invoice, 20)
    with pytest.raises(Refusal) as refused:
        reverse_item(item_id=invoice, reason="x", **WHO)
    assert refused.value.code == "item_has_settlements"
    assert [place.value for place in refused.value.where] == [str(first), str(second)]
    for settlement in (first, second):
        reverse_settlement(settlement_id=settlement, reason="x", **WHO)
    reverse_item(item_id=invoice, reason="x", **WHO)
    assert OpenItem.objects.get().item_id == receipt


def test_nothing_is_reversed_twice_and_no_reversal_is_reversed(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 100)
    settlement = books.settle(receipt, invoice, 100)
    negative = reverse_settlement(settlement_id=settlement, reason="x", **WHO)
    done = reverse_item(item_id=invoice, reason="x", **WHO)
    before = Settlement.objects.count(), Item.objects.count(), cache()
    codes = []
    for again in (
        lambda: reverse_settlement(settlement_id=settlement, reason="x", **WHO),
        lambda: reverse_settlement(settlement_id=negative, reason="x", **WHO),
        lambda: reverse_settlement(settlement_id=done.settlement_id, reason="x", **WHO),
        lambda: reverse_item(item_id=invoice, reason="x", **WHO),
        lambda: reverse_item(item_id=done.mirror_id, reason="x", **WHO),
        lambda: reverse_item(item_id=10**9, reason="x", **WHO),
        lambda: reverse_settlement(settlement_id=10**9, reason="x", **WHO),
    ):
        with pytest.raises(Refusal) as refused:
            again()
        codes.append(refused.value.code)
    assert codes == [
        "already_reversed",
        "reversal_is_final",
        "reversal_is_final",
        "already_reversed",
        "reversal_is_final",
        "item_unknown",
        "settlement_unknown",
    ]
    assert (Settlement.objects.count(), Item.objects.count(), cache()) == before


def test_in_a_locked_period_the_first_open_day_is_taken(books: Books) -> None:
    invoice, receipt = books.post("invoice", 100, "2026-01-05"), books.post("receipt", 100, "2026-01-05")
    settlement = books.settle(receipt, invoice, 100, "2026-01-10")
    lock_period(company=books.company, through=date(2026, 1, 31), **WHO)
    negative = Settlement.objects.get(id=reverse_settlement(settlement_id=settlement, reason="x", **WHO))
    assert negative.effective_on == date(2026, 2, 1)
    assert open_of(invoice, as_of=date(2026, 1, 31)).amount == 0
    assert open_of(invoice, as_of=date(2026, 2, 1)).amount == 100
    assert reverse_item(item_id=invoice, reason="x", **WHO).effective_on == date(2026, 2, 1)


def test_what_came_back_later_cannot_be_used_earlier(books: Books) -> None:
    """Settled on 10 January, back on 1 February; unlocking January frees nothing there a second time."""
    invoice, receipt = books.post("invoice", 100, "2026-01-05"), books.post("receipt", 100, "2026-01-05")
    settlement = books.settle(receipt, invoice, 100, "2026-01-10")
    lock_period(company=books.company, through=date(2026, 1, 31), **WHO)
    reverse_settlement(settlement_id=settlement, reason="x", **WHO)
    unlock_period(company=books.company, through=None, reason="audit adjustment", **WHO)
    with pytest.raises(Refusal) as refused:
        books.settle(receipt, invoice, 100, "2026-01-20")
    assert (refused.value.code, refused.value.params["earliest"]) == ("effective_too_early", date(2026, 2, 1))
    assert reverse_item(item_id=invoice, reason="x", **WHO).effective_on == date(2026, 2, 1)
    assert open_of(invoice, as_of=date(2026, 1, 20)).amount == 0
