"""Asking the company register: what it says is recorded with source and day; what is wrong with it is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from huikuan.judge.rating.adapters import MOST, HttpRegistry, registry
from huikuan.judge.rating.domain.registry import Holder, content_of, entry_of, read_answer, readable, require_same
from huikuan.judge.rating.models import Information, RegistryEntry
from huikuan.judge.rating.operations.lookups import look_up
from huikuan.judge.rating.queries.registry import entry_on
from huikuan.judge.rating.tests.conftest import AT, DAY
from huikuan.judge.rating.tests.register import ENTRY, KEY, SECRET, Register, standing
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.mechanisms.outgoing import calling
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.tests.ledgers import Book, new_book
from huikuan.shell.cli import main

WHO: dict[str, Any] = {"actor": "analyst", "at": AT}
USCC = str(ENTRY["CreditCode"])


@pytest.fixture
def register() -> Iterator[Register]:
    with standing() as one:
        one.entries = {USCC: copy.deepcopy(ENTRY), str(ENTRY["Name"]): copy.deepcopy(ENTRY)}
        yield one


@pytest.fixture
def book(transactional_db: None, team: None) -> Book:
    made = new_book(customers=1)
    Customer.objects.update(uscc=USCC)
    return made


def asked(register: Register, **more: Any) -> HttpRegistry:
    return HttpRegistry(register.url, **{"key": KEY, "secret": SECRET, "local": True, **more})


def ask(book: Book, register: Register, **more: Any) -> Any:
    return look_up(customer_id=book.customers[0].id, asked=asked(register, **more), **WHO)


def refused(book: Book, register: Register, **more: Any) -> tuple[str, dict[str, Any]]:
    """The refusal, after which nothing is written."""
    with pytest.raises(Refusal) as one:
        ask(book, register, **more)
    assert not RegistryEntry.objects.exists()
    assert not Information.objects.exists()
    assert not Event.objects.filter(kind="rating.informed").exists()
    return one.value.code, dict(one.value.params)


def test_what_the_register_says_is_recorded_with_source_and_day(book: Book, register: Register) -> None:
    entry = ask(book, register)
    assert (entry.legal_representative, entry.capital, entry.holders[1]) == (
        "李沅",
        "5000万元人民币",
        Holder("尹川", "40%"),
    )
    assert register.asked == [USCC], "by its code, not by its name"
    said = {row.factor: (row.value, row.source, row.on_date, row.reliability) for row in Information.objects.all()}
    assert said == {
        "registry_status": ("active", "registry", DAY, 3),
        # Founded on 2011-11-21: fifteen years tomorrow.
        "years_established": ("14", "registry", DAY, 3),
        "open_lawsuits": ("2", "registry", DAY, 3),
        "dishonest_debtor": ("no", "registry", DAY, 3),
    }
    row = entry_on(book.customers[0].id, scope=EVERYTHING, day=DAY)
    assert row is not None
    assert (row.entry, row.on, row.actor) == (entry, DAY, "analyst")
    assert entry_on(book.customers[0].id, scope=NOTHING, day=DAY) is None
    assert entry_on(book.customers[0].id, scope=EVERYTHING, day=date(2026, 11, 19)) is None


def test_without_a_code_it_is_asked_by_its_name_in_either_width_of_brackets(book: Book, register: Register) -> None:
    Customer.objects.update(uscc="", name="北麓矿业装备(集团)有限公司")
    register.entries = {"北麓矿业装备(集团)有限公司": ENTRY}
    assert ask(book, register).uscc == USCC


def test_an_entry_of_somebody_else_is_refused(book: Book, register: Register) -> None:
    register.entries[USCC] = {**ENTRY, "CreditCode": "91350100M000100Y44"}
    assert refused(book, register) == ("registry_mismatch", {"ours": USCC, "theirs": "91350100M000100Y44"})
    register.entries[USCC] = {**ENTRY, "CreditCode": ""}
    assert refused(book, register)[0] == "registry_mismatch"
    with pytest.raises(Refusal, match="registry_mismatch"):
        require_same(read_answer({"Result": ENTRY}), uscc="", name="北麓矿业装备有限公司")


def test_what_goes_wrong_is_told_and_nothing_written(book: Book, register: Register) -> None:
    assert refused(book, register, secret="wrong") == ("registry_denied", {"status": "110"})
    assert refused(book, register, key="wrong") == ("registry_denied", {"status": "101"})
    assert refused(book, register, clock=lambda: 0.0) == ("registry_denied", {"status": "110"}), "an old signature"
    register.entries = {}
    assert refused(book, register) == ("registry_unknown", {"wanted": USCC})
    register.entries = {USCC: ENTRY}
    for status, headers, found in (
        (429, {"Retry-After": "120"}, ("registry_busy", {"seconds": 120})),
        (429, {"Retry-After": "Fri, 20 Nov 2026 03:00:00 GMT"}, ("registry_busy", {"seconds": 60})),
        (429, {}, ("registry_busy", {"seconds": 60})),
        (403, {}, ("registry_denied", {"status": 403})),
        (500, {}, ("registry_unreachable", {"why": "HTTP 500"})),
        (302, {"Location": "http://127.0.0.1:1/inside"}, ("registry_unreachable", {"why": "HTTP 302"})),
    ):
        register.status, register.headers = status, headers
        assert refused(book, register) == found, status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "registry_unreadable"),
        (b"<html>", "registry_unreadable"),
        (b"[]", "registry_denied"),
        (b"\xff\xfe", "registry_unreadable"),
        (json.dumps({"Status": "200"}).encode(), "registry_unreadable"),
        (json.dumps({"Status": "200", "Result": {"Name": "x"}}).encode(), "registry_unreadable"),
        (json.dumps({"Status": "200", "Result": {**ENTRY, "LawsuitCount": "many"}}).encode(), "registry_unreadable"),
        (json.dumps({"Status": "200", "Result": {**ENTRY, "StartDate": "long ago"}}).encode(), "registry_unreadable"),
        (json.dumps({"Status": "200", "Result": {**ENTRY, "Partners": "many"}}).encode(), "registry_unreadable"),
        (b"x" * (MOST + 1), "answer_too_long"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(book: Book, register: Register, body: bytes, code: str) -> None:
    register.body = body
    assert refused(book, register)[0] == code


def test_a_body_that_ends_early_or_never_comes_is_no_answer(
    book: Book, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.cut = 40
    assert refused(book, register) == ("registry_unreachable", {"why": "IncompleteRead"})
    register.cut = 0
    monkeypatch.setattr(calling, "_ANSWER", 0.2)
    register.delay = 0.6
    assert refused(book, register)[0] == "registry_unreachable"
    gone = HttpRegistry("http://127.0.0.1:9/", KEY, SECRET, local=True)
    with pytest.raises(Refusal, match="registry_unreachable"):
        gone.find(USCC)


def test_a_register_on_this_machine_is_not_called_and_its_twin_is(book: Book, register: Register) -> None:
    with pytest.raises(Refusal, match="address_bad"):
        asked(register, local=False).find(USCC)
    inside = HttpRegistry("https://127.0.0.1:443/", KEY, SECRET)
    with pytest.raises(Refusal, match="address_private"):
        inside.find(USCC)
    assert register.asked == []
    assert asked(register).find(USCC).uscc == USCC


def test_words_of_the_register_are_read_and_what_it_does_not_say_is_not_known() -> None:
    entry = read_answer({"Result": ENTRY})
    assert entry_of(content_of(entry)) == entry
    for word, answer in (
        ("在业", "active"), ("开业", "active"), ("吊销，未注销", "revoked"), ("注销", "cancelled"),
        ("迁出", "moved_out"),
    ):  # fmt: skip
        told = readable(read_answer({"Result": {**ENTRY, "Status": word}}), DAY)
        assert told["registry_status"] == answer, word
    bare = read_answer({"Result": {"Name": "x", "Status": "筹建"}})
    assert readable(bare, DAY) == {}
    assert readable(read_answer({"Result": {**ENTRY, "DishonestCount": 3}}), DAY)["dishonest_debtor"] == "yes"
    assert readable(read_answer({"Result": ENTRY}), date(2026, 11, 21))["years_established"] == "15"


def test_no_register_is_asked_unless_one_is_set_up(book: Book, settings: Any) -> None:
    assert registry() is None
    with pytest.raises(Refusal, match="registry_off"):
        look_up(customer_id=book.customers[0].id, **WHO)
    settings.REGISTRY_URL, settings.REGISTRY_KEY = "https://register.example/", KEY
    assert registry() is None
    settings.REGISTRY_SECRET = SECRET
    assert registry() == HttpRegistry("https://register.example/", KEY, SECRET)


def test_the_command_asks_records_and_prints(
    book: Book, register: Register, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.REGISTRY_URL, settings.REGISTRY_KEY, settings.REGISTRY_SECRET = register.url, KEY, SECRET
    settings.WEBHOOKS_LOCAL = True
    assert main(["credit", "lookup", book.customers[0].code, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["key"], told["uscc"], told["status"]) == (book.customers[0].code, USCC, ENTRY["Status"])
    assert RegistryEntry.objects.count() == 1
    settings.REGISTRY_SECRET = ""
    assert main(["credit", "lookup", book.customers[0].code, "--json"]) == 1
