"""Which approval decides a limit; of those asked for before approvals decided them, null."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credit", "0002_prepaid_share")]

    operations = [
        migrations.AddField("limitrequest", "approval_id", models.BigIntegerField(null=True, unique=True)),
    ]
