"""The trail of deeds can be added to, and nothing else."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail can only be added to';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON members_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
"""
ALLOW = """
DROP TRIGGER audit_is_append_only ON members_auditentry;
DROP FUNCTION audit_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_first_rooms")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
