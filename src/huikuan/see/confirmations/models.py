"""Who was asked to confirm which account, what came back, and the guests' own short-lived sessions."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class InvitationRun(Fact):
    """Somebody asked for many confirmations at once. The work is a job whose key is this fact's id.

    `statements`: ids of the issued statements to be confirmed; `site`: the address links begin with.
    """

    JOB = "confirmations.invite"

    company_id = models.BigIntegerField()
    statements = models.JSONField()
    channel = models.CharField(max_length=10)
    days = models.PositiveSmallIntegerField()
    site = models.CharField(max_length=200)
    actor = models.CharField(max_length=150)


class Invitation(Fact):
    """One person at a customer was asked to confirm one account.

    The account is that of `customer_id` in `currency` over `since`–`until` resting on the head of `head_size`: it can
    be computed again and then has `content_digest` (SHA-256 of its canonical content). `statement_id`: the issued
    statement it is; null: an account without a number. `closing` in minor units, positive owed to us. `contact_id`:
    the fact that says who is asked and how to reach them, so that erasing it erases them here too. `token_hash`:
    SHA-256 of the link's token, which itself is kept nowhere. `channel`: how the link goes out (email, sms, copy).
    """

    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    statement_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    since = models.DateField()
    until = models.DateField()
    head_size = models.BigIntegerField()
    content_digest = models.BinaryField(max_length=32)
    closing = models.BigIntegerField()
    contact_id = models.BigIntegerField()
    channel = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    run_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "statement_id"], name="confirmations_once_a_run"),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="confirmations_customer"),
            models.Index(fields=["statement_id"], name="confirmations_statement"),
        ]


class FinishedInvitationRun(Fact):
    """A run is done. `left_out`: [[statement id, reason], …] that nobody was asked about."""

    run_id = models.BigIntegerField(unique=True)
    invited = models.PositiveIntegerField()
    left_out = models.JSONField()


class Reminder(Fact):
    """The same person was sent the account once more, by another link: the one before is dead. `number` from 1."""

    invitation_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    token_hash = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation_id", "number"], name="confirmations_reminder_number")
        ]


class Revocation(Fact):
    """An invitation was taken back: its link opens nothing any more."""

    invitation_id = models.BigIntegerField(unique=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)


class Opening(Fact):
    """The link of an invitation was opened for the first time: it arrived. Whence is personal."""

    personal = ("ip",)

    invitation_id = models.BigIntegerField(unique=True)


class Reply(Fact):
    """What the customer said, whole: `accepted` + `disputed` = the account's closing balance.

    `shown_digest`: SHA-256 of the account as it was shown. `digest`: SHA-256 of `content`, the canonical JSON of the
    whole reply without who gave it: what was shown, each line with its answer, when. `proof`: how the person was
    proved ('code:email', 'code:sms'). Who, as what, and whence is personal.
    """

    personal = ("name", "position", "ip")

    invitation_id = models.BigIntegerField(unique=True)
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    shown_digest = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)
    content = models.TextField()
    accepted = models.BigIntegerField()
    disputed = models.BigIntegerField()
    proof = models.CharField(max_length=20)
    language = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["customer_id"], name="confirmations_reply_customer")]


class ReplyLine(Fact):
    """What was said of one line. `dispute_id`, `promise_id`: what was opened because of it, if anything.

    `files`: what was sent along, [{"sha256", "name"}], named as the customer did.
    `open_amount` = `accepted` + `disputed`, with the account's sign.
    """

    reply_id = models.BigIntegerField()
    place = models.PositiveIntegerField()
    item_id = models.BigIntegerField()
    document_number = models.CharField(max_length=80, blank=True)
    due_date = models.DateField(null=True)
    said = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, blank=True)
    open_amount = models.BigIntegerField()
    accepted = models.BigIntegerField()
    disputed = models.BigIntegerField()
    note = models.TextField(blank=True)
    files = models.JSONField()
    promised_on = models.DateField(null=True)
    dispute_id = models.BigIntegerField(null=True)
    promise_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply_id", "place"], name="confirmations_reply_line")]
        indexes = [models.Index(fields=["item_id"], name="confirmations_reply_item")]


class GuestSession(models.Model):
    """A guest who opened a link: no user, one invitation, a few hours. No fact: it goes when it is over.

    `key_hash`: SHA-256 of what the cookie says. `draft`: what was filled in so far. `code_hash`: HMAC of the code sent
    last, empty when there is none; `tries` of it so far.
    """

    key_hash = models.BinaryField(max_length=32, unique=True)
    invitation_id = models.BigIntegerField(db_index=True)
    language = models.CharField(max_length=10)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    draft = models.JSONField(default=dict)
    codes = models.PositiveSmallIntegerField(default=0)
    code_hash = models.BinaryField(max_length=32, default=b"")
    code_by = models.CharField(max_length=10, blank=True)
    code_sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)


class Knock(models.Model):
    """Something that is counted so that it does not happen too often: `about` is a pseudonym of an address, or a link.
    Gone an hour later."""

    about = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["about", "at"], name="confirmations_knock_about")]


class PeerList(Fact):
    """The customer's own list of what it owes, compared with the account of an invitation.

    `file_sha256`: the original as it was handed in. `ours`, `theirs`: what each side's lines come to, minor units.
    `source`: 'portal' (the guest) or 'staff' (somebody here, for the customer).
    """

    invitation_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    ours = models.BigIntegerField()
    theirs = models.BigIntegerField()
    source = models.CharField(max_length=10)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["invitation_id"], name="confirmations_list_invitation")]


class PeerDifference(Fact):
    """One group of a comparison (domain.reconciling.Group); agreed ones too, so that every line is in one.

    `our_lines`: [[item id, document, amount], …]; `their_lines`: [[row, document, amount], …]; `difference` = ours
    less theirs. `kind`, `by`: as the comparison says.
    """

    list_id = models.BigIntegerField()
    place = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    by = models.CharField(max_length=20)
    our_lines = models.JSONField()
    their_lines = models.JSONField()
    difference = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list_id", "place"], name="confirmations_difference_place")]


class DifferenceStep(Fact):
    """How far a difference is worked off: `state` from now on, with a note. Steps count from 1."""

    difference_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["difference_id", "number"], name="confirmations_difference_step")
        ]
