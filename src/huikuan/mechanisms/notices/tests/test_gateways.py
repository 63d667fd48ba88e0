"""Short and instant messages over servers that check every call by the published rules."""

from __future__ import annotations

import errno
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices import channels
from huikuan.mechanisms.notices.channels import Closed, Message, Refused, Unsure, im, sms
from huikuan.mechanisms.notices.channels.alibaba import Account, AlibabaSms, account_of, number_of, signed
from huikuan.mechanisms.notices.channels.im import Robots, dingtalk_sign, feishu_sign, robots_of
from huikuan.mechanisms.notices.tests import gateways
from huikuan.mechanisms.notices.tests.gateways import KEY, SECRET, Call, Gateway, served
from huikuan.mechanisms.outgoing import calling

#: Providers check how old a call is.
NOW = datetime.now(UTC)
SECRETS = {"dingtalk": "SECc0ffee", "feishu": "f00-secret", "wecom": ""}
PATHS = {"dingtalk": "/robot/send?access_token=T0KEN", "feishu": "/open-apis/bot/v2/hook/h00k",
         "wecom": "/cgi-bin/webhook/send?key=KEY-1"}  # fmt: skip
FINE = {"dingtalk": {"errcode": 0, "errmsg": "ok"}, "wecom": {"errcode": 0, "errmsg": "ok"},
        "feishu": {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}}  # fmt: skip


@pytest.fixture(autouse=True)
def _ourselves(settings: Any) -> None:
    """Calls may go to this machine."""
    settings.WEBHOOKS_LOCAL = True


def message(to: str, text: str = "贵公司 2 笔货款合计 CNY 8,500.50 已到期 & 100% #1 {{x}}", **more: Any) -> Message:
    said = Message("notice-7.abc", 7, 1, "reminder", to, "zh-hans", "", text, (), NOW)
    return replace(said, **more)


def account(url: str, **more: Any) -> Account:
    return replace(Account(url, KEY, SECRET, "江临精工", {"zh-hans": "SMS_1"}, "text"), **more)


def taking(check: Callable[[Call], Any], answer: Any) -> Callable[[Call], Any]:
    return lambda call: check(call) or (200, answer)


def then(answer: Any, status: int = 200) -> Callable[[Call], Any]:
    return lambda _call: (status, answer)


SENT = {"Code": "OK", "Message": "OK", "BizId": "9006197469364984^0", "RequestId": "F655A8D5"}


# --- Short messages ---------------------------------------------------------------------------------------


def test_the_published_example_of_the_signature() -> None:
    """«Request syntax and signature method V3», its worked example of RunInstances."""
    example = Account("https://ecs.cn-shanghai.aliyuncs.com", "YourAccessKeyId", "YourAccessKeySecret", "", {}, "")
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    at, nonce = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), "3156853299f313e23d1673dc12e1703d"
    url, headers = signed("POST", example, "RunInstances", "2014-05-26", query, at=at, nonce=nonce)
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )
    assert url.endswith("/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai")


def test_a_short_message_is_taken() -> None:
    with served(taking(gateways.alibaba, SENT)) as gateway:
        receipt = AlibabaSms(account(gateway.url)).send(message("+86 138 0000 0000"))
    (call,) = gateway.calls
    assert call.query == {
        "PhoneNumbers": "13800000000", "SignName": "江临精工", "TemplateCode": "SMS_1", "OutId": "notice-7.abc",
        "TemplateParam": json.dumps({"text": message("").text}, ensure_ascii=False),
    }  # fmt: skip
    assert (receipt.reference, receipt.sender, len(receipt.sha256)) == ("9006197469364984^0", "江临精工", 64)


def test_a_wrong_secret_is_found_by_the_server() -> None:
    """The server's check is no mere nod: with another secret it refuses, and the channel is shut."""
    with served(taking(gateways.alibaba, SENT)) as gateway, pytest.raises(Closed, match="SignatureDoesNotMatch"):
        AlibabaSms(account(gateway.url, secret="another")).send(message("13800000000"))
    with served(taking(gateways.alibaba, SENT)) as gateway, pytest.raises(Closed, match="InvalidAccessKeyId"):
        AlibabaSms(account(gateway.url, key="another")).send(message("13800000000"))


