"""Accounts and organisations that were two: their old numbers and names; and indexes by which an
address of the same mailbox, and a name that is alike, are found however many there are."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions
from django.conf import settings
from django.db import migrations, models

import peernet.lib.clock

KEY = "replace(split_part(split_part(lower(email), '@', 1), '+', 1), '.', '')"


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0012_spells_are_not_looked_up_by_constraint"),
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
        # Not TrigramExtension: taken back, that would take it away from the other wings too.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.AddIndex(
            "organisation",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.Lower("name"), "gin_trgm_ops"
                ),
                name="organisations_alike",
            ),
        ),
        migrations.CreateModel(
            name="KnownAs",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=160, verbose_name="Name")),
                ("organisation", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="known_as",
                    to="members.organisation")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.Lower("name"), name="known_as_one_organisation"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Different",
            fields=[
                ("id", models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("one", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+",
                    to="members.organisation")),
                ("other", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="+",
                    to="members.organisation")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["one", "other"], name="different_said_once"),
                    models.CheckConstraint(
                        condition=models.Q(one__lt=models.F("other")),
                        name="different_names_the_older_first",
                    ),
                ],
            },
        ),
    ]
