"""Short messages. A provider is a `Channel` made from HUIKUAN_SMS_URL, by the host it names; one is known: Alibaba
Cloud. Another is added by its function here, and nothing else changes."""

from __future__ import annotations

import os
from collections.abc import Callable

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.channels import Channel, Closed, register
from huikuan.mechanisms.notices.channels.alibaba import AlibabaSms, account_of
from huikuan.mechanisms.notices.domain.wanted import SMS


def _alibaba(url: str) -> Channel:
    return AlibabaSms(account_of(url))


#: HUIKUAN_SMS_PROVIDER → how its channel is made of the address.
PROVIDERS: dict[str, Callable[[str], Channel]] = {"alibaba": _alibaba}


def set_up() -> None:
    """Make short messages known; what the environment says is read when they are opened."""
    register(SMS, opened, needs=("HUIKUAN_SMS_URL",))


def opened() -> Channel | None:
    """The provider's channel; None while none is named. Raises Closed for an address that cannot be meant."""
    url = os.environ.get("HUIKUAN_SMS_URL", "")
    if not url:
        return None
    provider = os.environ.get("HUIKUAN_SMS_PROVIDER", "alibaba")
    try:
        if provider not in PROVIDERS:
            raise Refusal("sms_provider_unknown", provider=provider, known=" | ".join(PROVIDERS))
        return PROVIDERS[provider](url)
    except Refusal as refusal:
        raise Closed(str(refusal)) from refusal