@pytest.mark.parametrize(
    ("answer", "status", "raised", "permanent"),
    [
        ({"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, 200, Refused, True),
        ({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发小时级流控"}, 200, Refused, False),
        ({"Code": "Throttling.User"}, 400, Refused, False),
        ({"Code": "isv.AMOUNT_NOT_ENOUGH"}, 200, Closed, None),
        ({"Code": "isv.SMS_TEMPLATE_ILLEGAL"}, 200, Closed, None),
        ({"Code": "isp.SYSTEM_ERROR"}, 200, Unsure, None),
        ({"Message": "?"}, 200, Unsure, None),
        (b"<html>Bad gateway</html>", 502, Unsure, None),
        (b"", 200, Unsure, None),
        (b"[1]", 200, Unsure, None),
        (b"slow down", 429, Refused, False),
        (b"no such page", 404, Closed, None),
        (b"no", 400, Refused, True),
    ],
)
def test_what_the_provider_answers(answer: Any, status: int, raised: type[Exception], permanent: bool | None) -> None:
    with served(then(answer, status)) as gateway, pytest.raises(raised) as told:
        AlibabaSms(account(gateway.url)).send(message("13800000000"))
    assert getattr(told.value, "permanent", None) == permanent


def test_a_broken_line_leaves_in_doubt_and_a_closed_door_does_not() -> None:
    with served(lambda _call: None) as gateway, pytest.raises(Unsure):
        AlibabaSms(account(gateway.url)).send(message("13800000000"))
    with pytest.raises(Closed, match="ConnectionRefusedError"):
        AlibabaSms(account(gateway.url)).send(message("13800000000"))


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate of this machine's."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True,
    )  # fmt: skip
    return key, cert


@contextmanager
def breaking(vouched: tuple[Path, Path], *, handshake: bool = True) -> Iterator[tuple[str, list[bytes]]]:
    """A server whose encryption breaks: once it has read the whole call, or instead of the handshake. Its address and
    what it read."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(vouched[1], vouched[0])
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            with door.accept()[0] as plain, suppress(OSError):
                if not handshake:
                    plain.sendall(b"SSH-2.0-no TLS spoken here\r\n")
                    return
                with context.wrap_socket(plain.dup(), server_side=True) as line:
                    while b"\r\n\r\n" not in b"".join(read):
                        read.append(line.recv(65_536))
                    # No record of this connection: the other side finds its code wrong.
                    plain.sendall(b"\x17\x03\x03\x00\x20" + b"\x00" * 32)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"https://localhost:{door.getsockname()[1]}", read
        thread.join(10)


def test_a_record_that_breaks_after_the_call_was_read_leaves_in_doubt(
    vouched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched[1]))
    with breaking(vouched) as (url, read), pytest.raises(Unsure, match="SSLError"):
        AlibabaSms(account(url)).send(message("13800000000"))
    assert b"".join(read).startswith(b"POST /?")


def test_a_handshake_that_fails_is_a_closed_door(vouched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with breaking(vouched, handshake=False) as (url, _), pytest.raises(Closed, match="SSLError"):
        AlibabaSms(account(url)).send(message("13800000000"))
    # Nobody vouches for it: its certificate is its own.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with breaking(vouched) as (url, read), pytest.raises(Closed, match="SSLCertVerificationError"):
        AlibabaSms(account(url)).send(message("13800000000"))
    assert b"".join(read) == b""


def test_a_connection_that_does_not_come_about_is_a_closed_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """The door's waiting room is full: nobody answers the knocking."""
    monkeypatch.setattr(calling, "_CONNECT", 0.3)
    with socket.socket() as door, ExitStack() as waiting:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(door.getsockname())
        with pytest.raises(Closed, match="TimeoutError"):
            AlibabaSms(account(f"http://127.0.0.1:{door.getsockname()[1]}")).send(message("13800000000"))


@pytest.mark.parametrize("error", [OSError(errno.EHOSTUNREACH, "No route to host"), socket.gaierror(-3, "try again")])
def test_without_a_way_there_it_is_a_closed_door(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_args: object, **_more: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo" if isinstance(error, socket.gaierror) else "create_connection", nowhere)
    with pytest.raises(Closed, match=type(error).__name__):
        AlibabaSms(account("http://127.0.0.1:9")).send(message("13800000000"))


def test_an_answer_that_does_not_come_in_time_leaves_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "_ANSWER", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as door, pytest.raises(Unsure, match="TimeoutError"):
        AlibabaSms(account(f"http://127.0.0.1:{door.getsockname()[1]}")).send(message("13800000000"))


def test_no_call_goes_inside_the_house(settings: Any) -> None:
    settings.WEBHOOKS_LOCAL = False
    with served(taking(gateways.alibaba, SENT)) as gateway, pytest.raises(Closed, match="address_bad"):
        AlibabaSms(account(gateway.url)).send(message("13800000000"))
    assert gateway.calls == []


def test_a_language_without_template_is_refused() -> None:
    with pytest.raises(Refused, match="no template for en"):
        AlibabaSms(account("http://127.0.0.1:1")).send(message("13800000000", language="en"))


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("138 0000-0000", "13800000000"), ("+86 13800000000", "13800000000"), ("008613800000000", "13800000000"),
     ("+852 5123 4567", "85251234567")],
)  # fmt: skip
def test_numbers_as_the_service_takes_them(typed: str, taken: str) -> None:
    assert number_of(typed) == taken


def test_the_account_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://KEY:S%2Fcret@dysmsapi.aliyuncs.com/?sign=江临精工&zh-hans=SMS_1&en=SMS_2&parameter=content"
    assert account_of(url) == Account(
        "https://dysmsapi.aliyuncs.com", "KEY", "S/cret", "江临精工", {"zh-hans": "SMS_1", "en": "SMS_2"}, "content"
    )
    monkeypatch.delenv("HUIKUAN_SMS_URL", raising=False)
    assert sms.opened() is None
    monkeypatch.setenv("HUIKUAN_SMS_URL", url)
    assert isinstance(sms.opened(), AlibabaSms)
    monkeypatch.setenv("HUIKUAN_SMS_PROVIDER", "pigeon")
    with pytest.raises(Closed, match="sms_provider_unknown"):
        sms.opened()
    monkeypatch.setenv("HUIKUAN_SMS_PROVIDER", "alibaba")
    for bad in (
        "https://dysmsapi.aliyuncs.com/?sign=a&zh-hans=b",
        "https://K:S@host/?sign=a",
        "nonsense",
        "https://K:S@host:99999/?sign=a&en=b",
        "https://K:S@[::1/?sign=a&en=b",
    ):
        monkeypatch.setenv("HUIKUAN_SMS_URL", bad)
        with pytest.raises(Closed, match="sms_address_bad"):
            sms.opened()


# --- Instant messages -------------------------------------------------------------------------------------


def robots(gateway: Gateway, kind: str, secret: str | None = None, path: str = "") -> Robots:
    said = {
        "kind": kind,
        "url": gateway.url + (path or PATHS[kind]),
        "secret": SECRETS[kind] if secret is None else secret,
    }
    return Robots(robots_of({"ar-team": said}))


def checking(kind: str) -> Callable[[Call], Any]:
    check = getattr(gateways, kind)
    return check if kind == "wecom" else lambda call: check(call, secret=SECRETS[kind])


@pytest.mark.parametrize("kind", SECRETS)
def test_an_instant_message_is_taken(kind: str) -> None:
    with served(taking(checking(kind), FINE[kind])) as gateway:
        receipt = robots(gateway, kind).send(message("ar-team"))
    said = json.loads(gateway.calls[0].body)
    text = said["content"]["text"] if kind == "feishu" else said["text"]["content"]
    assert (text, receipt.sender) == (message("").text, "ar-team")
    assert gateway.calls[0].headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("kind", ["dingtalk", "feishu"])
def test_a_wrong_signature_is_found_by_the_server(kind: str) -> None:
    """One robot that lets us in no more holds up no other: it is tried again later."""
    for secret in ("wrong", ""):
        with served(taking(checking(kind), FINE[kind])) as gateway, pytest.raises(Refused, match="sign") as told:
            robots(gateway, kind, secret).send(message("ar-team"))
        assert not told.value.permanent


def test_a_wrong_token_and_a_server_away_are_tried_again() -> None:
    for kind, path in (("dingtalk", "/robot/send?access_token=x"), ("wecom", "/cgi-bin/webhook/send?key=x")):
        with served(taking(checking(kind), FINE[kind])) as gateway, pytest.raises(Refused) as told:
            robots(gateway, kind, path=path).send(message("ar-team"))
        assert not told.value.permanent
    with pytest.raises(Refused, match="ConnectionRefusedError") as told:
        robots(gateway, "wecom").send(message("ar-team"))
    assert not told.value.permanent
    with served(lambda _call: None) as gateway, pytest.raises(Unsure):
        robots(gateway, "feishu").send(message("ar-team"))


@pytest.mark.parametrize(
    ("kind", "answer", "permanent"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, False),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, False),
        ("feishu", {"code": 11232, "msg": "create message trigger rate limit"}, False),
        ("feishu", {"code": 19024, "msg": "Key Words Not Found"}, True),
        ("wecom", {"errcode": 40058, "errmsg": "invalid Request Parameter"}, True),
    ],
)
def test_what_a_robot_refuses(kind: str, answer: Any, permanent: bool) -> None:
    with served(then(answer)) as gateway, pytest.raises(Refused) as told:
        robots(gateway, kind).send(message("ar-team"))
    assert told.value.permanent == permanent


