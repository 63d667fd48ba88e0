"""Calls and visits: who spoke with whom at a customer's, and what came of it.

What was said and where somebody stood is personal and can be erased; that it happened stays.
"""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class Call(Fact):
    """A call with a customer (通话): `result` one of domain.calls.RESULTS. `person_id`: the person of the register as
    they were then (customers.ContactVersion), null where nobody of it; `called_on`: the day by the company's calendar;
    `again_on`: when to call again; `incoming`: they called, or had asked to be. `request_key` '' or unique."""

    personal = ("note",)

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    result = models.CharField(max_length=20)
    incoming = models.BooleanField(default=False)
    called_on = models.DateField()
    again_on = models.DateField(null=True)
    request_key = models.CharField(max_length=80, null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request_key"], name="visits_call_key")]
        indexes = [
            models.Index(fields=["customer_id", "called_on"], name="visits_call_customer"),
            models.Index(fields=["company_id", "called_on"], name="visits_call_day"),
        ]


class Visit(Fact):
    """A visit that is planned (拜访): when, by which user, what for. `follows`: the visit it returns to."""

    personal = ("note",)

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    planned_on = models.DateField()
    visitor = models.CharField(max_length=150)
    purpose = models.CharField(max_length=20)
    follows = models.BigIntegerField(null=True)
    request_key = models.CharField(max_length=80, null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request_key"], name="visits_visit_key")]
        indexes = [
            models.Index(fields=["customer_id", "planned_on"], name="visits_visit_customer"),
            models.Index(fields=["visitor", "planned_on"], name="visits_visit_visitor"),
        ]


class CheckIn(Fact):
    """Somebody stood there (签到), once a visit. Where is personal: `place` in words, coordinates in degrees × 10⁶ as
    the telephone gave them ('' or null: it gave none)."""

    personal = ("place", "latitude_e6", "longitude_e6")

    visit_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    arrived_at = models.DateTimeField()
    actor = models.CharField(max_length=150)


class Photo(Fact):
    """A photograph of a visit; `sha256` names the original among the stored files, each kept once a visit."""

    visit_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=40)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit_id", "sha256"], name="visits_photo_once")]


class Outcome(Fact):
    """How a visit ended, once: `outcome` one of domain.visits.OUTCOMES, `sights` what was ticked, `people` persons of
    the register that were met; `satisfaction` 1 to 5, null where nobody asked."""

    personal = ("note", "others")

    visit_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    outcome = models.CharField(max_length=20)
    sights = models.JSONField(default=list)
    people = models.JSONField(default=list)
    satisfaction = models.SmallIntegerField(null=True)
    ended_on = models.DateField()
    follow_up_on = models.DateField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="visits_outcome_customer")]
