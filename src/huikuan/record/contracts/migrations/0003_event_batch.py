"""An event says which import told of the day of signature it followed; those before followed none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_awaited_on")]

    operations = [migrations.AddField("milestoneevent", "batch_id", models.BigIntegerField(null=True))]
