"""Several people hold an organisation's seat, each with a part: Membership.seat becomes Holding.

Who led was not known before: whoever holds a seat longest of those who hold it now.
"""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import peernet.lib.clock
import peernet.lib.spells

# A change of role ended a spell and began one at the same moment: to a seat that is one holding.
HOLD = """
INSERT INTO networks_holding (seat_id, person_id, part, since, until, reason)
WITH marked AS (
    SELECT *, lag(reason) OVER line = 'role' AND lag(until) OVER line = since
        AND lag(seat_id) OVER line = seat_id AS goes_on
    FROM networks_membership
    WINDOW line AS (PARTITION BY network_id, person_id ORDER BY since, until NULLS LAST, id)
), stretch AS (
    SELECT *, count(*) FILTER (WHERE goes_on IS NOT TRUE) OVER (
        PARTITION BY network_id, person_id ORDER BY since, until NULLS LAST, id) AS nr
    FROM marked
), held AS (
    SELECT seat_id, person_id, min(since) AS since,
        nullif(max(coalesce(until, 'infinity')), 'infinity') AS until,
        (array_agg(reason ORDER BY since DESC, until DESC NULLS FIRST, id DESC))[1] AS reason
    FROM stretch WHERE seat_id IS NOT NULL
    GROUP BY network_id, person_id, nr, seat_id
)
SELECT seat_id, person_id,
    CASE row_number() OVER (PARTITION BY seat_id ORDER BY until IS NOT NULL, since, person_id)
        WHEN 1 THEN 'lead' ELSE 'deputy' END,
    since, until,
    CASE WHEN until IS NULL THEN '' WHEN reason = 'role' THEN 'choice' ELSE reason END
FROM held
"""
# Back: a spell has one seat, the one led before others.
SIT = """
UPDATE networks_membership AS spell SET seat_id = (
    SELECT seat.id FROM networks_holding AS held JOIN networks_seat AS seat ON seat.id = seat_id
    WHERE seat.network_id = spell.network_id AND held.person_id = spell.person_id
        AND held.since <= coalesce(spell.until, 'infinity')
        AND coalesce(held.until, 'infinity') >= spell.since
    ORDER BY coalesce(held.until, 'infinity') = spell.since, held.part <> 'lead', held.since
    LIMIT 1
)
"""
AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"


def spells(name, *columns):
    """No two rows of the same columns at once."""
    return django.contrib.postgres.constraints.ExclusionConstraint(
        name=name,
        expressions=[
            *((column, "=") for column in columns),
            (peernet.lib.spells.Spell("since", "until"), "&&"),
        ],
    )


def ends_after(name):
    return models.CheckConstraint(
        condition=Q(("until", None), ("until__gte", F("since")), _connector="OR"), name=name
    )


class Migration(migrations.Migration):
    dependencies = [
        ("networks", "0012_what_newcomers_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("lead", "Lead"), ("deputy", "Deputy"), ("observer", "Observer")],
                        default="deputy",
                        max_length=8,
                    ),
                ),
                ("since", models.DateTimeField(default=peernet.lib.clock.now)),
                ("until", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("moved", "They moved on from the organisation"),
                            ("back", "They stepped back, and stay in the network"),
                            ("choice", "The organisation sends somebody else"),
                            ("handover", "They handed over to somebody else"),
                            ("part", "Their part changed"),
                            ("left", "They left the network"),
                            ("removed", "A coordinator took them out of the network"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holdings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holdings",
                        to="networks.seat",
                    ),
                ),
            ],
        ),
        # At once, since a table whose rows are still to be checked cannot be altered.
        migrations.RunSQL([HOLD, AT_ONCE], [SIT, AT_ONCE]),
        migrations.AddConstraint(
            "holding", spells("no_two_parts_in_one_seat_at_once", "seat", "person")
        ),
        migrations.AddConstraint("holding", ends_after("holding_ends_after_it_starts")),
        migrations.RemoveField("membership", "seat"),
        migrations.AddConstraint(
            "seat", spells("one_seat_per_organisation_at_once", "network", "organisation")
        ),
        migrations.RemoveConstraint("seat", "one_open_seat_per_organisation"),
        migrations.AddConstraint("seat", ends_after("seat_ends_after_it_starts")),
        migrations.AddField(
            "network",
            "leads_invite",
            models.BooleanField(
                default=False,
                verbose_name="Whoever leads for an organisation may invite its deputies and "
                "observers",
            ),
        ),
        migrations.AddField(
            "invitation",
            "part",
            models.CharField(
                blank=True,
                choices=[("lead", "Lead"), ("deputy", "Deputy"), ("observer", "Observer")],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
    ]
