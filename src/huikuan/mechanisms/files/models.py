"""Originals, kept by hash below HUIKUAN_HOME/files."""

from __future__ import annotations

from django.db import models

from huikuan.mechanisms.store.models import Fact


class StoredFile(Fact):
    """An original as it came in: its bytes never change, its name is only a label."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_by = models.CharField(max_length=150, blank=True)
