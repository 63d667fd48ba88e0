"""A company register on this machine, as providers answer: signed calls alone, their errors, their JSON."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "invented-key", "invented-secret"
_FRESH = 300

ENTRY = {
    "Name": "北麓矿业装备（集团）有限公司",
    "CreditCode": "91350100M000100Y43",
    "OperName": "李沅",
    "RegistCapi": "5000万元人民币",
    "Status": "存续（在营、开业、在册）",
    "StartDate": "2011-11-21 00:00:00",
    "Partners": [
        {"StockName": "宏朔投资有限公司", "StockPercent": "60%"},
        {"StockName": "尹川", "StockPercent": "40%"},
    ],
    "LawsuitCount": 2,
    "DishonestCount": 0,
}


@dataclass
class Register:
    """What it answers to each keyword, and what it was asked. `status`, `headers`, `cut`: instead of a whole 200."""

    url: str = ""
    entries: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: int = 0
    delay: float = 0.0

    def answer(self, path: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        self.asked.append(query.get("keyword", ""))
        if self.status != 200 or self.body is not None:
            return self.status, self.headers, self.body if self.body is not None else b""
        return 200, {}, json.dumps(self._said(query, headers), ensure_ascii=False).encode()

    def _said(self, query: dict[str, str], headers: Any) -> dict[str, Any]:
        span = headers.get("Timespan", "")
        token = hashlib.md5(f"{KEY}{span}{SECRET}".encode(), usedforsecurity=False).hexdigest().upper()
        if query.get("key") != KEY:
            return {"Status": "101", "Message": "当前的KEY无效或者还未生效中"}
        if headers.get("Token") != token or not span.isdigit() or abs(time.time() - int(span)) > _FRESH:
            return {"Status": "110", "Message": "当前相同查询连续出错，请检查签名"}
        found = self.entries.get(query["keyword"])
        if found is None:
            return {"Status": "201", "Message": "查询无结果"}
        return {"Status": "200", "Message": "查询成功", "Result": found}


@contextmanager
def standing() -> Iterator[Register]:
    """A register that listens while this is entered."""
    register = Register()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(register.delay)
            status, headers, body = register.answer(self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) - register.cut])

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    register.url = f"http://127.0.0.1:{server.server_port}/ECIV4/GetBasicDetails"
    try:
        yield register
    finally:
        server.shutdown()
        server.server_close()
