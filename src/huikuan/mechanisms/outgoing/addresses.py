"""Where calls may go: the open internet, and nothing of ours or our neighbours'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from huikuan.kernel.errors import Refusal

_LONGEST = 500
#: What a receiver may listen on; others are doors of other services.
_PORTS = frozenset({443, 8443})
#: Of IPv6, global unicast alone; of that, not the ranges that carry an IPv4 address inside.
_GLOBAL = IPv6Network("2000::/3")
_CARRIERS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: what to connect to and what to ask for."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, *, local: bool) -> Target:
    """The parts of a URL; refuses what is not https on a usual port without user name.

    `local`: the installation says that it tells itself (tests): http, and any port, are taken too.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("address_bad", url=url[:80]) from None
    host = parts.hostname or ""
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    if not plain or not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise Refusal("address_bad", url=url[:80])
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Refusal("address_bad", url=url[:80])
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    if port not in _PORTS and not local:
        raise Refusal("address_port_bad", port=port)
    if not local and _literal(host) is not None and not is_public(host):
        raise Refusal("address_private", host=host)
    return Target(parts.scheme, host, port, _path(parts))


def checked(addresses: Iterable[str], *, local: bool) -> list[str]:
    """The addresses a name leads to; refuses them all where one of them is not public."""
    found = list(addresses)
    if not found or (not local and not all(is_public(address) for address in found)):
        raise Refusal("address_private", host=", ".join(found)[:80])
    return found


def is_public(text: str) -> bool:
    """Whether the address is anybody's on the open internet; a text that is none is not."""
    address = _literal(text)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    if isinstance(address, IPv6Address):
        return address in _GLOBAL and address.is_global and not any(address in carrier for carrier in _CARRIERS)
    return False


def _literal(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
