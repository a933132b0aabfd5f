"""Those whose account is closed, found without reading all people."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("members", "0007_a_shorter_way_through_the_notices_key")]

    operations = [
        AddIndexConcurrently(
            "person",
            models.Index(condition=models.Q(is_active=False), fields=["id"], name="people_gone"),
        )
    ]
