"""A statement says which one it replaces; those before replaced none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statements", "0002_left_out")]

    operations = [migrations.AddField("issuedstatement", "replaces", models.BigIntegerField(null=True))]
