"""Lists of a room, and which posts are to be made anew, without reading all there are."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("networks", "0008_what_posts_look_like")]

    operations = [
        AddIndexConcurrently(
            "invitation",
            models.Index(
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitations_by_address",
            ),
        ),
        AddIndexConcurrently(
            "post", models.Index(fields=["look"], name="posts_by_look"),
        ),
        AddIndexConcurrently(
            "thread",
            models.Index(
                fields=["network", "room", "-last_post_at", "-id"],
                condition=models.Q(last_post_id__isnull=False),
                name="threads_of_room",
            ),
        ),
    ]  # fmt: skip
