from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

from peernet.lib.plain import Plain


class Migration(migrations.Migration):
    atomic = False  # the index is made while others go on writing

    dependencies = [
        ("networks", "0027_introductions"),
        ("members", "0014_names_without_accents"),
    ]

    operations = [
        AddIndexConcurrently(
            "detail",
            GinIndex(OpClass(Plain("words"), "gin_trgm_ops"), name="details_by_words"),
        ),
    ]
