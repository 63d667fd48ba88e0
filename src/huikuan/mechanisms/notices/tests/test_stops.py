"""Stops of many at once, against the rule for one."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.notices.models import Consent
from huikuan.mechanisms.notices.queries.consents import stopped
from huikuan.mechanisms.notices.queries.stops import stops_of
from huikuan.mechanisms.notices.tests.conftest import AT

PEOPLE = [(1, 1), (1, 2), (2, 1), None]
DIGESTS = ["", "a", "b"]
CHANNELS = ["", "email", "sms"]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_of_many_as_of_one(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        customer_id, person_id = chance.choice(PEOPLE) or (None, None)
        row = {
            "company_id": None, "customer_id": customer_id, "person_id": person_id,
            "channel": chance.choice(CHANNELS), "address_digest": chance.choice(DIGESTS),
            "wanted": chance.random() < 0.4, "source": "reply", "note": "", "address": "x", "actor": "system",
        }  # fmt: skip
        record(Consent, [row], at=AT)
    with CaptureQueriesContext(connection) as asked:
        found = stops_of({1, 2}, {"a", "b"})
    assert len(asked) == 2
    for person in PEOPLE:
        for digest in DIGESTS:
            for channel in CHANNELS[1:]:
                customer_id, person_id = person or (None, None)
                one = stopped(channel=channel, customer_id=customer_id, person_id=person_id, digest=digest)
                assert found.against(channel, person, digest) is one
