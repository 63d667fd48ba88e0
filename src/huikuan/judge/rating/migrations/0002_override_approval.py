"""Which approval decides an override; of those drawn up before approvals decided them, null."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rating", "0001_initial")]

    operations = [
        migrations.AddField("override", "approval_id", models.BigIntegerField(null=True, unique=True)),
    ]
