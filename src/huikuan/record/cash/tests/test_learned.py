"""What the books teach matching: when a customer pays, and how often what was said was right."""

from __future__ import annotations

from datetime import date

from huikuan.record.cash.domain.applying import Basis
from huikuan.record.cash.models import Application
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.learned import _outcomes, learned_of
from huikuan.record.cash.tests.conftest import AT, WHO, Till

BEFORE = AT.replace(year=AT.year - 1)


def paid(till: Till, number: int, **more) -> int:
    """An invoice due on January 5th, paid by a line of its own; the application."""
    invoice = till.invoice(100_00 + number, f"HK2026{number:04}")
    line = till.line(100_00 + number, bank_reference=f"B{number}", memo=f"HK2026{number:04}")
    return till.apply(line, (invoice, None), **more)


def test_a_customer_that_paid_five_times_has_a_habit(till: Till) -> None:
    applications = [paid(till, number) for number in range(1, 6)]
    [on] = set(Application.objects.values_list("effective_on", flat=True))
    assert learned_of(till.company.pk, {}, at=AT).habits == {till.north: (on - date(2026, 1, 5)).days}
    undo_application(application_id=applications[0], reason="误", **WHO)
    assert learned_of(till.company.pk, {}, at=AT).habits == {}


def test_it_is_the_habit_of_the_customer_it_is_shown_under(till: Till) -> None:
    for number in range(1, 6):
        paid(till, number)
    assert list(learned_of(till.company.pk, {till.north: till.south}, at=AT).habits) == [till.south]


def test_what_stands_was_right_what_was_undone_was_not(till: Till) -> None:
    basis = Basis("automatic", 998_000)
    paid(till, 1, basis=basis)
    undone = paid(till, 2, basis=basis)
    paid(till, 3)
    undo_application(application_id=undone, reason="误", **WHO)
    assert sorted(_outcomes(till.company.pk, BEFORE)) == [(0.998, False), (0.998, True)]
    assert learned_of(till.company.pk, {}, at=AT).calibration == ()
