from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0004_signed_in_devices")]

    operations = [
        migrations.AddField(
            "notice", "refused", models.BooleanField(db_default=False, default=False)
        )
    ]
