"""A finished run says which accounts it left out; of those before, none was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statements", "0001_initial")]

    operations = [migrations.AddField("finishedrun", "left_out", models.JSONField(null=True))]
