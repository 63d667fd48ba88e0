"""What was invoiced under a document is looked for by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_event_batch")]

    operations = [
        migrations.AddIndex(
            "fulfilment", models.Index(fields=["customer_id", "document_number"], name="contracts_fulfilment_document")
        ),
    ]
