from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

BATCH = 5_000  # posts: each batch is a transaction of its own, so that nobody waits long
WORDS = """
INSERT INTO networks_postwords (post_id, network_id, words)
SELECT post.id, post.network_id, setweight(to_tsvector('peernet_english', thread.title), 'A')
    || to_tsvector('peernet_english', post.text)
FROM networks_post AS post
JOIN networks_thread AS thread ON thread.id = post.thread_id
JOIN networks_room AS room ON room.id = thread.room_id AND room.kind = 'open'
WHERE post.deleted_at IS NULL AND post.id > %(after)s AND post.id <= %(after)s + %(batch)s
ON CONFLICT (post_id) DO NOTHING
"""


def fill(apps, schema_editor):
    """The posts that were there before; run again after an interruption, it goes on."""
    post = apps.get_model("networks", "Post")
    last = post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with schema_editor.connection.cursor() as cursor:
        for after in range(0, last, BATCH):
            cursor.execute(WORDS, {"after": after, "batch": BATCH})


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("networks", "0010_words_of_posts")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            "postwords", GinIndex(fields=["network", "words"], name="post_words_by_network")
        ),
    ]
