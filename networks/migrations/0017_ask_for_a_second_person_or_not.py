from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0016_spells_are_not_looked_up_by_constraint")]

    operations = [
        migrations.AddField(
            "preference", "ask_second", models.BooleanField(db_default=True, default=True)
        ),
    ]
