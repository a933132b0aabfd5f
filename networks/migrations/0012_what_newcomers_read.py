"""What of a room somebody reads who joined later; people in cohorts, also in several."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations, models
from django.db.models import F, Q

import peernet.lib.spells
from peernet.lib import clock

# What was said in a trusted room is for those who were here; open rooms stay as they are.
RULES = """
UPDATE networks_room SET
    cohorts_from = CASE kind WHEN 'trusted' THEN timestamptz '9999-01-01 00:00+00'
        ELSE timestamptz '1970-01-01 00:00+00' END,
    all_from = CASE kind WHEN 'trusted' THEN timestamptz '9999-01-01 00:00+00'
        ELSE timestamptz '1970-01-01 00:00+00' END
"""
# A spell that begins when another of the same person ended goes on with it: a change of role.
HERE = """
UPDATE networks_membership AS spell SET here_since = run.began
FROM (
    SELECT id, min(since) OVER (PARTITION BY network_id, person_id, run) AS began
    FROM (
        SELECT *, count(*) FILTER (WHERE before IS DISTINCT FROM since)
            OVER (PARTITION BY network_id, person_id ORDER BY since, id) AS run
        FROM (
            SELECT id, network_id, person_id, since, lag(until)
                OVER (PARTITION BY network_id, person_id ORDER BY since, id) AS before
            FROM networks_membership
        ) AS one
    ) AS two
) AS run
WHERE spell.id = run.id AND run.began < spell.since
"""
# One row for each unbroken time in a cohort, whatever roles it was spent in.
COHORTS = """
INSERT INTO networks_cohortspell (cohort_id, person_id, since, until)
SELECT cohort_id, person_id, min(since), CASE WHEN bool_or(until IS NULL) THEN NULL ELSE max(until) END
FROM (
    SELECT *, count(*) FILTER (WHERE before IS DISTINCT FROM since)
        OVER (PARTITION BY cohort_id, person_id ORDER BY since, id) AS run
    FROM (
        SELECT *, lag(until) OVER (PARTITION BY cohort_id, person_id ORDER BY since, id) AS before
        FROM networks_membership WHERE cohort_id IS NOT NULL
    ) AS one
) AS two
GROUP BY cohort_id, person_id, run;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# The way back knows one cohort for each spell: the one that began last.
ONE_COHORT = """
UPDATE networks_membership AS spell SET cohort_id = (
    SELECT inside.cohort_id FROM networks_cohortspell AS inside
    JOIN networks_cohort AS cohort ON cohort.id = inside.cohort_id
    WHERE inside.person_id = spell.person_id AND cohort.network_id = spell.network_id
      AND inside.since < coalesce(spell.until, 'infinity')
      AND coalesce(inside.until, 'infinity') > spell.since
    ORDER BY inside.since DESC, inside.id DESC LIMIT 1);
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0011_posts_are_found"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "cohort", "starts_at", models.DateTimeField(default=clock.now)
        ),
        migrations.AddField(
            "cohort",
            "welcome",
            models.TextField(blank=True, max_length=2000, verbose_name="Words of welcome"),
        ),
        migrations.AddField(
            "membership", "here_since", models.DateTimeField(blank=True, null=True)
        ),
        migrations.RunSQL(HERE, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="CohortSpell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(default=clock.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("cohort", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="spells", to="networks.cohort")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cohort_spells", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [
                    models.Index(condition=Q(until=None), fields=["person", "cohort"], name="cohort_spell_current"),
                ],
                "constraints": [
                    ExclusionConstraint(
                        name="no_two_cohort_spells_at_once",
                        expressions=[
                            ("cohort", RangeOperators.EQUAL),
                            ("person", RangeOperators.EQUAL),
                            (peernet.lib.spells.Spell("since", "until"), RangeOperators.OVERLAPS),
                        ],
                    ),
                    models.CheckConstraint(
                        condition=Q(until=None) | Q(until__gte=F("since")),
                        name="cohort_spell_ends_after_it_starts",
                    ),
                ],
            },
        ),
        migrations.RunSQL(COHORTS, ONE_COHORT),
        migrations.RemoveField("membership", "cohort"),
        migrations.AddField(
            "room",
            "cohort",
            models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="networks.cohort"),
        ),
        migrations.AddField("room", "cohorts_from", models.DateTimeField(null=True)),
        migrations.AddField("room", "all_from", models.DateTimeField(null=True)),
        migrations.RunSQL(RULES + "; SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("room", "cohorts_from", models.DateTimeField()),
        migrations.AlterField("room", "all_from", models.DateTimeField()),
        migrations.AddConstraint(
            "room",
            models.CheckConstraint(
                condition=Q(cohorts_from__lte=F("all_from")), name="room_opens_to_cohorts_first"
            ),
        ),
    ]  # fmt: skip
