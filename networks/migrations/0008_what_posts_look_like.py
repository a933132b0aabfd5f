"""What a post looks like is kept beside it; the database empties that when what it shows changes,
whoever changes it and however."""

from django.db import migrations, models

EMPTIED = """
CREATE FUNCTION post_looks_otherwise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.article := '';
    NEW.look := '';
    RETURN NEW;
END $$;
CREATE TRIGGER post_looks_otherwise
    BEFORE UPDATE OF html, posted_at, edited_at, deleted_at ON networks_post
    FOR EACH ROW
    WHEN (NEW.article = OLD.article AND (NEW.html, NEW.posted_at, NEW.edited_at, NEW.deleted_at)
          IS DISTINCT FROM (OLD.html, OLD.posted_at, OLD.edited_at, OLD.deleted_at))
    EXECUTE FUNCTION post_looks_otherwise();
CREATE FUNCTION files_of_post_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Also a post whose article is empty: the lock keeps it from being made anew without this file.
    UPDATE networks_post SET article = '', look = '' WHERE id IN (OLD.post_id, NEW.post_id);
    RETURN NULL;
END $$;
CREATE TRIGGER files_of_post_changed AFTER INSERT OR UPDATE OR DELETE ON networks_file
    FOR EACH ROW EXECUTE FUNCTION files_of_post_changed();
"""
KEPT = """
DROP TRIGGER files_of_post_changed ON networks_file;
DROP FUNCTION files_of_post_changed();
DROP TRIGGER post_looks_otherwise ON networks_post;
DROP FUNCTION post_looks_otherwise();
"""


class Migration(migrations.Migration):
    dependencies = [("networks", "0007_files_of_posts")]

    operations = [
        migrations.AddField(
            "post", "article",
            models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            "post", "look",
            models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=30
            ),
        ),
        migrations.RunSQL(EMPTIED, KEPT),
    ]  # fmt: skip
