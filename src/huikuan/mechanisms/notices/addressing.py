"""An address as it is known again without being readable: under the installation's key."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from huikuan.mechanisms.notices.domain.wanted import folded


def digest_of(channel: str, address: str) -> str:
    """The same for the same address, however typed; a phone's is one for calls and short messages."""
    return salted_hmac("huikuan.notices.address", folded(channel, address), algorithm="sha256").hexdigest()
