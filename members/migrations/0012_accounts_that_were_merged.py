"""Numbers of accounts that were merged into others; and an index by which an address of the same
mailbox is found, however many there are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import peernet.lib.clock

KEY = "replace(split_part(split_part(lower(email), '@', 1), '+', 1), '.', '')"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_no_two_spells_with_one_organisation"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AddField(
            "person", "doubles_put_away", models.BooleanField(db_default=False, default=False)
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("old_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("joined_at", models.DateTimeField()),
                (
                    "at",
                    models.DateTimeField(default=peernet.lib.clock.now, verbose_name="Merged"),
                ),
                (
                    "into",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            f"CREATE INDEX one_mailbox ON account_emailaddress"
            f" (({KEY}), (split_part(lower(email), '@', 2)))",
            "DROP INDEX one_mailbox",
        ),
    ]
