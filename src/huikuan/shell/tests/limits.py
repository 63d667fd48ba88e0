"""A kind of request as a context registers it: a customer's limit, whose doing leaves an event."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.approvals import kinds, operations
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.events.operations import announce
from huikuan.record.customers.operations import ask_conduct
from huikuan.shell.tests.books import AS_OF, AT, Books

KIND, RAISED = "tests.limit", "tests.raised"


@pytest.fixture
def limits() -> Iterator[None]:
    """The kind, for one test."""

    def raise_limit(asked: Asked, *, actor: str, at: object) -> None:
        announce(RAISED, customer_id=asked.customer_id, payload={"by": actor}, at=timezone.now())

    kinds.register(
        ApprovalKind(
            KIND,
            "Credit limit",
            lambda asked, *, at: asked.shown,
            raise_limit,
            lambda shown: [("Limit", shown["limit"])],
            explain=lambda reasons: [(one["code"], one["value"]) for one in reasons],
        )
    )
    yield
    kinds._KINDS.pop(KIND)


def ask_limit(books: Books, code: str, yuan: int = 150_000, maker: str = "chen") -> int:
    """Ask for a limit of the customer with this code; returns the request."""
    return operations.submit_request(
        about=About(KIND, code, books.company.pk, books.customer(code)),
        shown={"limit": f"{yuan}.00"},
        sum_asked=Sum(yuan * 100, "CNY"),
        reasons=[Reason("punctual", met=True, value="74 %")],
        note="pays on time",
        actor=maker,
        at=timezone.now(),
    )


def ask_credit(books: Books, code: str) -> int:
    """Ask for a limit as credit does; returns the request."""
    wish = Wish(STANDING, "CNY", 800_000_00, AS_OF, term_days=60)
    return request_limit(
        company=books.company, customer_id=books.customer(code), wish=wish, reason="年度授信", actor="cli:chen", at=AT
    )


def flag(books: Books, code: str) -> int:
    """Ask that the customer be held to pay late on purpose; returns the request."""
    return ask_conduct(
        customer_id=books.customer(code), flag=True, reason="只付别家", content=b"judgment", name="判决书.txt",
        actor="cli:chen", at=AT,
    )  # fmt: skip
