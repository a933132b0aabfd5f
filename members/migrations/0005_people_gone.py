"""Those whose account is closed, found without reading all people."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("members", "0004_signed_in_devices")]

    operations = [
        AddIndexConcurrently(
            "person",
            models.Index(condition=models.Q(is_active=False), fields=["id"], name="people_gone"),
        )
    ]
