"""Webhooks against a real receiver on this machine: signed, in order, tried again, disabled, sent again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from huikuan.connect.api import jobs
from huikuan.connect.api.domain.messages import WAITS
from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.operations.webhooks import queue_event
from huikuan.connect.api.sending import deliver
from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.delivery import deliver as tell
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.subscribers import Subscriber
from huikuan.mechanisms.identity.operations import revoke_role
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.outgoing import calling
from huikuan.mechanisms.outgoing.addresses import is_public, target_of
from huikuan.shell.tests.books import AT, Books


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent; answers with the next of `answers`, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/hook"

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]


class Ear(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOCAL = True
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def hook(program: Program, receiver: Receiver, *kinds: str) -> int:
    made = program.post("/webhooks", {"url": receiver.url, "kinds": list(kinds)})
    assert made.status_code == 201, made.content
    return int(made.json()["id"])


def post(program: Program, customer: str, number: str) -> None:
    item = {"customer": customer, "kind": "invoice", "amount": "10.00", "currency": "CNY",
            "document_date": "2026-11-01", "due_date": "2026-12-01", "document_number": number}  # fmt: skip
    assert program.post("/items", {"company": "MAIN", "items": [item]}).status_code == 201


def work() -> None:
    """Events to deliveries, deliveries to the receiver."""
    tell(Subscriber("api.webhooks", queue_event), at=AT + timedelta(days=1))
    run()


def run() -> None:
    Worker({"api.send": Handler(jobs.send_waiting, attempts=1)}).run(until_idle=True)


def be_due() -> None:
    """The wait is over."""
    Delivery.objects.update(next_at=AT)
    Job.objects.filter(kind="api.send").delete()
    jobs.wake(type("At", (), {"at": AT + timedelta(hours=1)})())  # type: ignore[arg-type]
    run()


def test_an_event_is_told_signed(program: Program, receiver: Receiver) -> None:
    number = hook(program, receiver, "receivables.posted")
    post(program, "C0001", "W-1")
    work()
    ((headers, body),) = receiver.heard
    said = json.loads(body)
    assert said["type"] == "receivables.posted"
    assert (said["data"]["customer"], said["data"]["company"]) == ("C0001", "MAIN")
    secret = program.get(f"/webhooks/{number}/secret").json()["secret"]
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    assert headers["webhook-id"] == f"evt_{said['data']['id']}"
    (told,) = program.pages(f"/webhooks/{number}/deliveries")
    assert (told["state"], told["status"], told["attempts"]) == ("delivered", 204, 1)
    work()
    assert len(receiver.heard) == 1
    program.post(f"/webhooks/{number}/secret")
    assert program.get(f"/webhooks/{number}/secret").json()["secret"] != secret


def test_what_fails_is_tried_again_and_holds_its_customers_later_messages_back(
    program: Program, receiver: Receiver
) -> None:
    hook(program, receiver, "receivables.posted")
    for customer, number in (("C0001", "W-1"), ("C0002", "W-2"), ("C0001", "W-3")):
        post(program, customer, number)
    receiver.answers = [500]
    work()
    whose = [json.loads(body)["data"]["customer"] for _, body in receiver.heard]
    assert whose == ["C0001", "C0002"]
    first = Delivery.objects.get(attempts=1, state="waiting")
    assert (first.status, first.next_at - first.tried_at) == (500, WAITS[0])  # type: ignore[operator]
    be_due()
    told = [json.loads(body)["data"] for _, body in receiver.heard[2:]]
    assert [one["customer"] for one in told] == ["C0001", "C0001"]
    assert told[0]["id"] < told[1]["id"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_after_the_last_attempt_the_webhook_is_disabled_and_by_hand_all_is_sent_again(
    program: Program, receiver: Receiver
) -> None:
    number = hook(program, receiver, "receivables.posted")
    post(program, "C0001", "W-1")
    receiver.answers = [503] * (len(WAITS) + 1)
    work()
    for _ in WAITS:
        be_due()
    assert len(receiver.heard) == len(WAITS) + 1
    assert Delivery.objects.get().state == "dead"
    said = program.get(f"/webhooks/{number}").json()
    assert said["disabled_reason"] == "failing"
    assert Event.objects.filter(kind="api.webhook_disabled").count() == 1
    delivery = Delivery.objects.get().pk
    refused = program.post(f"/webhooks/{number}/deliveries/{delivery}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
    post(program, "C0002", "W-2")
    work()
    assert len(receiver.heard) == len(WAITS) + 1
    program.post(f"/webhooks/{number}/state", {"state": "enabled"})
    assert program.post(f"/webhooks/{number}/deliveries/{delivery}/replay").status_code == 202
    run()
    assert receiver.heard[-1][0]["webhook-id"] == receiver.heard[0][0]["webhook-id"]
    assert program.post(f"/webhooks/{number}/replay", {"since": "2026-11-20T03:00:00Z"}).json() == {"queued": 2}
    run()
    assert [json.loads(body)["data"]["customer"] for _, body in receiver.heard[-2:]] == ["C0001", "C0002"]


def test_gone_for_good_disables_at_once_and_a_redirect_is_not_followed(program: Program, receiver: Receiver) -> None:
    hook(program, receiver, "receivables.posted")
    post(program, "C0001", "W-1")
    receiver.answers = [302]
    work()
    assert len(receiver.heard) == 1
    assert Delivery.objects.get().status == 302
    receiver.answers = [410]
    be_due()
    assert Webhook.objects.get().disabled_reason == "gone"


def test_a_webhook_is_told_what_its_owner_sees_and_no_longer_than_they_may(
    program: Program, receiver: Receiver, books: Books
) -> None:
    narrow = program_of("li", "finance_manager", reach="own")
    theirs = hook(narrow, receiver)
    post(program, "C0001", "W-1")
    work()
    assert receiver.heard == []
    assert program.get(f"/webhooks/{theirs}").status_code == 404
    assert program.get(f"/webhooks/{theirs}/secret").status_code == 404
    hook(program, receiver, "receivables.posted")
    post(program, "C0001", "W-2")
    tell(Subscriber("api.webhooks", queue_event), at=AT + timedelta(days=1))
    revoke_role(username=books.user.username, role="finance_manager", actor="cli:root", at=AT)
    run()
    assert receiver.heard == []
    assert (Delivery.objects.get().state, Delivery.objects.get().error) == ("dead", "not_permitted")


PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
           "224.0.0.1",
           "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
           "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1",
           "fe80::1%eth0", "localhost", ""]  # fmt: skip


def test_only_addresses_of_the_open_internet_are_told() -> None:
    assert [address for address in PRIVATE if is_public(address)] == []
    assert all(map(is_public, ["8.8.8.8", "1.1.1.1", "2606:4700::1111"]))


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://user:pw@example.com/", "https://user@example.com/",
     "https://example.com:22/", "https://example.com:99999/", "https:///x", "https://127.0.0.1/", "https://[::1]/",
     "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://例子.cn/", "https://a b.com/",
     "https://example.com/\r\nX: 1", "https://example.com/#x", "file:///etc/passwd", "x" * 600],
)  # fmt: skip
def test_addresses_that_are_no_webhook_are_refused(program: Program, url: str) -> None:
    refused = program.post("/webhooks", {"url": url})
    assert refused.status_code in (400, 422), url
    assert not Webhook.objects.exists()


def private_name(*addresses: str) -> Any:
    return lambda host, port, **_: [(2, 1, 6, "", (address, port)) for address in addresses]


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("::1",), ()])
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch: pytest.MonkeyPatch, addresses: Any) -> None:
    monkeypatch.setattr(calling.socket, "getaddrinfo", private_name(*addresses))
    connected: list[Any] = []
    monkeypatch.setattr(calling.socket, "create_connection", lambda *given, **_: connected.append(given))
    target = target_of("https://receiver.example/", local=False)
    assert deliver(target, {}, b"{}", local=False).error == "address_private"
    assert connected == []


def test_a_name_turned_elsewhere_after_the_check_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up: list[str] = []

    def rebinding(host: str, port: int, **_: Any) -> Any:
        looked_up.append(host)
        return private_name("8.8.8.8" if len(looked_up) == 1 else "127.0.0.1")(host, port)

    def refuse(address: tuple[str, int], **_: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    connected: list[tuple[str, int]] = []
    monkeypatch.setattr(calling.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(calling.socket, "create_connection", refuse)
    deliver(target_of("https://receiver.example/", local=False), {}, b"{}", local=False)
    assert (connected, looked_up) == ([("8.8.8.8", 443)], ["receiver.example"])


def test_twin_without_the_guard_the_receiver_inside_is_reached(receiver: Receiver) -> None:
    target = target_of(receiver.url, local=True)
    assert deliver(target, {}, b"{}", local=False).error == "address_private"
    assert receiver.heard == []
    assert deliver(target, {}, b"{}", local=True).status == 204
    assert len(receiver.heard) == 1


def test_kinds_nobody_is_told_of_and_too_many_webhooks_are_refused(program: Program, receiver: Receiver) -> None:
    refused = program.post("/webhooks", {"url": receiver.url, "kinds": ["identity.token_created"]})
    assert refused.json()["code"] == "webhook_kind_unknown"
    with pytest.raises(Refusal, match="address_bad"):
        target_of("http://example.com", local=False)
    number = hook(program, receiver)
    assert program.send("DELETE", f"/webhooks/{number}").status_code == 200
    assert program.get(f"/webhooks/{number}").status_code == 404
    assert program.pages("/webhooks") == []
