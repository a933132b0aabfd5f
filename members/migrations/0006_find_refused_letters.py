from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the outbox may be large, and goes on meanwhile
    dependencies = [("members", "0005_refused_letters")]

    operations = [
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["person", "address"],
                name="notice_refused",
                condition=models.Q(refused=True),
            ),
        )
    ]
