"""Companies, users, teams, the roles they were granted, and what proves that a user is themselves."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from huikuan.mechanisms.identity.domain.scope import Reach
from huikuan.mechanisms.store.models import Fact, Kept


class Company(Kept):
    """A legal entity whose receivables are kept: its own currency and calendar zone."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")


class User(AbstractUser):
    """A person who logs in. `language` and `amount_unit` are how they like to read.

    `owner_name` is how the books call them as the owner of a customer (''; by user name alone); no two
    people answer to one name. Raising `session_epoch` ends every session of theirs, as a new password does.
    """

    display_name = models.CharField(max_length=100, blank=True)
    owner_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    amount_unit = models.CharField(max_length=10, default="wan")
    session_epoch = models.PositiveIntegerField(default=0)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner_name"], condition=~models.Q(owner_name=""), name="identity_owner_name"
            )
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, over the session epoch too (its only hook for the rotation of secrets)."""
        salt = "huikuan.mechanisms.identity.models.User.get_session_auth_hash"
        value = f"{self.password}|{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Team(Kept):
    """A team of people; teams form a tree. Who leads one holds a role whose reach is the team."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subteams")


class TeamStay(Fact):
    """From `effective_on` on the user is (`member`) or is no longer in the team; of one day the last counts."""

    user_id = models.BigIntegerField()
    team_id = models.BigIntegerField()
    effective_on = models.DateField()
    member = models.BooleanField()
    actor = models.CharField(max_length=150)


class RoleGrant(Fact):
    """A role given to (granted=True) or taken from a user, for one company or (null) for all.

    `reach`: on whose rows (domain.scope); the latest grant of a role for a company counts, with its reach.
    `reason`: why duties that conflict were given to one person all the same ('' where none do), `approved_by` whom
    (null: nobody, in a small firm). From `ends_at` on it is not held any more (null: until it is taken away).
    """

    later = ("ends_at", "approved_by")

    user_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    reach = models.CharField(max_length=10, default=Reach.ALL.value)
    granted = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    actor = models.CharField(max_length=150)
    ends_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=150, null=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "role"], name="identity_grant_user")]


class SecondFactor(models.Model):
    """A user's authenticator: the shared secret, encrypted; in use from `confirmed_at` on.

    `last_step` is the newest time step a code was taken of: no code counts twice. `wrong` codes were
    given in a row, the last at `wrong_at`.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="second_factor")
    secret = models.CharField(max_length=300)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """One of the codes that stand in for a lost authenticator, each once; kept as password hashes are."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=128)


class OpenSession(models.Model):
    """Where a user is logged in. `epoch`: the user's when it began; it is over once that has risen."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    epoch = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)


class ApiToken(Kept):
    """A key with which a program acts for a user, within `areas` and what the user may do.

    Only the digest of its secret half is kept; `name` is the user's, `handle` the half that finds the row.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100)
    handle = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    areas = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
