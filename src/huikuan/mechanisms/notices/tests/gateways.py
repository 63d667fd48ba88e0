"""Servers of providers, on this machine: they check signature and shape by the published rules, written apart from
ours, and answer the published errors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: What a server makes of a call: its answer, or None to hang up without one.
Judge = Callable[["Call"], tuple[int, Any] | None]
KEY, SECRET = "LTAI-test-key", "test-key-secret/+="


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    raw_query: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Gateway:
    """`answers`: one is used up by each call that is in order, then {"…ok"}; `taken`: what was taken."""

    judge: Judge
    taken: list[Any] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    gateway: Gateway

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = Call(self.command, parts.path, parts.query, query, headers, body)
        self.gateway.calls.append(call)
        found = self.gateway.judge(call)
        if found is None:
            self.connection.close()
            return
        status, said = found
        content = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@contextmanager
def served(judge: Judge) -> Iterator[Gateway]:
    gateway = Gateway(judge)
    handler = type("Handler", (_Handler,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def alibaba(call: Call, *, secret: str = SECRET) -> tuple[int, Any] | None:
    """Whether the call is signed and complete; None: it is."""
    form = re.fullmatch(
        r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})",
        call.headers.get("authorization", ""),
    )
    if form is None or form[1] != KEY:
        return 404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "Specified access key is not found."}
    names = form[2].split(";")
    wanted = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
    if names != sorted(names) or not wanted <= set(names):
        return 400, {"Code": "MissingSignedHeaders", "Message": form[2]}
    if call.headers["x-acs-content-sha256"] != hashlib.sha256(call.body).hexdigest():
        return 400, {"Code": "SignatureDoesNotMatch", "Message": "content"}
    query = "&".join(sorted(call.raw_query.split("&")))
    lines = [f"{name}:{call.headers[name]}" for name in names]
    canonical = "\n".join([call.method, call.path, query, *lines, "", form[2], call.headers["x-acs-content-sha256"]])
    digest = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    mine = hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), "sha256").hexdigest()
    if not hmac.compare_digest(mine, form[3]):
        return 400, {"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched."}
    return _send_sms(call)


def _send_sms(call: Call) -> tuple[int, Any] | None:
    if (call.headers["x-acs-action"], call.headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
        return 404, {"Code": "InvalidAction.NotFound", "Message": "Specified api is not found."}
    if not re.fullmatch(r"1[3-9]\d{9}|[1-9]\d{6,14}", call.query.get("PhoneNumbers", "")):
        return 200, {"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "号码不合法", "RequestId": "R"}
    for name in ("SignName", "TemplateCode"):
        if not call.query.get(name):
            return 400, {"Code": f"Missing{name}", "Message": name}
    if not isinstance(json.loads(call.query.get("TemplateParam", "null")), dict):
        return 200, {"Code": "isv.INVALID_JSON_PARAM", "Message": "参数格式错误", "RequestId": "R"}
    return None


def dingtalk(call: Call, *, secret: str) -> tuple[int, Any] | None:
    """Whether the call is signed and of the published form; None: it is."""
    if call.query.get("access_token") != "T0KEN":
        return 200, {"errcode": 300001, "errmsg": "token is not exist"}
    stamp = call.query.get("timestamp", "")
    mine = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256").digest()).decode()
    fresh = stamp.isdigit() and len(stamp) == 13 and abs(time.time() * 1000 - int(stamp)) < 3_600_000
    if not fresh or call.query.get("sign") != mine:
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    said = json.loads(call.body)
    if said.get("msgtype") != "text" or not said.get("text", {}).get("content"):
        return 200, {"errcode": 40035, "errmsg": "缺少参数 json"}
    return None


def feishu(call: Call, *, secret: str) -> tuple[int, Any] | None:
    said = json.loads(call.body)
    stamp = str(said.get("timestamp", ""))
    mine = base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", "sha256").digest()).decode()
    if not stamp.isdigit() or abs(time.time() - int(stamp)) >= 3_600 or said.get("sign") != mine:
        message = "sign match fail or timestamp is not within one hour from current time"
        return 200, {"code": 19021, "data": {}, "msg": message}
    if said.get("msg_type") != "text" or not said.get("content", {}).get("text"):
        return 200, {"code": 9499, "data": {}, "msg": "Bad Request"}
    return None


def wecom(call: Call) -> tuple[int, Any] | None:
    if call.query.get("key") != "KEY-1":
        return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
    said = json.loads(call.body)
    if said.get("msgtype") != "text" or len(said.get("text", {}).get("content", "").encode()) > 2_048:
        return 200, {"errcode": 40058, "errmsg": "invalid Request Parameter"}
    return None
