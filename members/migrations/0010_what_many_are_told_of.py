"""One row for what many are to be told of, until their notices are written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0009_copies_of_own_data")]

    operations = [
        migrations.CreateModel(
            name="Cause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("about_id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                ("network_id", models.BigIntegerField(null=True)),
                ("due_at", models.DateTimeField()),
                ("not_before", models.DateTimeField(null=True)),
            ],
        ),
    ]
