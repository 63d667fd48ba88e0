from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_claims")]

    operations = [
        migrations.AddField("notice", "letters", models.JSONField(null=True)),
        migrations.AddField("noticestep", "files", models.JSONField(null=True)),
    ]
