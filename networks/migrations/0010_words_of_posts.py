from django.contrib.postgres.operations import BtreeGinExtension, UnaccentExtension
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

# Frozen here: "Café" is found by "cafe", "meetings" by "meeting".
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION peernet_english (COPY = english);
ALTER TEXT SEARCH CONFIGURATION peernet_english
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
"""


class Migration(migrations.Migration):
    dependencies = [("networks", "0009_lists_at_any_length")]
    operations = [
        UnaccentExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION peernet_english"),
        migrations.CreateModel(
            name="PostWords",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=models.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="networks.post",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to="networks.network",
                    ),
                ),
                ("words", SearchVectorField()),
            ],
            options={
                "indexes": [models.Index(fields=["network", "post"], name="post_words_newest")]
            },
        ),
    ]
