"""Accounts of the company, statements and lines as the bank told them, and what of each line is used.

References are plain ids, as everywhere in the ledger; `huikuan ledger check` proves them. Amounts are minor units,
> 0: money in.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from huikuan.mechanisms.store.models import Fact, FactId


class BankAccount(Fact):
    """An account the company has at a bank (银行账户), opened here once; what it is called never changes.

    `number` without spaces and dashes, as statements name it; unique in the company.
    """

    company_id = models.BigIntegerField()
    number = models.CharField(max_length=60)
    bank = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company_id", "number"], name="banking_account_number")]
        indexes = [models.Index(fields=["number"], name="banking_account_known")]


class BankStatement(Fact):
    """One statement of one account out of one file (银行对账单), as it was read in.

    `opening` and `closing` null where the file tells none. `lines_new` of its lines were recorded with it,
    `lines_known` were there already. `layout` is how the file was read, `number` the bank's.
    """

    company_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    layout = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    period_from = models.DateField(null=True)
    period_through = models.DateField(null=True)
    opening = models.BigIntegerField(null=True)
    closing = models.BigIntegerField(null=True)
    lines_new = models.PositiveIntegerField()
    lines_known = models.PositiveIntegerField()
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [
            models.Index(fields=["account_id", "period_from"], name="banking_statement_account"),
            models.Index(fields=["file_sha256"], name="banking_statement_file"),
        ]


class BankLine(Fact):
    """One line of a statement (银行流水), recorded once however many files repeat it.

    The columns are those of `domain.statements.Line`. `key` is what it is recognised by in its account
    (`domain.sifting`), `row` its place in the original file, `raw` what that row said column by column.
    """

    company_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    ordinal = models.PositiveIntegerField()
    row = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=64)
    booked_on = models.DateField()
    value_on = models.DateField(null=True)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    counterparty_name = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=60, blank=True)
    counterparty_bank = models.CharField(max_length=200, blank=True)
    memo = models.TextField(blank=True)
    bank_reference = models.CharField(max_length=120, blank=True)
    end_to_end = models.CharField(max_length=120, blank=True)
    part_of = models.CharField(max_length=120, blank=True)
    reversal = models.BooleanField(default=False)
    balance_after = models.BigIntegerField(null=True)
    raw = models.JSONField(default=dict)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "key"], name="banking_line_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="banking_line_amount"),
        ]
        indexes = [
            models.Index(fields=["account_id", "booked_on"], name="banking_line_day"),
            models.Index(fields=["statement_id"], name="banking_line_statement"),
            models.Index(
                fields=["account_id", "bank_reference"],
                condition=~Q(bank_reference=""),
                name="banking_line_reference",
            ),
            models.Index(fields=["account_id", "part_of"], condition=~Q(part_of=""), name="banking_line_part"),
        ]


class OpenLine(models.Model):
    """What of a line is not used yet: a cache, and the lock of the line. The row goes when nothing is left.

    `left` has the line's sign. The other columns are copies, so that lists need no join.
    """

    line_id = FactId(primary_key=True)
    company_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    left = models.BigIntegerField()
    booked_on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(left=0), name="banking_open_left")]
        indexes = [models.Index(fields=["company_id", "booked_on"], name="banking_open_company")]


class LineUse(Fact):
    """So much of a line is accounted for: by an item of the ledger, by another line, or by being no customer's money.

    `amount` has the line's sign; a use taken back (`reversal_of`) has the other. `item_id` is the item of the ledger
    it became, `other_line_id` the line that takes it back (a bounced payment and its original name each other).
    """

    class Purpose(models.TextChoices):
        RECEIPT = "receipt"
        REFUND = "refund"
        BOUNCED = "bounced"
        SET_ASIDE = "set_aside"

    company_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    other_line_id = models.BigIntegerField(null=True)
    amount = models.BigIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    note = models.CharField(max_length=200, blank=True)
    reversal_of = models.BigIntegerField(null=True, unique=True)
    actor = models.CharField(max_length=150)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="banking_use_amount")]
        indexes = [
            models.Index(fields=["line_id"], name="banking_use_line"),
            models.Index(fields=["item_id"], condition=Q(item_id__isnull=False), name="banking_use_item"),
        ]


class Preset(Fact):
    """How files of an unknown layout are read, under a name of the company's; the latest of a name holds.

    `mapping` as `domain.mapping` reads it, empty once the preset was given up. `headers`: the columns of the file it
    was made for, by which others like it are recognised.
    """

    company_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    mapping = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["company_id", "name"], name="banking_preset_name")]


class Upload(models.Model):
    """A file somebody handed in by the page, and what became of it. Its bytes lie under their hash (mechanisms/files).

    `choices`: what was answered (account, mapping, accounts to open); `refusal` why it was refused or what it asks;
    `result` what it brought.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        ASKING = "asking"
        REFUSED = "refused"
        IMPORTED = "imported"

    company_id = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    file_size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    choices = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    actor = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company_id", "created_at"], name="banking_upload_latest")]
