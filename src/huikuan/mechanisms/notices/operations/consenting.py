"""Writing down that somebody wants no more notices, or wants them again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.notices.addressing import digest_of
from huikuan.mechanisms.notices.domain.wanted import CHANNELS, address_of
from huikuan.mechanisms.notices.models import Consent
from huikuan.mechanisms.notices.operations.steps import LONGEST_NOTE
from huikuan.mechanisms.notices.queries.consents import stopped

REPLY, PAGE, PHONE, COMMAND, GATEWAY = "reply", "page", "phone", "command", "gateway"
SOURCES = (REPLY, PAGE, PHONE, COMMAND, GATEWAY)


def record_consent(
    *,
    wanted: bool,
    channel: str,
    source: str,
    company_id: int | None,
    customer_id: int | None = None,
    person_id: int | None = None,
    address: str = "",
    note: str = "",
    actor: str,
    at: datetime,
) -> int | None:
    """Write down that a person (customer and number) or an address wants no notices by a channel ('': by any), or
    wants them again; the fact's id. None: it is known already. Refuses where nobody is meant."""
    if channel and channel not in CHANNELS:
        raise Refusal("notice_word_unknown")
    digest = digest_of(channel, address_of(channel, address)) if address and channel else ""
    if (customer_id is None or person_id is None) and not digest:
        raise Refusal("consent_of_nobody")
    if stopped(channel=channel, customer_id=customer_id, person_id=person_id, digest=digest) is not wanted:
        return None
    row = {
        "company_id": company_id, "customer_id": customer_id, "person_id": person_id, "channel": channel,
        "address_digest": digest, "wanted": wanted, "source": source, "note": tidy(note)[:LONGEST_NOTE],
        "address": address, "actor": actor,
    }  # fmt: skip
    with transaction.atomic():
        number = record(Consent, [row], at=at)[0]
        announce(
            "notices.wanted_again" if wanted else "notices.stopped",
            company_id=company_id,
            customer_id=customer_id,
            payload={"consent": number, "person_id": person_id, "channel": channel, "source": source},
            at=at,
        )
    return number
