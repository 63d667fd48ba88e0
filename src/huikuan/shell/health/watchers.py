"""Who may read the figures: addresses and a token that the operator names, and nobody by default."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from huikuan.kernel.errors import Refusal

Network = IPv4Network | IPv6Network
_SHORTEST_TOKEN = 16


def networks(text: str) -> list[Network]:
    """Addresses and networks by comma; refuses what is neither."""
    try:
        return [ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()]
    except ValueError:
        raise Refusal("watchers_unreadable", value=text) from None


def watch_token(text: str) -> str:
    """The token, at least sixteen characters; empty: there is none."""
    if 0 < len(text) < _SHORTEST_TOKEN:
        raise Refusal("watch_token_short", least=_SHORTEST_TOKEN)
    return text


def may_watch(*, address: str, authorization: str, among: Sequence[Network], token: str) -> bool:
    """Whether the caller at `address`, who sent this Authorization header, is a watcher."""
    given = authorization.removeprefix("Bearer ").encode("utf-8", "replace")
    if token and authorization.startswith("Bearer ") and hmac.compare_digest(given, token.encode()):
        return True
    try:
        place = ip_address(address)
    except ValueError:
        return False
    return any(place in network for network in among)
