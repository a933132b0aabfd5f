from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0015_asks_offers_and_calls")]

    operations = [
        migrations.AddField(
            "preference", "ask_second", models.BooleanField(db_default=True, default=True)
        ),
    ]
