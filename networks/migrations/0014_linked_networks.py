"""Links between networks, what flows along them, whom a network is made of."""

import django.db.models.deletion
import django.db.models.functions.comparison
import peernet.lib.clock
from django.conf import settings
from django.db import migrations, models


# No network is part of itself, however far: two that agree at the same moment wait for one another
# (the key is ONE_AT_A_TIME in networks/links/actions.py), and the second sees what the first wrote.
NO_CIRCLE = """
CREATE FUNCTION networks_link_makes_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20260801);
    IF EXISTS (
        WITH RECURSIVE parts (id) AS (
            SELECT NEW.lower_id
            UNION
            SELECT link.lower_id FROM networks_link link JOIN parts ON link.upper_id = parts.id
            WHERE link.kind = 'child' AND link.agreed_at IS NOT NULL AND link.ended_at IS NULL
        ) SELECT FROM parts WHERE id = NEW.upper_id
    ) THEN
        RAISE EXCEPTION 'a network cannot be part of itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'networks_link_makes_no_circle';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER networks_link_makes_no_circle AFTER INSERT OR UPDATE ON networks_link
    FOR EACH ROW WHEN (
        NEW.kind = 'child' AND NEW.agreed_at IS NOT NULL AND NEW.ended_at IS NULL
    ) EXECUTE FUNCTION networks_link_makes_no_circle();
"""
CIRCLES = """
DROP TRIGGER networks_link_makes_no_circle ON networks_link;
DROP FUNCTION networks_link_makes_no_circle();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('networks', '0013_people_hold_seats'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='came_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('child', 'Part of it'), ('peer', 'Side by side')], max_length=5)),
                ('address', models.CharField(blank=True, max_length=60)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField(default=peernet.lib.clock.now)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_words', models.CharField(blank=True, max_length=300)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='networks.network')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='networks.network')),
                ('lower', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links_up', to='networks.network')),
                ('upper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links_down', to='networks.network')),
            ],
        ),
        migrations.CreateModel(
            name='Flow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('facts', 'What it is for, and who coordinates it'), ('sessions', 'The next session that is for everybody in it: its title and time'), ('figures', 'Whether it meets, when it last did, and how many people and organisations are in it, never fewer than 5'), ('money', 'Until when its money lasts')], max_length=10)),
                ('since', models.DateTimeField(default=peernet.lib.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('giver', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='networks.network')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flows', to='networks.link')),
            ],
        ),
        migrations.CreateModel(
            name='MadeOf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('coordinator', 'Their coordinators'), ('facilitator', 'Their coordinators and facilitators')], max_length=12)),
                ('since', models.DateTimeField(default=peernet.lib.clock.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='made_of', to='networks.network')),
            ],
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('upper', models.F('lower')), _negated=True), name='link_has_two_ends'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_at', None), models.Q(('lower__isnull', False), ('upper__isnull', False)), _connector='OR'), name='link_is_agreed_by_two'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_at', None), ('declined_at', None), _connector='OR'), name='link_has_one_answer'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('upper', 'lower'), django.db.models.functions.comparison.Greatest('upper', 'lower'), models.F('kind'), condition=models.Q(('declined_at', None), ('ended_at', None), ('lower__isnull', False), ('upper__isnull', False)), name='one_open_link_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(condition=models.Q(('declined_at', None), ('ended_at', None), models.Q(('address', ''), _negated=True)), fields=('asker', 'address', 'kind'), name='one_open_proposal_per_address'),
        ),
        migrations.AddConstraint(
            model_name='flow',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('link', 'giver', 'what'), name='one_open_flow'),
        ),
        migrations.AddConstraint(
            model_name='madeof',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('network',), name='made_of_one_role'),
        ),
        migrations.RunSQL(NO_CIRCLE, CIRCLES),
    ]
