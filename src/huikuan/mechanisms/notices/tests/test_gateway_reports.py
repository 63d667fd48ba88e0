"""What a gateway of short messages reports: it counts once, of the right number alone, and a wish to stop is heard."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.domain.gateway_reports import Arrival, Wrote, entries, wants_no_more
from huikuan.mechanisms.notices.domain.lifecycle import CLAIMED, SENT
from huikuan.mechanisms.notices.models import Consent, NoticeStep
from huikuan.mechanisms.notices.operations.gateways import Told, hear_gateway
from huikuan.mechanisms.notices.operations.steps import stand_held, take_step
from huikuan.mechanisms.notices.queries.consents import stopped
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, Office, steps

PHONE = "138 0000 0001"
TOKEN = "a-token-nobody-guesses"


def sent(office: Office, case: str = "item:1", **more: Any) -> int:
    """A short message that went out."""
    number = office.queue(case, channel="sms", to=PHONE, **more)
    take_step(stand_held(number), CLAIMED, actor="system", at=AT)
    take_step(stand_held(number), SENT, actor="system", at=AT, reference="900^0")
    return number


def arrival(notice: int, **more: Any) -> dict[str, Any]:
    """As the provider publishes it."""
    return {
        "phone_number": "13800000001", "send_time": "2026-11-20 10:14:00", "report_time": "2026-11-20 10:14:05",
        "success": True, "err_code": "DELIVERED", "err_msg": "用户接收成功", "sms_size": "1", "biz_id": "900^0",
        "out_id": f"notice-{notice}", **more,
    }  # fmt: skip


def wrote(content: str, **more: Any) -> dict[str, Any]:
    return {"phone_number": "13800000001", "send_time": "2026-11-20 11:00:00", "content": content,
            "dest_code": "1", "sequence_id": 7, "sign_name": "江临精工", **more}  # fmt: skip


def tell(*said: dict[str, Any]) -> Told:
    return hear_gateway(content=json.dumps(said).encode(), actor="system", at=AT + DAY)


def test_arrivals_are_noted_once(db: None, office: Office) -> None:
    number = sent(office)
    assert tell(arrival(number)) == Told(1, 0, 0, 0)
    assert tell(arrival(number)) == Told(0, 1, 0, 0)
    assert steps(number) == ["claimed", "sent", "delivered"]
    last = NoticeStep.objects.filter(notice_id=number).latest("number")
    assert (last.note, last.reference, len(last.sha256)) == ("DELIVERED", "900^0", 64)


def test_what_did_not_arrive_came_back(db: None, office: Office) -> None:
    number = sent(office)
    assert tell(arrival(number, success=False, err_code="MK:0001", err_msg="空号")) == Told(1, 0, 0, 0)
    assert steps(number)[-1] == "bounced"
    assert NoticeStep.objects.latest("pk").reason == "bounced"


def test_a_report_on_another_number_or_notice_changes_nothing(db: None, office: Office) -> None:
    number, mail = sent(office), office.queue("item:9")
    strange = [
        arrival(number, phone_number="13900000009"),
        arrival(number + 999),
        arrival(mail),
        arrival(number, out_id="17"),
        arrival(number, out_id=None),
        arrival(number, phone_number="no number"),
    ]
    assert tell(*strange) == Told(0, 0, 0, len(strange))
    assert steps(number) == ["claimed", "sent"]


def test_an_answer_belongs_to_the_last_message(db: None, office: Office) -> None:
    first, second = sent(office), sent(office, "item:2")
    assert tell(wrote("周五付")) == Told(1, 0, 0, 0)
    assert tell(wrote("周五付")) == Told(0, 1, 0, 0)
    assert (steps(first)[-1], steps(second)[-1]) == ("sent", "replied")
    assert not Consent.objects.exists()


@pytest.mark.parametrize("text", ["TD", "td。", "退订", " Stop ", "T", "“退订”"])
def test_a_wish_to_stop_is_heard(db: None, office: Office, text: str) -> None:
    number = sent(office)
    assert tell(wrote(text)) == Told(0, 0, 1, 0)
    assert tell(wrote(text)) == Told(0, 1, 0, 0)
    consent = Consent.objects.get()
    assert (consent.wanted, consent.channel, consent.source, consent.customer_id) == (
        False, "sms", "gateway", office.first
    )  # fmt: skip
    assert stopped(channel="sms", customer_id=None, person_id=None, digest=consent.address_digest)
    assert steps(number)[-1] == "replied"


def test_a_stranger_who_wants_no_more_is_heard_too(db: None, office: Office) -> None:
    assert tell(wrote("TD", phone_number="13700000007")) == Told(0, 0, 1, 0)
    assert tell(wrote("hello", phone_number="13700000007")) == Told(0, 0, 0, 1)


@pytest.mark.parametrize("text", ["TD了没有", "stop by on Friday", "请退订单号17", ""])
def test_what_only_contains_the_word_is_no_wish(text: str) -> None:
    assert not wants_no_more(text)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"null", b"[1]", b"[[]]", b'[{"a":1}]', b'[{"phone_number":"1"}]', b"\xff\xfe", b"[" * 100_000,
     b" " * 1_000_001, json.dumps([arrival(1)] * 1_001).encode()],
)  # fmt: skip
def test_a_body_that_is_none_is_refused_whole(content: bytes) -> None:
    with pytest.raises(Refusal, match="gateway_report_bad"):
        entries(content)


_ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4)


@given(st.lists(st.dictionaries(st.sampled_from(["phone_number", "success", "out_id", "err_code", "content"]), _ANY)))
def test_whatever_comes_is_read_or_refused(said: list[dict[str, Any]]) -> None:
    try:
        found = entries(json.dumps(said).encode())
    except Refusal:
        return
    assert all(isinstance(one, Arrival | Wrote) for one in found)


def test_the_door_opens_by_its_token(
    db: None, office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sent(office)
    body = json.dumps([arrival(number)])
    path = f"/notices/gateways/sms/{TOKEN}"

    def post(where: str = path, content: str = body) -> int:
        return client.post(where, content, content_type="application/json").status_code

    monkeypatch.delenv("HUIKUAN_SMS_REPORT_TOKEN", raising=False)
    assert post() == 404
    monkeypatch.setenv("HUIKUAN_SMS_REPORT_TOKEN", "short")
    assert post("/notices/gateways/sms/short") == 404
    monkeypatch.setenv("HUIKUAN_SMS_REPORT_TOKEN", TOKEN)
    assert post(path + "x") == 404
    assert client.get(path).status_code == 405
    assert post(content="nonsense") == 400
    assert steps(number) == ["claimed", "sent"]
    answer = client.post(path, body, content_type="application/json")
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "OK"})
    assert steps(number)[-1] == "delivered"
