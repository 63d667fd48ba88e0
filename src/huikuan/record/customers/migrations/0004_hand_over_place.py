"""Which customers and companies a hand-over names, beside it; for those there already, from the papers."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Older papers do not say the company: they count as of every one, so that only who sees all reads them."""
    companies = list(apps.get_model("identity", "Company").objects.values_list("pk", flat=True)) or [None]
    place = apps.get_model("customers", "HandOverPlace")
    for number, customer_ids in apps.get_model("customers", "HandOver").objects.values_list("pk", "customer_ids"):
        named = [(customer, company) for customer in customer_ids for company in companies]
        place.objects.bulk_create(place(hand_over_id=number, customer_id=one, company_id=two) for one, two in named)


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search"), ("identity", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="HandOverPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hand_over_id", models.BigIntegerField(db_index=True)),
                ("customer_id", models.BigIntegerField(db_index=True)),
                ("company_id", models.BigIntegerField(null=True)),
            ],
            options={"abstract": False},
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
