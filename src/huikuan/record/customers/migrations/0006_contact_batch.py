"""Which import said what of a contact; of what was said before, by hand, null."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_merges")]

    operations = [
        migrations.AddField("contactversion", "batch_id", models.BigIntegerField(null=True)),
        migrations.AddIndex("contactversion", models.Index(fields=["batch_id"], name="customers_contact_batch")),
    ]
