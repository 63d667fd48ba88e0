"""One exchange with one address: the name is looked up once, every address checked, and the checked one connected to.

Nobody in between can turn the name elsewhere afterwards (DNS rebinding). No redirect is followed, no proxy asked.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.outgoing.addresses import Target, checked

#: Seconds for connecting, for each answer of the other side, and for all of it, however it dribbles.
_CONNECT, _ANSWER, _WHOLE = 5.0, 10.0, 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; header names in small letters."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class NotReached(OSError):
    """The other side was not reached: no name, no way, no connection, no encryption. Nothing of the call went out.
    Its text names the error."""


def exchange(
    method: str, target: Target, headers: Mapping[str, str], body: bytes | None = None, *, local: bool, most: int = 0
) -> Answer:
    """Send and hear the answer, of its body `most` bytes (0: none is read). Refuses addresses that are not public and
    a longer body. What goes wrong before the call goes out is NotReached; later, when the other side may have it, any
    other OSError, an HTTPException or a ValueError."""
    connection = http.client.HTTPConnection(target.host, target.port, timeout=_ANSWER)
    connection.sock = _reached(target, local=local)
    guard = threading.Timer(_WHOLE, _shut, [connection.sock])
    guard.start()
    try:
        connection.request(method, target.path, body=body, headers=dict(headers))
        with connection.getresponse() as response:
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, _bounded(response, most) if most else b"")
    finally:
        guard.cancel()
        connection.close()


def _reached(target: Target, *, local: bool) -> socket.socket:
    """A line to the other side on which nothing was said yet."""
    try:
        return _connected(target, checked(_addresses(target), local=local)[0])
    except (OSError, UnicodeError) as error:
        # UnicodeError: a name no host can have.
        raise NotReached(f"{type(error).__name__}: {error}") from error


def _bounded(response: http.client.HTTPResponse, most: int) -> bytes:
    """The whole body; http.client itself says so where it ends before its announced length."""
    found = response.read(most + 1)
    if len(found) > most:
        raise Refusal("answer_too_long", most=most)
    if response.length:
        raise http.client.IncompleteRead(found, response.length)
    return found


def _addresses(target: Target) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


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
