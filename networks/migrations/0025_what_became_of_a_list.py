from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networks", "0024_consents")]

    operations = [
        migrations.AddField("import", "result", models.JSONField(default=list)),
        migrations.AddField("import", "same", models.JSONField(default=dict)),
        migrations.AlterField(
            "import",
            "state",
            models.CharField(
                choices=[
                    ("draft", "Not yet agreed"),
                    ("applying", "Under way"),
                    ("applied", "Done"),
                    ("stopped", "Did not work"),
                    ("undoing", "Being undone"),
                    ("undone", "Undone"),
                    ("discarded", "Thrown away"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
    ]
