"""Companies that keep books here, users, and the roles they were granted."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from huikuan.mechanisms.store.models import Fact, Kept


class Company(Kept):
    """A legal entity whose receivables are kept: its own currency and calendar zone."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="CNY")
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")


class User(AbstractUser):
    """A person who logs in. `language` and `amount_unit` are how they like to read."""

    display_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    amount_unit = models.CharField(max_length=10, default="wan")


class RoleGrant(Fact):
    """A role given to (granted=True) or taken from a user, for one company or (null) for all."""

    user_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    role = models.CharField(max_length=40)
    granted = models.BooleanField()
    actor = models.CharField(max_length=150)