def test_a_robot_nobody_knows_and_a_text_too_long_never_leave() -> None:
    with served(then(FINE["wecom"])) as gateway:
        for one in (message("nobody"), message("ar-team", "界" * 683)):
            with pytest.raises(Refused) as told:
                robots(gateway, "wecom").send(one)
            assert told.value.permanent
        robots(gateway, "wecom").send(message("ar-team", "界" * 682))
    assert len(gateway.calls) == 1


def test_signatures_are_what_the_rules_give() -> None:
    """Computed apart, with openssl: printf '1599360473000\\nSECc0ffee' | openssl dgst -sha256 -hmac SECc0ffee."""
    assert dingtalk_sign("SECc0ffee", 1599360473000) == "uVfMHc32hLU1VY1TjUbH8yex/T/YCht/CLLABoIcjeI="
    assert feishu_sign("f00-secret", 1599360473) == "Y3hoKPztoEWPjBf8pypMY8w5X75wKj+T2PKHAu7dHDw="


def test_the_robots_are_read_from_their_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUIKUAN_IM_ROBOTS", raising=False)
    assert im.opened() is None
    file = tmp_path / "robots.toml"
    monkeypatch.setenv("HUIKUAN_IM_ROBOTS", str(file))
    with pytest.raises(Closed, match="FileNotFoundError"):
        im.opened()
    file.write_text('[ar-team]\nkind = "wecom"\nurl = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=K"\n')
    assert isinstance(im.opened(), Robots)
    file.write_text('[ar-team]\nkind = "carrier"\nurl = "https://example.com"\n')
    with pytest.raises(Closed, match="robot_bad"):
        im.opened()
    for bad in (
        {"a": 1},
        {"a": {"kind": "wecom"}},
        {"a": {"kind": "wecom", "url": 1}},
        {"a": {"kind": "wecom", "url": "x", "to": "y"}},
    ):
        with pytest.raises(Refusal, match="robot_bad"):
            robots_of(bad)


def test_both_channels_are_known() -> None:
    assert {"sms", "im"} <= set(channels.known_channels())
