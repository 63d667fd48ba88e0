"""One meant, valid request to every endpoint that writes, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huikuan.connect.api.tests.conftest import Program
from huikuan.connect.api.tests.test_agreements import agreed
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.record.receivables.models import Settlement
from huikuan.shell.tests.books import Books

_DAYS = {"document_date": "2026-11-01", "currency": "CNY", "customer": "C0001"}
_FILE = "客户编码,发票号码,开票日期,到期日,金额\nC0001,I1,2026-01-01,2026-02-01,5\n".encode()


@dataclass(frozen=True)
class Meant:
    """What is sent: the values in the address, the query, the body, more headers."""

    body: Any = None
    path: Mapping[str, Any] = field(default_factory=dict)
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Walk:
    """What was answered so far, by the endpoint's name."""

    program: Program
    books: Books
    statuses: dict[str, int] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)

    def ask(self, name: str) -> None:
        """Send what is meant to this endpoint."""
        endpoint = next(one for one in ENDPOINTS if one.name == name)
        meant = MEANT[name](self)
        address = endpoint.path.format(**meant.path) + (f"?{meant.query}" if meant.query else "")
        answer = self.program.send(endpoint.method, address, meant.body, **meant.headers)
        self.statuses[name], self.said[name] = answer.status_code, answer.json()

    def ids(self) -> list[int]:
        """Every id that was answered: of something that is there."""
        found = [row["id"] for one in self.said.values() for row in one.get("data", [one]) if "id" in row]
        return sorted({self.books.item("INV-7"), *found})


def walk(program: Program, books: Books) -> Walk:
    """Every meant request, one after the other."""
    done = Walk(program, books)
    for name in MEANT:
        done.ask(name)
    return done


def _items(_: Walk) -> Meant:
    invoice = {**_DAYS, "kind": "invoice", "amount": "10.00", "due_date": "2026-12-01"}
    receipt = {**_DAYS, "kind": "receipt", "amount": "4.00"}
    return Meant({"company": "MAIN", "items": [invoice, {**invoice, "amount": "7.00"}, receipt]})


def _settlements(walk: Walk) -> Meant:
    debit, _, credit = walk.said["createItems"]["data"]
    pair = {"credit": credit["id"], "debit": debit["id"], "credit_amount": "4.00"}
    return Meant({"settlements": [{**pair, "effective_on": "2026-11-20", "reason": "receipt"}]})


def _schedule(walk: Walk) -> Meant:
    item = walk.said["createItems"]["data"][1]
    return Meant({"lines": [{"due_date": "2027-01-31", "amount": "7.00"}]}, {"id": item["id"]})


def _contract(walk: Walk) -> Meant:
    contract, _ = agreed(walk.books)
    return Meant({"milestone": "acceptance", "happened_on": "2026-11-01"}, {"id": contract})


def _customer_again(walk: Walk) -> Meant:
    made = walk.said["createCustomer"]
    return Meant({"industry": "造船"}, {"code": made["code"]}, headers={"if_match": f'"{made["id"]}-1"'})


def _upload(_: Walk) -> Meant:
    return Meant(
        _FILE, query="company=MAIN&kind=items&name=a.csv", headers={"content_type": "application/octet-stream"}
    )


def _of(name: str, body: Any = None) -> Callable[[Walk], Meant]:
    """A request about what this endpoint made."""
    return lambda walk: Meant(body, {"id": walk.said[name]["id"]})


def _again(walk: Walk) -> Meant:
    webhook = walk.said["addWebhook"]["id"]
    told = walk.program.pages(f"/webhooks/{webhook}/deliveries")
    return Meant(path={"id": webhook, "delivery": told[0]["id"]})


MEANT: dict[str, Callable[[Walk], Meant]] = {
    "createCustomer": lambda _: Meant({"code": "N-1", "name": "澜海重工有限公司"}),
    "changeCustomer": _customer_again,
    "reachMilestone": _contract,
    "createItems": _items,
    "createSettlements": _settlements,
    "reverseSettlement": lambda _: Meant({"reason": "wrong"}, {"id": Settlement.objects.latest("pk").pk}),
    "rescheduleItem": _schedule,
    "reverseItem": lambda walk: Meant({"reason": "wrong"}, {"id": walk.said["createItems"]["data"][0]["id"]}),
    "uploadImport": _upload,
    "planImport": _of("uploadImport"),
    "commitImport": _of("uploadImport", {"version": 1}),
    "undoImport": lambda walk: Meant(path={"id": walk.books.batch}),
    "addWebhook": lambda _: Meant({"url": "https://hooks.example.com/in", "kinds": ["receivables.posted"]}),
    "renewWebhookSecret": _of("addWebhook"),
    "sendSince": _of("addWebhook", {"since": "2026-11-01T00:00:00+08:00"}),
    "sendAgain": _again,
    "changeWebhookState": _of("addWebhook", {"state": "disabled"}),
    "removeWebhook": _of("addWebhook"),
}
