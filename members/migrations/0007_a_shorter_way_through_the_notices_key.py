"""The same key with its numbers first: a comparison ends at the third column, not the seventh, and
writing 100,000 notices takes a third less. Made beside the old one, so that nobody has to wait."""

from django.db import migrations, models

COLUMNS = 'network_id, about_id, person_id, kind, version, "offset", channel, address'
BEFORE = 'network_id, kind, about_id, version, "offset", channel, person_id, address'


def swap(new, columns, old):
    """One unique key for another, and at no moment none."""
    return [
        f"DROP INDEX CONCURRENTLY IF EXISTS {new}",  # what an interrupted run left
        f"CREATE UNIQUE INDEX CONCURRENTLY {new} ON members_notice ({columns}) NULLS NOT DISTINCT",
        f"ALTER TABLE members_notice ADD CONSTRAINT {new} UNIQUE USING INDEX {new}",
        f"ALTER TABLE members_notice DROP CONSTRAINT {old}",
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("members", "0006_find_refused_letters")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    swap("one_notice_of_a_cause", COLUMNS, "one_notice_per_cause"),
                    swap("one_notice_per_cause", BEFORE, "one_notice_of_a_cause"),
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("notice", "one_notice_per_cause"),
                migrations.AddConstraint(
                    "notice",
                    models.UniqueConstraint(
                        fields=(
                            "network_id", "about_id", "person", "kind", "version", "offset",
                            "channel", "address",
                        ),
                        name="one_notice_of_a_cause",
                        nulls_distinct=False,
                    ),
                ),
            ],
        )
    ]  # fmt: skip
