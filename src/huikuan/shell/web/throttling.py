"""Who asks to log in, from where, and when an address has guessed too often.

Axes pauses one name from one address, so that nobody locks out a colleague from elsewhere. An address
that tries many names is paused as a whole, at a higher limit, because an office shares one.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

#: Wrong passwords from one address within the pause, over all names.
ADDRESS_LIMIT = 50


def client_address(request: HttpRequest) -> str:
    """The client's address, behind HUIKUAN_PROXIES trusted proxies; of IPv6 the network one household has."""
    return _household(whole_address(request)) or "0.0.0.0"  # noqa: S104 (a name for "unknown", not bound)


def whole_address(request: HttpRequest) -> str:
    """The same with every bit of IPv6; empty where it is none."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    peer = request.META.get("REMOTE_ADDR", "")
    believed = [*hops, peer][-1 - settings.PROXIES :][0]
    return _plain(believed) or _plain(peer)


def address_paused(request: HttpRequest) -> bool:
    """Whether this address gave too many wrong passwords lately, whatever the names."""
    since = timezone.now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
    tried = AccessAttempt.objects.filter(ip_address=client_address(request), attempt_time__gte=since)
    return (tried.aggregate(wrong=Sum("failures_since_start"))["wrong"] or 0) >= ADDRESS_LIMIT


def _plain(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _household(address: str) -> str:
    return str(IPv6Network((address, 64), strict=False).network_address) if ":" in address else address
