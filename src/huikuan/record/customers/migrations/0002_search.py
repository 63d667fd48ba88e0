"""What customers are found by, worked out for those already there."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.domain.search_words import search_words


def fill(apps: Any, schema_editor: Any) -> None:
    customers = apps.get_model("customers", "Customer").objects
    for row in customers.all().iterator(chunk_size=2_000):
        row.search = search_words(
            Master(
                code=row.code,
                name=row.name,
                short_name=row.short_name,
                english_name=row.english_name,
                former_names=tuple(row.former_names),
                uscc=row.uscc,
            )
        )
        row.save(update_fields=["search"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.AddField("customer", "search", models.TextField(blank=True, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
