"""Notices and what became of them: facts; where each stands, kept beside them; who wants none."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.notices.domain.lifecycle import QUEUED
from huikuan.mechanisms.store.models import Fact


class Notice(Fact):
    """One message to one address (通知), queued once for its (company, case, step, channel).

    `case`: what it is about; `items`: the open items it speaks of; `attachments`: [{name, sha256}] of kept originals;
    `address_digest`: the address as compared, under the installation's key. `letters`: the house's texts it is written
    by, [{code, version, name}]; one with a `name` goes with it as PDF. Whom it goes to and what it says (`said`: in
    each of these PDFs) are personal and can be erased.
    """

    personal = ("to", "subject", "text", "said")
    later = ("letters",)

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    case = models.CharField(max_length=120)
    step = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    person_id = models.BigIntegerField(null=True)
    items = models.JSONField()
    attachments = models.JSONField()
    not_before = models.DateTimeField(null=True)
    address_digest = models.CharField(max_length=64)
    actor = models.CharField(max_length=150)
    letters = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company_id", "case", "step", "channel"], name="notices_notice_once")
        ]
        indexes = [models.Index(fields=["customer_id"], name="notices_notice_customer")]


class NoticeStep(Fact):
    """A step of a notice, counted from 1 (domain.lifecycle). Of two taken at once the database refuses the second.

    `reason`: a code, why it was put off, refused or cancelled. `reference`: what the other side calls it; `sender`:
    from whom it went; `sha256`: of the bytes handed over, `about` of a message heard. `answer`: what the other side
    said, word for word, with addresses in it, so personal; of one sent again, the other address it goes to. `files`:
    of a claim, [{name, sha256}] of the letters set for it.
    """

    personal = ("answer",)
    later = ("files",)

    notice_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    step = models.CharField(max_length=20)
    reason = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    sender = models.CharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    again_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=150)
    files = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice_id", "number"], name="notices_step_once")]
        indexes = [
            models.Index(fields=["reference"], condition=~models.Q(reference=""), name="notices_step_reference")
        ]


class NoticeStand(models.Model):
    """Where a notice stands, changed in the transaction of the step that brought it there; recomputable.

    `due_at`: when it is to be sent next; `waits`: why not before (a code, '' as queued). `attempts` to send it since
    it was queued or a person had it sent again; `claim`: the number of the step by which the last one began, so that
    a sender who comes late does not speak for its successor. `changed_at`: when it came to its state;
    `sent_at`: when it last went out.
    """

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, primary_key=True, related_name="stand")
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    address_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, default=QUEUED)
    steps = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    claim = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    waits = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="notices_stand_due"),
            models.Index(fields=["customer_id", "channel", "sent_at"], name="notices_stand_customer"),
            models.Index(fields=["address_digest", "channel", "sent_at"], name="notices_stand_address"),
        ]


class Consent(Fact):
    """A person, or whoever is behind an address, wants no more notices by a channel ('' by any), or wants them again.

    `person_id`: the number of the contact at the customer, where known. Of one person or address and channel
    the last counts. `source`: how it was said: reply, page, phone, command.
    """

    personal = ("address",)

    company_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=20, blank=True)
    address_digest = models.CharField(max_length=64, blank=True)
    wanted = models.BooleanField()
    source = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["person_id"], name="notices_consent_person"),
            models.Index(fields=["address_digest"], name="notices_consent_address"),
        ]
