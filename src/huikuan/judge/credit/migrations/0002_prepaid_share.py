from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]

    operations = [
        migrations.AddField("limitrequest", "prepaid_percent", models.PositiveIntegerField(null=True)),
    ]
