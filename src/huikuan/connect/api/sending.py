"""One message to one address: the name is looked up once, every address checked, and the checked one connected to.

Nobody in between can turn the name elsewhere afterwards (DNS rebinding). No redirect is followed, no proxy asked.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from huikuan.connect.api.domain.addresses import Target, checked
from huikuan.kernel.errors import Refusal

#: Seconds for connecting, for each answer of the receiver, and for all of it, however it dribbles.
_CONNECT, _ANSWER, _WHOLE = 5.0, 10.0, 20.0
_SAID = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: the receiver's status, or why there is none."""

    status: int | None
    error: str = ""


def deliver(target: Target, headers: Mapping[str, str], body: bytes, *, local: bool) -> Sent:
    """Send `body` by POST; whatever goes wrong is the answer."""
    try:
        address = checked(_addresses(target), local=local)[0]
        return _post(target, address, headers, body)
    except Refusal as refusal:
        return Sent(None, refusal.code)
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return Sent(None, f"{type(error).__name__}: {error}"[:_SAID])


def _addresses(target: Target) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _post(target: Target, address: str, headers: Mapping[str, str], body: bytes) -> Sent:
    connection = http.client.HTTPConnection(target.host, target.port, timeout=_ANSWER)
    connection.sock = _connected(target, address)
    guard = threading.Timer(_WHOLE, _shut, [connection.sock])
    guard.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        return Sent(connection.getresponse().status)
    finally:
        guard.cancel()
        connection.close()


def _connected(target: Target, address: str) -> socket.socket:
    plain = socket.create_connection((address, target.port), timeout=_CONNECT)
    plain.settimeout(_ANSWER)
    if target.scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _shut(held: socket.socket) -> None:
    with contextlib.suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)
