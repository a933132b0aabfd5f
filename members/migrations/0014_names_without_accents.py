from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from peernet.lib.plain import Plain

# unaccent() itself is only stable: its dictionary could be changed. Ours is the one that comes with
# it, named with its schema, so that a restore, which has no search path, finds it.
PLAIN = """
CREATE OR REPLACE FUNCTION peernet_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT upper(public.unaccent('public.unaccent'::regdictionary, $1)) $$
"""


class Migration(migrations.Migration):
    atomic = False  # the index is made while others go on writing

    dependencies = [("members", "0013_accounts_that_were_merged")]

    operations = [
        # Taken back, they stay: other wings use them, too.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS unaccent", migrations.RunSQL.noop),
        migrations.RunSQL(PLAIN, "DROP FUNCTION IF EXISTS peernet_plain(text)"),
        AddIndexConcurrently(
            "person",
            GinIndex(OpClass(Plain("name"), "gin_trgm_ops"), name="people_by_plain_name"),
        ),
    ]
