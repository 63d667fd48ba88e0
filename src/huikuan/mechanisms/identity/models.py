"""Companies that keep books here, users, and the roles they were granted."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from huikuan.mechanisms.store.models import Fact, Kept


class Company(Kept):
    """A legal entity whose receivables are kept: its own currency and calendar zone."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")


class User(AbstractUser):
    """A person who logs in. `language` and `amount_unit` are how they like to read.

    Raising `session_epoch` ends every session of theirs, as a new password does.
    """

    display_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    amount_unit = models.CharField(max_length=10, default="wan")
    session_epoch = models.PositiveIntegerField(default=0)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's, over the session epoch too (its only hook for the rotation of secrets)."""
        salt = "huikuan.mechanisms.identity.models.User.get_session_auth_hash"
        value = f"{self.password}|{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class RoleGrant(Fact):
    """A role given to (granted=True) or taken from a user, for one company or (null) for all."""

    user_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    granted = models.BooleanField()
    actor = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["user_id", "role"], name="identity_grant_user")]
