"""One meant, valid request to every endpoint that writes, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from huikuan.connect.api.tests.conftest import Program
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.operations.limits import request_limit
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.approvals.queries import request
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_interest
from huikuan.record.promises.domain.barter import Goods
from huikuan.record.promises.models import Barter, Freeze
from huikuan.record.promises.operations.asking import Paper
from huikuan.record.promises.operations.bartering import propose_barter
from huikuan.record.promises.operations.freezing import propose_freeze
from huikuan.record.receivables.models import Settlement
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle
from huikuan.shell.tests.books import AS_OF, AT, Books

_DAYS = {"document_date": "2026-11-01", "currency": "CNY", "customer": "C0001"}
_MAIN = {"company": "MAIN"}
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

    def agree(self, request_id: int) -> None:
        """The caller approves what somebody else asked for."""
        digest = request(request_id, me="", scope=EVERYTHING).digest
        said = {"decision": "approve", "digest": digest}
        assert self.program.post(f"/approvals/{request_id}/decision", said).status_code == 200

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


def _dispute(walk: Walk) -> Meant:
    item = walk.said["createItems"]["data"][1]
    return Meant({"amount": "3.00", "reason": "quality", "said_by": "王工", "note": "轴承有裂纹"}, {"id": item["id"]})


def _promise(walk: Walk) -> Meant:
    item = walk.said["createItems"]["data"][1]
    by = business_date(datetime.now(UTC)) + timedelta(days=5)
    return Meant(
        {"parts": [{"item": item["id"], "amount": "2.00"}], "by": str(by), "said_by": "王工", "source": "phone"}
    )


def _goods(walk: Walk) -> Meant:
    said = {"asset": "立式加工中心一台", "valued": "12.00", "valuer": "评估所", "method": "appraisal"}
    days = {"valued_on": "2026-11-01", "deliver_by": "2026-12-01"}
    return Meant(
        {
            **said,
            **days,
            "parts": [{"item": walk.books.item("264402031188"), "amount": "10.00"}],
            "fair_value": "9.00",
            "tax": "1.00",
        }
    )


def _agreed_goods(walk: Walk) -> int:
    """Goods that somebody else asked for and the caller agreed to."""
    asked = propose_barter(
        company=walk.books.company, customer_id=walk.books.customer("C0002"),
        parts=[(walk.books.item("264377023310"), 10_00)],
        goods=Goods("钢板", 12_00, "评估所", AS_OF, "appraisal", AS_OF), paper=Paper(b"%PDF-1.4", "评估.pdf"),
        actor="cli:root", at=AT,
    )  # fmt: skip
    walk.agree(asked)
    return int(Barter.objects.latest("pk").pk)


def _frozen(walk: Walk) -> int:
    """A freeze that somebody else asked for and the caller agreed to."""
    customer = walk.books.customer("C0002")
    asked = propose_freeze(
        company=walk.books.company, customer_id=customer, kind="account", reason="质押", actor="cli:root", at=AT
    )
    walk.agree(asked)
    return int(Freeze.objects.latest("pk").pk)


def _plan(walk: Walk) -> Meant:
    """Of a claim nothing else is said about."""
    lines = [{"due": "2026-12-20", "amount": "40000.00"}, {"due": "2027-01-20", "amount": "8200.01"}]
    return Meant({"items": [walk.books.item("INV-7")], "lines": lines, "note": "分两期"})


def _confirmation(walk: Walk) -> Meant:
    contact = Contact("顾静", position="财务部", role="payables", phone="138 0013 2046", email="gu@hongshuo.example")
    number = add_contact(customer_id=walk.books.customer("C0002"), contact=contact, actor="cli:root", at=AT)
    said = {"person": number, "channel": "email", "days": 7}
    return Meant(said, {"id": walk.said["issueStatement"]["id"]})


def _late(walk: Walk) -> int:
    """36,500.00 that fell due a hundred and one days ago."""
    return post_item(
        company=walk.books.company, customer_id=walk.books.customer("C0003"), kind="invoice", amount=36_500_00,
        currency="CNY", document_date=AS_OF - timedelta(days=120), posting_date=AS_OF - timedelta(days=1),
        due_date=AS_OF - timedelta(days=101), actor="cli:root", at=AT,
    )  # fmt: skip


def _claimed(walk: Walk) -> int:
    """A claim of interest on it."""
    return claim_interest(item_id=_late(walk), until=AS_OF, actor="cli:root", at=AT)[0]


def _claimed_too_much(walk: Walk) -> int:
    """The same, of days that turn out to have been paid."""
    number = _claimed(walk)
    receipt = post_item(
        company=walk.books.company, customer_id=walk.books.customer("C0003"), kind="receipt", amount=36_500_00,
        currency="CNY", document_date=AS_OF - timedelta(days=50), posting_date=AS_OF - timedelta(days=50),
        actor="cli:root", at=AT,
    )  # fmt: skip
    settle(
        credit_id=receipt, debit_id=Claim.objects.get(pk=number).item_id, credit_amount=36_500_00, effective_on=AS_OF,
        reason="manual", actor="cli:root", at=AT,
    )  # fmt: skip
    return number


def _settlements(walk: Walk) -> Meant:
    debit, _, credit = walk.said["createItems"]["data"]
    pair = {"credit": credit["id"], "debit": debit["id"], "credit_amount": "4.00"}
    return Meant({"settlements": [{**pair, "effective_on": "2026-11-20", "reason": "receipt"}]})


def _schedule(walk: Walk) -> Meant:
    item = walk.said["createItems"]["data"][1]
    return Meant({"lines": [{"due_date": "2027-01-31", "amount": "7.00"}]}, {"id": item["id"]})


def _contract(_: Walk) -> Meant:
    shares = [{"event": "signing", "share": "30", "days": 10}, {"title": "验收合格", "share": "70", "days": 30}]
    clauses = {"late_interest": "日万分之五", "jurisdiction": "江临市人民法院", "service_addresses": ["江临市 1 号"]}
    said = {"company": "MAIN", "customer": "C0001", "number": "JL-7", "currency": "CNY", "name": "主轴总成"}
    return Meant({**said, "amount": "1000.00", "signed_on": "2026-01-10", "milestones": shares, **clauses})


def _amendment(walk: Walk) -> Meant:
    contract = walk.said["createContract"]["id"]
    said = {"reason": "补 1 号", "payment_terms": "月结 30 天", "emptied": ["late_interest"]}
    return Meant(said, {"id": contract}, headers={"if_match": f'"{contract}-1-1"'})


def _event_again(walk: Walk) -> Meant:
    contract = walk.said["reachMilestone"]
    return Meant({"reason": "wrong"}, {"id": contract["id"], "event": contract["milestones"][1]["event_id"]})


def _order(_: Walk) -> Meant:
    line = {"line": 1, "product": "主轴", "quantity": "4", "unit": "件", "amount": "1000.00"}
    said = {"company": "MAIN", "customer": "C0001", "number": "SO-7", "currency": "CNY", "ordered_on": "2026-02-01"}
    return Meant({**said, "contract_number": "JL-7", "lines": [line]})


def _order_changed(walk: Walk) -> Meant:
    order = walk.said["createOrder"]["id"]
    line = {"line": 1, "product": "主轴", "quantity": "5", "amount": "1250.00"}
    return Meant({"lines": [line]}, {"id": order}, headers={"if_match": f'"{order}-1-0"'})


def _delivery_again(walk: Walk) -> Meant:
    order = walk.said["fulfilOrder"]
    return Meant(path={"id": order["id"], "fulfilment": order["fulfilments"][0]["id"]})


def _statement(_: Walk) -> Meant:
    said = {"company": "MAIN", "customer": "C0002", "currency": "CNY", "since": "2026-01-01", "until": "2026-11-20"}
    return Meant({**said, "language": "en"})


def _customer_again(walk: Walk) -> Meant:
    made = walk.said["createCustomer"]
    return Meant({"industry": "造船"}, {"code": made["code"]}, headers={"if_match": f'"{made["id"]}-1"'})


def _financials(_: Walk) -> Meant:
    lines = [{"line": "current_assets", "closing": "600.00"}, {"line": "current_liabilities", "closing": "400.00"}]
    said = {"customer": "C0001", "format": "small", "ends_on": "2025-12-31", "received_on": "2026-03-15"}
    return Meant({**said, "lines": lines})


def _upload(_: Walk) -> Meant:
    return Meant(
        _FILE, query="company=MAIN&kind=items&name=a.csv", headers={"content_type": "application/octet-stream"}
    )


_BANK = """account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference
6222010100000001,2026-11-19,2026-11-19,86400.55,CNY,宏朔钢构有限公司,,货款,R-1
6222010100000001,2026-11-19,2026-11-19,500.00,CNY,澜海重工有限公司,,264377023311,R-2
""".encode()
_BYTES = {"content_type": "application/octet-stream"}


def _bank_line(reference: str, body: Any) -> Callable[[Walk], Meant]:
    """A request about the line with this reference."""

    def meant(walk: Walk) -> Meant:
        rows = walk.program.pages("/bank/lines")
        return Meant(body, {"id": next(row["id"] for row in rows if row["bank_reference"] == reference)})

    return meant


def _of(name: str, body: Any = None) -> Callable[[Walk], Meant]:
    """A request about what this endpoint made."""
    return lambda walk: Meant(body, {"id": walk.said[name]["id"]})


def _decision(walk: Walk) -> Meant:
    number = request_limit(
        company=walk.books.company, customer_id=walk.books.customer("C0001"), reason="year",
        wish=Wish(STANDING, "CNY", 100_00, AS_OF), actor="cli:root", at=AT,
    )  # fmt: skip
    digest = request(number, me="", scope=EVERYTHING).digest
    return Meant({"decision": "approve", "digest": digest}, {"id": number})


def _again(walk: Walk) -> Meant:
    webhook = walk.said["addWebhook"]["id"]
    told = walk.program.pages(f"/webhooks/{webhook}/deliveries")
    return Meant(path={"id": webhook, "delivery": told[0]["id"]})


MEANT: dict[str, Callable[[Walk], Meant]] = {
    "createCustomer": lambda _: Meant({"code": "N-1", "name": "澜海重工有限公司"}),
    "changeCustomer": _customer_again,
    "createContract": _contract,
    "amendContract": _amendment,
    "reachMilestone": _of("createContract", {"milestone": "acceptance", "happened_on": "2026-11-01"}),
    "takeBackEvent": _event_again,
    "createOrder": _order,
    "changeOrder": _order_changed,
    "fulfilOrder": _of(
        "createOrder", {"line": 1, "what": "delivered", "quantity": "1.5", "happened_on": "2026-11-02"}
    ),
    "takeBackFulfilment": _delivery_again,
    "createFinancials": _financials,
    "withdrawFinancials": _of("createFinancials", {"reason": "of another firm"}),
    "askDecision": lambda _: Meant({"company": "MAIN", "customer": "C0001", "amount": "100.00", "currency": "CNY"}),
    "decideOrder": _of("createOrder"),
    "decideRequest": _decision,
    "issueStatement": _statement,
    "createItems": _items,
    "createDispute": _dispute,
    "createPromise": _promise,
    "askPlan": _plan,
    "askInKind": _goods,
    "deliverInKind": lambda walk: Meant({"on": "2026-11-20"}, {"id": _agreed_goods(walk)}),
    "failInKind": lambda walk: Meant({"reason": "未到货"}, {"id": _agreed_goods(walk)}),
    "askFreeze": lambda _: Meant({**_MAIN, "customer": "C0003", "kind": "supply", "reason": "逾期"}),
    "askRelease": lambda walk: Meant({"reason": "已付清"}, {"id": _frozen(walk)}),
    "createHold": lambda _: Meant({**_MAIN, "customer": "C0003", "reason": "节后再催", "until": "2026-12-31"}),
    "releaseHold": lambda walk: Meant({"reason": "节日已过"}, {"id": walk.said["createHold"]["hold"]}),
    "createCall": lambda _: Meant({**_MAIN, "customer": "C0001", "result": "again", "again_on": "2026-11-23"}),
    "createVisit": lambda _: Meant({**_MAIN, "customer": "C0001", "on": "2026-11-20", "purpose": "collect"}),
    "checkIn": _of("createVisit", {"place": "厂区东门", "latitude": "31.230416", "longitude": "121.473701"}),
    "addVisitPhoto": lambda walk: Meant(
        b"\x89PNG\r\n\x1a\n.", {"id": walk.said["createVisit"]["id"]}, "name=gate.png", _BYTES
    ),
    "finishVisit": _of("createVisit", {"outcome": "met", "sights": ["running"], "satisfaction": 4}),
    "askConfirmation": _confirmation,
    "remindConfirmation": _of("askConfirmation", {"channel": "email"}),
    "revokeConfirmation": _of("askConfirmation", {"reason": "发错"}),
    "claimInterest": lambda walk: Meant({"until": str(AS_OF)}, {"id": _late(walk)}),
    "correctInterestClaim": lambda walk: Meant(None, {"id": _claimed_too_much(walk)}),
    "withdrawInterestClaim": lambda walk: Meant({"reason": "算错了"}, {"id": _claimed(walk)}),
    "askWaiver": lambda walk: Meant({"amount": "10.00", "reason": "长期合作"}, {"id": _claimed(walk)}),
    "createSettlements": _settlements,
    "reverseSettlement": lambda _: Meant({"reason": "wrong"}, {"id": Settlement.objects.latest("pk").pk}),
    "rescheduleItem": _schedule,
    "reverseItem": lambda walk: Meant({"reason": "wrong"}, {"id": walk.said["createItems"]["data"][0]["id"]}),
    "importBankStatements": lambda _: Meant(_BANK, query="company=MAIN&name=b.csv&open_account=true", headers=_BYTES),
    "takeRemittance": lambda _: Meant(
        b"bank_reference,document_no,amount\nR-9,X-1,5\n", query="company=MAIN&name=r.csv", headers=_BYTES
    ),
    "applyBankLine": _bank_line("R-1", {"portions": [{"customer": "C0002", "amount": "86400.00"}]}),
    "undoApplication": lambda walk: Meant(
        {"reason": "wrong"}, {"id": walk.said["applyBankLine"]["applications"][0]["id"]}
    ),
    "matchBankLines": lambda _: Meant({"company": "MAIN"}),
    "acceptSuggestion": _bank_line("R-2", {}),
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
