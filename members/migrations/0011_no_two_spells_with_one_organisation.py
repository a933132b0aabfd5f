"""Nobody belongs to the same organisation twice at one moment: the database refuses it."""

import django.contrib.postgres.constraints
from django.db import migrations

import peernet.lib.spells


class Migration(migrations.Migration):
    dependencies = [("members", "0010_what_many_are_told_of")]

    operations = [
        # Not BtreeGistExtension: taken back, that would take it away from the other wings too.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "affiliation",
            django.contrib.postgres.constraints.ExclusionConstraint(
                name="one_affiliation_per_organisation_at_once",
                expressions=[
                    ("person", "="),
                    ("organisation", "="),
                    (peernet.lib.spells.Spell("since", "until"), "&&"),
                ],
            ),
        ),
        migrations.RemoveConstraint("affiliation", "one_open_affiliation_per_organisation"),
    ]
