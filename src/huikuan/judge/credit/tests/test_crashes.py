"""kill -9 while an order is entered and checked, released, or invoiced: all of it is there, or nothing; done again it
is done once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest

from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.models import OrderDecision, OrderStanding
from huikuan.judge.credit.operations.orders import release_order
from huikuan.judge.credit.tests.conftest import AT, TODAY, WHO, Trade, person
from huikuan.judge.credit.tests.test_exposure import parts
from huikuan.judge.credit.tests.test_orders import limited, rules
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.record.contracts.domain.orders import QUANTITY
from huikuan.record.contracts.models import Fulfilment, SalesOrder
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.invoicing import invoice_order
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db(transaction=True)

#: A process that does one of the deeds below and kills itself when the function `moment` has just returned.
DOOMED = """
import importlib, os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
import django
django.setup()
from huikuan.judge.credit.tests.test_crashes import DEEDS, standing
deed, moment = sys.argv[1:]
module, name = moment.rsplit(".", 1)
owner = importlib.import_module(module)
real = getattr(owner, name)
def deadly(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
DEEDS[deed](standing())
"""
STANDS = "huikuan.judge.credit.operations.orders._stand"
POSTED = "huikuan.record.receivables.operations.invoicing.post_item"
ENTERED = "huikuan.judge.credit.tests.conftest.create_order"


def standing() -> Trade:
    """The trade as the test has set it up."""
    trade = object.__new__(Trade)
    order = SalesOrder.objects.order_by("id")[0]
    trade.company, trade.north = Company.objects.get(pk=order.company_id), order.customer_id
    return trade


def enter(trade: Trade) -> None:
    trade.order("SO-2", 100_00)


def release(_: Trade) -> None:
    release_order(order_id=SalesOrder.objects.get(number="SO-1").pk, reason="老客户", actor="zhou", at=AT)


def invoice(_: Trade) -> None:
    invoice_order(
        order_id=SalesOrder.objects.get(number="SO-1").pk, line=1, quantity_e4=QUANTITY, invoiced_on=TODAY,
        due_date=date(2026, 4, 30), document_number="FP-1", **WHO,
    )  # fmt: skip


DEEDS: dict[str, Callable[[Trade], None]] = {"enter": enter, "release": release, "invoice": invoice}


@pytest.fixture
def trade(transactional_db: None) -> Trade:
    """One order that is held: nothing was granted."""
    trade = Trade()
    for name, role in (("chen", "credit_analyst"), ("li", "credit_manager"), ("zhou", "management")):
        person(name, role)
    rules(ENFORCE)
    trade.order("SO-1", 1_000_00)
    return trade


def facts() -> list[int]:
    return [one.objects.count() for one in (SalesOrder, OrderDecision, OrderStanding, Fulfilment, Item, Event)]


@pytest.mark.parametrize(
    ("deed", "moment"),
    [("enter", STANDS), ("enter", ENTERED), ("release", STANDS), ("invoice", POSTED)],
)
def test_what_was_killed_is_there_whole_or_not_at_all(trade: Trade, deed: str, moment: str) -> None:
    limited(trade, 100_00)
    before = facts()
    child = [sys.executable, "-c", DOOMED, deed, moment]
    killed = subprocess.run(child, env=environment(), capture_output=True, check=False, timeout=120)
    assert killed.returncode == -9, killed.stderr
    assert check_ledger() == []
    if moment == ENTERED:
        assert parts(trade)[""] == 0
        assert OrderStanding.objects.get(order_id=SalesOrder.objects.get(number="SO-2").pk).state == "paused"
        return
    assert facts() == before
    DEEDS[deed](trade)
    assert facts() != before
    assert check_ledger() == []
